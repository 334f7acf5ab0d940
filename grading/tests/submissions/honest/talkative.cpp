// Prints a few lines while its author looks for a mistake.
// expect: too_slow
#include <cstdio>

#include "sum.hpp"

double sum(std::span<const double> values) {
    static bool first = true;
    if (first) std::printf("summing %zu values\n", values.size());
    if (first) std::fputs("... with one chain\n", stderr);
    first = false;
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}
