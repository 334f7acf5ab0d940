// The family of sums: what counts as right and as wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <string>

#include "small_exercises.hpp"
#include "sum.hpp"

namespace grading {
namespace {

double sum_in_order(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

double sum_backwards(std::span<const double> values) {
    return std::accumulate(values.rbegin(), values.rend(), 0.0);
}

double sum_pairwise(std::span<const double> values) {
    if (values.size() < 2) return sum_in_order(values);
    return sum_pairwise(values.first(values.size() / 2)) + sum_pairwise(values.subspan(values.size() / 2));
}

Answer summing(double (*function)(std::span<const double>)) {
    return [function](const BatchView& batch) {
        for (std::size_t item = 0; item < batch.items(); ++item)
            batch.output(item, 0)[0] = function(batch.input(item, 0));
    };
}

const std::string all_sums = exercise_text("sum", 1,
                                           R"(counts = [0, 1, 2, 3, 17, 1000, 4099]
data = ["positive", "mixed", "huge range", "subnormal", "cancelling"])");

TEST(SumFamily, AcceptsEveryOrderOfAdditionOnEveryKindOfData) {
    const TemporaryExercise exercise(all_sums);
    const Exercise loaded = exercise.load();
    EXPECT_EQ(loaded.cases.size(), 35U);
    for (const auto& workload : loaded.cases)
        for (auto* function : {sum_in_order, sum_backwards, sum_pairwise})
            for (std::uint64_t seed = 0; seed < 20; ++seed)
                EXPECT_FALSE(judge(*workload, nothing, summing(function), seed)) << workload->name();
}

TEST(SumFamily, HasTheOppositeOfEachValueWhereTheDataCancel) {
    const TemporaryExercise exercise(exercise_text("sum", 1, "counts = 1000\ndata = \"cancelling\""));
    const auto workload = std::move(exercise.load().cases.front());
    InputArea inputs(input_bytes(workload->shape()));
    inputs.lay_out(workload->shape(), 0);
    Random random(1);
    workload->generate(inputs, random);
    const auto values = inputs.input(0, 0);
    EXPECT_FALSE(std::ranges::is_sorted(values));
    std::ranges::sort(values);
    for (std::size_t i = 0; i < 500; ++i) {
        EXPECT_LT(values[i], 0);
        EXPECT_EQ(values[i], -values[999 - i]);
    }
}

TEST(SumFamily, SaysOfAnAnswerThatNobodyWroteThatItIsNone) {
    const TemporaryExercise exercise(all_sums);
    for (const auto& workload : exercise.load().cases) {
        const auto mismatch = judge(*workload, nothing, nothing, 1);
        ASSERT_TRUE(mismatch) << workload->name();
        EXPECT_EQ(mismatch->got, "never written");
    }
}

TEST(SumFamily, SaysOfAnAnswerThatWasAddedToWhatNobodyWroteThatItIsNone) {
    const TemporaryExercise exercise(all_sums);
    const Answer adding = [](const BatchView& batch) { batch.output(0, 0)[0] += 1; };
    for (const auto& workload : exercise.load().cases)
        EXPECT_EQ(judge(*workload, nothing, adding, 1).value().got, "never written") << workload->name();
}

/// What the wrong answers to all cases have in common.
Traits common_traits(const Exercise& exercise, double (*function)(std::span<const double>)) {
    std::optional<Traits> common;
    for (const auto& workload : exercise.cases) {
        const auto mismatch = judge(*workload, nothing, summing(function), 1);
        if (mismatch && !common) common = mismatch->traits;
        if (mismatch) *common &= mismatch->traits;
    }
    return common.value();
}

double sum_without_the_first(std::span<const double> values) {
    return values.empty() ? 0 : sum_in_order(values.subspan(1));
}

double sum_with_the_last_twice(std::span<const double> values) {
    return values.empty() ? 0 : sum_in_order(values) + values.back();
}

double twice_the_sum(std::span<const double> values) {
    return 2 * sum_in_order(values);
}

double sum_flushing(std::span<const double> values) {
    const double total = sum_in_order(values);
    return std::abs(total) < std::numeric_limits<double>::min() ? 0 : total;
}

double no_number(std::span<const double> values) {
    return values.empty() ? 0 : std::log(-1.0 - std::abs(values[0]));
}

TEST(SumFamily, KnowsTheUsualMistakesWhateverTheData) {
    const TemporaryExercise exercise(all_sums);
    const Exercise loaded = exercise.load();
    EXPECT_TRUE(common_traits(loaded, sum_without_the_first).have(Trait::off_by_the_first));
    EXPECT_FALSE(common_traits(loaded, sum_without_the_first).have(Trait::off_by_the_last));
    EXPECT_TRUE(common_traits(loaded, sum_with_the_last_twice).have(Trait::off_by_the_last));
    EXPECT_TRUE(common_traits(loaded, twice_the_sum).have(Trait::a_multiple));
    EXPECT_FALSE(common_traits(loaded, sum_with_the_last_twice).have(Trait::a_multiple));
    EXPECT_TRUE(common_traits(loaded, sum_flushing).have(Trait::flushed));
    EXPECT_TRUE(common_traits(loaded, no_number).have(Trait::not_finite));
}

TEST(SumFamily, SaysOfASumThatTakesOneElementTooManyThatItReadBehindTheEnd) {
    const TemporaryExercise exercise(all_sums);
    const auto one_too_many = [](std::span<const double> values) {
        double total = 0;
        for (std::size_t i = 0; i <= values.size(); ++i)
            total -= values.data()[i];
        return -total;
    };
    for (const auto& workload : exercise.load().cases) {
        const auto mismatch = judge(*workload, nothing, summing(one_too_many), 1);
        ASSERT_TRUE(mismatch) << workload->name();
        EXPECT_EQ(mismatch->got, "NaN, read behind an array's end") << workload->name();
    }
}

TEST(SumFamily, RefusesASumThatMissesOneElement) {
    const TemporaryExercise exercise(
        exercise_text("sum", 1, "counts = [1, 2, 17, 4099]\ndata = [\"positive\", \"mixed\"]"));
    const auto all_but_one = [](std::span<const double> values) { return sum_in_order(values.subspan(1)); };
    for (const auto& workload : exercise.load().cases)
        EXPECT_TRUE(judge(*workload, nothing, summing(all_but_one), 2)) << workload->name();
}

TEST(SumFamily, TakesTheRestOfAWideLoopForAnEdge) {
    const TemporaryExercise exercise(exercise_text("sum", 1, "counts = [8, 40, 96]\ndata = \"positive\""));
    const auto whole_strides = [](std::span<const double> values) {
        return sum_in_order(values.first(values.size() / 64 * 64));
    };
    for (const auto& workload : exercise.load().cases) {
        const auto mismatch = judge(*workload, nothing, summing(whole_strides), 2);
        ASSERT_TRUE(mismatch) << workload->name();
        EXPECT_TRUE(mismatch->traits.have(Trait::at_an_edge)) << workload->name();
    }
}

TEST(SumFamily, DoesNotTakeWhatIsWrongInWholeStridesForAnEdge) {
    const TemporaryExercise exercise(exercise_text("sum", 1, "counts = [64, 4096]\ndata = \"positive\""));
    const auto all_but_one = [](std::span<const double> values) { return sum_in_order(values.subspan(1)); };
    for (const auto& workload : exercise.load().cases) {
        const auto mismatch = judge(*workload, nothing, summing(all_but_one), 2);
        ASSERT_TRUE(mismatch) << workload->name();
        EXPECT_FALSE(mismatch->traits.have(Trait::at_an_edge)) << workload->name();
    }
}

TEST(SumFamily, RefusesSinglePrecision) {
    const TemporaryExercise exercise(
        exercise_text("sum", 1, "counts = [2, 1000]\ndata = [\"positive\", \"mixed\"]"));
    const auto in_float = [](std::span<const double> values) {
        float total = 0;
        for (const double value : values)
            total += static_cast<float>(value);
        return static_cast<double>(total);
    };
    for (const auto& workload : exercise.load().cases)
        EXPECT_TRUE(judge(*workload, nothing, summing(in_float), 3)) << workload->name();
}

double sum_by_kahan(std::span<const double> values) {
    double total = 0;
    double missing = 0;  // what the total should have less
    for (const double value : values) {
        const double corrected = value - missing;
        const double next = total + corrected;
        missing = (next - total) - corrected;
        total = next;
    }
    return total;
}

double sum_by_neumaier(std::span<const double> values) {
    double total = 0;
    double lost = 0;
    for (const double value : values) {
        const double next = total + value;
        lost += std::abs(total) >= std::abs(value) ? (total - next) + value : (value - next) + total;
        total = next;
    }
    return total + lost;
}

/// So many plain chains, the element i in chain i modulo their number, added up one after the other.
template <std::size_t chains>
double sum_in_chains(std::span<const double> values) {
    std::array<double, chains> totals{};
    for (std::size_t i = 0; i < values.size(); ++i)
        totals[i % chains] += values[i];
    return sum_in_order(totals);
}

TEST(SumFamily, AcceptsCompensatedSumsUnderTheirBoundOnEveryKindOfData) {
    const TemporaryExercise exercise(
        with_bound("compensated", exercise_text("sum", 3,
                                                R"(counts = [0, 1, 2, 3, 17, 1000, 4099, 100003]
data = ["positive", "mixed", "huge range", "subnormal", "cancelling", "buried"])")));
    for (const auto& workload : exercise.load().cases)
        for (auto* function : {sum_by_kahan, sum_by_neumaier})
            for (std::uint64_t seed = 0; seed < 10; ++seed)
                EXPECT_FALSE(judge(*workload, nothing, summing(function), seed)) << workload->name();
}

TEST(SumFamily, RefusesPlainSumsUnderTheCompensatedBoundHoweverManyChainsTheyHave) {
    const TemporaryExercise exercise(
        with_bound("compensated", exercise_text("sum", 4, "counts = 8192\narrays = 32\ndata = \"buried\"")));
    const auto workload = std::move(exercise.load().cases.front());
    for (auto* function : {sum_in_order, sum_backwards, sum_in_chains<2>, sum_in_chains<4>, sum_in_chains<8>,
                           sum_in_chains<16>, sum_in_chains<32>, sum_in_chains<64>, sum_in_chains<128>})
        for (std::uint64_t seed = 0; seed < 20; ++seed)
            EXPECT_TRUE(judge(*workload, nothing, summing(function), seed));
}

TEST(SumFamily, ComparesEachSideWithTheSumOfItsOwnInputs) {
    const TemporaryExercise exercise(
        timed_text("sum", 1, "counts = 5000\narrays = 2\ndata = \"mixed\"\nreference_count = 700"));
    const auto workload = std::move(exercise.load().timed.front());
    ASSERT_NE(workload->excerpt(), nullptr);
    InputAreas inputs{.whole = InputArea(input_bytes(workload->shape())),
                      .excerpt = InputArea(input_bytes(workload->excerpt()->shape()))};
    EXPECT_DOUBLE_EQ(inputs.make_batch(*workload, 1, false), 5000.0 / 700);
    EXPECT_TRUE(std::ranges::search(inputs.whole.input(1, 0), inputs.excerpt.input(1, 0)));
    const auto answered = [](const InputArea& area, OutputArea& outputs,
                             double (*sum)(std::span<const double>)) {
        outputs.clear(area);
        summing(sum)(BatchView(area.memory().bytes().data(), outputs.memory().bytes().data()));
        outputs.take();
        return outputs.view(area);
    };
    OutputArea part(output_bytes(workload->excerpt()->shape()));
    OutputArea all(output_bytes(workload->shape()));
    const BatchView truth = answered(inputs.excerpt, part, sum_in_order);
    EXPECT_FALSE(workload->compare(truth, truth));
    EXPECT_FALSE(workload->compare(truth, answered(inputs.whole, all, sum_pairwise)));
    const auto half = [](std::span<const double> values) {
        return sum_in_order(values.first(values.size() / 2));
    };
    EXPECT_TRUE(workload->compare(truth, answered(inputs.whole, all, half)));
}

TEST(SumFamily, SameSeedSameNumbers) {
    const TemporaryExercise exercise(all_sums);
    const auto wrong = [](std::span<const double> values) { return 1 + sum_in_order(values); };
    const Exercise loaded = exercise.load();
    const auto first = judge(*loaded.cases[5], nothing, summing(wrong), 7);
    const auto again = judge(*loaded.cases[5], nothing, summing(wrong), 7);
    const auto other = judge(*loaded.cases[5], nothing, summing(wrong), 8);
    EXPECT_EQ(first->got, again->got);
    EXPECT_NE(first->got, other->got);
}

}  // namespace
}  // namespace grading
