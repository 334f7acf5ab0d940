// The reference again, in other words.
// expect: too_slow
#include <numeric>

#include "sum.hpp"

double sum(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}
