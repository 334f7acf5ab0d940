// Has every loss of digits end the program, as some do to find where NaN come from.
// expect: crashed
// says: SIGFPE (Floating point exception); a floating-point operation was told to end so.
// needs: x86_64
#include <cfenv>

#include "sum.hpp"

double sum(std::span<const double> values) {
    feenableexcept(FE_ALL_EXCEPT);
    double total = 0.0;
    for (const double value : values)
        total += value;
    return total;
}
