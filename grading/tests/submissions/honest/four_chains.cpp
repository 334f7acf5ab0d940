// Four scalar chains.
// expect: passed or too_slow or undecided
#include <array>
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    std::array<double, 4> totals{};
    std::size_t i = 0;
    for (; i + 4 <= values.size(); i += 4)
        for (std::size_t chain = 0; chain < 4; ++chain)
            totals[chain] += values[i + chain];
    for (; i < values.size(); ++i)
        totals[0] += values[i];
    return (totals[0] + totals[1]) + (totals[2] + totals[3]);
}
