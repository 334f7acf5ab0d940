#include "times.hpp"

#include <algorithm>

namespace grading {

SideTime Times::medians() const {
    return {median(wall), median(cpu), wall.size(), median(queueing)};
}

double paired_ratio(const Times& slow, const Times& fast, ClockKind clock) {
    std::vector<double> ratios;
    const std::size_t rounds = std::min(slow.wall.size(), fast.wall.size());
    for (std::size_t round = 0; round < rounds; ++round)
        ratios.push_back(slow.by(clock)[round] / fast.by(clock)[round]);
    return median(ratios);
}

}  // namespace grading
