// What the calls of one epoch took, and the ratios of it.
#include "times.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace grading {
namespace {

TEST(Times, OnAnExcerptAreWhatTheWholeWouldHaveTaken) {
    Times times;
    times.add_call(3, 10);
    times.charge(2, 0.5);
    times.add_call(4, 20);  // each excerpt is a part of its own
    times.charge(3, 1);
    EXPECT_EQ(times.wall, (std::vector<double>{30, 80}));
    EXPECT_EQ(times.cpu, (std::vector<double>{20, 60}));
    EXPECT_EQ(times.queueing, (std::vector<double>{5, 20}));
}

TEST(Times, OfTheProcessorAreBookedToTheLatestCallAndToNoneBeforeTheFirst) {
    Times times;
    times.charge(100, 100);  // the warming up
    times.add_call(3, 1);
    times.charge(2, 0.5);
    times.charge(7, 7);  // another side's rounds go on
    EXPECT_EQ(times.cpu, std::vector<double>{2});
    EXPECT_EQ(times.queueing, std::vector<double>{0.5});
}

TEST(Times, AreComparedRoundByRoundByTheExercisesClock) {
    const Times slow{.wall = {8, 6, 40}, .cpu = {8, 8, 8}, .queueing = {0, 0, 3}};
    const Times fast{.wall = {2, 2, 10}, .cpu = {1, 1, 1}, .queueing = {0, 0, 0}};
    EXPECT_EQ(paired_ratio(slow, fast, ClockKind::wall), 4);
    EXPECT_EQ(paired_ratio(slow, fast, ClockKind::cpu), 8);
    const Times remark{.wall = {6, 6}, .cpu = {3, 3}, .queueing = {0, 0}};  // in the first rounds only
    EXPECT_EQ(paired_ratio(remark, fast, ClockKind::wall), 3);
    const SideTime medians = slow.medians();
    EXPECT_EQ(medians.wall_seconds, 8);
    EXPECT_EQ(medians.cpu_seconds, 8);
    EXPECT_EQ(medians.queueing_seconds, 0);
    EXPECT_EQ(medians.calls, 3U);
}

}  // namespace
}  // namespace grading
