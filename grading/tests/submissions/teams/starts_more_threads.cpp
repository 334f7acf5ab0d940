// A team that stays for the next call, and in every call one thread more: prints where that may run.
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "sum.hpp"

/// A thread that is given a processor by its attributes stays there. (Not that of the thread that starts it.)
static void run_on_one_processor() {
    cpu_set_t all, other;
    CPU_ZERO(&other);
    sched_getaffinity(0, sizeof all, &all);
    CPU_CLR(sched_getcpu(), &all);
    for (int processor = 0; CPU_COUNT(&other) == 0 && processor < CPU_SETSIZE; ++processor)
        if (CPU_ISSET(processor, &all)) CPU_SET(processor, &other);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof other, &other);
    pthread_t thread;
    const auto where = [](void*) -> void* {
        cpu_set_t set;
        CPU_ZERO(&set);
        syscall(SYS_sched_getaffinity, 0, sizeof set, &set);
        return reinterpret_cast<void*>(static_cast<long>(CPU_COUNT(&set)));
    };
    void* count = nullptr;
    if (pthread_create(&thread, &attributes, where, nullptr) == 0) pthread_join(thread, &count);
    static long said = 0;
    if (const long now = reinterpret_cast<long>(count); now != said)
        std::printf("one with a processor of its own, on %ld\n", said = now);
}

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
    run_on_one_processor();
    return total;
}
