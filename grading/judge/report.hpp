// The report file: Google Benchmark's JSON format, so that its tools read it, with the verdict beside it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "verdict.hpp"

namespace grading {

/// What the report says of the place where it was made.
struct Place {
    std::string program;
    std::optional<std::string> processor_model;
    std::optional<int> pinned_to;
};

/// Writes context, benchmarks (as Google Benchmark does: a repetition for each epoch, and the medians) and
/// the verdict to `file`, through a temporary file beside it, so that nobody ever reads half of it. Throws
/// JudgeError.
void write_report(const std::filesystem::path& file, const Exercise& exercise, const Evidence& evidence,
                  const Place& place);

/// One line of JSON on standard output: how many cases are done.
void print_cases_progress(std::size_t done, std::size_t total);

/// One line of JSON on standard output: how far the rounds are.
void print_rounds_progress(double elapsed_seconds, double budget_seconds, std::size_t epochs, double speedup);

}  // namespace grading
