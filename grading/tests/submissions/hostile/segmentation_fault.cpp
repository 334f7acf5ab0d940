// Reads far beyond the array.
// expect: crashed
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    return values.data()[std::size_t{1} << 40U];
}
