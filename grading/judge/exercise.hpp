// What the judge reads of an exercise.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "language.hpp"
#include "workload.hpp"

namespace grading {

/// Which time decides.
enum class ClockKind {
    cpu,   ///< the runner's processor time; everything on one processor
    wall,  ///< for code that uses several processors
};

struct Exercise {
    std::string name;
    std::string family;
    Language language;
    ClockKind clock;
    std::uint32_t threads;
    std::uint32_t processes;   ///< that a submission may fork
    std::uint32_t processors;  ///< without so many the machine cannot show the effect
    double mark;
    double budget_seconds;
    std::uint64_t memory_bytes;
    std::string limit;  ///< what the limit is, in words; empty without one
    Workloads timed;
    Workloads cases;
    Workloads bench;  ///< for exploring; may be empty
};

/// Reads `folder`/exercise.toml. Throws ExerciseError that names the file, the place and what to do.
Exercise load_exercise(const std::filesystem::path& folder);

}  // namespace grading
