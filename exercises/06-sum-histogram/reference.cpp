// A histogram on all processors as one first writes it: the values are shared out, and atomic additions keep
// the threads from spoiling a bin's total.
#include <algorithm>
#include <cstddef>

#include "histogram.hpp"

void histogram(std::span<const std::uint32_t> bins, std::span<const double> values,
               std::span<double> totals) {
    std::fill(totals.begin(), totals.end(), 0.0);
#pragma omp parallel for
    for (std::size_t i = 0; i < values.size(); ++i) {
#pragma omp atomic
        totals[bins[i]] += values[i];
    }
}
