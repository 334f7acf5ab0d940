// One rung of the ladder: how long a solution takes for the course's own problem, at several sizes.
//
// The problem is the one of docs/problem.md with nx = ny = nc. The solution runs in a runner, as in the
// judge, but nothing is compared here and nobody else takes turns: these are plain times, for a picture. One
// JSON object a line goes to standard output. With --field the total field goes to a file: for the wave on
// the report's page.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <complex>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>
#include <optional>

#include "contour.hpp"
#include "exercise.hpp"
#include "grid.hpp"
#include "outcome.hpp"
#include "side.hpp"

namespace {

using namespace grading;
using nlohmann::json;

constexpr std::size_t smallest = 3;
constexpr double wavelength = 0.5;

struct Options {
    std::string exercise;
    std::string runner;
    std::vector<std::string> runner_arguments;
    std::string library;
    std::vector<std::size_t> sizes;
    double limit_seconds = 10;
    std::string field;
};

void declare(CLI::App& app, Options& options) {
    app.add_option("--exercise", options.exercise, "the exercise's folder, with its exercise.toml")
        ->required()
        ->check(CLI::ExistingDirectory);
    app.add_option("--runner", options.runner, "the runner program")->required()->check(CLI::ExistingFile);
    app.add_option("--runner-argument", options.runner_arguments, "an argument for it; may be repeated")
        ->allow_extra_args(false);
    app.add_option("--library", options.library, "what is to be timed, compiled")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--size", options.sizes, "nx = ny = nc; may be repeated, in ascending order")
        ->required()
        ->check(CLI::Range(smallest, std::size_t{8192}));
    app.add_option("--limit", options.limit_seconds, "seconds that one call may take")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    app.add_option("--field", options.field,
                   "a file for the total field of the largest size that was timed: real and imaginary part "
                   "of each point, row by row, in the machine's own doubles; 0 inside of the obstacle");
}

/// The scatter family's arrays for one problem.
Shape shape_of(std::size_t size) {
    const std::size_t lines = size + 1;
    return {.inputs = {{lines, lines, lines, lines, 2}}, .outputs = {{2 * lines * lines}}};
}

void fill(InputArea& inputs, std::size_t size) {
    const auto contour =
        baseline::make_contour("cos(2*pi*t + 0.5*sin(2*pi*t + 0.9))", "sin(2*pi*t)", static_cast<int>(size));
    const auto intervals = static_cast<long long>(size);
    const auto grid = baseline::make_grid(contour, wavelength, intervals, intervals);
    inputs.lay_out(shape_of(size), 0);
    std::ranges::copy(contour.x, inputs.input(0, 0).begin());
    std::ranges::copy(contour.y, inputs.input(0, 1).begin());
    std::ranges::copy(grid.x, inputs.input(0, 2).begin());
    std::ranges::copy(grid.y, inputs.input(0, 3).begin());
    inputs.input(0, 4)[0] = 2 * std::numbers::pi / wavelength;
    inputs.input(0, 4)[1] = 0;
}

/// What is between the first and the last line of the grid, along x and y.
json extent(const BatchView& answer) {
    json lengths = json::array();
    for (const std::size_t lines : {2U, 3U})
        lengths.push_back(answer.input(0, lines).back() - answer.input(0, lines).front());
    return lengths;
}

/// Σ |scattered wave|², to see that all rungs compute the same, and the pairs that had to be computed: of
/// points outside, where the field is not exactly 0, and segments.
json checked(const BatchView& answer, std::size_t size) {
    const auto field = answer.output(0, 0);
    double sum = 0;
    double outside = 0;
    for (std::size_t point = 0; point < field.size(); point += 2) {
        const double squared = std::norm(std::complex(field[point], field[point + 1]));
        sum += squared;
        outside += squared != 0 ? 1 : 0;
    }
    return {
        {"checksum", sum}, {"interactions", outside * static_cast<double>(size)}, {"extent", extent(answer)}};
}

/// The least time of some calls, after one that touches memory: others on the machine only ever add to it. A
/// call that takes seconds is not repeated.
json timed(Side& side, std::size_t size, Nanoseconds limit) {
    constexpr double enough_seconds = 1.0;
    constexpr std::size_t enough_calls = 3;
    const auto seconds = [&] { return std::chrono::duration<double>(side.answer(limit)).count(); };
    std::vector<double> times{seconds()};
    if (times.front() < enough_seconds) {
        times.clear();
        while (times.size() < enough_calls || std::reduce(times.begin(), times.end()) < enough_seconds)
            times.push_back(seconds());
    }
    json result = checked(side.answered(), size);
    result.update({{"size", size}, {"seconds", *std::ranges::min_element(times)}, {"calls", times.size()}});
    return result;
}

/// Nothing when a call takes longer than expected, and than the limit; all else that goes wrong is thrown.
std::optional<json> timed_if_in_time(Side& side, std::size_t size, Nanoseconds limit) {
    try {
        return std::make_optional(timed(side, size, limit));
    } catch (const RunnerFailure& failure) {
        if (failure.status != Status::hung) throw;
        return std::nullopt;
    }
}

/// The scattered wave and the incident one; inside, where there is no scattered wave, nothing.
std::vector<std::complex<double>> total_field(const BatchView& answer) {
    const auto x = answer.input(0, 2);
    const auto scattered = answer.output(0, 0);
    std::vector<std::complex<double>> total;
    for (std::size_t point = 0; point < scattered.size() / 2; ++point) {
        const std::complex wave(scattered[2 * point], scattered[2 * point + 1]);
        const double phase = answer.input(0, 4)[0] * x[point % x.size()];
        total.push_back(wave == 0.0 ? wave : wave + std::polar(1.0, phase));
    }
    return total;
}

void write_field(const BatchView& answer, const std::string& path) {
    std::ofstream file(path, std::ios::binary);
    const auto total = total_field(answer);
    const auto bytes = std::as_bytes(std::span(total));
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path);
}

/// How much longer a call takes at most when the size grows: a direct sum's work grows with its cube.
double growth(std::size_t from, std::size_t to) {
    const double ratio = static_cast<double>(to) / static_cast<double>(from);
    return ratio * ratio * ratio;
}

void measure(const Options& options) {
    const Exercise exercise = load_exercise(options.exercise);
    const std::size_t largest = options.sizes.back();
    InputArea inputs(input_bytes(shape_of(largest)));
    Side side("solution", options.library, output_bytes(shape_of(largest)));
    const bool python = exercise.language == Language::python;
    const Command command{options.runner, options.runner_arguments};
    const auto launcher = python ? forking_launcher(command) : spawning_launcher(command);
    constexpr std::uint64_t memory = std::uint64_t{8} << 30U;  // of no interest here
    const Settings settings{.memory_bytes = memory,
                            .threads = exercise.threads,
                            .cpu_seconds = 3600,
                            .processes = exercise.processes};
    const auto limit = std::chrono::duration_cast<Nanoseconds>(
        std::chrono::duration<double>(options.limit_seconds) + time_to_compile(exercise.language));
    fill(inputs, smallest);
    side.start({launcher.get(), exercise.language, settings}, inputs);
    side.answer(limit);  // what is compiled when it is first called, is compiled now
    double last_seconds = 0;
    std::size_t last_size = options.sizes.front();
    for (const std::size_t size : options.sizes) {
        if (last_seconds * growth(last_size, size) > options.limit_seconds) break;
        fill(inputs, size);
        const auto result = timed_if_in_time(side, size, limit);
        if (!result) {
            if (last_seconds == 0)
                throw std::runtime_error("a call takes too long even at the smallest size");
            break;
        }
        if (!options.field.empty()) write_field(side.answered(), options.field);
        std::cout << result->dump() << std::endl;
        last_seconds = (*result)["seconds"];
        last_size = size;
    }
}

int complain(int exit_code, const std::string& sentence) {
    std::cerr << "rung: " << sentence << '\n';
    return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int mistake_in_the_call = 2;
    constexpr int no_answer = 3;
    Options options;
    CLI::App app("Times a scatter solution on the course's own problem, with nx = ny = nc.");
    declare(app, options);
    try {
        app.parse(argc, argv);
        if (!std::ranges::is_sorted(options.sizes))
            return complain(mistake_in_the_call, "the sizes must be in ascending order");
        measure(options);
        return 0;
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        return complain(mistake_in_the_call, std::string(error.what()) + " (see --help)");
    } catch (const ExerciseError& error) {
        return complain(mistake_in_the_call, error.what());
    } catch (const std::exception& error) {
        return complain(no_answer, error.what());
    }
}
