// How long a process has waited for a processor.
#include "processor.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <barrier>
#include <ctime>
#include <filesystem>
#include <thread>

namespace grading {
namespace {

void stay_on(int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/// Keeps a processor busy until this thread has had it for 20 ms.
void work() {
    timespec used{};
    while (used.tv_sec == 0 && used.tv_nsec < 20'000'000)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
}

TEST(QueueingTime, OfATeamIsThatOfTheThreadThatHasWaitedLongest) {
    if (!std::filesystem::exists("/proc/self/schedstat")) GTEST_SKIP() << "this kernel doesn't tell";
    Nanoseconds longest(0);
    std::barrier together(2, [&]() noexcept { longest = longest_queueing_time(getpid()); });
    const auto share_a_processor = [&, processor = sched_getcpu()] {
        stay_on(processor);
        together.arrive_and_wait();
        work();
        together.arrive_and_wait();
    };
    std::thread one(share_a_processor);
    std::thread other(share_a_processor);
    one.join();
    other.join();
    // While either worked the other one waited, but for the first time slice of the one that began.
    EXPECT_GE(longest, std::chrono::milliseconds(10));
}

}  // namespace
}  // namespace grading
