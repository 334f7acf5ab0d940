// More digits on the way.
// expect: too_slow
#include "sum.hpp"

double sum(std::span<const double> values) {
    long double total = 0;
    for (const double value : values)
        total += value;
    return static_cast<double>(total);
}
