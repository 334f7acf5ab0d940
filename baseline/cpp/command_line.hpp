// What the programs' command lines share: numbers, values that begin with a minus, errors, Ctrl-C.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace baseline {

/// A mistake in the call: one sentence for the person who typed it. The program ends with exit code 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A result that could not be written: one sentence. The program ends with exit code 1.
struct OutputError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Ctrl-C was pressed. The program ends with exit code 130.
struct Interrupted : std::exception {};

/// Throws Interrupted once Ctrl-C was pressed in a program started by run_program; a long computation asks
/// now and then.
void check_interrupted();

/// All parts printed one after the other.
template <typename... Parts>
std::string sentence(const Parts&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    return text.str();
}

/// Parses the arguments (without the program's name). Returns false when --help was asked for, and has
/// printed it.
bool parse(CLI::App& app, const std::vector<std::string>& arguments);

/// The number that `text` is, in plain digits and within the limits; otherwise a UsageError that names the
/// option.
long long whole_number(const std::string& option, const std::string& text, long long lowest,
                       long long highest);

/// The finite number above 0 that `text` is; otherwise a UsageError that names the option.
double positive_number(const std::string& option, const std::string& text);

/// Throws a UsageError when `needed` bytes are more than the system has available.
void check_memory(double needed, const std::string& what, const std::string& remedy);

/// Runs `run` with the arguments; a mistake, a failed write and Ctrl-C each become one line on stderr and an
/// exit code.
int run_program(const std::string& name, int argc, char** argv,
                const std::function<void(const std::vector<std::string>&)>& run);

}  // namespace baseline
