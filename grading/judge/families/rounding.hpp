// What the families' bounds for rounding errors, and their truths that have none, are made of.
#pragma once

#include <limits>

namespace grading {

/// The relative error of one rounding: 2^-53.
inline constexpr double unit_roundoff = std::numeric_limits<double>::epsilon() / 2;

/// Adds a value by Knuth's TwoSum: the new sum and what it has lost are exact together.
inline void add_exactly(double& sum, double& lost, double value) {
    const double next = sum + value;
    const double taken = next - sum;
    lost += (sum - (next - taken)) + (value - taken);
    sum = next;
}

}  // namespace grading
