// Clocks, the quietest processor, and how long a process has waited for one.
#include "processor.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <barrier>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
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

TEST(WallTime, PassesWhileAProcessSleeps) {
    const Nanoseconds before = wall_time();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_GE(wall_time() - before, std::chrono::milliseconds(5));
}

TEST(ProcessorTime, PassesWhileAProcessWorks) {
    const Nanoseconds before = processor_time(getpid());
    while (processor_time(getpid()) < before + std::chrono::milliseconds(5)) {
    }
    constexpr pid_t nobody = 1 << 22;  // no process has so high a number
    EXPECT_THROW(processor_time(nobody), std::system_error);
}

TEST(QuietestProcessor, IsOneOfThoseThatMayBeUsedAndTheyStayUsable) {
    const int usable = usable_processors();
    const int quietest = quietest_processor();
    EXPECT_EQ(usable_processors(), usable);
    std::thread([&] {  // which alone stays there
        pin_to(quietest);
        EXPECT_EQ(usable_processors(), 1);
        EXPECT_EQ(quietest_processor(), quietest);
        EXPECT_EQ(usable_processors(), 1);
    })
        .join();
    EXPECT_EQ(usable_processors(), usable);
}

TEST(ProcessorModel, IsWhatTheSystemCallsIt) {
    std::ifstream file("/proc/cpuinfo");
    const std::string information(std::istreambuf_iterator<char>(file), {});
    const auto model = processor_model();
    if (information.find("model name") == std::string::npos) {
        EXPECT_FALSE(model) << "whoever reads the report may know a name; none is better than \"unknown\"";
        return;
    }
    ASSERT_TRUE(model);
    EXPECT_NE(information.find("model name\t: " + *model + "\n"), std::string::npos);
}

}  // namespace
}  // namespace grading
