// What the epochs measured so far say: whether the mark is reached, and whether more epochs are needed.
#pragma once

#include <optional>
#include <vector>

#include "processor.hpp"
#include "statistics.hpp"

namespace grading {

/// A model solution that gains less than this shows that the machine cannot show the effect.
inline constexpr double least_effect = 1.1;

/// What one side's calls on one workload took in one epoch: medians over the rounds.
struct SideTime {
    double wall_seconds;
    double cpu_seconds;
    std::size_t calls;
    double queueing_seconds = 0;  ///< of the wall time: ready to run, but others had the processor
};

/// One workload in one epoch; ratios are medians of the rounds' paired ratios. The sides that only make a
/// remark are absent when they are not there, or take too long as they do where the reference answers an
/// excerpt. Times on an excerpt are scaled to the whole.
struct WorkloadEpoch {
    double speedup;
    double solution_speedup;
    std::optional<double> baseline_speedup;  ///< yours over the course's baseline
    std::optional<double> share_of_limit;    ///< the limit's time over yours
    SideTime reference, yours, solution;
    bool yours_on_excerpt = false;  ///< too slow for the whole, as the reference is
};

/// Which of a workload's figures.
template <typename Figure>
using WorkloadMember = Figure WorkloadEpoch::*;

/// What the first call in a fresh process took beyond the second one, in seconds: compiling, mostly.
struct FirstCall {
    double yours;
    double solution;
};

struct Epoch {
    std::vector<WorkloadEpoch> workloads;  ///< as in exercise.toml
    double p;  ///< log(speedup) / log(solution_speedup), the mean over the workloads
    /// Where a first call may compile, and the processes are fresh.
    std::optional<FirstCall> first_call = std::nullopt;
};

/// What the epochs so far say.
enum class Standing {
    open,       ///< not enough yet
    passed,     ///< the whole interval of p is at or above the mark
    too_slow,   ///< the whole interval of p is below the mark
    no_effect,  ///< even the model solution gains nothing on this machine
};

/// What the epochs so far say about the mark.
Standing standing_of(const std::vector<Epoch>& epochs, double mark);

/// What they say when there will be no more of them. Where a machine was so busy that there was no time for
/// an interval, one that is far above the mark in each of several epochs has passed, too.
Standing last_standing_of(const std::vector<Epoch>& epochs, double mark);

/// Whether the verdict is clear and the figure precise, or the time is up. It is not up before there are
/// epochs enough for an interval, unless they take far longer than anybody planned or no interval is needed.
bool are_finished(const std::vector<Epoch>& epochs, Standing standing, Nanoseconds elapsed,
                  Nanoseconds budget);

/// One quantity of all epochs, with its interval.
template <typename Quantity>
Estimate estimate_over(const std::vector<Epoch>& epochs, Quantity quantity) {
    std::vector<double> samples;
    samples.reserve(epochs.size());
    for (const Epoch& epoch : epochs)
        samples.push_back(quantity(epoch));
    return estimate(std::move(samples), confidence_of_each_look);
}

}  // namespace grading
