// What the sides' calls took in the rounds of one epoch, and the ratios of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "exercise.hpp"
#include "standing.hpp"

namespace grading {

inline double seconds(Nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// What one side's calls took, one entry a round; on an excerpt, what the whole would have taken.
struct Times {
    std::vector<double> wall;
    std::vector<double> cpu;
    std::vector<double> queueing;
    double scale = 1;  ///< of the latest call

    /// Notes what a call took on the wall clock; the whole batch is so many times as much work as was asked
    /// for.
    void add_call(double wall_seconds, double whole_over_part);
    /// Books the processor's time since the last look to the latest call, unless that has its share already.
    void charge(double cpu_seconds, double queueing_seconds);

    [[nodiscard]] SideTime medians() const;
    [[nodiscard]] const std::vector<double>& by(ClockKind clock) const {
        return clock == ClockKind::cpu ? cpu : wall;
    }
};

/// The median over the rounds of slow / fast; rounds in which one of them did not take part are left out.
double paired_ratio(const Times& slow, const Times& fast, ClockKind clock);

}  // namespace grading
