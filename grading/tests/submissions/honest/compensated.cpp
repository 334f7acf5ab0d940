// Kahan's sum: slower and more accurate than what is asked for.
// expect: too_slow
#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0;
    double lost = 0;
    for (const double value : values) {
        const double corrected = value - lost;
        const double next = total + corrected;
        lost = (next - total) - corrected;
        total = next;
    }
    return total;
}
