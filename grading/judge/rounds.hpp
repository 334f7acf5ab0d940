// The timed rounds: the sides take turns on fresh batches, and every answer is checked.
//
// Rounds come in epochs; each epoch has fresh processes, unless starting them takes very long. Rounds within
// one process resemble each other (memory lies where it lies), so an epoch counts as one sample: the median
// of its rounds' paired ratios. Epochs go on until the verdict is clear and the figure is precise, or the
// budget is used up.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cases.hpp"
#include "exercise.hpp"
#include "side.hpp"
#include "standing.hpp"

namespace grading {

struct RoundsResult {
    std::vector<Epoch> epochs;
    Standing standing = Standing::open;
    std::optional<Failure> failure;          ///< a wrong answer
    std::optional<RunnerFailure> no_answer;  ///< no answer at all
};

/// The sides of the timed rounds; the last two may be missing.
struct TimedSides {
    Side& reference;
    Side& yours;
    Side& solution;
    std::optional<Side>& baseline;
    std::optional<Side>& limit;
};

struct RoundsSetup {
    const Exercise& exercise;
    InputAreas& inputs;
    TimedSides sides;
    RunnerSetup runner;
    std::uint64_t seed;
    Nanoseconds budget;
    bool untouched;  ///< the submission is the starting file: as slow as the reference
    std::function<void(Nanoseconds elapsed, std::size_t epochs, double speedup)> progress;
};

/// Throws JudgeError when one of the course's own sides fails or is wrong.
RoundsResult run_rounds(const RoundsSetup& setup);

}  // namespace grading
