// What a machine has too little of.
#include "shortage.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "outcome.hpp"

namespace grading {
namespace {

Exercise with(std::uint32_t threads, std::uint32_t processes) {
    Exercise exercise{};
    exercise.threads = threads;
    exercise.processes = processes;
    return exercise;
}

bool is_refused(const Exercise& exercise) {
    try {
        need_room_for_tasks(exercise, 100);
    } catch (const JudgeError& error) {
        return std::string(error.what()).find("raise ulimit -u") != std::string::npos;
    }
    return false;
}

/// As a user whom the limit holds for, with room for nothing more.
[[noreturn]] void ask_where_nothing_can_be_started() {
    constexpr uid_t nobody = 65534;
    if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setresuid(nobody, nobody, nobody) != 0))
        std::_Exit(1);
    const rlimit one{1, 1};
    setrlimit(RLIMIT_NPROC, &one);
    if (can_start_tasks(100)) std::_Exit(2);
    if (!is_refused(with(2, 0)) || !is_refused(with(1, 2))) std::_Exit(3);
    std::_Exit(is_refused(with(1, 0)) ? 4 : 0);
}

TEST(Shortage, OfTasksIsToldBeforeASubmissionIsBlamedForIt) {
    EXPECT_TRUE(can_start_tasks(10));
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(ask_where_nothing_can_be_started(), testing::ExitedWithCode(0), "");
}

TEST(Shortage, OfMemoryIsReadFromTheKernelsCounters) {
    std::istringstream counters("nr_free_pages 12\noom_kill 3\nnuma_hit 4\n");
    EXPECT_EQ(ended_for_memory(counters), 3U);
    std::istringstream without("nr_free_pages 12\n");
    EXPECT_EQ(ended_for_memory(without), 0U);
}

}  // namespace
}  // namespace grading
