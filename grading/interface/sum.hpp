// The interface of the `sum` exercises: one function, which a submission defines.
#pragma once

#include <span>

/// The sum of all values; 0 for an empty span. The order of the additions is free: any order's rounding error
/// is within the tolerance that the exercise states, unless the exercise is about rounding and asks for less.
/// The sum of all magnitudes is finite, so that none overflows.
double sum(std::span<const double> values);
