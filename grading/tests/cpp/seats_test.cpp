// Where the threads of a team wake up.
#include "seats.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <latch>
#include <thread>

namespace grading {
namespace {

cpu_set_t processors_of(pid_t thread) {
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(thread, sizeof set, &set);
    return set;
}

/// Ends the process with exit code 0 if a team of two is seated as it should be, and with the number of the
/// first thing that is not.
[[noreturn]] void seat_a_team_of_two() {
    const cpu_set_t anywhere = processors_of(0);
    const int home = sched_getcpu();
    settle_on(home);
    release_first_thread(getpid());
    if (seat_threads(getpid())) std::_Exit(4);  // one thread is no team
    std::latch ready(1);
    pid_t other = 0;
    std::thread waiting([&] {
        other = gettid();
        ready.count_down();
        pause();
    });
    ready.wait();
    if (!seat_threads(getpid())) std::_Exit(5);
    const cpu_set_t first = processors_of(0);
    if (CPU_COUNT(&first) != 1 || !CPU_ISSET(home, &first)) std::_Exit(1);
    const cpu_set_t elsewhere = processors_of(other);
    if (CPU_COUNT(&elsewhere) != CPU_COUNT(&anywhere) - 1 || CPU_ISSET(home, &elsewhere)) std::_Exit(2);
    release_first_thread(getpid());
    const cpu_set_t released = processors_of(0);
    std::_Exit(CPU_EQUAL(&released, &anywhere) ? 0 : 3);
}

TEST(Seats, KeepTheFirstThreadAtHomeAndTheOthersElsewhere) {
    const cpu_set_t anywhere = processors_of(0);
    if (CPU_COUNT(&anywhere) < 2) GTEST_SKIP() << "there is one processor";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(seat_a_team_of_two(), testing::ExitedWithCode(0), "");
}

pid_t forked_and_waiting() {
    const pid_t fork = ::fork();
    while (fork == 0)
        pause();
    return fork;
}

/// A process that outlived the test would keep its output open, and so the test waiting.
void end(pid_t fork) {
    kill(fork, SIGKILL);
    waitpid(fork, nullptr, 0);
}

/// The same for a process with a pool of two.
[[noreturn]] void seat_a_pool_of_two() {
    const cpu_set_t anywhere = processors_of(0);
    const int home = sched_getcpu();
    setpgid(0, 0);
    const pid_t first = forked_and_waiting();
    const pid_t second = forked_and_waiting();
    settle_on(home);
    seat_forks(getpid());
    const cpu_set_t of_first = processors_of(first);
    const cpu_set_t of_second = processors_of(second);
    end(first);
    end(second);
    if (CPU_COUNT(&of_first) != 1 || !CPU_ISSET(home, &of_first)) std::_Exit(1);
    const bool elsewhere = CPU_COUNT(&of_second) == CPU_COUNT(&anywhere) - 1 && !CPU_ISSET(home, &of_second);
    std::_Exit(elsewhere ? 0 : 2);
}

TEST(Seats, KeepOneProcessOfAPoolAtHomeAndTheOthersElsewhere) {
    const cpu_set_t anywhere = processors_of(0);
    if (CPU_COUNT(&anywhere) < 2) GTEST_SKIP() << "there is one processor";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(seat_a_pool_of_two(), testing::ExitedWithCode(0), "");
}

/// Ends the process with exit code 0 if a team larger than the machine is left alone.
[[noreturn]] void seat_a_crowd() {
    const cpu_set_t anywhere = processors_of(0);
    settle_on(sched_getcpu());
    release_first_thread(getpid());
    const int count = CPU_COUNT(&anywhere);
    std::latch ready(count);
    pid_t last = 0;
    for (int thread = 0; thread < count; ++thread)
        std::thread([&, is_last = thread + 1 == count] {
            if (is_last) last = gettid();
            ready.count_down();
            pause();
        }).detach();
    ready.wait();
    if (seat_threads(getpid())) std::_Exit(2);
    const cpu_set_t of_the_last = processors_of(last);
    std::_Exit(CPU_EQUAL(&of_the_last, &anywhere) ? 0 : 1);
}

TEST(Seats, LeaveACrowdWhereItLikes) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(seat_a_crowd(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace grading
