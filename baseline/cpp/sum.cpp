// The sum of an array as one first writes it: one loop, one accumulator, each addition waiting for the one
// before it.
#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0.0;
    for (const double value : values) {
        total += value;
    }
    return total;
}
