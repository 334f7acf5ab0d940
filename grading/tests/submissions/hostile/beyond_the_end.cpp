// Reads whole vectors of four, also where the array ends in the middle of one.
// expect: wrong
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    const double* data = values.data();
    double total = 0;
    for (std::size_t i = 0; i < values.size(); i += 4)
        total += (data[i] + data[i + 1]) + (data[i + 2] + data[i + 3]);
    return total;
}
