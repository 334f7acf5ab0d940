// Uses an instruction that its processor does not have, or that the system has not allowed.
// expect: crashed
// says: this processor does not have that instruction
// needs: x86_64
#include "sum.hpp"

double sum(std::span<const double> values) {
    asm volatile(".byte 0xc4, 0xe2, 0x7b, 0x49, 0xc0");  // tilezero tmm0, of AMX
    return values.empty() ? 0.0 : values[0];
}
