// Answers with what compares false to everything.
// expect: wrong
#include <limits>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    return std::numeric_limits<double>::quiet_NaN();
}
