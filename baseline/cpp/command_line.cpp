// What the programs' command lines share: numbers, values that begin with a minus, errors, Ctrl-C.
#include "command_line.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <new>
#include <optional>

namespace baseline {
namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

void catch_interrupt() {
    struct sigaction action = {};
    action.sa_handler = [](int) { interrupt_seen = 1; };
    // A second Ctrl-C ends the program at once; what is being written meanwhile is written to its end.
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
}

std::string see_help(const CLI::App& app) {
    return "; " + app.get_name() + " --help lists the options.";
}

/// The long names of all options, and whether each takes a value.
std::map<std::string, bool> options_of(const CLI::App& app) {
    std::map<std::string, bool> options;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            options["--" + name] = option->get_items_expected_min() > 0;
        }
    }
    return options;
}

/// Turns `--yc -t` into `--yc=-t`, which nobody takes for two options.
std::vector<std::string> attach_values(const CLI::App& app, const std::vector<std::string>& arguments) {
    const std::map<std::string, bool> options = options_of(app);
    std::vector<std::string> attached;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::size_t equals = arguments[i].find('=');
        const bool has_value = equals != std::string::npos;
        const std::string name = arguments[i].substr(0, equals);
        const auto option = options.find(name);
        if (option == options.end() || !option->second) {
            if (option != options.end() && has_value) {
                throw UsageError(sentence(name, " takes no value", see_help(app)));
            }
            attached.push_back(arguments[i]);
            continue;
        }
        std::string value;
        if (has_value) {
            value = arguments[i].substr(equals + 1);
        } else if (i + 1 < arguments.size()) {
            value = arguments[++i];
        }
        if (value.empty() || options.contains(value)) {
            throw UsageError(sentence(name, " needs a value", see_help(app)));
        }
        attached.push_back(sentence(name, "=", value));
    }
    return attached;
}

/// The bytes that a new program can have without swapping; none where the system does not tell.
std::optional<double> available_memory() {
    std::ifstream lines("/proc/meminfo");
    std::string name;
    double kibibytes = 0.0;
    std::string rest;
    while (lines >> name >> kibibytes && std::getline(lines, rest)) {
        if (name == "MemAvailable:") {
            return 1024.0 * kibibytes;
        }
    }
    return std::nullopt;
}

}  // namespace

void check_interrupted() {
    if (interrupt_seen != 0) {
        throw Interrupted();
    }
}

bool parse(CLI::App& app, const std::vector<std::string>& arguments) {
    std::vector<std::string> attached = attach_values(app, arguments);
    std::reverse(attached.begin(), attached.end());  // CLI11 takes them from the end
    app.allow_extras();
    try {
        app.parse(attached);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return false;
    } catch (const CLI::ParseError& error) {
        throw UsageError(error.what() + see_help(app));
    }
    const std::vector<std::string> unknown = app.remaining();
    if (!unknown.empty()) {
        const std::string kind = unknown.front().starts_with("-") ? "option" : "argument";
        throw UsageError(sentence("unknown ", kind, " '", unknown.front(), "'", see_help(app)));
    }
    return true;
}

long long whole_number(const std::string& option, const std::string& text, long long lowest,
                       long long highest) {
    long long number = 0;
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!digits || error != std::errc() || number < lowest || number > highest) {
        throw UsageError(sentence(option, " needs a whole number from ", lowest, " to ", highest,
                                  " in plain digits, not '", text, "'."));
    }
    return number;
}

double positive_number(const std::string& option, const std::string& text) {
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole_text = end == text.data() + text.size();
    if (error != std::errc() || !whole_text || !(number > 0.0) ||
        number > std::numeric_limits<double>::max()) {
        throw UsageError(sentence(option, " needs a positive, finite number such as 0.5, not '", text, "'."));
    }
    return number;
}

void check_memory(double needed, const std::string& what, const std::string& remedy) {
    const std::optional<double> available = available_memory();
    if (available && needed > *available) {
        const double gibibyte = 1024.0 * 1024.0 * 1024.0;
        throw UsageError(sentence(what, " needs ", std::setprecision(3), needed / gibibyte,
                                  " GiB of memory but ", *available / gibibyte, " GiB are available; choose ",
                                  remedy, "."));
    }
}

int run_program(const std::string& name, int argc, char** argv,
                const std::function<void(const std::vector<std::string>&)>& run) {
    catch_interrupt();
    try {
        run(std::vector<std::string>(argv + 1, argv + argc));
        if (!std::cout.flush()) {
            throw OutputError("the result cannot be printed.");
        }
        return 0;
    } catch (const UsageError& error) {
        std::cerr << name << ": " << error.what() << '\n';
        return 2;
    } catch (const std::bad_alloc&) {
        std::cerr << name << ": there is not enough memory; choose smaller numbers.\n";
        return 2;
    } catch (const Interrupted&) {
        std::cerr << name << ": interrupted.\n";
        return 130;
    } catch (const std::exception& error) {
        std::cerr << name << ": " << error.what() << '\n';
        return 1;
    }
}

}  // namespace baseline
