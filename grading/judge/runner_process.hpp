// One runner as the judge sees it: a process that answers, or a failure with a name.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "descriptor.hpp"
#include "endings.hpp"
#include "language.hpp"
#include "launcher.hpp"
#include "outcome.hpp"
#include "processor.hpp"
#include "protocol.hpp"
#include "shared_memory.hpp"

namespace grading {

/// What all sides' runners have in common.
struct RunnerSetup {
    Launcher* launcher;
    Language language;
    Settings settings;
    std::uint64_t ended_for_memory = 0;  ///< processes, by the system, before any of these was started
};

/// What a runner is to load: a sealed copy, and what it is called.
struct Submission {
    Descriptor content;
    std::string name;
};

/// The limit, and in addition what it has spent waiting for its turn while others had the processor: on a
/// busy machine compiling takes twice as long, which is nobody's fault. Twice the limit is the end.
inline Nanoseconds with_turns_of_others(Nanoseconds limit, Nanoseconds queued) {
    return limit + std::clamp<Nanoseconds>(queued, Nanoseconds(0), limit);
}

class RunnerProcess {
  public:
    /// Starts a runner, hands it the areas and the submission, and waits until it has locked itself in.
    /// Throws JudgeError when that does not succeed.
    RunnerProcess(const RunnerSetup& setup, const Submission& submission, const SharedMemory& inputs,
                  const SharedMemory& outputs);
    ~RunnerProcess();
    RunnerProcess(const RunnerProcess&) = delete;
    RunnerProcess& operator=(const RunnerProcess&) = delete;

    /// It loads the submission by itself; throws RunnerFailure when that spoils it.
    void wait_until_loaded();

    /// Has the submission work on the batch that lies in the input area; returns the wall time from go to
    /// done. Throws RunnerFailure, also when `limit` is over.
    Nanoseconds call(Nanoseconds limit);

    /// The processor time used since the last time this was asked. Taking it just before each `go` charges a
    /// submission for all it did since the one before, also for what it did after saying that it was done.
    Nanoseconds processor_time_since_last();

    /// The time spent ready but not running, since the last time this was asked: others had the processor.
    /// That of the judge, ready to take an answer, is part of it.
    Nanoseconds queueing_time_since_last();

    /// Stops and continues the whole process: what it does while others are timed would disturb them.
    void pause();
    void resume();

    [[nodiscard]] std::uint32_t sandbox_layers() const { return layers_; }
    /// What the submission printed, as much of it as is kept.
    [[nodiscard]] const std::string& printed() const { return printed_; }

  private:
    void start(Launcher& launcher, const Submission& submission, const SharedMemory& inputs,
               const SharedMemory& outputs);
    Message wait_for_message(Nanoseconds limit);
    [[noreturn]] void fail_as_hung(Nanoseconds waited, Nanoseconds limit);
    void expect(MessageKind kind, Nanoseconds limit);
    void collect_output();
    /// For an interpreter that hangs: it has a handler for this (faulthandler's), and then ends.
    void have_it_print_where_it_is();
    [[noreturn]] void fail_with(const Message& last_words);
    [[noreturn]] void fail_as_ended();
    /// Throws JudgeError where the end, or the silence, may be the system's doing.
    void blame_memory_that_ran_out() const;
    /// Only a look: as long as it is not reaped its group can be found, and is nobody else's.
    [[nodiscard]] bool has_ended() const;
    /// The status of a process whose socket is closed, with which all of its group ends; nothing when it goes
    /// on all the same.
    std::optional<int> wait_for_end();
    /// Ends the whole group; returns the status of its first process.
    int end();
    /// Whom a signal is for: the process, or where it heads a group, all of that.
    [[nodiscard]] pid_t everybody() const;

    SubmissionKind kind_;
    std::uint64_t ended_for_memory_before_;
    pid_t process_ = -1;
    Descriptor socket_;
    Descriptor output_;
    bool running_submission_ = false;
    std::uint32_t layers_ = 0;
    Nanoseconds charged_{0};
    Nanoseconds queued_{0};
    Nanoseconds judge_queued_{0};  ///< during calls
    std::string printed_;
};

}  // namespace grading
