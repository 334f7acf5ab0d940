// The program `sum`: adds many numbers and says how long it took.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "command_line.hpp"
#include "sum.hpp"

namespace {

/// The n numbers 0, 0.001, ..., 0.999, 0, 0.001, ...
std::vector<double> example_values(long long n) {
    std::vector<double> values(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<double>(i % 1000) / 1000.0;
    }
    return values;
}

void run(const std::vector<std::string>& arguments) {
    CLI::App app("Adds the numbers 0, 0.001, ..., 0.999, 0, 0.001, ... one by one.", "sum");
    std::string count = "10000000";
    app.add_option("--n", count, "how many numbers to add")
        ->type_name("COUNT")
        ->capture_default_str()
        ->take_last();
    if (!baseline::parse(app, arguments)) {
        return;
    }
    const long long n = baseline::whole_number("--n", count, 0, 1'000'000'000'000);
    baseline::check_memory(8.0 * static_cast<double>(n), baseline::sentence("an array of ", n, " numbers"),
                           "a smaller --n");

    const std::vector<double> values = example_values(n);
    const auto start = std::chrono::steady_clock::now();
    const double total = sum(values);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("time: %.3f s, %.3g ns per element (%lld elements)\n", seconds,
                1e9 * seconds / static_cast<double>(std::max(n, 1LL)), n);
    std::printf("sum: %.17g\n", total);
}

}  // namespace

int main(int argc, char** argv) {
    return baseline::run_program("sum", argc, argv, run);
}
