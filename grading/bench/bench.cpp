// The exploring tool: an exercise's reference, yours and solution under Google Benchmark, in this very
// process, over the sizes of the exercise's [[bench]] entries. All of Google Benchmark's own flags are passed
// on.
//
// Nothing here is checked, and the same inputs come again and again, so that they sit in the nearest cache
// they fit: figures to explore with. Grades are the judge's.
#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <streambuf>
#include <string>
#include <vector>

#include "exercise.hpp"
#include "in_process.hpp"

namespace {

using namespace grading;
struct Options {
    std::string exercise;
    std::map<std::string, std::string> libraries;  ///< by side
};

bool google_benchmark_decides = false;  // it ends the program by itself where it does not take a flag
bool all_ran = true;                    // nothing threw

void tell_of_refused_flags() {
    if (!google_benchmark_decides) return;
    std::cout.flush();
    std::cerr << "bench: Google Benchmark does not take these flags" << std::endl;
    std::_Exit(2);
}

/// Hands on what Google Benchmark says beside its figures, but for one warning: that its library was compiled
/// with assertions, as Debian's is. What is timed is a loop of ours, and none of the library's code runs in
/// it.
class WithoutTheDebugWarning : public std::streambuf {
  protected:
    int_type overflow(int_type character) override {
        line_ += traits_type::to_char_type(character);
        if (character == '\n') {
            if (line_.find("Library was built as DEBUG") == std::string::npos) std::cerr << line_;
            line_.clear();
        }
        return character;
    }

  private:
    std::string line_;
};

std::size_t run_all() {
    WithoutTheDebugWarning without;
    std::ostream said(&without);
    benchmark::BenchmarkReporter* reporter = benchmark::CreateDefaultDisplayReporter();  // its own
    reporter->SetErrorStream(&said);
    const std::size_t matching = benchmark::RunSpecifiedBenchmarks(reporter);
    reporter->SetErrorStream(&std::cerr);
    return matching;
}

/// The batch of the workload whose turn it is. All sides and all repetitions share it: making one takes
/// longer than many a call, and where its pages lie makes a difference of its own.
class CurrentBatch {
  public:
    Batch& of(const Workload& workload) {
        if (workload_ != &workload) {
            batch_.emplace(workload, 1);
            workload_ = &workload;
            called_.clear();
        }
        return *batch_;
    }

    /// The first call of a side pays for memory that is kept for the later ones.
    void warm_up(RunFunction run) {
        if (called_.insert(run).second) batch_->run(run);
    }

  private:
    const Workload* workload_ = nullptr;
    std::optional<Batch> batch_;
    std::set<RunFunction> called_;
};

/// One side on one workload; the batch is made outside of what is timed.
void run_benchmark(benchmark::State& state, const Workload& workload, CurrentBatch& current, RunFunction run,
                   bool is_reference) {
    Batch& batch = current.of(workload);
    try {
        if (!is_reference) current.warm_up(run);  // a reference may take long, and keeps nothing
        for (auto _ : state) {
            batch.run(run);
            benchmark::ClobberMemory();
        }
    } catch (const SubmissionFailed& error) {
        all_ran = false;
        state.SkipWithError(error.what());
        return;
    }
    const double units = static_cast<double>(state.iterations()) * workload.units();
    state.counters[workload.unit() + "s"] = benchmark::Counter(units, benchmark::Counter::kIsRate);
    state.counters["time/" + workload.unit()] =
        benchmark::Counter(units, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void register_benchmarks(const Exercise& exercise, const Options& options) {
    const auto current = std::make_shared<CurrentBatch>();
    for (const auto& workload : exercise.bench) {
        for (const char* side : {"reference", "yours", "solution"}) {
            const auto library = options.libraries.find(side);
            if (library == options.libraries.end()) continue;
            const RunFunction run = load_submission(library->second);
            const bool is_reference = library->first == "reference";
            benchmark::RegisterBenchmark((workload->name() + "/" + side).c_str(),
                                         [=, &workload = *workload](benchmark::State& state) {
                                             run_benchmark(state, workload, *current, run, is_reference);
                                         });
        }
    }
}

/// Hands on to Google Benchmark what is not ours; throws for what is not its either.
void initialise(char* program, std::vector<std::string> flags) {
    std::vector<char*> arguments{program};  // it keeps this one
    for (std::string& flag : flags)
        arguments.push_back(flag.data());
    auto count = static_cast<int>(arguments.size());
    arguments.push_back(nullptr);
    benchmark::Initialize(&count, arguments.data());  // takes its own out of them
    if (count > 1) throw CLI::ExtrasError({arguments[1]});
}

int complain(const std::string& sentence) {
    google_benchmark_decides = false;
    std::cerr << "bench: " << sentence << '\n';
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Runs an exercise's reference, yours and solution under Google Benchmark.", "bench");
    app.allow_extras();
    app.footer(
        "make bench EX=... gives it all of these, and hands on what is in ARGS=.\n"
        "Google Benchmark's own flags: --benchmark_filter=REGEX --benchmark_repetitions=N "
        "--benchmark_format=json …");
    app.add_option("--exercise", options.exercise, "the exercise's folder")
        ->required()
        ->check(CLI::ExistingDirectory);
    for (const char* side : {"reference", "yours", "solution"})
        app.add_option_function<std::string>(
               std::string("--") + side,
               [&options, side](const std::string& file) { options.libraries[side] = file; },
               "its compiled library")
            ->check(CLI::ExistingFile);
    try {
        app.parse(argc, argv);
        std::atexit(tell_of_refused_flags);
        google_benchmark_decides = true;
        initialise(argv[0], app.remaining());
        const Exercise exercise = load_exercise(options.exercise);
        register_benchmarks(exercise, options);
        if (exercise.bench.empty())
            return complain(exercise.name + " has no [[bench]] entry in its exercise.toml");
        const std::size_t matching = run_all();
        google_benchmark_decides = false;
        if (matching == 0) return 2;  // it has said that, or what is wrong with the filter
        if (!std::cout.flush()) return complain("the figures cannot be printed: is the disk full?");
        return all_ran ? 0 : 1;
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        return complain(std::string(error.what()) + " (see --help)");
    } catch (const std::exception& error) {
        return complain(error.what());
    }
}
