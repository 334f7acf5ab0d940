// Uses an instruction that its processor does not have.
// expect: crashed
// says: this processor does not have that instruction
// needs: aarch64
#include "sum.hpp"

double sum(std::span<const double> values) {
    asm volatile(".inst 0xffffffff");  // among those for vectors, and so far nothing
    return values.empty() ? 0.0 : values[0];
}
