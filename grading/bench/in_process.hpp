// A submission in this very process, for exploring: nothing is checked and nobody is locked in.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "workload.hpp"

namespace grading {

using RunFunction = decltype(&faster_scatter_run);

/// A library that cannot be loaded, as a sentence.
struct LoadError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A submission that throws, as a sentence about it.
struct SubmissionFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Loads a submission's library for good.
RunFunction load_submission(const std::string& library);

/// One batch of a workload's inputs, made once, and an output area whose pages have been touched.
class Batch {
  public:
    Batch(const Workload& workload, std::uint64_t seed);

    /// One call. SubmissionFailed where it throws; where it calls exit(), the program ends with 1 and says
    /// so.
    void run(RunFunction function);
    [[nodiscard]] std::span<const std::byte> inputs() const { return inputs_.memory().bytes(); }
    [[nodiscard]] std::size_t output_size() const { return outputs_.memory().bytes().size(); }

  private:
    InputArea inputs_;
    OutputArea outputs_;
};

}  // namespace grading
