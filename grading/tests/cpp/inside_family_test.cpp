// The family of insides: what counts as right and as wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "geometry.hpp"
#include "inside.hpp"
#include "small_exercises.hpp"

namespace grading {
namespace {

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

void inside_in_float(const InsideProblem& problem, std::span<unsigned char> mask) {
    const auto rounded = [](std::span<const double> coordinates) {
        std::vector<double> floats;
        for (const double coordinate : coordinates)
            floats.push_back(static_cast<double>(static_cast<float>(coordinate)));
        return floats;
    };
    const std::vector<double> xc = rounded(problem.xc), yc = rounded(problem.yc);
    const std::vector<double> x = rounded(problem.x), y = rounded(problem.y);
    inside({xc, yc, x, y}, mask);
}

std::string obstacles_on(const std::string& grid, const std::string& contours) {
    return exercise_text("inside", 1e-9,
                         "nx = [0, 1, 16, 31]\nny = [0, 3, 15, 40]\nnc = [3, 5, 17, 64]\ncontours = " +
                             contours + "\ngrid = \"" + grid + "\"");
}

const std::string all_contours = R"(["egg", "ellipse", "kite", "star", "terraces"])";

TEST(InsideFamily, TheNaiveProgramAgreesWithTheAngleThatTheContourTurns) {
    for (const char* grid : {"wide", "close", "vertices", "touching"}) {
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

TEST(InsideFamily, RefusesSinglePrecisionAndSaysThatOnlyPointsNextToTheContourAreWrong) {
    const TemporaryExercise exercise(obstacles_on("touching", R"(["egg", "star"])"));
    for (const auto& workload : exercise.load().cases) {
        int refused = 0;
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const auto mismatch =
                judge(*workload, masking(inside, same_mask), masking(inside_in_float, same_mask), seed);
            if (!mismatch) continue;
            ++refused;
            EXPECT_TRUE(mismatch->traits.have(Trait::next_to_the_contour));
            EXPECT_TRUE(mismatch->traits.have(Trait::on_an_uneven_grid));
        }
        const bool has_many_points = workload->units() > 200;
        EXPECT_GE(refused, has_many_points ? 8 : 0) << workload->name();
    }
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
    const auto doubled = judge(largest, masking(inside, same_mask), masking(inside, two), 1);
    ASSERT_TRUE(doubled);
    EXPECT_EQ(doubled->got, "2");
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
    EXPECT_TRUE(traits(neither, neither).have(Trait::neither_0_nor_1));
    EXPECT_FALSE(traits(neither, 1).have(Trait::neither_0_nor_1));
    EXPECT_FALSE(traits(neither, 0).have(Trait::is_inside));
    EXPECT_FALSE(traits(1, neither).have(Trait::taken_for_inside));
}

/// A mask that was changed and then written column after column.
Answer by_columns(const MaskChange& change) {
    return [=](const BatchView& batch) {
        masking(inside, change)(batch);
        const std::size_t columns = batch.input(0, 2).size(), rows = batch.input(0, 3).size();
        const std::span mask(reinterpret_cast<unsigned char*>(batch.output(0, 0).data()), columns * rows);
        const std::vector<unsigned char> by_rows(mask.begin(), mask.end());
        for (std::size_t point = 0; point < mask.size(); ++point)
            mask[point % columns * rows + point / columns] = by_rows[point];
    };
}

TEST(InsideFamily, SeesThatRowsAndColumnsAreExchanged) {
    const TemporaryExercise exercise(obstacles_on("wide", "\"kite\""));
    const Exercise loaded = exercise.load();
    const auto mismatch = judge(*loaded.cases.back(), masking(inside, same_mask), by_columns(same_mask), 1);
    ASSERT_TRUE(mismatch);
    EXPECT_TRUE(mismatch->traits.have(Trait::another_points));
    EXPECT_FALSE(mismatch->traits.have(Trait::is_inside) || mismatch->traits.have(Trait::taken_for_inside));
}

TEST(InsideFamily, SeesThatRowsAndColumnsAreExchangedWhateverIsSaidOfThePointsOnTheContour) {
    const TemporaryExercise exercise(
        exercise_text("inside", 1e-9, "nx = 3\nny = 4\nnc = 4\ncontours = \"ellipse\"\ngrid = \"vertices\""));
    const auto workload = std::move(exercise.load().cases.front());
    const std::set<std::size_t> corners = corners_on_grid(*workload, 3);
    const MaskChange other_corners = [&](unsigned char value, std::size_t point) {
        return static_cast<unsigned char>(corners.contains(point) ? 1 - value : value);
    };
    const auto mismatch = judge(*workload, masking(inside, same_mask), by_columns(other_corners), 3);
    ASSERT_TRUE(mismatch);
    EXPECT_TRUE(mismatch->traits.have(Trait::another_points));
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
    const std::set<std::size_t> corners = corners_on_grid(*workload, 3);
    ASSERT_FALSE(corners.empty());
    for (std::size_t wrong = 0; wrong < 16; ++wrong) {
        const MaskChange one_point = [&](unsigned char value, std::size_t point) {
            return static_cast<unsigned char>(point == wrong ? 1 - value : value);
        };
        EXPECT_EQ(judge(*workload, masking(inside, same_mask), masking(inside, one_point), 3).has_value(),
                  !corners.contains(wrong))
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

TEST(Grids, CloseOnesHaveAPointWithinTwoMillionthsOfASegmentsMidpoint) {
    const std::string keys = "nx = 6\nny = 5\nnc = 12\ncontours = \"star\"\ngrid = \"close\"\n";
    for (const auto& text : {exercise_text("inside", 1e-9, keys),
                             exercise_text("scatter", 1e-11, keys + "wavelengths = [0.4, 0.6]")}) {
        const auto workload = std::move(TemporaryExercise(text).load().cases.front());
        InputArea inputs(input_bytes(workload->shape()));
        inputs.lay_out(workload->shape(), 0);
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            Random random(seed);
            workload->generate(inputs, random);
            const auto xc = inputs.input(0, 0), yc = inputs.input(0, 1);
            double nearest = 1;
            for (const double x : inputs.input(0, 2))
                for (const double y : inputs.input(0, 3))
                    for (std::size_t s = 0; s + 1 < xc.size(); ++s)
                        nearest = std::min(
                            nearest, std::hypot(x - (xc[s] + xc[s + 1]) / 2, y - (yc[s] + yc[s + 1]) / 2));
            EXPECT_LT(nearest, 2e-6) << seed;
            EXPECT_GT(nearest, 1e-8) << seed;
            EXPECT_NEAR(inputs.input(0, 2).front(), *std::ranges::min_element(xc) - 0.1, 1e-12);
            EXPECT_NEAR(inputs.input(0, 3).back(), *std::ranges::max_element(yc) + 0.1, 1e-12);
        }
    }
}

TEST(Distance, IsThatOfTheNearestPointOfASegment) {
    const Point start{1, 1}, end{4, 5};
    EXPECT_DOUBLE_EQ(distance({-1, 1}, start, end), 2);   // before its start
    EXPECT_DOUBLE_EQ(distance({5, 5}, start, end), 1);    // behind its end
    EXPECT_DOUBLE_EQ(distance({6.5, 0}, start, end), 5);  // beside its middle
    EXPECT_NEAR(distance({2.5, 3}, start, end), 0, 1e-15);
}

TEST(Contours, AreConvexWhicheverWayTheyRunAndWhereverTheyBegin) {
    std::vector<double> x{0, 2, 2, 0}, y{0, 0, 1, 1};
    std::vector<double> dented_x{0, 2, 0.5, 0}, dented_y{0, 0, 0.5, 2};
    const auto convex = [](std::vector<double> xc, std::vector<double> yc) {
        xc.push_back(xc.front());
        yc.push_back(yc.front());
        return is_convex(xc, yc);
    };
    for (int begin = 0; begin < 8; ++begin) {
        EXPECT_TRUE(convex(x, y)) << begin;
        EXPECT_FALSE(convex(dented_x, dented_y)) << begin;
        for (auto* each : {&x, &y, &dented_x, &dented_y}) {
            std::ranges::rotate(*each, each->begin() + 1);
            if (begin == 3) std::ranges::reverse(*each);
        }
    }
}

/// Whether a corner of the contour lies on one of its segments that does not end there.
bool touches_itself(std::span<const double> xc, std::span<const double> yc) {
    const std::size_t nc = xc.size() - 1;
    for (std::size_t corner = 0; corner < nc; ++corner)
        for (std::size_t s = 0; s < nc; ++s)
            if (s != corner && (s + 1) % nc != corner &&
                distance({xc[corner], yc[corner]}, {xc[s], yc[s]}, {xc[s + 1], yc[s + 1]}) < 1e-6)
                return true;
    return false;
}

TEST(Contours, AreClosedRunAnticlockwiseAndTouchThemselvesNowhere) {
    std::vector<double> xc(41), yc(41);
    Random random(7);
    for (const char* kind : {"egg", "ellipse", "kite", "star", "terraces"}) {
        for (int again = 0; again < 20; ++again) {
            make_contour(kind, xc, yc, random);
            EXPECT_EQ(xc.front(), xc.back()) << kind;
            EXPECT_EQ(yc.front(), yc.back()) << kind;
            double twice_the_area = 0;
            for (std::size_t s = 0; s + 1 < xc.size(); ++s)
                twice_the_area += xc[s] * yc[s + 1] - xc[s + 1] * yc[s];
            EXPECT_GT(twice_the_area, 1) << kind;
            EXPECT_FALSE(touches_itself(xc, yc)) << kind;
        }
    }
}

TEST(Contours, OfTerracesHaveLevelEdges) {
    std::vector<double> xc(41), yc(41);
    Random random(8);
    make_contour("terraces", xc, yc, random);
    EXPECT_NE(std::ranges::adjacent_find(yc), yc.end());
}

TEST(Grids, RunFromBeforeTheObstacleToBehindItOrThroughItsCorners) {
    const std::vector<double> contour{1, 0, 3, 2, 1};
    std::vector<double> lines(7);
    Random random(9);
    make_lines("wide", lines, contour, 0.5, 0.25, random);
    EXPECT_DOUBLE_EQ(lines.front(), -0.5);
    EXPECT_DOUBLE_EQ(lines.back(), 3.25);
    make_lines("vertices", lines, contour, 0.5, 0.25, random);
    EXPECT_EQ(std::set(lines.begin(), lines.end()), std::set(contour.begin(), contour.end()));
    EXPECT_TRUE(std::ranges::is_sorted(lines));
    for (int again = 0; again < 20; ++again) {
        make_lines("close", lines, contour, 0.5, 0.25, random);
        EXPECT_TRUE(std::ranges::is_sorted(lines));
    }
}

TEST(Grids, ThatAreCloseHaveAPointBesideASegmentsMidpointAndNotInLineWithIt) {
    std::vector<double> xc(14), yc(14), x(10), y(9);
    Random random(10);
    for (int again = 0; again < 200; ++again) {
        make_contour("kite", xc, yc, random);
        make_grid("close", 0.5, xc, yc, x, y, random);
        int near = 0;
        for (std::size_t s = 0; s + 1 < xc.size(); ++s) {
            const Point middle{(xc[s] + xc[s + 1]) / 2, (yc[s] + yc[s + 1]) / 2};
            for (const double px : x) {
                for (const double py : y) {
                    const double r = std::hypot(px - middle.x, py - middle.y);
                    if (r > 1.5e-6) continue;
                    ++near;
                    EXPECT_GT(distance({px, py}, {xc[s], yc[s]}, {xc[s + 1], yc[s + 1]}), 0.7 * r);
                }
            }
        }
        EXPECT_EQ(near, 1);
    }
}

TEST(Grids, ThatTouchHaveAPointInEachColumnThatLiesHardlyBesideTheContour) {
    std::vector<double> xc(14), yc(14), x(10), y(7);
    Random random(11);
    int within = 0;
    for (int again = 0; again < 200; ++again) {
        make_contour("star", xc, yc, random);
        make_grid("touching", 0.5, xc, yc, x, y, random);
        EXPECT_TRUE(std::ranges::is_sorted(x) && std::ranges::is_sorted(y));
        for (const double px : x) {
            double nearest = 1;
            for (const double py : y)
                for (std::size_t s = 0; s + 1 < xc.size(); ++s)
                    nearest = std::min(nearest, distance({px, py}, {xc[s], yc[s]}, {xc[s + 1], yc[s + 1]}));
            EXPECT_LT(nearest, 1.1e-7);
            if (nearest > 1e-9) ++within;
        }
    }
    EXPECT_GT(within, 1900);  // of 2000: the others lie beside a segment that is nearly level
}

TEST(Grids, MayBeLongStripsThatTheObstacleIsNotIn) {
    const std::vector<double> xc{1, 0, 3, 2, 1}, yc{5, 6, 9, 6, 5};
    std::vector<double> x(7), y(7);
    Random random(9);
    make_grid("above", 2.0, xc, yc, x, y, random);
    EXPECT_EQ(std::pair(x.front(), x.back()), std::pair(-10.0, 9.0));
    EXPECT_EQ(std::pair(y.front(), y.back()), std::pair(9.25, 9.5));
    make_grid("beside", 2.0, xc, yc, x, y, random);
    EXPECT_EQ(std::pair(x.front(), x.back()), std::pair(3.25, 3.5));
    EXPECT_EQ(std::pair(y.front(), y.back()), std::pair(-1.0, 17.0));
}

TEST(Grids, HaveAPlaceForEachOfTwoLinesThatAreTheSame) {
    const std::vector<double> all{1, 1, 2};
    EXPECT_EQ(places_of(all, all), (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_EQ(places_of(std::span(all).last(1), all), std::vector<std::size_t>{2});
}

}  // namespace
}  // namespace grading
