// The report file, written through Google Benchmark's own JSON reporter.
#include "report.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "outcome.hpp"

namespace grading {
namespace {

using nlohmann::json;
using Run = benchmark::BenchmarkReporter::Run;

Run run_of(const std::string& name, const SideTime& time, std::size_t calls) {
    Run run;
    run.run_name.function_name = name;
    run.threads = 1;
    run.time_unit = benchmark::kNanosecond;
    run.iterations = static_cast<std::int64_t>(calls);
    run.real_accumulated_time = time.wall_seconds * static_cast<double>(calls);
    run.cpu_accumulated_time = time.cpu_seconds * static_cast<double>(calls);
    return run;
}

/// One of the sides that are graded: what its calls took, and how many times as fast as the reference it was,
/// by the exercise's clock.
struct ReportedSide {
    const char* name;
    WorkloadMember<SideTime> time;
    double (*speedup)(const WorkloadEpoch&);
};

constexpr std::array<ReportedSide, 3> reported_sides = {{
    {"reference", &WorkloadEpoch::reference, [](const WorkloadEpoch&) { return 1.0; }},
    {"yours", &WorkloadEpoch::yours, [](const WorkloadEpoch& epoch) { return epoch.speedup; }},
    {"solution", &WorkloadEpoch::solution, [](const WorkloadEpoch& epoch) { return epoch.solution_speedup; }},
}};

Run median_run(const std::string& name, const std::vector<Epoch>& epochs, std::size_t which,
               const ReportedSide& side) {
    const auto over = [&](auto quantity) {
        return estimate_over(epochs, [&](const Epoch& epoch) { return quantity(epoch.workloads[which]); })
            .median;
    };
    const double wall = over([&](const WorkloadEpoch& epoch) { return (epoch.*side.time).wall_seconds; });
    const double cpu = over([&](const WorkloadEpoch& epoch) { return (epoch.*side.time).cpu_seconds; });
    Run run = run_of(name, {wall, cpu, 1}, 1);
    run.counters["speedup"] = benchmark::Counter(over(side.speedup));
    run.run_type = Run::RT_Aggregate;
    run.aggregate_name = "median";
    run.repetitions = static_cast<std::int64_t>(epochs.size());
    return run;
}

std::vector<Run> runs_of_side(const std::string& name, const std::vector<Epoch>& epochs, std::size_t which,
                              const ReportedSide& side) {
    std::vector<Run> runs;
    for (std::size_t number = 0; number < epochs.size(); ++number) {
        const WorkloadEpoch& epoch = epochs[number].workloads[which];
        Run run = run_of(name, epoch.*side.time, (epoch.*side.time).calls);
        run.repetitions = static_cast<std::int64_t>(epochs.size());
        run.repetition_index = static_cast<std::int64_t>(number);
        run.counters["speedup"] = benchmark::Counter(side.speedup(epoch));
        runs.push_back(run);
    }
    runs.push_back(median_run(name, epochs, which, side));
    return runs;
}

std::vector<Run> all_runs(const Exercise& exercise, const std::vector<Epoch>& epochs) {
    std::vector<Run> all;
    if (epochs.empty()) return all;
    std::int64_t family = 0;
    for (std::size_t which = 0; which < exercise.timed.size(); ++which) {
        const std::string name = exercise.name + "/" + exercise.timed[which]->name() + "/";
        for (const ReportedSide& side : reported_sides) {
            auto runs = runs_of_side(name + side.name, epochs, which, side);
            for (Run& run : runs) {  // neither has a value by itself
                run.family_index = family;
                run.per_family_instance_index = 0;
            }
            ++family;
            all.insert(all.end(), runs.begin(), runs.end());
        }
    }
    return all;
}

json benchmark_report(const Exercise& exercise, const std::vector<Epoch>& epochs, const Place& place) {
    std::ostringstream text;
    std::ostringstream warnings;
    benchmark::BenchmarkReporter::Context::executable_name = place.program.c_str();
    benchmark::JSONReporter reporter;
    reporter.SetOutputStream(&text);
    reporter.SetErrorStream(&warnings);
    reporter.ReportContext(benchmark::BenchmarkReporter::Context());
    const auto runs = all_runs(exercise, epochs);
    if (!runs.empty()) reporter.ReportRuns(runs);
    reporter.Finalize();
    json report = json::parse(text.str());
    report["context"]["cpu_model"] = place.processor_model ? json(*place.processor_model) : json(nullptr);
    report["context"]["pinned_to_cpu"] = place.pinned_to ? json(*place.pinned_to) : json(nullptr);
    return report;
}

void write_atomically(const std::filesystem::path& file, const std::string& text) {
    const std::filesystem::path unfinished = file.string() + ".unfinished";
    std::ofstream stream(unfinished);
    stream << text << '\n';
    stream.close();
    std::error_code error;
    if (stream) std::filesystem::rename(unfinished, file, error);
    if (!stream || error) throw JudgeError("cannot write " + file.string());
}

}  // namespace

void write_report(const std::filesystem::path& file, const Exercise& exercise, const Evidence& evidence,
                  const Place& place) {
    const bool timed = evidence.rounds.has_value();
    json document = benchmark_report(exercise, timed ? evidence.rounds->epochs : std::vector<Epoch>{}, place);
    document["verdict"] = verdict_json(exercise, evidence);
    // What a submission printed or threw need not be a text.
    write_atomically(file, document.dump(2, ' ', false, json::error_handler_t::replace));
}

void print_cases_progress(std::size_t done, std::size_t total) {
    std::cout << json{{"event", "cases"}, {"done", done}, {"total", total}}.dump() << std::endl;
}

void print_rounds_progress(double elapsed_seconds, double budget_seconds, std::size_t epochs,
                           double speedup) {
    const json event = {{"event", "rounds"},
                        {"elapsed", elapsed_seconds},
                        {"budget", budget_seconds},
                        {"epochs", epochs},
                        {"speedup", speedup}};
    std::cout << event.dump() << std::endl;
}

}  // namespace grading
