// Adds in single precision.
// expect: wrong
#include "sum.hpp"

double sum(std::span<const double> values) {
    float total = 0;
    for (const double value : values)
        total += static_cast<float>(value);
    return total;
}
