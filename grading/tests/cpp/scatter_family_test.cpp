// The family of scattered waves: what counts as right and as wrong, of whole fields and of excerpts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "families/rounding.hpp"
#include "families/scatter_bound.hpp"
#include "scatter.hpp"
#include "small_exercises.hpp"

namespace grading {
namespace {

using namespace std::complex_literals;

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

TEST(ScatterFamily, KnowsAllFourEdgesOfAGrid) {
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const auto is_at_an_edge = [&](std::size_t wrong) {  // of 7 x 6 points
        const Change one_point = [wrong](std::complex<double> value, std::size_t point) {
            return point == wrong ? value + 1.0 : value;
        };
        const auto mismatch = judge(*loaded.cases[2], scattering(as_it_is), scattering(one_point), 4);
        return mismatch.value().traits.have(Trait::at_an_edge);
    };
    for (const std::size_t place : {3U, 14U, 20U, 38U})
        EXPECT_TRUE(is_at_an_edge(place)) << place;
    EXPECT_FALSE(is_at_an_edge(16));
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

/// A problem of one segment, which lies upright around `middle`, and of an observer who does not matter.
class OneSegment {
  public:
    static constexpr double k = 6;

    explicit OneSegment(Point middle, double length = 0.1) {
        inputs_.lay_out(shape, 0);
        set(0, {middle.x, middle.x});
        set(1, {middle.y - length / 2, middle.y + length / 2});
        set(4, {k * 0.6, k * 0.8});  // the normal has 0.6 of it
    }

    ScatterBound bound(double factor, const std::string& kind = "") {
        const BatchView batch = outputs_.view(inputs_);
        return {{.factor = factor, .bound = kind}, batch, batch, 0};
    }

  private:
    void set(std::size_t which, std::initializer_list<double> values) {
        std::ranges::copy(values, inputs_.input(0, which).begin());
    }

    const Shape shape{.inputs = {{2, 2, 1, 1, 2}}, .outputs = {{2}}};
    InputArea inputs_{input_bytes(shape)};
    OutputArea outputs_{output_bytes(shape)};
};

double magnitude_of_hankel(int order, double z) {
    return std::hypot(std::cyl_bessel_j(order, z), std::cyl_neumann(order, z));
}

TEST(ScatterFamily, AllowsForASegmentItsShareOfWhatTheHankelFunctionsSay) {
    constexpr double length = 0.1, k = OneSegment::k;
    const ScatterBound bound = OneSegment({0, 0}, length).bound(1e-3);
    for (const double r : {0.5, 1.0, 10.0}) {
        const double h0 = magnitude_of_hankel(0, k * r);
        const double in_front = length / 4 * (h0 * 0.6 * k + magnitude_of_hankel(1, k * r) * k);
        const double beside = length / 4 * h0 * 0.6 * k;
        EXPECT_NEAR(bound.at({r, 0}, 1) / (1e-3 * in_front), 1, 0.06) << r;
        EXPECT_NEAR(bound.at({0, r}, 1) / (1e-3 * beside), 1, 0.06) << r;
        EXPECT_DOUBLE_EQ(bound.distance_to_contour({r, 0}), r);
    }
}

/// What a contribution of a segment changes by, very near to its midpoint, when that moves by `shift`.
double change_by(double shift, double length, double r) {
    constexpr double k = OneSegment::k;
    return length / 4 * magnitude_of_hankel(1, k * r) * k * shift / r;
}

/// There the normal has nothing of the way to the observer, but what the coordinates' rounding makes of it.
TEST(ScatterFamily, AllowsForRoundedCoordinatesInLineWithASegment) {
    const Point middle{1, 0};
    const ScatterBound bound = OneSegment(middle).bound(1e-11);
    for (const double r : {1e-8, 1e-7, 1e-6, 1e-5}) {
        const double change = change_by(unit_roundoff, 0.1, r);
        EXPECT_GT(bound.at({middle.x, middle.y + r}, 1), 4 * change) << r;
        EXPECT_LT(bound.at({middle.x, middle.y + r}, 1), 40 * change) << r;
    }
}

/// Computed from its ends in one way or another, the midpoint is known as well as they are.
TEST(ScatterFamily, AllowsForAMidpointThatLiesAtTheOriginAndWhoseEndsDoNot) {
    const double length = 2;
    const ScatterBound bound = OneSegment({0, 0}, length).bound(1e-11);
    for (const double r : {1e-8, 1e-7, 1e-6}) {
        const double change = change_by(unit_roundoff * length / 2, length, r);
        EXPECT_GT(bound.at({r, 0}, 1), 4 * change) << r;
        EXPECT_LT(bound.at({r, 0}, 1), 40 * change + 1e-11 * length / r) << r;
    }
}

TEST(ScatterFamily, AllowsForRoundedCoordinatesWhereAValueIsLargerThanAllOfTheFieldElsewhere) {
    const Point middle{1, 0};
    const ScatterBound bound = OneSegment(middle).bound(1e-9, "field");
    const double r = 1e-7, value = 1e5, change = change_by(unit_roundoff, 0.1, r);
    EXPECT_GT(bound.at({middle.x + r, middle.y}, value), 1e-9 * value + 4 * change);
    EXPECT_LT(bound.at({middle.x + r, middle.y}, value), 1e-9 * value + 40 * change);
}

TEST(ScatterFamily, SaysOfAFieldThatNobodyWroteThatItIsNone) {
    const TemporaryExercise exercise(waves_on("wide"));
    const auto mismatch = judge(*exercise.load().cases[0], scattering(as_it_is), nothing, 5);
    ASSERT_TRUE(mismatch);
    EXPECT_EQ(mismatch->got, "never written");
}

TEST(ScatterFamily, SeesThatAllThatIsWrongIsALostImaginaryPart) {
    const Change halved = [](std::complex<double> value, std::size_t) { return 0.5 * value; };
    const Change real = [](std::complex<double> value, std::size_t) { return value.real(); };
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const auto without = judge(*loaded.cases[0], scattering(as_it_is), scattering(real), 1);
    const auto with = judge(*loaded.cases[0], scattering(as_it_is), scattering(halved), 1);
    ASSERT_TRUE(without && with);
    EXPECT_TRUE(without->traits.have(Trait::real));
    EXPECT_FALSE(with->traits.have(Trait::real));
}

TEST(ScatterFamily, SeesAFactorThatWasLost) {
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const auto is_a_multiple = [&](std::complex<double> factor) {
        const Change times = [=](std::complex<double> value, std::size_t) { return factor * value; };
        const auto mismatch = judge(*loaded.cases[0], scattering(as_it_is), scattering(times), 1);
        return mismatch.value().traits.have(Trait::a_multiple);
    };
    for (const std::complex<double> factor : {1i, -1i, 2.0 + 0i, 0.5 + 0i, -0.25i, 4i})
        EXPECT_TRUE(is_a_multiple(factor)) << factor;
    for (const std::complex<double> factor : {-1.0 + 0i, 1.1 + 0i, 3.0 + 0i, 1.0 + 1i})
        EXPECT_FALSE(is_a_multiple(factor)) << factor;
}

TEST(ScatterFamily, SeesThatAllIsTheRightFieldTimesOneNumber) {
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const auto traits = [&](const Workload& workload, const Change& change) {
        return judge(workload, scattering(as_it_is), scattering(change), 1).value().traits;
    };
    const Workload& largest = *loaded.cases[2];
    for (const std::complex<double> factor : {std::numbers::pi + 0i, 1.1 + 0i, -1e-3 + 2i}) {
        const Change times = [=](std::complex<double> value, std::size_t) { return factor * value; };
        EXPECT_TRUE(traits(largest, times).have(Trait::scaled)) << factor;
        EXPECT_FALSE(traits(largest, times).have(Trait::of_few_points)) << factor;
    }
    const Change not_all = [](std::complex<double> value, std::size_t point) {
        return (point % 2 == 0 ? 3.0 : 2.0) * value;
    };
    const Change to_zero = [](std::complex<double>, std::size_t) { return 0.0; };
    const Change shifted = [](std::complex<double> value, std::size_t) { return 3.0 * value + 1e-3; };
    for (const Change& change : {not_all, to_zero, shifted})
        EXPECT_FALSE(traits(largest, change).have(Trait::scaled));
    const Workload& one_point = *loaded.cases[0];
    ASSERT_TRUE(one_point.size().starts_with("1 x 1 ")) << one_point.size();
    EXPECT_TRUE(traits(one_point, shifted).have(Trait::of_few_points));
}

TEST(ScatterFamily, SeesThatAllIsRightForThePointBeside) {
    const auto moved = [](std::size_t columns_on, std::size_t rows_on) -> Answer {
        return [=](const BatchView& batch) {
            scattering(as_it_is)(batch);
            for (std::size_t item = 0; item < batch.items(); ++item) {
                const auto field = batch.output(item, 0);
                const std::size_t points = 2 * (rows_on * batch.input(item, 2).size() + columns_on);
                if (points < field.size()) std::ranges::rotate(field, field.begin() + points);
            }
        };
    };
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const Workload& largest = *loaded.cases[2];
    const auto is_beside = [&](const Answer& answer) {
        const Traits traits = judge(largest, scattering(as_it_is), answer, 1).value().traits;
        EXPECT_FALSE(traits.have(Trait::at_an_edge));
        return traits.have(Trait::next_points);
    };
    EXPECT_TRUE(is_beside(moved(1, 0)));
    EXPECT_TRUE(is_beside(moved(0, 1)));
    EXPECT_FALSE(is_beside(moved(2, 0)));
    EXPECT_FALSE(is_beside(moved(1, 1)));
}

TEST(ScatterFamily, SeesThatTheIncidentWaveWasAdded) {
    const auto with_the_wave = [](double how_often) -> Answer {
        return [how_often](const BatchView& batch) {
            scattering(as_it_is)(batch);
            const auto x = batch.input(0, 2), y = batch.input(0, 3), wave_vector = batch.input(0, 4);
            const auto field = batch.output(0, 0);
            for (std::size_t point = 0; point < x.size() * y.size(); ++point) {
                const double phase =
                    wave_vector[0] * x[point % x.size()] + wave_vector[1] * y[point / x.size()];
                field[2 * point] += how_often * std::cos(phase);
                field[2 * point + 1] += how_often * std::sin(phase);
            }
        };
    };
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const auto once = judge(*loaded.cases[2], scattering(as_it_is), with_the_wave(1), 1);
    const auto twice = judge(*loaded.cases[2], scattering(as_it_is), with_the_wave(2), 1);
    ASSERT_TRUE(once && twice);
    EXPECT_TRUE(once->traits.have(Trait::incident_wave_added));
    EXPECT_FALSE(twice->traits.have(Trait::incident_wave_added));
}

TEST(ScatterFamily, SeesThatRowsAndColumnsAreExchanged) {
    // Beside a midpoint other rounding may be as much, and is right there.
    const Change rounded = [](std::complex<double> value, std::size_t) { return value * (1 + 1e-9); };
    const Answer by_columns = [&](const BatchView& batch) {
        scattering(rounded)(batch);
        for (std::size_t item = 0; item < batch.items(); ++item) {
            const auto field = batch.output(item, 0);
            const std::vector<double> by_rows(field.begin(), field.end());
            const std::size_t columns = batch.input(item, 2).size(), rows = batch.input(item, 3).size();
            for (std::size_t i = 0; i < columns; ++i)
                for (std::size_t j = 0; j < rows; ++j)
                    std::copy_n(&by_rows[2 * (j * columns + i)], 2, &field[2 * (i * rows + j)]);
        }
    };
    const Change halved = [](std::complex<double> value, std::size_t) { return 0.5 * value; };
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const Workload& largest = *loaded.cases[2];
    const auto exchanged = judge(largest, scattering(as_it_is), by_columns, 1);
    const auto otherwise = judge(largest, scattering(as_it_is), scattering(halved), 1);
    ASSERT_TRUE(exchanged && otherwise);
    EXPECT_TRUE(exchanged->traits.have(Trait::another_points));
    EXPECT_FALSE(otherwise->traits.have(Trait::another_points));
}

TEST(ScatterFamily, SeesThatRowsOrColumnsAreReversed) {
    const auto reversed = [](bool columns_are, bool rows_are) -> Answer {
        return [columns_are, rows_are](const BatchView& batch) {
            scattering(as_it_is)(batch);
            for (std::size_t item = 0; item < batch.items(); ++item) {
                const auto field = batch.output(item, 0);
                const std::vector<double> right(field.begin(), field.end());
                const std::size_t columns = batch.input(item, 2).size(), rows = batch.input(item, 3).size();
                for (std::size_t j = 0; j < rows; ++j)
                    for (std::size_t i = 0; i < columns; ++i) {
                        const std::size_t from =
                            (rows_are ? rows - 1 - j : j) * columns + (columns_are ? columns - 1 - i : i);
                        std::copy_n(&right[2 * from], 2, &field[2 * (j * columns + i)]);
                    }
            }
        };
    };
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const Workload& largest = *loaded.cases[2];
    for (const Answer& answer : {reversed(true, false), reversed(false, true), reversed(true, true)}) {
        const auto mismatch = judge(largest, scattering(as_it_is), answer, 1);
        ASSERT_TRUE(mismatch);
        EXPECT_TRUE(mismatch->traits.have(Trait::mirrored_points));
        EXPECT_FALSE(mismatch->traits.have(Trait::another_points));
    }
    const Change halved = [](std::complex<double> value, std::size_t) { return 0.5 * value; };
    EXPECT_FALSE(
        judge(largest, scattering(as_it_is), scattering(halved), 1)->traits.have(Trait::mirrored_points));
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

TEST(ScatterFamily, DoesNotCompareWhatLiesOnTheContour) {
    const std::string plane = "nx = 2\nny = 2\nnc = 3\ncontours = \"egg\"\ngrid = \"vertices\"\n";
    const TemporaryExercise exercise(exercise_text("scatter", 1e-11, plane + "wavelengths = [0.4, 0.6]"));
    const auto workload = std::move(exercise.load().cases.front());
    const std::set<std::size_t> corners = corners_on_grid(*workload, 3);
    ASSERT_FALSE(corners.empty());
    for (std::size_t wrong = 0; wrong < 9; ++wrong) {
        const Change one_point = [wrong](std::complex<double> value, std::size_t point) {
            return point == wrong ? value + 1.0 : value;
        };
        EXPECT_EQ(judge(*workload, scattering(as_it_is), scattering(one_point), 3).has_value(),
                  !corners.contains(wrong))
            << wrong;
    }
}

TEST(ScatterFamily, RefusesAFieldThatIsNotANumber) {
    const Change to_nan = [](std::complex<double> value, std::size_t) { return value * std::nan(""); };
    const TemporaryExercise exercise(waves_on("wide"));
    const auto mismatch = judge(*exercise.load().cases[0], scattering(as_it_is), scattering(to_nan), 5);
    ASSERT_TRUE(mismatch);
    EXPECT_EQ(mismatch->got, "NaN");
    EXPECT_TRUE(mismatch->traits.have(Trait::not_finite));
}

TEST(ScatterFamily, TellsGridsWhoseLinesAreNotEquallyFarApart) {
    const Change wrong = [](std::complex<double> value, std::size_t) { return 2.0 * value + 1.0; };
    for (const std::string grid : {"wide", "above", "beside", "close", "vertices", "touching"}) {
        const TemporaryExercise exercise(waves_on(grid));
        const auto mismatch = judge(*exercise.load().cases[0], scattering(as_it_is), scattering(wrong), 5);
        ASSERT_TRUE(mismatch);
        const bool is_uneven = grid == "close" || grid == "vertices" || grid == "touching";
        EXPECT_EQ(mismatch->traits.have(Trait::on_an_uneven_grid), is_uneven) << grid;
    }
}

TEST(ScatterFamily, SeesThatPointsOnBothSidesAreOnTheWrongOne) {
    const TemporaryExercise exercise(waves_on("wide"));
    const Exercise loaded = exercise.load();
    const auto traits_of = [&](const Change& change) {
        return judge(*loaded.cases[2], scattering(as_it_is), scattering(change), 1).value().traits;
    };
    const Change turned_round = [](std::complex<double> value, std::size_t) {
        return value == 0.0 ? std::complex<double>(0.3, 0.4) : 0.0;
    };
    const Change added = [](std::complex<double> value, std::size_t) { return value + 1.0; };
    EXPECT_TRUE(traits_of(turned_round).have(Trait::on_the_wrong_side));
    EXPECT_FALSE(traits_of(turned_round).have(Trait::is_inside));
    EXPECT_FALSE(traits_of(turned_round).have(Trait::taken_for_inside));
    EXPECT_FALSE(traits_of(turned_round).have(Trait::next_to_the_contour));
    EXPECT_FALSE(traits_of(added).have(Trait::on_the_wrong_side));
}

/// A batch and an excerpt of it, and what fills the outputs of both.
class ExcerptTest : public testing::Test {
  protected:
    static constexpr const char* keys = R"(
nx = 40
ny = 30
nc = 12
contours = "star"
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
        for (const InputArea* area : {&inputs_.whole, &inputs_.excerpt})
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(area->input(0, 1).data()) % 64, 0U);
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

}  // namespace
}  // namespace grading
