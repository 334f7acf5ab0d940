// The correctness cases: every one a GoogleTest test, run inside the judge on what a runner answers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "exercise.hpp"
#include "side.hpp"
#include "smell.hpp"

namespace grading {

struct Failure {
    std::string case_name;
    std::uint64_t seed;
    Mismatch mismatch;
    Smell smell;
};

struct CasesResult {
    std::size_t passed = 0;
    std::size_t total = 0;
    std::optional<Failure> failure;          ///< the first wrong answer
    std::optional<RunnerFailure> no_answer;  ///< why cases were cut short
};

/// How long a call may take when the reference takes `reference`: twenty times as long, but at least a second
/// (machines pause) and at most ten.
Nanoseconds call_limit(Nanoseconds reference);
/// How long a call of the course's own sides may take: they answer in a fraction of this, unless others keep
/// the machine busy.
inline constexpr Nanoseconds own_limit = std::chrono::seconds(20);

/// Whether two more calls on the batch in its input area give what the last one gave, to the bit.
bool gives_the_same_again(Side& side, Nanoseconds limit);

struct CasesSetup {
    const Exercise& exercise;
    InputAreas& inputs;
    Side& reference;
    Side& yours;
    RunnerSetup runner;
    std::uint64_t seed;
    std::string junit_file;  ///< empty for none
    std::function<void(std::size_t done, std::size_t total)> progress;
};

/// Runs all cases. Call it once in a process: GoogleTest keeps its tests for good.
CasesResult run_cases(CasesSetup setup);

}  // namespace grading
