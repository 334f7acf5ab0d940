// Tells the processor to take tiny numbers for zero.
// expect: wrong
// needs: aarch64
#include <cstdint>

#include "sum.hpp"

double sum(std::span<const double> values) {
    std::uint64_t before = 0;
    asm volatile("mrs %0, fpcr" : "=r"(before));
    asm volatile("msr fpcr, %0" : : "r"(before | (1U << 24U)) : "memory");  // flush to zero
    double total = 0;
    for (const double value : values)
        total += value;
    asm volatile("msr fpcr, %0" : : "r"(before), "w"(total) : "memory");  // not before the total is known
    return total;
}
