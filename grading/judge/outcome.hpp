// What can become of a submission: the words of a verdict.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "language.hpp"

namespace grading {

enum class Status {
    passed,
    too_slow,
    undecided,
    suspect,
    wrong,
    crashed,
    exited,
    hung,
    too_much_memory,
    too_much_output,
    forbidden,
    broken_protocol,
    not_loadable,
    skipped,
};

/// "too_slow" and so on, as JSON has it.
std::string to_string(Status status);

/// A runner that gave no answer: what happened and what to try, a sentence each.
struct RunnerFailure : std::runtime_error {
    RunnerFailure(Status status_, const std::string& sentence, std::string advice_)
        : std::runtime_error(sentence), status(status_), advice(std::move(advice_)) {}
    Status status;
    std::string advice;
};

/// The same with the case's name, if the input may be the reason for it.
RunnerFailure in_case(const RunnerFailure& failure, const std::string& name);

/// An answer is there, but it is not all that was written; `batch` says in which.
RunnerFailure wrote_outside_its_output(Language language, const std::string& batch);

/// The judge itself cannot do its work; nobody's submission is to blame.
struct JudgeError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace grading
