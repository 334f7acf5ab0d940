#include "times.hpp"

#include <algorithm>

namespace grading {

void Times::add_call(double wall_seconds, double whole_over_part) {
    scale = whole_over_part;
    wall.push_back(scale * wall_seconds);
}

void Times::charge(double cpu_seconds, double queueing_seconds) {
    if (cpu.size() == wall.size()) return;
    cpu.push_back(scale * cpu_seconds);
    queueing.push_back(scale * queueing_seconds);
}

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
