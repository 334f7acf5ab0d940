// Loads a vector from the inputs as if they began at a multiple of its width, which nobody promises.
// expect: crashed
// says: an aligned load or store at an address that is not aligned
// needs: x86_64
#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0.0;
    for (const double value : values)
        total += value;
    // An intrinsic would not do: the compiler takes a load for which nothing is promised, or none at all.
    if (values.size() > 1) asm volatile("movapd (%0), %%xmm0" : : "r"(values.data()) : "xmm0", "memory");
    return total;
}
