// Brings clocks of its own that stand still, and is as slow as the reference.
// expect: too_slow
#include <sys/time.h>

#include <ctime>

#include "sum.hpp"

extern "C" int clock_gettime(clockid_t /*clock*/, timespec* time) {
    *time = {.tv_sec = 1, .tv_nsec = 0};
    return 0;
}

extern "C" int gettimeofday(timeval* time, void* /*zone*/) {
    *time = {.tv_sec = 1, .tv_usec = 0};
    return 0;
}

double sum(std::span<const double> values) {
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}
