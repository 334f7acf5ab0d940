// Gives each thread of its team a processor of its own, as numerical programs do.
#include <omp.h>
#include <sched.h>

#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0;
#pragma omp parallel num_threads(2) reduction(+ : total)
    {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(omp_get_thread_num(), &one);
        sched_setaffinity(0, sizeof one, &one);
#pragma omp for
        for (std::size_t i = 0; i < values.size(); ++i)
            total += values[i];
    }
    return total;
}
