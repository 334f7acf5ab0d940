// Begins with the int 0, and so makes an int of every sum in between.
// expect: wrong
#include <numeric>

#include "sum.hpp"

double sum(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0);
}
