// Has a global array that is many times as large as the memory that it may have.
// expect: too_much_memory
// says: global and static arrays
#include <cstddef>

#include "sum.hpp"

static double copies[std::size_t{1} << 30U];

double sum(std::span<const double> values) {
    for (std::size_t i = 0; i < values.size(); ++i)
        copies[i] = values[i];
    return values.empty() ? 0.0 : copies[values.size() - 1];
}
