// How a submission ends without an answer, in words: what happened, and what to try.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "language.hpp"
#include "outcome.hpp"

namespace grading {

/// What a submission is written in and what it may do: the same end has other likely reasons then.
struct SubmissionKind {
    Language language;
    bool may_have_threads;
    bool may_fork;
};

/// The runner's own reports: the system call's number, the signal's with what is known of the address or the
/// instruction, the exception's text, what was asked for, the loader's words.
RunnerFailure forbidden_call(const SubmissionKind& kind, std::int64_t number);
RunnerFailure fatal_signal(const SubmissionKind& kind, int number, const std::string& detail);
RunnerFailure left_by_an_exception(const SubmissionKind& kind, const std::string& text);
RunnerFailure out_of_memory(const SubmissionKind& kind, const std::string& text);
RunnerFailure not_loadable(const SubmissionKind& kind, const std::string& text);

/// A process that has ended by a signal, or with an exit code, without a report.
RunnerFailure ended_by_signal(const SubmissionKind& kind, int number);
RunnerFailure ended_with_code(int exit_code, const std::string& printed);

/// One that the judge ends.
/// `beyond_limit` is what of that time was added as others had the processor meanwhile.
RunnerFailure hung(const SubmissionKind& kind, Nanoseconds waited, Nanoseconds beyond_limit = {});
RunnerFailure not_loaded_in_time(const SubmissionKind& kind, Nanoseconds limit);
RunnerFailure printed_too_much(std::size_t most_bytes);

/// `what` it did to the judge's socket.
RunnerFailure spoilt_the_protocol(const std::string& what);

}  // namespace grading
