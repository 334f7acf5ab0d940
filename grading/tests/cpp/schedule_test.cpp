// The order in which sides take turns.
#include "schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace grading {
namespace {

TEST(Schedule, EverySideTakesPartOnceInEveryRound) {
    Random random(3);
    const auto orders = balanced_orders(4, 11, random);
    EXPECT_EQ(orders.size(), 11U);
    for (const auto& order : orders)
        EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()), (std::set<std::size_t>{0, 1, 2, 3}));
}

TEST(Schedule, ARoundIsFollowedByItsReverse) {
    Random random(4);
    const auto orders = balanced_orders(3, 10, random);
    ASSERT_EQ(orders.size(), 10U);
    for (std::size_t round = 0; round < orders.size(); round += 2)
        EXPECT_TRUE(std::equal(orders[round].begin(), orders[round].end(), orders[round + 1].rbegin()));
}

TEST(Schedule, OrdersDifferFromPairToPair) {
    Random random(5);
    const auto orders = balanced_orders(3, 40, random);
    EXPECT_EQ(std::set<std::vector<std::size_t>>(orders.begin(), orders.end()).size(), 6U);
}

}  // namespace
}  // namespace grading
