// A side of the comparison: one library, its output area, and the process that runs it just now.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "arena.hpp"
#include "runner_process.hpp"

namespace grading {

/// What all sides' runners have in common.
struct RunnerSetup {
    std::filesystem::path program;
    Settings settings;
};

class Side {
  public:
    /// Throws std::runtime_error when the library cannot be read.
    Side(std::string name, const std::filesystem::path& library, std::size_t output_size)
        : name_(std::move(name)), library_(sealed_copy(library)), output_(output_size) {}

    /// A fresh process; throws as RunnerProcess does.
    void start(const RunnerSetup& setup, const InputArea& inputs) {
        stop();
        process_ = std::make_unique<RunnerProcess>(setup.program, library_, inputs.memory(), output_.memory(),
                                                   setup.settings);
    }
    void stop() {
        if (process_) printed_ = process_->printed();
        process_.reset();
    }

    /// One call on the batch in the input area, its output taken at once; returns the wall time.
    Nanoseconds answer(Nanoseconds limit) {
        output_.clear();
        const Nanoseconds wall = process_->call(limit);
        output_.take();
        return wall;
    }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool running() const { return process_ != nullptr; }
    [[nodiscard]] RunnerProcess& process() { return *process_; }
    [[nodiscard]] OutputArea& output() { return output_; }
    [[nodiscard]] const std::string& printed() const { return process_ ? process_->printed() : printed_; }

  private:
    std::string name_;
    Descriptor library_;
    OutputArea output_;
    std::unique_ptr<RunnerProcess> process_;
    std::string printed_;
};

}  // namespace grading
