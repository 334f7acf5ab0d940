// Sets a timer that would let it work between calls.
// expect: forbidden
#include <sys/time.h>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    const itimerval often{.it_interval = {0, 1000}, .it_value = {0, 1000}};
    setitimer(ITIMER_REAL, &often, nullptr);
    return 0;
}
