// Asks in every call how many processors there are, in the ways of three libraries, and prints each new
// answer; sums with a team that stays for the next call.
#include <omp.h>
#include <sched.h>

#include <cstdio>
#include <thread>

#include "sum.hpp"

namespace {

/// -1 where the libraries do not agree.
int processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
    const int count = CPU_COUNT(&set);
    const bool agreed =
        omp_get_num_procs() == count && std::thread::hardware_concurrency() == static_cast<unsigned>(count);
    return agreed ? count : -1;
}

}  // namespace

double sum(std::span<const double> values) {
    static int said = 0;
    if (const int now = processors(); now != said) std::printf("told of %d processors\n", said = now);
    double total = 0;
#pragma omp parallel for num_threads(2) reduction(+ : total)
    for (std::size_t i = 0; i < values.size(); ++i)
        total += values[i];
    return total;
}
