// Kahan's sum as the textbooks have it: what each addition rounds off is kept and goes into the next one.
#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0.0;
    double excess = 0.0;  // what the total has too much, from rounding
    for (const double value : values) {
        const double corrected = value - excess;
        const double next = total + corrected;
        excess = (next - total) - corrected;
        total = next;
    }
    return total;
}
