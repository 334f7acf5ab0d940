// The rules by which the rounds stop and pass.
#include "standing.hpp"

#include <algorithm>

namespace grading {
namespace {

/// An interval of the speedup is precise when its ends differ by less than this.
constexpr double precise = 0.05;

/// Fewer epochs have no interval: their range holds the true median in three runs out of four, or less.
bool enough_for_an_interval(const std::vector<Epoch>& epochs) {
    return epochs.size() >= fewest_samples(confidence_of_each_look);
}

bool is_precise(const Estimate& speedup) {
    return speedup.high <= speedup.low * (1 + precise);
}

/// Far slower than the reference, epoch after epoch: no interval is needed to see it.
bool hopeless(const std::vector<Epoch>& epochs) {
    return epochs.size() >= 3 && std::all_of(epochs.begin(), epochs.end(), [](const Epoch& epoch) {
               return std::all_of(epoch.workloads.begin(), epoch.workloads.end(),
                                  [](const WorkloadEpoch& workload) { return workload.speedup < 0.5; });
           });
}

/// Whether the machine showed, in this epoch, what there is to gain. Where others keep all processors busy, a
/// program with threads gains nothing, and p says nothing.
bool shows_the_effect(const Epoch& epoch) {
    return std::all_of(epoch.workloads.begin(), epoch.workloads.end(), [](const WorkloadEpoch& workload) {
        return workload.solution_speedup >= least_effect;
    });
}

/// So far below the mark, epoch after epoch, that more of them would change the figure and not the verdict.
bool far_below(const std::vector<Epoch>& epochs, double mark) {
    return epochs.size() >= 3 && std::all_of(epochs.begin(), epochs.end(), [&](const Epoch& epoch) {
               return shows_the_effect(epoch) && epoch.p < mark / 2;
           });
}

/// The same on the other side, where more is asked for: a pass is worth more than a try.
bool far_above(const std::vector<Epoch>& epochs, double mark) {
    return epochs.size() >= 5 && std::all_of(epochs.begin(), epochs.end(), [&](const Epoch& epoch) {
               return shows_the_effect(epoch) && epoch.p > (mark + 1) / 2;
           });
}

/// Whether every workload's figure is precise.
bool all_precise(const std::vector<Epoch>& epochs) {
    if (!enough_for_an_interval(epochs)) return false;
    for (std::size_t which = 0; which < epochs.front().workloads.size(); ++which) {
        const auto speedup = [&](const Epoch& epoch) { return epoch.workloads[which].speedup; };
        if (!is_precise(estimate_over(epochs, speedup))) return false;
    }
    return true;
}

}  // namespace

Standing standing_of(const std::vector<Epoch>& epochs, double mark) {
    if (hopeless(epochs) || far_below(epochs, mark)) return Standing::too_slow;
    if (!enough_for_an_interval(epochs)) return Standing::open;
    for (std::size_t which = 0; which < epochs.front().workloads.size(); ++which) {
        const auto gain = [&](const Epoch& epoch) { return epoch.workloads[which].solution_speedup; };
        if (estimate_over(epochs, gain).median < least_effect) return Standing::no_effect;
    }
    const Estimate p = estimate_over(epochs, [](const Epoch& epoch) { return epoch.p; });
    if (p.low >= mark) return Standing::passed;
    if (p.high < mark) return Standing::too_slow;
    return Standing::open;
}

bool are_finished(const std::vector<Epoch>& epochs, Standing standing, Nanoseconds elapsed,
                  Nanoseconds budget) {
    constexpr int patience = 4;
    if (standing != Standing::open && (hopeless(epochs) || all_precise(epochs))) return true;
    const bool enough = standing == Standing::too_slow || enough_for_an_interval(epochs);
    return elapsed > (enough ? budget : patience * budget);
}

Standing last_standing_of(const std::vector<Epoch>& epochs, double mark) {
    const Standing standing = standing_of(epochs, mark);
    return standing == Standing::open && far_above(epochs, mark) ? Standing::passed : standing;
}

}  // namespace grading
