// A fixed work, for a profiler to look at: calls one submission so many times, in this very process, on the
// first inputs of the exercise's [[timed]] workloads, the same ones for whoever is profiled.
//
// Several batches of inputs take turns, so that data come from about as far as in the judge's rounds, which
// make fresh ones for each call. Nothing is checked here.
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "exercise.hpp"
#include "in_process.hpp"

namespace {

using namespace grading;
using Json = nlohmann::json;

struct Options {
    std::string exercise;
    std::string library;
    std::size_t calls = 1;
    double seconds = 0;  ///< if given, as many calls as take so long
    std::string report;
    std::string dump;
    bool cases = false;                                               ///< dump the [[cases]] instead
    std::size_t workloads = std::numeric_limits<std::size_t>::max();  ///< only the first so many
};

/// One [[timed]] workload's batches; call number n takes batch n modulo their number.
std::vector<Batch> make_batches(const Workload& workload) {
    constexpr std::size_t together = 32U << 20U;  // bytes: more than most processors' L2
    constexpr std::size_t most = 16;
    const std::size_t count = std::clamp(together / input_bytes(workload.shape()), std::size_t{1}, most);
    std::vector<Batch> batches;
    for (std::size_t number = 0; number < count; ++number)
        batches.emplace_back(workload, batch_seed(1, number));
    return batches;
}

/// A batch of each of the [[cases]], which come in all sizes.
std::vector<std::vector<Batch>> make_cases(const Exercise& exercise) {
    std::vector<std::vector<Batch>> cases;
    for (std::size_t number = 0; number < exercise.cases.size(); ++number) {
        cases.emplace_back();
        cases.back().emplace_back(*exercise.cases[number], batch_seed(1, number));
    }
    return cases;
}

std::vector<std::vector<Batch>> make_work(const Exercise& exercise) {
    std::vector<std::vector<Batch>> work;
    for (const auto& workload : exercise.timed)
        work.push_back(make_batches(*workload));
    return work;
}

double process_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Times {
    std::size_t calls = 0;
    double cpu_seconds = 0;
    double wall_seconds = 0;
};

/// One call is one batch of each workload.
Times do_work(std::vector<std::vector<Batch>>& work, RunFunction function, const Options& options) {
    Times times;
    const double cpu_start = process_seconds();
    const double wall_start = wall_seconds();
    const auto goes_on = [&] {
        return options.seconds > 0 ? wall_seconds() - wall_start < options.seconds
                                   : times.calls < options.calls;
    };
    do {
        for (auto& batches : work)
            batches[times.calls % batches.size()].run(function);
        ++times.calls;
    } while (goes_on());
    times.cpu_seconds = process_seconds() - cpu_start;
    times.wall_seconds = wall_seconds() - wall_start;
    return times;
}

Json describe(const Workloads& described) {
    Json workloads = Json::array();
    for (const auto& workload : described)
        workloads.push_back({{"name", workload->name()},
                             {"size", workload->size()},
                             {"unit", workload->unit()},
                             {"units", workload->units()}});
    return workloads;
}

/// What a profiler's addresses mean: this process's map of files to addresses.
std::string memory_map() {
    std::ifstream file("/proc/self/maps");
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    if (!(out << text)) throw std::runtime_error("cannot write " + file.string());
}

/// The batches as files, for a submission in another language.
void dump(const Exercise& exercise, const std::filesystem::path& folder, bool cases) {
    Json listed = Json::array();
    std::size_t files = 0;
    for (const auto& batches : cases ? make_cases(exercise) : make_work(exercise)) {
        Json batch_list = Json::array();
        for (const auto& batch : batches) {
            const std::string name = std::to_string(files++) + ".batch";
            write(folder / name,
                  {reinterpret_cast<const char*>(batch.inputs().data()), batch.inputs().size()});
            batch_list.push_back({{"file", name}, {"output_size", batch.output_size()}});
        }
        listed.push_back(batch_list);
    }
    write(folder / "work.json",
          Json{{"workloads", describe(cases ? exercise.cases : exercise.timed)}, {"batches", listed}}.dump());
}

void run(const Options& options) {
    Exercise exercise = load_exercise(options.exercise);
    if (!options.dump.empty()) {
        dump(exercise, options.dump, options.cases);
        return;
    }
    const std::size_t taken = std::min(options.workloads, exercise.timed.size());
    const auto rest = exercise.timed.begin() + static_cast<std::ptrdiff_t>(taken);
    const Workloads left_out(std::make_move_iterator(rest), std::make_move_iterator(exercise.timed.end()));
    exercise.timed.resize(taken);
    auto work = make_work(exercise);
    // As the judge's runners have it: what is seen of waiting should depend on the submission, not on who
    // else keeps the processors busy.
    setenv("OMP_WAIT_POLICY", "passive", 1);
    const Times times = do_work(work, load_submission(options.library), options);
    if (options.report.empty()) return;
    write(options.report, Json{{"calls", times.calls},
                               {"cpu_seconds", times.cpu_seconds},
                               {"wall_seconds", times.wall_seconds},
                               {"workloads", describe(exercise.timed)},
                               {"left_out", describe(left_out)},
                               {"memory_map", memory_map()}}
                              .dump());
}

int complain(const std::string& sentence) {
    std::cerr << "work: " << sentence << '\n';
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Calls a submission so many times, on the same inputs for whoever is profiled.");
    app.add_option("--exercise", options.exercise, "the exercise's folder")
        ->required()
        ->check(CLI::ExistingDirectory);
    auto* library = app.add_option("--library", options.library, "the submission, compiled");
    app.add_option("--calls", options.calls, "how many calls")->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "instead: as many calls as take so long");
    app.add_option("--workloads", options.workloads, "only the first so many of what is timed")
        ->check(CLI::PositiveNumber);
    app.add_option("--report", options.report, "where times and the memory map go, as JSON");
    auto* dumped = app.add_option("--dump", options.dump, "instead: the inputs as files in this folder");
    dumped->excludes(library);
    app.add_flag("--cases", options.cases, "dump the inputs of the cases, not of what is timed")
        ->needs(dumped);
    try {
        app.parse(argc, argv);
        if (options.library.empty() && options.dump.empty()) return complain("give --library or --dump");
        run(options);
        return 0;
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        return complain(std::string(error.what()) + " (see --help)");
    } catch (const std::exception& error) {
        return complain(error.what());
    }
}
