// Leaves out one element, and only of arrays longer than any correctness case: right until it is timed.
// expect: wrong
#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        total += values.size() == 8192 && i == 4711 ? 0.0 : values[i];
    return total;
}
