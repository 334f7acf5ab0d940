// The verdict: from evidence to sentences and figures.
#include "verdict.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "protocol.hpp"

namespace grading {
namespace {

using nlohmann::json;

/// This place in a text, or just behind the character of UTF-8 in whose middle it is.
std::size_t between_characters(const std::string& text, std::size_t place) {
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned>(text[at]) & 0xC0U) == 0x80U; };
    std::size_t found = place;
    while (found < place + 3 && continues(found))
        ++found;
    return found;
}

/// What a submission printed, as much as is kept for its author: the beginning, and of the end more, which is
/// where an interpreter says what it was about when it crashed or hung.
std::string without_the_middle(const std::string& printed) {
    constexpr std::size_t first = 2048;
    constexpr std::size_t last = 8192;
    if (printed.size() <= first + last) return printed;
    const std::size_t begin = between_characters(printed, first);
    const std::size_t end = between_characters(printed, printed.size() - last);
    return printed.substr(0, begin) + "\n... " + std::to_string(end - begin) + " bytes ...\n" +
           printed.substr(end);
}

/// A positive number to three digits, for a sentence.
std::string three_digits(double value) {
    const double last_digit = std::pow(10, std::floor(std::log10(value)) - 2);
    const double rounded = last_digit * std::round(value / last_digit);
    const int decimals = std::max(0, 2 - static_cast<int>(std::floor(std::log10(rounded))));
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, rounded);
    return text.data();
}

/// JSON has no NaN and no infinity.
json number_or_null(double value) {
    return std::isfinite(value) ? json(value) : json(nullptr);
}

/// An error, for a reader who wants to know which of the two it is: null stands for no number at all.
json error_json(double error) {
    return std::isinf(error) ? json("infinite") : number_or_null(error);
}

json estimate_json(const Estimate& estimate) {
    return {{"median", estimate.median}, {"low", estimate.low}, {"high", estimate.high}};
}

double wall_over_cpu(const SideTime& time) {
    return time.wall_seconds / std::max(time.cpu_seconds, 1e-9);
}

/// The part of the wall time in which it neither ran nor waited for its turn on a busy processor.
double idle_seconds(const SideTime& time) {
    return time.wall_seconds - time.cpu_seconds - time.queueing_seconds;
}

/// Waits in its calls, while the reference beside it does not: it hides work, or it sleeps.
bool waits(const std::vector<Epoch>& epochs) {
    constexpr double unlike_the_reference = 2;
    constexpr double noticeable_seconds = 2e-4;
    for (std::size_t which = 0; which < epochs.front().workloads.size(); ++which) {
        const auto over = [&](auto quantity) {
            return estimate_over(epochs, [&](const Epoch& epoch) { return quantity(epoch.workloads[which]); })
                .median;
        };
        const double yours = over([](const WorkloadEpoch& epoch) { return wall_over_cpu(epoch.yours); });
        const double reference =
            over([](const WorkloadEpoch& epoch) { return wall_over_cpu(epoch.reference); });
        const double idle = over([](const WorkloadEpoch& epoch) { return idle_seconds(epoch.yours); });
        const double used = over([](const WorkloadEpoch& epoch) { return epoch.yours.cpu_seconds; });
        if (yours > unlike_the_reference * reference && idle > std::max(used, noticeable_seconds))
            return true;
    }
    return false;
}

/// Of threads, where nothing else is known: their mistakes look like others, and not the same each time.
bool may_be_of_threads(const Exercise& exercise, Smell smell) {
    constexpr std::array reasons{Smell::kept, Smell::zeros, Smell::different};
    return exercise.threads > 1 && std::ranges::find(reasons, smell) != reasons.end();
}

/// Where the reason may be one that the C++ compiler's sanitizers see.
std::string who_may_find_it(const Exercise& exercise, Smell smell) {
    const bool may_be = smell == Smell::race || smell == Smell::different;
    if (exercise.language != Language::cpp || !(may_be || may_be_of_threads(exercise, smell))) return "";
    return " `make sanitize EX=...` finds memory without a value, indices out of bounds, and data races.";
}

/// Where it may lie with how several processes work on one result.
std::string what_processes_do(const Exercise& exercise, Smell smell) {
    constexpr std::array reasons{Smell::outside, Smell::race, Smell::kept, Smell::different};
    if (exercise.processes == 0 || std::ranges::find(reasons, smell) == reasons.end()) return "";
    return " What a process of a pool writes to a variable, no other process sees: let it return its "
           "result. And imap_unordered and as_completed give results in any order.";
}

/// What is not there in time may come from a thread that is still at it.
std::string what_threads_do(const Exercise& exercise, Smell smell) {
    if (exercise.threads > 1 && smell == Smell::unwritten)
        return " Or a thread writes it too late, since nobody waits for its end.";
    if (!may_be_of_threads(exercise, smell)) return "";
    return " Or it is the threads: one writes what another one needs (such a race need not show each time), "
           "or writes too late, since nobody waits for its end.";
}

Conclusion conclude_wrong(const Exercise& exercise, const Failure& failure) {
    return {Status::wrong,
            "The answer is wrong: " + failure.mismatch.index + " in " + failure.case_name + ".",
            explain(failure.smell) + what_threads_do(exercise, failure.smell) +
                who_may_find_it(exercise, failure.smell) + what_processes_do(exercise, failure.smell)};
}

/// The geometric mean over the workloads, as the verdict's table has it.
double overall_speedup(const std::vector<Epoch>& epochs) {
    const std::size_t workloads = epochs.front().workloads.size();
    double logarithms = 0;
    for (std::size_t which = 0; which < workloads; ++which) {
        const auto speedup = [&](const Epoch& epoch) { return epoch.workloads[which].speedup; };
        logarithms += std::log(estimate_over(epochs, speedup).median);
    }
    return std::exp(logarithms / static_cast<double>(workloads));
}

/// What is slower by less is within the noise, or as good as untouched.
constexpr double clearly_slower = 0.95;

Conclusion conclude_timed(const Exercise& exercise, const std::vector<Epoch>& epochs, Standing standing) {
    const double speedup = overall_speedup(epochs);
    const std::string figure = three_digits(speedup) + " times as fast as the reference";
    if (exercise.clock == ClockKind::cpu && waits(epochs))
        return {
            Status::suspect,
            "The answers are right, but most of a call's time is spent waiting: " + figure + " says nothing.",
            "Take out whatever sleeps or waits for something outside of the function."};
    switch (standing) {
        case Standing::passed:
            return {Status::passed, "Right, and " + figure + ".", ""};
        case Standing::too_slow:
            if (speedup < clearly_slower)
                return {Status::too_slow,
                        "Right, but a call takes " + three_digits(1 / speedup) +
                            " times as long as the reference's.",
                        ""};
            return {Status::too_slow, "Right, and " + figure + ": not yet enough.", ""};
        case Standing::no_effect:
            return {Status::skipped, "On this machine even the model solution gains next to nothing.",
                    "Try it on another machine, or when this one has less to do."};
        case Standing::open:
            break;
    }
    if (epochs.size() < fewest_samples(confidence_of_each_look))
        return {Status::undecided,
                "Right, and about " + figure +
                    ", but there was time for too few rounds to say on which side of the mark that is.",
                "Give it more time: BUDGET=20 (seconds). Starting the program anew, with all that it does "
                "before its first call, takes time as well."};
    return {Status::undecided,
            "Right, and about " + figure +
                ", but the machine is too noisy to say on which side of the mark that is.",
            "Close what else is running and try again, or give it more time: BUDGET=20 (seconds)."};
}

json side_share(const std::vector<Epoch>& epochs, std::size_t which,
                WorkloadMember<std::optional<double>> quantity) {
    std::vector<double> samples;
    for (const Epoch& epoch : epochs)
        if (const auto& value = epoch.workloads[which].*quantity) samples.push_back(*value);
    if (samples.empty()) return nullptr;
    return estimate_json(estimate(samples, confidence_of_each_look));
}

/// What part of each batch the reference answered, and whether the submission answered no more either.
json excerpt_json(const Workload& workload, const std::vector<Epoch>& epochs, std::size_t which) {
    if (workload.excerpt() == nullptr) return nullptr;
    return {{"size", workload.excerpt()->size()},
            {"yours_too", epochs.back().workloads[which].yours_on_excerpt}};
}

json timed_json(const Exercise& exercise, const std::vector<Epoch>& epochs, std::size_t which) {
    const Workload& workload = *exercise.timed[which];
    const auto over = [&](auto quantity) {
        return estimate_over(epochs, [&](const Epoch& epoch) { return quantity(epoch.workloads[which]); });
    };
    const bool on_wall_clock = exercise.clock == ClockKind::wall;
    const auto nanoseconds_per_unit = [&](WorkloadMember<SideTime> side) {
        const auto time = [&](const WorkloadEpoch& epoch) {
            return on_wall_clock ? (epoch.*side).wall_seconds : (epoch.*side).cpu_seconds;
        };
        return over(time).median * 1e9 / workload.units();
    };
    std::size_t rounds = 0;
    for (const Epoch& epoch : epochs)
        rounds += epoch.workloads[which].yours.calls;
    const double waiting = over([](const WorkloadEpoch& epoch) { return wall_over_cpu(epoch.yours); }).median;
    const json share = side_share(epochs, which, &WorkloadEpoch::share_of_limit);
    return {{"name", workload.name()},
            {"size", workload.size()},
            {"unit", workload.unit()},
            {"clock", on_wall_clock ? "wall" : "cpu"},
            {"epochs", epochs.size()},
            {"rounds", rounds},
            {"excerpt", excerpt_json(workload, epochs, which)},
            {"speedup", estimate_json(over([](const WorkloadEpoch& epoch) { return epoch.speedup; }))},
            {"solution_speedup",
             estimate_json(over([](const WorkloadEpoch& epoch) { return epoch.solution_speedup; }))},
            {"baseline_speedup", side_share(epochs, which, &WorkloadEpoch::baseline_speedup)},
            {"nanoseconds_per_unit", nanoseconds_per_unit(&WorkloadEpoch::yours)},
            {"reference_nanoseconds_per_unit", nanoseconds_per_unit(&WorkloadEpoch::reference)},
            {"operations_per_unit", workload.operations_per_unit()},
            {"bytes_per_unit", workload.bytes_per_unit()},
            {"wall_over_cpu", waiting},
            // A submission's own processes are not in its processor time.
            {"processors_busy", exercise.processes > 0 ? json(nullptr) : json(1 / waiting)},
            {"share_of_limit", share.is_null() ? share : share["median"]},
            {"limit", share.is_null() ? json(nullptr) : json(exercise.limit)}};
}

json failure_json(const Failure& failure) {
    const Mismatch& mismatch = failure.mismatch;
    return {{"case", failure.case_name},
            {"size", mismatch.size},
            {"seed", failure.seed},
            {"index", mismatch.index},
            {"got", mismatch.got},
            {"expected", mismatch.expected},
            {"error", error_json(mismatch.error)},
            {"tolerance", mismatch.tolerance},
            {"error_in_tolerances", number_or_null(mismatch.error / mismatch.tolerance)},
            {"smell", to_string(failure.smell)},
            {"explanation", explain(failure.smell)}};
}

const Failure* find_failure(const Evidence& evidence) {
    if (evidence.cases.failure) return &*evidence.cases.failure;
    if (evidence.rounds && evidence.rounds->failure) return &*evidence.rounds->failure;
    return nullptr;
}

const RunnerFailure* find_no_answer(const Evidence& evidence) {
    if (evidence.cases.no_answer) return &*evidence.cases.no_answer;
    if (evidence.rounds && evidence.rounds->no_answer) return &*evidence.rounds->no_answer;
    return nullptr;
}

/// Becoming another user is a layer for root only: nobody else can, nor has as much to lose.
bool applies(std::size_t layer) {
    return (1U << layer) != layer_user || geteuid() == 0;
}

json sandbox_json(std::uint32_t layers) {
    json held = json::array();
    json missing = json::array();
    for (std::size_t layer = 0; layer < layer_names.size(); ++layer)
        if (applies(layer)) ((layers >> layer & 1U) != 0 ? held : missing).push_back(layer_names[layer]);
    return {{"layers", held}, {"missing", missing}};
}

/// The first call by itself: steady state is what is graded, and compiling is not part of it.
json first_call_json(const Exercise& exercise, const std::vector<Epoch>& epochs) {
    if (!epochs.front().first_call) return nullptr;
    std::vector<double> of_yours;
    std::vector<double> of_solution;
    for (const Epoch& epoch : epochs) {
        if (!epoch.first_call) continue;
        of_yours.push_back(epoch.first_call->yours);
        of_solution.push_back(epoch.first_call->solution);
    }
    const double extra = median(of_yours);
    const auto batch_seconds = [&](WorkloadMember<SideTime> side) {
        const auto of_epoch = [&](const Epoch& epoch) {
            const SideTime& time = epoch.workloads.front().*side;
            return exercise.clock == ClockKind::wall ? time.wall_seconds : time.cpu_seconds;
        };
        return estimate_over(epochs, of_epoch).median;
    };
    const double gained = batch_seconds(&WorkloadEpoch::reference) - batch_seconds(&WorkloadEpoch::yours);
    const auto calls = static_cast<double>(exercise.timed.front()->shape().outputs.size());
    return {{"extra_seconds", extra},
            {"solution_extra_seconds", median(of_solution)},
            {"paid_back_after_calls", gained > 0 ? json(std::ceil(extra / gained * calls)) : json(nullptr)}};
}

}  // namespace

double points_for(double p) {
    constexpr double full_marks_from = 0.9;
    const double share = std::clamp(p / full_marks_from, 0.0, 1.0);
    return std::round(100 * share) / 10;
}

Conclusion conclude(const Exercise& exercise, const Evidence& evidence) {
    if (!evidence.unfit_machine.empty())
        return {Status::skipped, evidence.unfit_machine, "Try it on a machine that has more processors."};
    if (const RunnerFailure* failure = find_no_answer(evidence))
        return {failure->status, failure->what(), failure->advice};
    if (const Failure* failure = find_failure(evidence)) return conclude_wrong(exercise, *failure);
    return conclude_timed(exercise, evidence.rounds->epochs, evidence.rounds->standing);
}

json verdict_json(const Exercise& exercise, const Evidence& evidence) {
    const Conclusion conclusion = conclude(exercise, evidence);
    // Where another case got no answer at all, the verdict is about that one.
    const Failure* failure = find_no_answer(evidence) == nullptr ? find_failure(evidence) : nullptr;
    json verdict = {{"exercise", exercise.name},
                    {"family", exercise.family},
                    {"status", to_string(conclusion.status)},
                    {"sentence", conclusion.sentence},
                    {"advice", conclusion.advice},
                    {"seed", evidence.seed},
                    {"mark", exercise.mark},
                    {"points", 0.0},
                    {"p", nullptr},
                    {"cases", {{"passed", evidence.cases.passed}, {"total", evidence.cases.total}}},
                    {"timed", json::array()},
                    {"first_call", nullptr},
                    {"failure", failure == nullptr ? json(nullptr) : failure_json(*failure)},
                    {"printed", without_the_middle(evidence.printed)},
                    {"sandbox", sandbox_json(evidence.sandbox_layers)}};
    if (conclusion.status == Status::skipped) verdict["points"] = nullptr;
    const bool measured = conclusion.status == Status::passed || conclusion.status == Status::too_slow ||
                          conclusion.status == Status::undecided;
    if (!measured) return verdict;
    const auto& epochs = evidence.rounds->epochs;
    const Estimate p = estimate_over(epochs, [](const Epoch& epoch) { return epoch.p; });
    verdict["p"] = estimate_json(p);
    verdict["points"] = points_for(p.median);
    verdict["first_call"] = first_call_json(exercise, epochs);
    for (std::size_t which = 0; which < exercise.timed.size(); ++which)
        verdict["timed"].push_back(timed_json(exercise, epochs, which));
    return verdict;
}

}  // namespace grading
