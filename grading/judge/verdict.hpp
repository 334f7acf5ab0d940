// The verdict: what is said about a submission, and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cases.hpp"
#include "exercise.hpp"
#include "outcome.hpp"
#include "rounds.hpp"

namespace grading {

/// All that the judge has seen of one submission.
struct Evidence {
    std::uint64_t seed;
    CasesResult cases;
    std::optional<RoundsResult> rounds;  ///< nothing when the cases already decided
    std::uint32_t sandbox_layers;
    std::string printed;
    /// Why this machine cannot show what the exercise is about; empty when it can.
    std::string unfit_machine;
};

/// What is said first.
struct Conclusion {
    Status status;
    std::string sentence;
    std::string advice;
};

/// What the evidence comes to.
Conclusion conclude(const Exercise& exercise, const Evidence& evidence);

/// Points, out of ten, to one decimal: full ones from nine tenths of the model solution's gain (on a log
/// scale) on.
double points_for(double p);

/// The whole verdict, as described in docs/judge.md.
nlohmann::json verdict_json(const Exercise& exercise, const Evidence& evidence);

}  // namespace grading
