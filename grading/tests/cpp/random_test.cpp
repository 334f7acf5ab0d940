// Seeds that a submission cannot foretell.
#include "random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace grading {
namespace {

TEST(BatchSeed, IsSipHashOfTheNumberWithTheRunsSeedAsKey) {
    // Computed with an implementation that gives the test vectors of SipHash's authors.
    EXPECT_EQ(batch_seed(5, 7), 0x9e03283e38e5f902U);
    EXPECT_EQ(batch_seed(0x0706050403020100U, 0x0706050403020100U), 0xeb8e9b0661a15490U);
}

TEST(BatchSeed, DiffersFromBatchToBatchAndFromRunToRun) {
    std::set<std::uint64_t> seeds;
    for (std::uint64_t run = 0; run < 30; ++run)
        for (std::uint64_t number = 0; number < 30; ++number)
            seeds.insert(batch_seed(run, number));
    EXPECT_EQ(seeds.size(), 900U);
}

TEST(Random, StaysInItsRange) {
    Random random(1);
    for (int draw = 0; draw < 1000; ++draw) {
        const double value = random.uniform(-2, 3);
        EXPECT_TRUE(-2 <= value && value < 3);
        EXPECT_LT(random.below(7), 7U);
    }
}

TEST(Random, FillsArraysEvenlyWithinTheirRange) {
    Random random(1);
    std::vector<double> values(100'000);
    random.fill_uniform(values, -2, 3);
    // Ten equal parts of the range: 10000 each, give or take six standard deviations of 95.
    std::array<int, 10> counts{};
    for (const double value : values) {
        ASSERT_TRUE(-2 <= value && value < 3);
        ++counts.at(static_cast<std::size_t>((value + 2) * 2));
    }
    for (const int count : counts)
        EXPECT_NEAR(count, 10'000, 600);
    std::vector<double> others(3);
    random.fill_uniform(others, -2, 3);
    EXPECT_NE(others[0], values[0]);
}

}  // namespace
}  // namespace grading
