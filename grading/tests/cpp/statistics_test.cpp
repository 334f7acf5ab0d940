// Medians and sign-test intervals.
#include "statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "random.hpp"

namespace grading {
namespace {

TEST(Median, IsTheMiddleValueOrTheMeanOfTheTwoInTheMiddle) {
    EXPECT_EQ(median({3, 1, 2}), 2);
    EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
    EXPECT_EQ(median({7}), 7);
    EXPECT_THROW(median({}), std::invalid_argument);
}

TEST(SignTestInterval, EndsWhereTheBinomialTableSays) {
    // Tables of the sign test: with 8 samples the whole range holds the median with 99.2 %, with 12 the range
    // from the third to the third last with 96.1 %, from the second to the second last with 99.4 %.
    EXPECT_EQ(rank_of_ends(7, 0.99), 0U);
    EXPECT_EQ(rank_of_ends(8, 0.99), 1U);
    EXPECT_EQ(rank_of_ends(12, 0.99), 2U);
    EXPECT_EQ(rank_of_ends(12, 0.95), 3U);
    EXPECT_EQ(fewest_samples(0.95), 6U);
    EXPECT_EQ(fewest_samples(0.99), 8U);
}

TEST(SignTestInterval, RunsFromOneOrderStatisticToTheOther) {
    const Estimate interval = estimate({12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 0.99);
    EXPECT_EQ(interval.median, 6.5);
    EXPECT_EQ(interval.low, 2);
    EXPECT_EQ(interval.high, 11);
}

TEST(SignTestInterval, IsTheWholeRangeWhenThereAreTooFewSamples) {
    const Estimate interval = estimate({1, 5, 2}, 0.99);
    EXPECT_EQ(interval.low, 1);
    EXPECT_EQ(interval.high, 5);
}

TEST(SignTestInterval, HoldsTheTrueMedianAsOftenAsItPromisesEvenForSkewedNoise) {
    Random random(1);
    int held = 0;
    constexpr int repetitions = 2000;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        std::vector<double> samples(12);
        for (double& sample : samples)
            sample = -std::log(1 - random.uniform(0, 1));  // exponential: the median is log 2
        const Estimate interval = estimate(samples, 0.95);
        if (interval.low <= std::log(2.0) && std::log(2.0) <= interval.high) ++held;
    }
    EXPECT_GE(held, 0.95 * repetitions - 3 * std::sqrt(0.05 * 0.95 * repetitions));
}

}  // namespace
}  // namespace grading
