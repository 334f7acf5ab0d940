// The correctness cases: every one a GoogleTest test, run inside the judge on what a runner answers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "exercise.hpp"
#include "side.hpp"

namespace grading {

/// What wrong answers look like to someone who has seen many.
enum class Smell {
    race,
    rounding,
    integers,
    conjugate,
    opposite,
    corners,
    dents,
    inside,
    outside,
    near,
    edges,
    different
};

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

std::string to_string(Smell smell);

/// The smell in a sentence, with what to look at.
std::string explain(Smell smell);

/// How long a call may take when the reference takes `reference`: twenty times as long, but at least a second
/// (machines pause) and at most ten.
Nanoseconds call_limit(Nanoseconds reference);

/// Whether two more calls on the batch in its input area give what the last one gave, to the bit.
bool gives_the_same_again(Side& side, Nanoseconds limit);

/// Which of the smells fits a mismatch of which it is known whether it comes again.
Smell smell_of(const Mismatch& mismatch, bool same_again);

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
