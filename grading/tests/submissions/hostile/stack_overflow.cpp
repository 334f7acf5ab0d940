// Recurses once for each element of an endless array.
// expect: crashed
#include <cstddef>

#include "sum.hpp"

namespace {

double sum_from(const volatile double* value, std::size_t depth) {
    volatile double here[64] = {*value};
    return depth == 0 ? here[0] : here[0] + sum_from(value, depth - 1);
}

}  // namespace

double sum(std::span<const double> values) {
    double none = 0;
    return sum_from(values.empty() ? &none : values.data(), std::size_t{1} << 40U);
}
