// Reads every eighth element of long arrays and scales.
// expect: wrong
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    const std::size_t step = values.size() > 4096 ? 8 : 1;
    double total = 0;
    for (std::size_t i = 0; i < values.size(); i += step)
        total += values[i];
    return total * static_cast<double>(step);
}
