// Whose turn it is, and whose memory: what the sides exchange between their processes.
#include "turns.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <set>

namespace grading {
namespace {

/// Three sides of which none runs; any file will do as their library.
struct Sides {
    Exercise exercise;
    InputAreas inputs{.whole = InputArea(64), .excerpt = InputArea(64)};
    Side reference, yours, solution;
    std::optional<Side> none;
    RoundsSetup setup{.exercise = exercise,
                      .inputs = inputs,
                      .sides = {reference, yours, solution, none, none},
                      .runner = {},
                      .seed = 1,
                      .budget = Nanoseconds(0),
                      .untouched = false,
                      .progress = {}};
    Turns turns{setup};

    explicit Sides(std::size_t reference_size)
        : reference("reference", __FILE__, reference_size),
          yours("submission", __FILE__, 128),
          solution("solution", __FILE__, 128) {}

    std::array<const OutputArea*, 3> outputs() {
        return {&reference.output(), &yours.output(), &solution.output()};
    }
};

TEST(Turns, PassOutputsOnUntilEachSideHasHadEachOfThem) {
    Sides sides(128);
    std::array<std::set<const OutputArea*>, 3> had;
    const auto first = sides.outputs();
    for (int epoch = 0; epoch < 3; ++epoch) {
        for (std::size_t side = 0; side < had.size(); ++side)
            had[side].insert(sides.outputs()[side]);
        sides.turns.pass_outputs_on();
    }
    for (const auto& areas : had)
        EXPECT_EQ(areas.size(), 3U);
    EXPECT_EQ(sides.outputs(), first);
}

TEST(Turns, LeaveAReferenceThatAnswersExcerptsItsSmallerOutput) {
    Sides sides(64);
    const auto [reference, yours, solution] = sides.outputs();
    sides.turns.pass_outputs_on();
    EXPECT_EQ(sides.outputs(), (std::array{reference, solution, yours}));
}

// What holds up the course's own sides are others on the machine, and no reason to end a check.
TEST(Turns, GiveTheCoursesOwnSidesAlwaysAsLongAsTheFirstCallOfTheReference) {
    Sides sides(128);
    sides.turns.allow(std::chrono::seconds(1));
    EXPECT_EQ(sides.turns.limit_of(sides.yours), std::chrono::seconds(1));
    for (const Side* side : {&sides.reference, &sides.solution})
        EXPECT_EQ(sides.turns.limit_of(*side), own_limit);
}

}  // namespace
}  // namespace grading
