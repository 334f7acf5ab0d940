// Expressions in t: muParser reads them, after a check of their words that makes them the same as in Python.
#include "expression.hpp"

#include <muParser.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string_view>

#include "command_line.hpp"

namespace baseline {
namespace {

using OneArgument = double (*)(double);
using TwoArguments = double (*)(double, double);

constexpr std::size_t longest_expression = 1000;

const std::map<std::string_view, OneArgument> functions_of_one = {
    {"sin", [](double x) { return std::sin(x); }},   {"cos", [](double x) { return std::cos(x); }},
    {"tan", [](double x) { return std::tan(x); }},   {"asin", [](double x) { return std::asin(x); }},
    {"acos", [](double x) { return std::acos(x); }}, {"atan", [](double x) { return std::atan(x); }},
    {"sinh", [](double x) { return std::sinh(x); }}, {"cosh", [](double x) { return std::cosh(x); }},
    {"tanh", [](double x) { return std::tanh(x); }}, {"exp", [](double x) { return std::exp(x); }},
    {"log", [](double x) { return std::log(x); }},   {"sqrt", [](double x) { return std::sqrt(x); }},
    {"abs", [](double x) { return std::fabs(x); }},
};

const std::map<std::string_view, TwoArguments> functions_of_two = {
    {"atan2", [](double y, double x) { return std::atan2(y, x); }},
    {"min", [](double x, double y) { return std::min(x, y); }},
    {"max", [](double x, double y) { return std::max(x, y); }},
};

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

/// How many of the first characters of `text` are among `characters`.
std::size_t span_of(std::string_view text, std::string_view characters) {
    return std::min(text.find_first_not_of(characters), text.size());
}

/// The length of the number at the beginning of `text`, such as 12, 1.5, .5 or 2e-3; 0 if there is none.
std::size_t number_length(std::string_view text) {
    std::size_t length = span_of(text, digits);
    if (text.substr(length).starts_with('.')) {
        const std::size_t fraction = span_of(text.substr(length + 1), digits);
        if (length == 0 && fraction == 0) {
            return 0;
        }
        length += 1 + fraction;
    }
    if (length > 0 && length < text.size() && (text[length] == 'e' || text[length] == 'E')) {
        const std::size_t sign = span_of(text.substr(length + 1, 1), "+-");
        const std::size_t exponent = span_of(text.substr(length + 1 + sign), digits);
        length += exponent > 0 ? 1 + sign + exponent : 0;
    }
    return length;
}

bool is_known(std::string_view name) {
    return name == "t" || name == "pi" || functions_of_one.contains(name) || functions_of_two.contains(name);
}

std::string known_names() {
    std::vector<std::string_view> names;
    names.reserve(functions_of_one.size() + functions_of_two.size());
    for (const auto& [name, function] : functions_of_one) {
        names.push_back(name);
    }
    for (const auto& [name, function] : functions_of_two) {
        names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    std::string text = "t, pi";
    for (const std::string_view name : names) {
        text += sentence(", ", name);
    }
    return text;
}

/// Refuses characters and names that an expression in t cannot have; the parser then sees nothing else.
void check_words(const std::string& option, std::string_view text) {
    if (text.size() > longest_expression) {
        throw UsageError(
            sentence(option, " has ", text.size(), " characters; ", longest_expression, " is the most."));
    }
    std::size_t position = 0;
    while (position < text.size()) {
        const std::string_view rest = text.substr(position);
        std::size_t length = number_length(rest);
        if (length == 0 && letters.find(rest.front()) != std::string_view::npos) {
            length = span_of(rest, letters_and_digits);
            if (!is_known(rest.substr(0, length))) {
                throw UsageError(sentence(option, " has the unknown name '", rest.substr(0, length),
                                          "' at character ", position + 1, ": '", text, "'; known are ",
                                          known_names(), "."));
            }
        }
        if (length == 0 && std::string_view("-+*/^(), ").find(rest.front()) == std::string_view::npos) {
            throw UsageError(sentence(option, " has an unexpected '", rest.front(), "' at character ",
                                      position + 1, ": '", text, "'."));
        }
        position += std::max<std::size_t>(length, 1);
    }
}

/// The text as muParser reads it: every ** as ^ and a blank, which moves no character.
std::string with_carets(std::string text) {
    for (std::size_t i = text.find("**"); i != std::string::npos; i = text.find("**", i)) {
        text.replace(i, 2, "^ ");
    }
    return text;
}

}  // namespace

std::vector<double> evaluate(const std::string& option, const std::string& text, std::span<const double> t) {
    check_words(option, text);
    try {
        mu::Parser parser;
        parser.ClearFun();
        parser.ClearConst();
        for (const auto& [name, function] : functions_of_one) {
            parser.DefineFun(std::string(name), function);
        }
        for (const auto& [name, function] : functions_of_two) {
            parser.DefineFun(std::string(name), function);
        }
        double now = 0.0;
        parser.DefineConst("pi", std::numbers::pi);
        parser.DefineVar("t", &now);
        parser.SetExpr(with_carets(text));

        std::vector<double> values;
        for (const double each : t) {
            now = each;
            values.push_back(parser.Eval());
        }
        if (parser.GetNumResults() != 1) {
            throw mu::ParserError(mu::ecUNEXPECTED_ARG_SEP, static_cast<int>(text.find(',')), ",");
        }
        return values;
    } catch (const mu::ParserError& error) {
        const int position =
            std::clamp(error.GetPos() + 1, 1, static_cast<int>(std::max<std::size_t>(text.size(), 1)));
        throw UsageError(sentence(option, " cannot be read at character ", position, ": '", text,
                                  "'; write an expression in t such as cos(2*pi*t)."));
    }
}

}  // namespace baseline
