// Calls itself until the stack is full.
// expect: crashed
// says: it used up its stack
#include "sum.hpp"

namespace {

double sum_from(std::span<const double> values, double total) {
    const double rest = sum_from(values, total + 1.0);
    return rest + total;  // an operation after the call: it cannot be made a loop
}

}  // namespace

double sum(std::span<const double> values) {
    return sum_from(values, 0.0);
}
