// The families: what counts as right and as wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <sstream>
#include <vector>

#include "exercise.hpp"
#include "geometry.hpp"
#include "inside.hpp"
#include "scatter.hpp"
#include "sum.hpp"

namespace grading {
namespace {

/// An exercise made from text, through the same reader as all others.
class TemporaryExercise {
  public:
    explicit TemporaryExercise(const std::string& text)
        : folder_(std::filesystem::temp_directory_path() / ("exercise-test-" + std::to_string(getpid()))) {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "exercise.toml") << text;
    }
    ~TemporaryExercise() { std::filesystem::remove_all(folder_); }
    TemporaryExercise(const TemporaryExercise&) = delete;
    TemporaryExercise& operator=(const TemporaryExercise&) = delete;
    [[nodiscard]] Exercise load() const { return load_exercise(folder_); }

  private:
    std::filesystem::path folder_;
};

/// An entry of which a family makes one small workload; nothing for a family that there is not.
std::string small_entry(const std::string& family) {
    const std::string obstacle = "nx = 1\nny = 1\nnc = 3\ncontours = \"egg\"\ngrid = \"wide\"";
    const std::map<std::string, std::string> entries = {
        {"sum", "counts = 1\ndata = \"mixed\""},
        {"histogram", "counts = 1\nbins = 1\ndata = \"even\""},
        {"inside", obstacle},
        {"scatter", obstacle + "\nwavelengths = [1.0, 1.0]"},
    };
    const auto found = entries.find(family);
    return found == entries.end() ? "" : found->second;
}

std::string exercise_text(const std::string& family, double factor, const std::string& timed,
                          const std::string& cases) {
    std::ostringstream text;
    text << "family = \"" << family
         << "\"\n[grade]\nmark = 0.6\nclock = \"cpu\"\nbudget_seconds = 1\nmemory_mib = 64\n"
         << "[tolerance]\nfactor = " << factor << "\n[[timed]]\n"
         << timed << "\n[[cases]]\n"
         << cases << "\n";
    return text.str();
}

/// An exercise with these cases, or with this workload.
std::string exercise_text(const std::string& family, double factor, const std::string& cases) {
    return exercise_text(family, factor, small_entry(family), cases);
}
std::string timed_text(const std::string& family, double factor, const std::string& timed) {
    return exercise_text(family, factor, timed, small_entry(family));
}

std::string with_bound(const std::string& bound, std::string text) {
    return text.replace(text.find("factor = "), 0, "bound = \"" + bound + "\"\n");
}

/// Generates a batch, lets `answer` fill the outputs, and compares with what `truth` gives.
using Answer = std::function<void(const BatchView&)>;
std::optional<Mismatch> judge(const Workload& workload, const Answer& truth, const Answer& answer,
                              std::uint64_t seed) {
    InputArea inputs(input_bytes(workload.shape()));
    OutputArea expected(output_bytes(workload.shape()));
    OutputArea got(output_bytes(workload.shape()));
    inputs.lay_out(workload.shape(), 0);
    Random random(seed);
    workload.generate(inputs, random);
    for (auto [area, fill] : {std::pair(&expected, &truth), std::pair(&got, &answer)}) {
        area->clear(inputs);
        (*fill)(BatchView(inputs.memory().bytes().data(), area->memory().bytes().data()));
        area->take();
    }
    return workload.compare(expected.view(inputs), got.view(inputs));
}

void nothing(const BatchView&) {}

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

TEST(SumFamily, SaysOfAnAnswerThatNobodyWroteThatItIsNone) {
    const TemporaryExercise exercise(all_sums);
    for (const auto& workload : exercise.load().cases) {
        const auto mismatch = judge(*workload, nothing, nothing, 1);
        ASSERT_TRUE(mismatch) << workload->name();
        EXPECT_EQ(mismatch->got, "never written");
    }
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

/// What a unit of the exercise's timed workload is made of.
std::pair<double, double> operations_and_bytes(const std::string& text) {
    const Exercise exercise = TemporaryExercise(text).load();
    return {exercise.timed[0]->operations_per_unit(), exercise.timed[0]->bytes_per_unit()};
}

TEST(EveryFamily, SaysHowMuchArithmeticAndHowManyBytesAUnitNeeds) {
    const std::string array = "counts = 1000\ndata = \"mixed\"";
    const std::string problem = "nx = 4\nny = 9\nnc = 20\ncontours = \"egg\"\ngrid = \"wide\"\n";
    using Both = std::pair<double, double>;
    EXPECT_EQ(operations_and_bytes(timed_text("sum", 1, array)), Both(1, 8.008));
    EXPECT_EQ(operations_and_bytes(with_bound("compensated", timed_text("sum", 1, array))), Both(4, 8.008));
    const std::string bins = "counts = 1000\nbins = 10\ndata = \"even\"";
    EXPECT_EQ(operations_and_bytes(timed_text("histogram", 1, bins)), Both(1, 12.08));
    EXPECT_EQ(operations_and_bytes(timed_text("inside", 1e-9, problem)).first, 0);
    // 59 doubles in and 50 complex numbers out, for 50 points and 20 segments.
    const auto waves =
        operations_and_bytes(timed_text("scatter", 1e-11, problem + "wavelengths = [0.4, 0.6]"));
    EXPECT_EQ(waves, Both(79, (59 + 100) * 8 / 1000.0));
}

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

using Change = std::function<std::complex<double>(std::complex<double>, std::size_t point)>;

/// The naive program's answer, changed point by point.
Answer scattering(const Change& change) {
    return [change](const BatchView& batch) {
        for (std::size_t item = 0; item < batch.items(); ++item) {
            const Problem problem{batch.input(item, 0), batch.input(item, 1),    batch.input(item, 2),
                                  batch.input(item, 3), batch.input(item, 4)[0], batch.input(item, 4)[1]};
            std::vector<std::complex<double>> field(problem.x.size() * problem.y.size());
            scatter(problem, field);
            for (std::size_t point = 0; point < field.size(); ++point) {
                const auto value = change(field[point], point);
                batch.output(item, 0)[2 * point] = value.real();
                batch.output(item, 0)[2 * point + 1] = value.imag();
            }
        }
    };
}

const Change as_it_is = [](std::complex<double> value, std::size_t) { return value; };

const std::string waves = R"(
nx = [0, 1, 6]
ny = [0, 2, 5]
nc = [3, 17]
contours = ["egg", "ellipse", "kite"]
wavelengths = [0.4, 0.6]
)";

std::string waves_on(const std::string& grid) {
    return exercise_text("scatter", 1e-11, waves + "grid = \"" + grid + "\"");
}

TEST(ScatterFamily, AcceptsTheSameFieldAndOneThatDiffersInTheLastDigits) {
    const Change last_digits = [](std::complex<double> value, std::size_t) { return value * (1 + 1e-14); };
    for (const char* grid : {"wide", "close", "vertices"}) {
        const TemporaryExercise exercise(waves_on(grid));
        for (const auto& workload : exercise.load().cases) {
            EXPECT_FALSE(judge(*workload, scattering(as_it_is), scattering(as_it_is), 1)) << workload->name();
            EXPECT_FALSE(judge(*workload, scattering(as_it_is), scattering(last_digits), 2))
                << workload->name();
        }
    }
}

TEST(ScatterFamily, RefusesWhatAChecksumOfSquaresCannotSee) {
    const std::vector<Change> blind_spots = {
        [](std::complex<double> value, std::size_t) { return std::conj(value); },
        [](std::complex<double> value, std::size_t) { return -value; },
        [](std::complex<double> value, std::size_t) { return value * std::complex<double>(0, 1); },
    };
    const TemporaryExercise exercise(waves_on("wide"));
    for (const auto& workload : exercise.load().cases)
        for (const Change& change : blind_spots)
            EXPECT_TRUE(judge(*workload, scattering(as_it_is), scattering(change), 3)) << workload->name();
}

TEST(ScatterFamily, RefusesSinglePrecisionAndOneWrongPoint) {
    // Through a volatile: g++ 12.2 -O2 turns complex<double> -> complex<float> -> complex<double> into
    // nothing at all.
    const Change in_float = [](std::complex<double> value, std::size_t) {
        const volatile auto real = static_cast<float>(value.real());
        const volatile auto imaginary = static_cast<float>(value.imag());
        return std::complex<double>(real, imaginary);
    };
    const Change last_point = [](std::complex<double> value, std::size_t point) {
        return point == 41 ? value * 1.0001 : value;
    };
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const Workload& largest = *loaded.cases[2];
    EXPECT_TRUE(judge(largest, scattering(as_it_is), scattering(in_float), 4));
    const auto mismatch = judge(largest, scattering(as_it_is), scattering(last_point), 4);
    ASSERT_TRUE(mismatch);
    EXPECT_NE(mismatch->index.find("field[41]"), std::string::npos);
    EXPECT_TRUE(mismatch->traits.have(Trait::at_an_edge));
}

TEST(ScatterFamily, MeasuresAgainstTheLargestValueOfTheFieldWhereTheExerciseSaysSo) {
    const TemporaryExercise exercise(
        with_bound("field", exercise_text("scatter", 1e-3, waves + "grid = \"wide\"")));
    const auto off_by = [](double amount) {
        return scattering([amount](std::complex<double> value, std::size_t) { return value + amount; });
    };
    for (const auto& workload : exercise.load().cases) {
        const auto mismatch = judge(*workload, scattering(as_it_is), off_by(1), 6);
        ASSERT_TRUE(mismatch) << workload->name();
        EXPECT_FALSE(judge(*workload, scattering(as_it_is), off_by(0.99 * mismatch->tolerance), 6));
        EXPECT_TRUE(judge(*workload, scattering(as_it_is), off_by(1.01 * mismatch->tolerance), 6));
        EXPECT_DOUBLE_EQ(mismatch->tolerance, 1e-3 * mismatch->scale);
    }
}

TEST(ScatterFamily, SaysOfAFieldThatNobodyWroteThatItIsNone) {
    const TemporaryExercise exercise(waves_on("wide"));
    const auto mismatch = judge(*exercise.load().cases[0], scattering(as_it_is), nothing, 5);
    ASSERT_TRUE(mismatch);
    EXPECT_EQ(mismatch->got, "never written");
}

TEST(ScatterFamily, WritesAComplexNumberAsOneDoes) {
    const auto all = [](double imaginary) {
        return scattering(
            [imaginary](std::complex<double>, std::size_t) { return std::complex(-99.0, imaginary); });
    };
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    EXPECT_EQ(judge(*loaded.cases[0], scattering(as_it_is), all(-0.5), 5)->got, "-99 - 0.5i");
    EXPECT_EQ(judge(*loaded.cases[0], scattering(as_it_is), all(0.5), 5)->got, "-99 + 0.5i");
}

TEST(ScatterFamily, RefusesAFieldThatIsNotANumber) {
    const Change to_nan = [](std::complex<double> value, std::size_t) { return value * std::nan(""); };
    const TemporaryExercise exercise(waves_on("wide"));
    EXPECT_TRUE(judge(*exercise.load().cases[0], scattering(as_it_is), scattering(to_nan), 5));
}

/// A batch and an excerpt of it, and what fills the outputs of both.
class ExcerptTest : public testing::Test {
  protected:
    static constexpr const char* keys = R"(
nx = 40
ny = 30
nc = 12
contours = "kite"
wavelengths = [0.4, 0.6]
grid = "wide"
reference_rows = 4
reference_columns = 7
)";

    ExcerptTest()
        : exercise_(TemporaryExercise(timed_text("scatter", 1e-11, keys)).load()),
          workload_(*exercise_.timed[0]),
          inputs_{.whole = InputArea(input_bytes(workload_.shape())),
                  .excerpt = InputArea(input_bytes(workload_.excerpt()->shape()))},
          of_reference_(output_bytes(workload_.excerpt()->shape())),
          got_(output_bytes(workload_.shape())) {}

    static BatchView answered(const InputArea& inputs, OutputArea& outputs, const Change& change) {
        outputs.clear(inputs);
        scattering(change)(BatchView(inputs.memory().bytes().data(), outputs.memory().bytes().data()));
        outputs.take();
        return outputs.view(inputs);
    }

    BatchView reference() { return answered(inputs_.excerpt, of_reference_, as_it_is); }
    BatchView whole(const Change& change) { return answered(inputs_.whole, got_, change); }

    Exercise exercise_;
    const Workload& workload_;
    InputAreas inputs_;
    OutputArea of_reference_, got_;
};

TEST_F(ExcerptTest, HasTheWholeContourAndLinesOfTheGridInOrder) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        inputs_.make_batch(workload_, seed, false);
        for (const std::size_t same : {0U, 1U, 4U})
            EXPECT_TRUE(std::ranges::equal(inputs_.whole.input(0, same), inputs_.excerpt.input(0, same)));
        for (const std::size_t lines : {2U, 3U}) {
            const auto all = inputs_.whole.input(0, lines);
            const auto some = inputs_.excerpt.input(0, lines);
            EXPECT_EQ(some.size(), lines == 2 ? 7U : 4U);
            EXPECT_TRUE(std::ranges::includes(all, some));
            EXPECT_TRUE(std::ranges::is_sorted(some, std::less_equal<>()));
        }
    }
}

TEST_F(ExcerptTest, SaysHowManyTimesAsManyPointsOutsideTheWholeHas) {
    const auto outside = [](const BatchView& answer) {
        std::size_t count = 0;
        const auto field = answer.output(0, 0);
        for (std::size_t point = 0; point < field.size(); point += 2)
            count += field[point] != 0;
        return static_cast<double>(count);
    };
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const double scale = inputs_.make_batch(workload_, seed, false);
        EXPECT_DOUBLE_EQ(scale, outside(whole(as_it_is)) / outside(reference())) << seed;
    }
}

TEST_F(ExcerptTest, DrawsEveryLineAboutEquallyOften) {
    constexpr int draws = 3000;
    std::vector<int> drawn(31);
    for (std::uint64_t seed = 0; seed < draws; ++seed) {
        inputs_.make_batch(workload_, seed, false);
        const auto all = inputs_.whole.input(0, 3);
        for (const double y : inputs_.excerpt.input(0, 3))
            ++drawn[static_cast<std::size_t>(std::ranges::find(all, y) - all.begin())];
    }
    // Each of 31 lines is one of the 4 drawn with probability 4 / 31: 387 times, give or take 18.
    for (const int count : drawn)
        EXPECT_NEAR(count, 387, 5 * 18);
}

TEST_F(ExcerptTest, IsComparedWithItsPlacesInTheWhole) {
    inputs_.make_batch(workload_, 3, false);
    EXPECT_FALSE(workload_.compare(reference(), whole(as_it_is)));
    const auto x = std::ranges::find(inputs_.whole.input(0, 2), inputs_.excerpt.input(0, 2)[2]);
    const auto y = std::ranges::find(inputs_.whole.input(0, 3), inputs_.excerpt.input(0, 3)[1]);
    const auto column = static_cast<std::size_t>(x - inputs_.whole.input(0, 2).begin());
    const auto row = static_cast<std::size_t>(y - inputs_.whole.input(0, 3).begin());
    const Change one_point = [&](std::complex<double> value, std::size_t point) {
        return point == row * 41 + column ? value + 1e-3 : value;
    };
    const auto mismatch = workload_.compare(reference(), whole(one_point));
    ASSERT_TRUE(mismatch);
    EXPECT_NE(mismatch->index.find("x[" + std::to_string(column) + "], y[" + std::to_string(row) + "]"),
              std::string::npos);
}

TEST_F(ExcerptTest, ComparesWholeAnswersWithinTwoTolerances) {
    inputs_.make_batch(workload_, 4, false);
    const BatchView good = whole(as_it_is);
    OutputArea other(output_bytes(workload_.shape()));
    const auto differing = [&](double by) {
        return answered(inputs_.whole, other, [by](std::complex<double> value, std::size_t point) {
            return point == 17 ? value + by : value;
        });
    };
    const double tolerance = workload_.compare(good, differing(1e-3))->tolerance;
    const auto compare = [&](double by) {
        return workload_.excerpt()->compare_wholes(good, differing(by * tolerance));
    };
    EXPECT_TRUE(workload_.compare(good, differing(1.5 * tolerance)));
    EXPECT_FALSE(compare(1.5));
    EXPECT_TRUE(compare(2.5));
}

/// The mask of a batch, as a function makes it, changed point by point.
using MaskChange = std::function<unsigned char(unsigned char, std::size_t point)>;
Answer masking(void (*function)(const InsideProblem&, std::span<unsigned char>), const MaskChange& change) {
    return [=](const BatchView& batch) {
        for (std::size_t item = 0; item < batch.items(); ++item) {
            const InsideProblem problem{batch.input(item, 0), batch.input(item, 1), batch.input(item, 2),
                                        batch.input(item, 3)};
            const std::span mask(reinterpret_cast<unsigned char*>(batch.output(item, 0).data()),
                                 problem.x.size() * problem.y.size());
            function(problem, mask);
            for (std::size_t point = 0; point < mask.size(); ++point)
                mask[point] = change(mask[point], point);
        }
    };
}

const MaskChange same_mask = [](unsigned char value, std::size_t) { return value; };

/// The definition by the angle that the contour turns round the point: a whole turn or none.
void inside_by_angle(const InsideProblem& problem, std::span<unsigned char> mask) {
    for (std::size_t point = 0; point < mask.size(); ++point) {
        const double x = problem.x[point % problem.x.size()];
        const double y = problem.y[point / problem.x.size()];
        long double angle = 0;
        for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
            const long double x0 = problem.xc[s] - x;
            const long double y0 = problem.yc[s] - y;
            const long double x1 = problem.xc[s + 1] - x;
            const long double y1 = problem.yc[s + 1] - y;
            angle += std::atan2(x0 * y1 - x1 * y0, x0 * x1 + y0 * y1);
        }
        mask[point] = std::abs(angle) > 3 ? 1 : 0;
    }
}

/// The original program's rule, right for convex contours that run anticlockwise only.
void inside_if_convex(const InsideProblem& problem, std::span<unsigned char> mask) {
    for (std::size_t point = 0; point < mask.size(); ++point) {
        const double x = problem.x[point % problem.x.size()];
        const double y = problem.y[point / problem.x.size()];
        bool left_of_all = true;
        for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s)
            left_of_all = left_of_all && (problem.xc[s] - x) * (problem.yc[s + 1] - y) >
                                             (problem.yc[s] - y) * (problem.xc[s + 1] - x);
        mask[point] = left_of_all ? 1 : 0;
    }
}

std::string obstacles_on(const std::string& grid, const std::string& contours) {
    return exercise_text("inside", 1e-9,
                         "nx = [0, 1, 16, 31]\nny = [0, 3, 15, 40]\nnc = [3, 5, 17, 64]\ncontours = " +
                             contours + "\ngrid = \"" + grid + "\"");
}

const std::string all_contours = R"(["egg", "ellipse", "kite", "star", "terraces"])";

TEST(InsideFamily, TheNaiveProgramAgreesWithTheAngleThatTheContourTurns) {
    for (const char* grid : {"wide", "close", "vertices"}) {
        const TemporaryExercise exercise(obstacles_on(grid, all_contours));
        for (const auto& workload : exercise.load().cases)
            for (std::uint64_t seed = 0; seed < 5; ++seed)
                EXPECT_FALSE(
                    judge(*workload, masking(inside_by_angle, same_mask), masking(inside, same_mask), seed))
                    << workload->name();
    }
}

TEST(InsideFamily, RefusesTheRuleForConvexContoursOnOthersAndOnThoseThatRunClockwise) {
    const auto times_refused = [](const std::string& contours) {
        const TemporaryExercise exercise(exercise_text(
            "inside", 1e-9, "nx = 31\nny = 31\nnc = 64\ngrid = \"wide\"\ncontours = " + contours));
        const auto workload = std::move(exercise.load().cases.front());
        int refused = 0;
        for (std::uint64_t seed = 0; seed < 40; ++seed)
            if (judge(*workload, masking(inside, same_mask), masking(inside_if_convex, same_mask), seed))
                ++refused;
        return refused;
    };
    EXPECT_EQ(times_refused("\"star\""), 40);
    EXPECT_NEAR(times_refused("\"ellipse\""), 20, 16);  // five standard deviations
}

TEST(InsideFamily, RefusesOneWrongPointAndWhatIsNeitherInsideNorOutside) {
    const MaskChange last_point = [](unsigned char value, std::size_t point) {
        return static_cast<unsigned char>(point == 32 * 41 - 1 ? 1 - value : value);
    };
    const MaskChange two = [](unsigned char value, std::size_t) {
        return static_cast<unsigned char>(2 * value);
    };
    const TemporaryExercise exercise(obstacles_on("wide", "\"kite\""));
    const Exercise loaded = exercise.load();
    const Workload& largest = *loaded.cases.back();
    const auto mismatch = judge(largest, masking(inside, same_mask), masking(inside, last_point), 1);
    ASSERT_TRUE(mismatch);
    EXPECT_NE(mismatch->index.find("the point x[31], y[40]"), std::string::npos);
    EXPECT_TRUE(mismatch->traits.have(Trait::at_an_edge));
    EXPECT_TRUE(judge(largest, masking(inside, same_mask), masking(inside, two), 1));
    const auto unwritten = judge(largest, masking(inside, same_mask), nothing, 1);
    ASSERT_TRUE(unwritten);
    EXPECT_NE(unwritten->got.find("as if never written"), std::string::npos);
}

TEST(InsideFamily, TellsOnWhichSideAllWrongPointsAreAndWhatTheyAreTakenFor) {
    const auto answers = [](unsigned char inside, unsigned char outside) -> MaskChange {
        return [=](unsigned char value, std::size_t) { return value == 1 ? inside : outside; };
    };
    constexpr unsigned char neither = 255;
    const TemporaryExercise exercise(obstacles_on("wide", "\"kite\""));
    const Exercise loaded = exercise.load();
    const auto traits = [&](unsigned char inside_answer, unsigned char outside_answer) {
        const MaskChange change = answers(inside_answer, outside_answer);
        return judge(*loaded.cases.back(), masking(inside, same_mask), masking(inside, change), 1)
            .value()
            .traits;
    };
    EXPECT_TRUE(traits(0, 0).have(Trait::is_inside));
    EXPECT_TRUE(traits(1, 1).have(Trait::taken_for_inside));
    EXPECT_TRUE(traits(0, 0).have(Trait::contour_has_dents));
    EXPECT_FALSE(traits(neither, 0).have(Trait::is_inside));
    EXPECT_FALSE(traits(1, neither).have(Trait::taken_for_inside));
}

TEST(InsideFamily, AsksForAByteForEachPoint) {
    const TemporaryExercise exercise(obstacles_on("wide", "\"kite\""));
    for (const auto& workload : exercise.load().cases) {
        InputArea inputs(input_bytes(workload->shape()));
        inputs.lay_out(workload->shape(), 0);
        const BatchView batch(inputs.memory().bytes().data(), nullptr);
        EXPECT_EQ(batch.output_bytes(0, 0), batch.input(0, 2).size() * batch.input(0, 3).size());
    }
}

TEST(InsideFamily, DoesNotCompareWhatLiesOnTheContour) {
    // Rows and columns through corners meet in few of them: only those may differ.
    const TemporaryExercise exercise(
        exercise_text("inside", 1e-9, "nx = 3\nny = 3\nnc = 4\ncontours = \"ellipse\"\ngrid = \"vertices\""));
    const auto workload = std::move(exercise.load().cases.front());
    InputArea inputs(input_bytes(workload->shape()));
    inputs.lay_out(workload->shape(), 0);
    Random random(3);
    workload->generate(inputs, random);
    const auto is_corner = [&](std::size_t point) {
        for (std::size_t s = 0; s < 4; ++s)
            if (inputs.input(0, 0)[s] == inputs.input(0, 2)[point % 4] &&
                inputs.input(0, 1)[s] == inputs.input(0, 3)[point / 4])
                return true;
        return false;
    };
    for (std::size_t wrong = 0; wrong < 16; ++wrong) {
        const MaskChange one_point = [&](unsigned char value, std::size_t point) {
            return static_cast<unsigned char>(point == wrong ? 1 - value : value);
        };
        EXPECT_EQ(judge(*workload, masking(inside, same_mask), masking(inside, one_point), 3).has_value(),
                  !is_corner(wrong))
            << wrong;
    }
}

TEST(InsideFamily, ComparesAnExcerptWithItsRows) {
    const TemporaryExercise exercise(
        timed_text("inside", 1e-9,
                   "nx = 20\nny = 30\nnc = 12\ncontours = \"star\"\ngrid = \"wide\"\nreference_rows = 4"));
    const auto workload = std::move(exercise.load().timed.front());
    InputAreas inputs{.whole = InputArea(input_bytes(workload->shape())),
                      .excerpt = InputArea(input_bytes(workload->excerpt()->shape()))};
    EXPECT_DOUBLE_EQ(inputs.make_batch(*workload, 1, false), 31.0 / 4);
    const auto answered = [](const InputArea& area, OutputArea& outputs, const MaskChange& change) {
        outputs.clear(area);
        masking(inside, change)(BatchView(area.memory().bytes().data(), outputs.memory().bytes().data()));
        outputs.take();
        return outputs.view(area);
    };
    OutputArea some(output_bytes(workload->excerpt()->shape()));
    OutputArea all(output_bytes(workload->shape()));
    const BatchView truth = answered(inputs.excerpt, some, same_mask);
    EXPECT_FALSE(workload->compare(truth, answered(inputs.whole, all, same_mask)));
    const auto row = std::ranges::find(inputs.whole.input(0, 3), inputs.excerpt.input(0, 3)[2]) -
                     inputs.whole.input(0, 3).begin();
    const MaskChange one_point = [&](unsigned char value, std::size_t point) {
        return static_cast<unsigned char>(point == static_cast<std::size_t>(row) * 21 + 7 ? 1 - value
                                                                                          : value);
    };
    EXPECT_TRUE(workload->compare(truth, answered(inputs.whole, all, one_point)));
}

/// The sentence that a mistaken exercise.toml gets.
std::string complaint_about(const std::string& text) {
    const TemporaryExercise exercise(text);
    try {
        static_cast<void>(exercise.load());
    } catch (const ExerciseError& error) {
        return error.what();
    }
    return "";
}

TEST(ExerciseFile, NamesTheKeyThatIsMistaken) {
    const auto expect = [](const std::string& text, const std::string& word) {
        EXPECT_NE(complaint_about(text).find(word), std::string::npos)
            << word << ": " << complaint_about(text);
    };
    expect("", "[grade]");
    expect("family = 3", "grade");
    expect(exercise_text("summ", 1, "counts = 3\ndata = \"mixed\""), "summ");
    expect(exercise_text("sum", 1, "counts = 3\ndata = \"mxied\""), "mxied");
    expect(exercise_text("sum", 1, "count = 3\ndata = \"mixed\""), "count");
    expect(exercise_text("sum", 1, "counts = -3\ndata = \"mixed\""), "counts");
    expect(exercise_text("sum", -1, "counts = 3\ndata = \"mixed\""), "factor");
    expect(with_bound("tight", exercise_text("sum", 1, "counts = 3\ndata = \"mixed\"")), "tight");
    expect(exercise_text("scatter", 1, "counts = 3\ndata = \"mixed\""), "counts");
    expect("family = [", "exercise.toml:1");
    expect(with_bound("fields", exercise_text("scatter", 1, waves + "grid = \"wide\"")), "fields");
    expect(timed_text("scatter", 1, waves + "grid = \"wide\"\nreference_rows = 7"), "reference_rows");
    expect(timed_text("scatter", 1, waves + "grid = \"close\"\nreference_rows = 1"), "wide");
}

TEST(ExerciseFile, NamesTheEntryThatIsMistaken) {
    const std::string text = exercise_text("sum", 1, "counts = 3\ndata = \"mixed\"") +
                             "\n[[cases]]\ncounts = 4\ndata = \"mxied\"\n";
    const auto lines = std::ranges::count(text.substr(0, text.find("[[cases]]\ncounts = 4")), '\n') + 1;
    const std::string complaint = complaint_about(text);
    EXPECT_NE(complaint.find("the [[cases]] of line " + std::to_string(lines) + ": "), std::string::npos)
        << complaint;
}

TEST(ExerciseFile, RefusesSizesThatNoMemoryHolds) {
    const std::string data = "data = \"mixed\"";
    EXPECT_EQ(complaint_about(exercise_text("sum", 1, "counts = [3, 1000000000]\n" + data)), "");
    const std::string complaint =
        complaint_about(exercise_text("sum", 1, "counts = [3, 1000000001]\n" + data));
    EXPECT_TRUE(complaint.ends_with("\"counts\" is above 1000000000")) << complaint;
}

TEST(ExerciseFile, RefusesKeysThatBelongElsewhere) {
    const std::string array = "counts = 3\ndata = \"mixed\"\n";
    EXPECT_EQ(complaint_about(exercise_text("sum", 1, array)), "");
    const auto expect = [](const std::string& text, const std::string& sentence) {
        const std::string complaint = complaint_about(text);
        EXPECT_TRUE(complaint.ends_with(sentence)) << complaint;
    };
    expect(exercise_text("sum", 1, array + "name = \"n\""), "\"name\" is for [[timed]], not for [[cases]]");
    expect(exercise_text("sum", 1, array + "reference_count = 2"),
           "\"reference_count\" is for [[timed]], not for [[cases]]");
    expect(exercise_text("sum", 1, array) + "[[bench]]\n" + array + "name = \"n\"",
           "\"name\" is for [[timed]], not for [[bench]]");
    expect(timed_text("sum", 1, "counts = [3, 4]\ndata = \"mixed\""), "lists of values are for [[cases]]");
    expect("budget = 3\n" + exercise_text("sum", 1, array), "\"budget\" means nothing outside of the tables");
    expect(exercise_text("sum", 1, array) + "[grading]\n", "\"grading\" means nothing outside of the tables");
    expect(with_bound("compensated\"\nfactors = \"2", exercise_text("sum", 1, array)),
           "\"factors\" means nothing in [tolerance]");
    std::string thread = exercise_text("sum", 1, array);
    thread.insert(thread.find("mark = "), "thread = 2\n");
    expect(thread, "\"thread\" means nothing in [grade]");
}

TEST(Contours, AreConvexWhicheverWayTheyRun) {
    std::vector<double> x{0, 2, 2, 0, 0}, y{0, 0, 1, 1, 0};
    std::vector<double> dented_x{0, 2, 0.5, 0, 0}, dented_y{0, 0, 0.5, 2, 0};
    for (int turn = 0; turn < 2; ++turn) {
        EXPECT_TRUE(is_convex(x, y)) << turn;
        EXPECT_FALSE(is_convex(dented_x, dented_y)) << turn;
        for (auto* each : {&x, &y, &dented_x, &dented_y})
            std::ranges::reverse(*each);
    }
}

}  // namespace
}  // namespace grading
