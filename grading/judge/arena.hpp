// The arrays of one batch: a workload lays them out here, in the memory that runners read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "batch.hpp"
#include "shared_memory.hpp"

namespace grading {

/// A NaN that no computation produces: what memory holds that nobody has written yet. Compared by its bits;
/// none of its bytes is 0 or 1, which a mask may hold. It is a signalling one, so that it shows, too, where
/// something was added to it: arithmetic sets one bit, the quiet NaN's, and passes the others on.
inline constexpr std::uint64_t untouched = 0x7ff4'5ca7'7e2e'd05b;
inline constexpr std::uint64_t untouched_but_added_to = untouched | std::uint64_t{1} << 51U;

/// Another NaN, for what lies behind an input array. Arithmetic passes its bits on, except for the sign, so
/// that an answer shows where it has been.
inline constexpr std::uint64_t behind_the_end = 0x7ff8'9d3b'c46f'71e5;

/// A number for the same, of some 1e299: what is only compared with a NaN, as a corner of the contour is with
/// a row, goes on as if nothing were there. It outweighs whatever is added to it, and a few of it add up
/// exactly.
inline constexpr std::uint64_t number_behind_the_end = 0x7e0f'9d3b'c46f'7000;

/// Whether a value is one of the two, or a few of them added up.
bool comes_from_behind_the_end(double value);

/// How many doubles the arrays of each item have.
struct Shape {
    std::vector<std::vector<std::size_t>> inputs;   ///< [item][array]
    std::vector<std::vector<std::size_t>> outputs;  ///< [item][array]
    std::size_t padding = 0;                        ///< bytes at each output's end that no answer reaches
};

/// The bytes that an input area needs for this shape, and an output area.
std::size_t input_bytes(const Shape& shape);
std::size_t output_bytes(const Shape& shape);

/// Lays out the table and the arrays of a batch. Between arrays lies a gap of NaN, or of a large number: a
/// submission that reads past an end and uses what it found shows. `shift` (0 to 7) moves all inputs by so
/// many doubles off the 64-byte boundary, for code that takes an alignment for granted which nobody promised.
class InputArea {
  public:
    explicit InputArea(std::size_t size) : memory_(size, SharedMemory::Access::read_only) {}

    /// Throws std::length_error when the shape does not fit.
    void lay_out(const Shape& shape, std::size_t shift);
    [[nodiscard]] std::span<double> input(std::size_t item, std::size_t which) const;
    /// Fills the gaps, which hold NaN at first, with a large number, or with NaN again.
    void change_what_is_behind();
    /// How much of an output area belongs to this batch.
    [[nodiscard]] std::size_t output_bytes() const { return output_bytes_; }
    [[nodiscard]] const SharedMemory& memory() const { return memory_; }

  private:
    void fill_gaps(std::uint64_t pattern);

    SharedMemory memory_;
    std::vector<std::span<double>> arrays_;
    std::size_t arrays_per_item_ = 0;
    std::size_t output_bytes_ = 0;
    std::uint64_t behind_ = behind_the_end;
};

/// One side's output area, and a private copy of what the side wrote.
class OutputArea {
  public:
    explicit OutputArea(std::size_t size) : memory_(size, SharedMemory::Access::writable), copy_(size) {}

    /// Fills what belongs to the batch, and a margin, with a NaN of our own, so that what a call leaves
    /// unwritten, or wrote in an earlier call, is no answer. The rest of an area that is made for a larger
    /// batch costs no time.
    void clear(const InputArea& inputs);
    /// Copies that part, at once after a call: what is judged is what was there then.
    void take();
    /// The copied outputs, seen through the batch's table.
    [[nodiscard]] BatchView view(const InputArea& inputs) {
        return {inputs.memory().bytes().data(), copy_.data()};
    }
    /// Whether a byte outside the batch's answers has been written, as far as the margin reaches.
    [[nodiscard]] bool overrun(const InputArea& inputs);
    [[nodiscard]] const SharedMemory& memory() const { return memory_; }

  private:
    SharedMemory memory_;
    std::vector<std::byte> copy_;
    std::size_t used_ = 0;
};

}  // namespace grading
