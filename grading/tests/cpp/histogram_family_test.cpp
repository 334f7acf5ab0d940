// The family of histograms: what counts as right and as wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "small_exercises.hpp"

namespace grading {
namespace {

using Histogram = void(std::span<const std::uint32_t>, std::span<const double>, std::span<double>);

Answer counting(Histogram* function) {
    return [function](const BatchView& batch) {
        const auto values = batch.input(0, 1);
        const auto* bins = reinterpret_cast<const std::uint32_t*>(batch.input(0, 0).data());
        function({bins, values.size()}, values, batch.output(0, 0));
    };
}

void add_up(std::span<const std::uint32_t> bins, std::span<const double> values, std::span<double> totals) {
    std::ranges::fill(totals, 0.0);
    for (std::size_t i = 0; i < values.size(); ++i)
        totals[bins[i]] += values[i];
}

void add_up_backwards(std::span<const std::uint32_t> bins, std::span<const double> values,
                      std::span<double> totals) {
    std::ranges::fill(totals, 0.0);
    for (std::size_t i = values.size(); i-- > 0;)
        totals[bins[i]] += values[i];
}

void add_up_in_float(std::span<const std::uint32_t> bins, std::span<const double> values,
                     std::span<double> totals) {
    add_up(bins, values, totals);
    for (double& total : totals)
        total = static_cast<float>(total);
}

void lose_the_last(std::span<const std::uint32_t> bins, std::span<const double> values,
                   std::span<double> totals) {
    add_up(bins, values.first(values.size() - 1), totals);
}

void add_to_what_was_there(std::span<const std::uint32_t> bins, std::span<const double> values,
                           std::span<double> totals) {
    for (std::size_t i = 0; i < values.size(); ++i)
        totals[bins[i]] += values[i];
}

const std::string all_histograms = exercise_text("histogram", 1,
                                                 R"(counts = [1, 2, 17, 1000, 4099]
bins = [1, 5, 300]
data = ["even", "runs", "last"])");

TEST(HistogramFamily, AcceptsEveryOrderOfAddition) {
    const TemporaryExercise exercise(all_histograms);
    const Exercise loaded = exercise.load();
    EXPECT_EQ(loaded.cases.size(), 45U);
    for (const auto& workload : loaded.cases)
        for (auto* function : {add_up, add_up_backwards})
            for (std::uint64_t seed = 0; seed < 10; ++seed)
                EXPECT_FALSE(judge(*workload, nothing, counting(function), seed)) << workload->name();
}

TEST(HistogramFamily, RefusesAnEmptyHistogramThatIsNotCleared) {
    const TemporaryExercise exercise(
        exercise_text("histogram", 1, "counts = 0\nbins = [1, 300]\ndata = \"even\""));
    for (const auto& workload : exercise.load().cases) {
        EXPECT_FALSE(judge(*workload, nothing, counting(add_up), 1));
        EXPECT_TRUE(judge(*workload, nothing, nothing, 1));
    }
}

TEST(HistogramFamily, RefusesSinglePrecisionALostValueAndWhatWasThereBefore) {
    const TemporaryExercise exercise(all_histograms);
    for (const auto& workload : exercise.load().cases)
        for (auto* function : {add_up_in_float, lose_the_last, add_to_what_was_there})
            EXPECT_TRUE(judge(*workload, nothing, counting(function), 2)) << workload->name();
}

TEST(HistogramFamily, CountsOneValueAndOneBinInTheSingular) {
    const TemporaryExercise exercise(
        exercise_text("histogram", 1, "counts = [1, 2]\nbins = [1, 3]\ndata = \"even\""));
    std::vector<std::string> names;
    for (const auto& workload : exercise.load().cases)
        names.push_back(workload->name());
    const std::vector<std::string> expected{"1 value in 1 bin, even", "1 value in 3 bins, even",
                                            "2 values in 1 bin, even", "2 values in 3 bins, even"};
    std::ranges::sort(names);
    EXPECT_EQ(names, expected);
}

TEST(HistogramFamily, HasRunsOfEqualBinsWhereTheExerciseSaysSo) {
    const auto share_of_repeats = [](const std::string& data) {
        const TemporaryExercise exercise(
            exercise_text("histogram", 1, "counts = 10001\nbins = 256\ndata = \"" + data + "\""));
        const auto workload = std::move(exercise.load().cases.front());
        InputArea inputs(input_bytes(workload->shape()));
        inputs.lay_out(workload->shape(), 0);
        Random random(1);
        workload->generate(inputs, random);
        const std::span bins(reinterpret_cast<const std::uint32_t*>(inputs.input(0, 0).data()), 10002);
        EXPECT_GE(bins.back(), 256U);  // what is left of the last double is no bin
        EXPECT_LT(*std::ranges::max_element(bins.first(10001)), 256U);
        int repeats = 0;
        for (std::size_t i = 1; i < 10001; ++i)
            repeats += bins[i] == bins[i - 1];
        return repeats / 10000.0;
    };
    EXPECT_NEAR(share_of_repeats("even"), 1 / 256.0, 0.004);
    EXPECT_NEAR(share_of_repeats("runs"), 15 / 16.0, 0.015);
    EXPECT_EQ(share_of_repeats("last"), 1);
}

}  // namespace
}  // namespace grading
