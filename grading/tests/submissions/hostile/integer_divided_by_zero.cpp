// Divides whole numbers by zero, which has nothing to do with floating point but for the signal's name.
// expect: crashed
// says: SIGFPE (Floating point exception). The case is n = 0
// needs: x86_64
#include "sum.hpp"

double sum(std::span<const double> values) {
    const volatile std::size_t none = 0;
    double total = 0;
    for (const double value : values)
        total += value;
    return total / static_cast<double>(1000 / (values.empty() ? none : 1));
}
