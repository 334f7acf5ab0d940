// The report file, written through Google Benchmark's own JSON reporter.
#include "report.hpp"

#include <benchmark/benchmark.h>

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

Run median_run(const std::string& name, const std::vector<Epoch>& epochs, std::size_t which,
               SideTime WorkloadEpoch::*side) {
    const auto over = [&](double SideTime::*time) {
        return estimate_over(epochs, [&](const Epoch& epoch) { return epoch.workloads[which].*side.*time; })
            .median;
    };
    Run run = run_of(name, {over(&SideTime::wall_seconds), over(&SideTime::cpu_seconds), 1}, 1);
    run.run_type = Run::RT_Aggregate;
    run.aggregate_name = "median";
    run.repetitions = static_cast<std::int64_t>(epochs.size());
    return run;
}

std::vector<Run> runs_of_side(const std::string& name, const std::vector<Epoch>& epochs, std::size_t which,
                              SideTime WorkloadEpoch::*side) {
    std::vector<Run> runs;
    for (std::size_t number = 0; number < epochs.size(); ++number) {
        const WorkloadEpoch& epoch = epochs[number].workloads[which];
        Run run = run_of(name, epoch.*side, (epoch.*side).calls);
        run.repetitions = static_cast<std::int64_t>(epochs.size());
        run.repetition_index = static_cast<std::int64_t>(number);
        run.counters["speedup"] = benchmark::Counter(epoch.reference.cpu_seconds / (epoch.*side).cpu_seconds);
        runs.push_back(run);
    }
    runs.push_back(median_run(name, epochs, which, side));
    return runs;
}

std::vector<Run> all_runs(const Exercise& exercise, const std::vector<Epoch>& epochs) {
    std::vector<Run> all;
    if (epochs.empty()) return all;
    for (std::size_t which = 0; which < exercise.timed.size(); ++which) {
        const std::string name = exercise.name + "/" + exercise.timed[which]->name() + "/";
        const auto add = [&](const char* side_name, SideTime WorkloadEpoch::*side) {
            const auto runs = runs_of_side(name + side_name, epochs, which, side);
            all.insert(all.end(), runs.begin(), runs.end());
        };
        add("reference", &WorkloadEpoch::reference);
        add("yours", &WorkloadEpoch::yours);
        add("solution", &WorkloadEpoch::solution);
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
    report["context"]["cpu_model"] = place.processor_model;
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
