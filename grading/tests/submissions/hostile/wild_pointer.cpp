// Reads at an address that no process has.
// expect: crashed
// says: it used a wild pointer
// advises: an index far out of bounds
// needs: x86_64
#include <cstdint>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    volatile std::uintptr_t address = 0x4141'4141'4141'4141;
    return *reinterpret_cast<const double*>(address);
}
