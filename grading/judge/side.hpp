// A side of the comparison: one library, its output area, and the process that runs it just now.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "arena.hpp"
#include "language.hpp"
#include "outcome.hpp"
#include "runner_process.hpp"

namespace grading {

class Side {
  public:
    /// Throws std::runtime_error when the library cannot be read.
    Side(std::string name, const std::filesystem::path& library, std::size_t output_size)
        : name_(std::move(name)),
          submission_{sealed_copy(library), shown_name(library)},
          output_(std::make_unique<OutputArea>(output_size)) {}

    /// A fresh process, which reads its inputs from this area; throws as RunnerProcess does. What is printed
    /// while the submission is loaded is kept, too, if that fails.
    void start(const RunnerSetup& setup, const InputArea& inputs) {
        stop();
        inputs_ = &inputs;
        language_ = setup.language;
        process_ = std::make_unique<RunnerProcess>(setup, submission_, inputs.memory(), output_->memory());
        process_->wait_until_loaded();
    }
    void stop() {
        if (process_) printed_ = process_->printed();
        process_.reset();
    }

    /// Each takes the other's output area, while no process of theirs runs.
    void exchange_outputs(Side& other) { output_.swap(other.output_); }

    /// One call on the batch in the input area, its output taken at once; returns the wall time.
    Nanoseconds answer(Nanoseconds limit) {
        output_->clear(*inputs_);
        const Nanoseconds wall = process_->call(limit);
        output_->take();
        return wall;
    }

    /// The same for a process that is stopped while others are timed. What a thread writes after the answer
    /// was said to be there is written too late.
    Nanoseconds continue_to_answer(Nanoseconds limit) {
        process_->resume();
        output_->clear(*inputs_);  // and meanwhile it wakes up
        const Nanoseconds wall = process_->call(limit);
        process_->pause();
        output_->take();
        return wall;
    }

    /// Whether a fresh process answers the batch in this area. Afterwards none runs, and what was printed is
    /// what the one before has printed.
    bool answers_afresh(const RunnerSetup& setup, const InputArea& inputs, Nanoseconds limit) {
        const std::string printed_before = printed();
        bool answers = true;
        try {
            start(setup, inputs);
            answer(limit);
        } catch (const RunnerFailure&) {
            answers = false;
        }
        stop();
        printed_ = printed_before;
        return answers;
    }

    /// Throws RunnerFailure where the latest answer is not all that was written; `batch` says in which.
    void must_have_written_its_answer_only(const std::string& batch) {
        if (output_->overrun(*inputs_)) throw wrote_outside_its_output(language_, batch);
    }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool running() const { return process_ != nullptr; }
    /// Whether a process runs that reads its inputs from this area.
    [[nodiscard]] bool running_on(const InputArea& inputs) const { return running() && inputs_ == &inputs; }
    [[nodiscard]] RunnerProcess& process() { return *process_; }
    [[nodiscard]] OutputArea& output() { return *output_; }
    /// What it answered, beside the inputs that it was given.
    [[nodiscard]] BatchView answered() { return output_->view(*inputs_); }
    [[nodiscard]] const std::string& printed() const { return process_ ? process_->printed() : printed_; }

  private:
    /// exercises/NN-name/file.py: as much of the path as a person wants to see.
    static std::string shown_name(const std::filesystem::path& path) {
        const auto folder = path.parent_path();
        return (folder.parent_path().filename() / folder.filename() / path.filename()).string();
    }

    std::string name_;
    Submission submission_;
    std::unique_ptr<OutputArea> output_;
    const InputArea* inputs_ = nullptr;
    Language language_ = Language::cpp;  // the latest process's, as these inputs are
    std::unique_ptr<RunnerProcess> process_;
    std::string printed_;
};

}  // namespace grading
