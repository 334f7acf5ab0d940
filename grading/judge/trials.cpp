#include "trials.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace grading {
namespace {

/// How long a submission may take for a whole batch of which the reference answers an excerpt.
constexpr Nanoseconds shortest_trial = std::chrono::milliseconds(100);
constexpr Nanoseconds longest_trial = std::chrono::milliseconds(500);
/// A side that only makes a remark, and takes longer than this, is left out.
constexpr Nanoseconds longest_remark = std::chrono::milliseconds(100);

std::optional<Nanoseconds> trial_call(Turns& turns, Side& side, Nanoseconds limit) {
    side.process().processor_time_since_last();  // what came before is no part of the trial
    return turns.call_in_time(side, limit);
}

/// How long the reference takes for its excerpt; what others had of the processor meanwhile does not count.
Nanoseconds reference_time(Turns& turns, const RoundsSetup& setup) {
    Side& reference = setup.sides.reference;
    reference.process().processor_time_since_last();
    const Nanoseconds on_the_wall = turns.call(reference);
    if (setup.exercise.clock == ClockKind::wall) return on_the_wall;
    return std::min(on_the_wall, reference.process().processor_time_since_last());
}

/// Whether a process that gave no answer has not even had the processor for this long. (On the wall clock
/// that would say nothing: it may have waited for its own threads. An interpreter that hangs has ended.)
bool others_had_the_processor(const Exercise& exercise, Side& side, Nanoseconds time) {
    if (exercise.clock == ClockKind::wall || exercise.language == Language::python) return false;
    return side.process().processor_time_since_last() < scaled(time, 0.9);
}

}  // namespace

/// A first call in a fresh process finds cold caches and untouched memory: it may take twice as long, and
/// then the second one decides. Where others had the processor it is tried again, with twice the time: then
/// it was not its own slowness that ended the trial. (Of the untouched file it is known: it is the
/// reference.)
void try_the_whole(Turns& turns, const RoundsSetup& setup, const Workload& workload) {
    constexpr double least_gain = 3;
    constexpr int trials = 3;
    if (setup.untouched) return turns.put_yours_on_excerpts(workload);
    turns.start(workload);
    turns.make_batch(workload);
    const Nanoseconds reference = reference_time(turns, setup);
    const Nanoseconds enough =
        std::clamp(scaled(reference, turns.scale() / least_gain), shortest_trial, longest_trial);
    Side& yours = setup.sides.yours;
    for (int trial = 0; trial < trials; ++trial) {
        const Nanoseconds limit = enough * (1 << trial);
        const auto first = trial_call(turns, yours, 2 * limit);
        if (first && (*first <= limit || trial_call(turns, yours, limit))) return;
        if (!others_had_the_processor(setup.exercise, yours, first ? enough : 2 * enough)) break;
        yours.stop();
        turns.start(workload);
    }
    turns.put_yours_on_excerpts(workload);
}

/// (In Python a first call says little: it may compile.)
void leave_out_slow_remarks(Turns& turns, const RoundsSetup& setup, const Workload& workload) {
    if (setup.exercise.language == Language::python) return;
    turns.start(workload);
    turns.make_batch(workload);
    const std::vector<Side*> remarks(turns.remarks().begin(), turns.remarks().end());
    for (Side* side : remarks)
        if (!turns.call_in_time(*side, longest_remark)) turns.leave_out(*side);
}

}  // namespace grading
