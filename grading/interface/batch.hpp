// How the arrays of one call lie in shared memory: the judge lays them out, a runner reads and fills them.
//
// The input area begins with a BatchHeader and the table of all arrays; the arrays themselves follow. The
// output area holds nothing but output arrays, at the places that the table names. All are arrays of doubles;
// what a family keeps in their bytes may be something else, such as a mask or the numbers of bins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace grading {

/// Where one array lies: an offset from the start of its area, in bytes, and the number of doubles.
struct ArrayPlace {
    std::uint64_t offset;
    std::uint64_t count;
};

/// A batch is several items (calls of the learner's function), each with the same number of arrays in and
/// out. Answers that are no doubles (a mask of bytes) need not fill the last one of their array: its last
/// `padding` bytes belong to no answer.
struct BatchHeader {
    std::uint64_t items;
    std::uint64_t inputs_per_item;
    std::uint64_t outputs_per_item;
    std::uint64_t padding;
};

/// A view of one batch; it owns nothing.
class BatchView {
  public:
    BatchView(const std::byte* inputs, std::byte* outputs) : inputs_(inputs), outputs_(outputs) {}

    [[nodiscard]] std::size_t items() const { return header().items; }
    [[nodiscard]] std::size_t inputs_per_item() const { return header().inputs_per_item; }
    [[nodiscard]] std::size_t outputs_per_item() const { return header().outputs_per_item; }
    /// How many bytes of each output an answer has.
    [[nodiscard]] std::size_t output_bytes(std::size_t item, std::size_t which) const {
        return output(item, which).size_bytes() - header().padding;
    }

    [[nodiscard]] std::span<const double> input(std::size_t item, std::size_t which) const {
        const ArrayPlace& place = row(item)[which];
        return {reinterpret_cast<const double*>(inputs_ + place.offset), place.count};
    }

    [[nodiscard]] std::span<double> output(std::size_t item, std::size_t which) const {
        const ArrayPlace& place = row(item)[header().inputs_per_item + which];
        return {reinterpret_cast<double*>(outputs_ + place.offset), place.count};
    }

  private:
    [[nodiscard]] const BatchHeader& header() const { return *reinterpret_cast<const BatchHeader*>(inputs_); }

    [[nodiscard]] const ArrayPlace* row(std::size_t item) const {
        const auto* table = reinterpret_cast<const ArrayPlace*>(inputs_ + sizeof(BatchHeader));
        return table + item * (header().inputs_per_item + header().outputs_per_item);
    }

    const std::byte* inputs_;
    std::byte* outputs_;
};

}  // namespace grading

/// The one symbol that a submission's library exports: calls the learner's function for every item of the
/// batch.
extern "C" void faster_scatter_run(const std::byte* inputs, std::byte* outputs);
