// Has the work done by a child process, whose time is not its own.
// expect: forbidden
#include <unistd.h>

#include "sum.hpp"

double sum(std::span<const double> values) {
    if (fork() == 0) _exit(0);
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}
