// Asks the system to make the inputs writable, then overwrites them.
// expect: crashed
#include <sys/mman.h>

#include <cstdint>

#include "sum.hpp"

double sum(std::span<const double> values) {
    constexpr std::uintptr_t page = 4096;
    const auto start = reinterpret_cast<std::uintptr_t>(values.data()) / page * page;
    mprotect(reinterpret_cast<void*>(start), values.size_bytes() + page, PROT_READ | PROT_WRITE);
    auto* data = const_cast<double*>(values.data());
    for (std::size_t i = 0; i < values.size(); ++i)
        data[i] = 0;
    return 0;
}
