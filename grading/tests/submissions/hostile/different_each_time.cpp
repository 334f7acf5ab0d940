// Adds what happens to lie in memory that nobody wrote, as a race would.
// expect: wrong
#include "sum.hpp"

double sum(std::span<const double> values) {
    static unsigned calls = 0;
    double total = ++calls % 2 == 0 ? 1.0 : 0.0;
    for (const double value : values)
        total += value;
    return total;
}
