// A tree of additions.
// expect: passed or too_slow or undecided
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    if (values.size() < 64) {
        double total = 0;
        for (const double value : values)
            total += value;
        return total;
    }
    const std::size_t half = values.size() / 2;
    return sum(values.first(half)) + sum(values.subspan(half));
}
