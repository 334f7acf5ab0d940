// The interface of the `histogram` exercises: one function, which a submission defines.
#pragma once

#include <cstdint>
#include <span>

/// Adds every value to the total of its bin: totals[b] becomes the sum of all values[i] with bins[i] == b,
/// and 0 where there are none, whatever was in it before. There are as many bins[i] as values[i], and every
/// bins[i] is less than totals.size(). The order of the additions is free; the sum of all magnitudes is
/// finite, so that none overflows.
void histogram(std::span<const std::uint32_t> bins, std::span<const double> values, std::span<double> totals);
