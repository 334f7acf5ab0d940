// Tells the processor to take tiny numbers for zero.
// expect: wrong
// needs: x86_64
#include "sum.hpp"

double sum(std::span<const double> values) {
    // The bits that -ffast-math sets when a program starts: flush to zero, denormals are zero.
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040U);
    double total = 0;
    for (const double value : values)
        total += value;
    __builtin_ia32_ldmxcsr(before);
    return total;
}
