// 03-sum-chains: Several chains of additions
//
// TODO: Every addition waits for the one before it. Give the processor additions that do not wait for each
// other.
//
// Check it with `make check EX=03`; the lesson is README.md beside this file.

#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0.0;
    for (const double value : values) {
        total += value;
    }
    return total;
}
