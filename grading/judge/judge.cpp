// The judge: makes inputs, holds expected answers, reads the clock, decides. One run judges one submission.
//
// Progress goes to standard output as JSON lines; the verdict goes to the file that --json names. Exit codes:
// 0 a verdict was written, whatever it says; 2 a mistake in the call or in an exercise.toml; 3 the judge
// could not do its work.
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <random>

#include "exercise.hpp"
#include "report.hpp"
#include "seats.hpp"
#include "shortage.hpp"
#include "turns.hpp"
#include "verdict.hpp"

namespace {

using namespace grading;

struct Options {
    std::string exercise;
    std::string runner;
    std::vector<std::string> runner_arguments;
    std::string reference;
    std::string yours;
    std::string solution;
    std::string baseline;
    std::string limit;
    std::optional<std::uint64_t> seed;
    std::optional<double> budget_seconds;
    bool untouched = false;
    std::string json_file;
    std::string junit_file;
};

void declare(CLI::App& app, Options& options) {
    app.add_option("--exercise", options.exercise, "the exercise's folder, with its exercise.toml")
        ->required()
        ->check(CLI::ExistingDirectory);
    app.add_option("--runner", options.runner, "the runner program")->required()->check(CLI::ExistingFile);
    app.add_option("--runner-argument", options.runner_arguments, "an argument for it; may be repeated")
        ->allow_extra_args(false);
    const auto library = [&](const char* name, std::string& file, const char* description) {
        return app.add_option(name, file, description)->check(CLI::ExistingFile);
    };
    library("--reference", options.reference, "the reference, compiled")->required();
    library("--yours", options.yours, "the submission, compiled")->required();
    library("--solution", options.solution, "the model solution, compiled")->required();
    library("--baseline", options.baseline, "the course's naive program, compiled: for a remark");
    library("--limit", options.limit, "the exercise's limit, compiled: for a remark");
    app.add_option("--seed", options.seed, "of all inputs; a random one unless given");
    app.add_option("--budget", options.budget_seconds,
                   "seconds for the timed rounds; the exercise's unless given")
        ->check(CLI::Range(0.1, 600.0));
    app.add_flag("--untouched", options.untouched,
                 "the submission is the starting file: where the reference answers an excerpt, so does it");
    app.add_option("--json", options.json_file, "where the verdict goes")->required();
    app.add_option("--junit", options.junit_file, "where the correctness cases go, as JUnit XML");
}

Shape whole_of(const Workload& workload) {
    return workload.shape();
}

/// What the reference is asked for.
Shape share_of_reference(const Workload& workload) {
    return workload.excerpt() != nullptr ? workload.excerpt()->shape() : workload.shape();
}

Shape excerpt_of(const Workload& workload) {
    return workload.excerpt() != nullptr ? workload.excerpt()->shape() : Shape{};
}

/// The largest area that any of the exercise's batches needs.
std::size_t largest(const Exercise& exercise, std::size_t (*bytes)(const Shape&),
                    Shape (*shape)(const Workload&)) {
    std::size_t most = 0;
    for (const auto* workloads : {&exercise.timed, &exercise.cases})
        for (const auto& workload : *workloads)
            most = std::max(most, bytes(shape(*workload)));
    return most;
}

std::optional<Side> optional_side(const char* name, const std::string& library, std::size_t output_size) {
    if (library.empty()) return std::nullopt;
    return std::make_optional<Side>(name, library, output_size);
}

Settings settings_for(const Exercise& exercise, std::size_t area_bytes) {
    // What a process has mapped before it allocates anything, and what every thread's stack and heap reserve.
    constexpr std::uint64_t mapped_anyway = std::uint64_t{256} << 20U;
    return {.memory_bytes = exercise.memory_bytes + area_bytes + mapped_anyway * exercise.threads,
            .threads = exercise.threads,
            .cpu_seconds = 300,
            .processes = exercise.processes};
}

std::unique_ptr<Launcher> make_launcher(Language language, Command command) {
    return language == Language::python ? forking_launcher(command) : spawning_launcher(std::move(command));
}

/// The device gives 32 bits at a time.
std::uint64_t random_seed() {
    std::random_device device;
    const std::uint64_t high = device();
    return high << 32U | device();
}

RoundsResult time_rounds(const Exercise& exercise, const Options& options, InputAreas& inputs,
                         const TimedSides& sides, const RunnerSetup& runner, std::uint64_t seed) {
    // What the starting file gains is known; it is timed to show how far the model solution is ahead.
    const double enough = options.untouched ? 2 : exercise.budget_seconds;
    const std::chrono::duration<double> budget(
        options.budget_seconds.value_or(std::min(enough, exercise.budget_seconds)));
    const auto progress = [budget](Nanoseconds elapsed, std::size_t epochs, double speedup) {
        print_rounds_progress(std::chrono::duration<double>(elapsed).count(), budget.count(), epochs,
                              speedup);
    };
    return run_rounds({exercise, inputs, sides, runner, seed, std::chrono::duration_cast<Nanoseconds>(budget),
                       options.untouched, progress});
}

Evidence gather(const Exercise& exercise, const Options& options, int processor) {
    Evidence evidence{.seed = options.seed ? *options.seed : random_seed(),
                      .cases = {},
                      .rounds = std::nullopt,
                      .sandbox_layers = 0,
                      .printed = "",
                      .unfit_machine = ""};
    if (static_cast<std::uint32_t>(usable_processors()) < exercise.processors) {
        evidence.unfit_machine = "This exercise needs " + std::to_string(exercise.processors) +
                                 " processors; usable here: " + std::to_string(usable_processors()) + ".";
        return evidence;
    }
    need_room_for_tasks(exercise,
                        graded_sides + (options.baseline.empty() ? 0 : 1) + (options.limit.empty() ? 0 : 1));
    if (exercise.clock == ClockKind::cpu)
        pin_to(processor);
    else
        settle_on(processor);
    InputAreas inputs{.whole = InputArea(largest(exercise, input_bytes, whole_of)),
                      .excerpt = InputArea(largest(exercise, input_bytes, excerpt_of))};
    const std::size_t output_size = largest(exercise, output_bytes, whole_of);
    Side reference("reference", options.reference, largest(exercise, output_bytes, share_of_reference));
    Side yours("submission", options.yours, output_size);
    Side solution("solution", options.solution, output_size);
    std::optional<Side> baseline = optional_side("baseline", options.baseline, output_size);
    std::optional<Side> limit = optional_side("limit", options.limit, output_size);
    const std::unique_ptr<Launcher> launcher =
        make_launcher(exercise.language, {options.runner, options.runner_arguments});
    const RunnerSetup runner{launcher.get(), exercise.language,
                             settings_for(exercise, inputs.whole.memory().bytes().size() + output_size),
                             ended_for_memory()};
    // Before the submission has a chance to crash: the walls are the same for all.
    reference.start(runner, inputs.whole);
    evidence.sandbox_layers = reference.process().sandbox_layers();

    evidence.cases = run_cases({exercise, inputs, reference, yours, runner, evidence.seed, options.junit_file,
                                print_cases_progress});
    if (!evidence.cases.failure && !evidence.cases.no_answer)
        evidence.rounds = time_rounds(exercise, options, inputs,
                                      {reference, yours, solution, baseline, limit}, runner, evidence.seed);
    evidence.printed = yours.printed();
    return evidence;
}

void judge(const Options& options, const std::string& program) {
    // Other processes of the same user may not look into this one, which knows the answers.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const Exercise exercise = load_exercise(options.exercise);
    // Judge and runners share the quietest processor: a wake-up across processors of a virtual machine costs
    // more than many a call.
    const int processor = quietest_processor();
    const Evidence evidence = gather(exercise, options, processor);
    const bool pinned = exercise.clock == ClockKind::cpu;
    write_report(options.json_file, exercise, evidence,
                 {program, processor_model(), pinned ? std::optional(processor) : std::nullopt});
}

int complain(int exit_code, const std::string& sentence) {
    std::cerr << "judge: " << sentence << '\n';
    return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int mistake_in_the_call = 2;
    constexpr int judge_in_trouble = 3;
    Options options;
    CLI::App app(
        "Judges one submission: right or not, and how fast, side by side with the reference and the "
        "solution.");
    declare(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        return complain(mistake_in_the_call, std::string(error.what()) + " (see --help)");
    }
    try {
        judge(options, argv[0]);
        return 0;
    } catch (const ExerciseError& error) {
        return complain(mistake_in_the_call, error.what());
    } catch (const RunnerFailure& failure) {
        return complain(judge_in_trouble,
                        std::string("the course's own reference gave no answer: ") + failure.what());
    } catch (const std::exception& error) {
        return complain(judge_in_trouble, error.what());
    }
}
