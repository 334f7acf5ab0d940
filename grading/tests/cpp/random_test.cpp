// Seeds that a submission cannot foretell.
#include "random.hpp"

#include <gtest/gtest.h>

#include <set>

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

}  // namespace
}  // namespace grading
