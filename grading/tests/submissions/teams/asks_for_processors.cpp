// Asks in every call how many processors there are, in the ways of three libraries, and prints each new
// answer; sums with a team that stays for the next call.
#include <omp.h>
#include <sched.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "sum.hpp"

namespace {

/// As hwloc asks, which does not know how large a set has to be; -1 where the answer is not the system's.
int in_a_set_of_another_size() {
    std::array<cpu_set_t, 4> large;
    large.fill(cpu_set_t{{~0UL}});
    constexpr std::size_t too_small = 0;
    if (sched_getaffinity(0, too_small, large.data()) != -1 || errno != EINVAL) return -1;
    if (sched_getaffinity(0, sizeof large, large.data()) != 0) return -1;
    return CPU_COUNT_S(sizeof large, large.data());
}

/// -1 where the libraries do not agree.
int processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
    const int count = CPU_COUNT(&set);
    const bool agreed =
        omp_get_num_procs() == count && std::thread::hardware_concurrency() == static_cast<unsigned>(count);
    return agreed && in_a_set_of_another_size() == count ? count : -1;
}

}  // namespace

double sum(std::span<const double> values) {
    static int said = 0;
    if (const int now = processors(); now != said)
        std::printf("told of %d processors, to wait %s\n", said = now, std::getenv("OMP_WAIT_POLICY"));
    double total = 0;
#pragma omp parallel for num_threads(2) reduction(+ : total)
    for (std::size_t i = 0; i < values.size(); ++i)
        total += values[i];
    return total;
}
