// A team that stays for the next call, and in every call one thread more: prints where that may run.
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0;
#pragma omp parallel for num_threads(2) reduction(+ : total)
    for (std::size_t i = 0; i < values.size(); ++i)
        total += values[i];
    std::thread one_more([] {
        // The processors of this very thread, which the library's own function is not asked for here.
        const auto processors = [] {
            cpu_set_t set;
            CPU_ZERO(&set);
            syscall(SYS_sched_getaffinity, 0, sizeof set, &set);
            return CPU_COUNT(&set);
        };
        for (int patience = 0; patience < 1000 && processors() == 1; ++patience)
            usleep(100);  // it begins where the thread is that has started it
        static int said = 0;
        if (const int now = processors(); now != said)
            std::printf("a new thread may run on %d processors\n", said = now);
    });
    one_more.join();
    return total;
}
