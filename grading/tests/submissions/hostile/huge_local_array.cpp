// Has an array among its local variables that is many times as large as the stack.
// expect: crashed
// says: it used up its stack
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    volatile double copies[std::size_t{8} << 20U];
    for (std::size_t i = 0; i < values.size(); ++i)
        copies[i] = values[i];
    return values.empty() ? 0.0 : copies[values.size() - 1];
}
