// Is right on all cases, and crashes on an array that is as long as the timed ones only.
// expect: crashed
// says: The case is a timed batch.
#include <cstdlib>
#include <numeric>

#include "sum.hpp"

double sum(std::span<const double> values) {
    if (values.size() == 8192) std::abort();
    return std::reduce(values.begin(), values.end());
}
