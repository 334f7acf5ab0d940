// Adds whole vectors of four and forgets the rest.
// expect: wrong
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0;
    for (std::size_t i = 0; i + 4 <= values.size(); i += 4)
        total += (values[i] + values[i + 1]) + (values[i + 2] + values[i + 3]);
    return total;
}
