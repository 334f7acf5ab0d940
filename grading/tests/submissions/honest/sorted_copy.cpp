// Sorts a copy first: slow, in its own memory, and right.
// expect: too_slow
#include <algorithm>
#include <vector>

#include "sum.hpp"

double sum(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    double total = 0;
    for (const double value : sorted)
        total += value;
    return total;
}
