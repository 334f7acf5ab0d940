// The compiler's own vectors.
// expect: passed or too_slow or undecided
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    const double* data = values.data();
    const std::size_t count = values.size();
    double total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < count; ++i)
        total += data[i];
    return total;
}
