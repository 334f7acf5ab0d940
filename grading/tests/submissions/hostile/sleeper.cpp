// Sleeps, which costs no processor time.
// expect: suspect or too_slow
#include <cstddef>
#include <ctime>

#include "sum.hpp"

double sum(std::span<const double> values) {
    const timespec pause{.tv_sec = 0, .tv_nsec = 100'000};
    nanosleep(&pause, nullptr);
    double total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < values.size(); ++i)
        total += values.data()[i];
    return total;
}
