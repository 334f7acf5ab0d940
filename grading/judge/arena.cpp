// The arrays of one batch, laid out in shared memory.
#include "arena.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace grading {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t gap = 64;
constexpr std::size_t most_shift = 8 * sizeof(double);
/// So much behind a batch's outputs is watched, too.
constexpr std::size_t margin = std::size_t{64} * 1024;

std::size_t aligned(std::size_t offset) {
    return (offset + alignment - 1) / alignment * alignment;
}

std::size_t table_bytes(const Shape& shape) {
    std::size_t places = 0;
    for (std::size_t item = 0; item < shape.inputs.size(); ++item)
        places += shape.inputs[item].size() + shape.outputs[item].size();
    return sizeof(BatchHeader) + places * sizeof(ArrayPlace);
}

/// The end of the arrays of all items when the first begins at `start`.
std::size_t end_of_arrays(const std::vector<std::vector<std::size_t>>& counts, std::size_t start) {
    std::size_t end = start;
    for (const auto& item : counts)
        for (const std::size_t count : item)
            end = aligned(end) + count * sizeof(double) + gap;
    return end;
}

/// From a multiple of eight bytes on, and to one.
void fill(std::span<std::byte> bytes, std::uint64_t pattern) {
    auto* words = reinterpret_cast<std::uint64_t*>(bytes.data());
    std::fill(words, words + bytes.size() / sizeof pattern, pattern);
}

ArrayPlace next_place(std::size_t& end, std::size_t count, std::size_t shift) {
    const ArrayPlace place{.offset = aligned(end) + shift, .count = count};
    end = aligned(end) + count * sizeof(double) + gap;
    return place;
}

}  // namespace

bool comes_from_behind_the_end(double value) {
    constexpr double most_added_up = 8;
    const double times = std::abs(value) / std::bit_cast<double>(number_behind_the_end);
    return std::bit_cast<std::uint64_t>(std::abs(value)) == behind_the_end ||
           (times >= 1 && times <= most_added_up && times == std::trunc(times));
}

std::size_t input_bytes(const Shape& shape) {
    return aligned(end_of_arrays(shape.inputs, table_bytes(shape)) + most_shift);
}

std::size_t output_bytes(const Shape& shape) {
    return aligned(end_of_arrays(shape.outputs, gap));
}

void InputArea::lay_out(const Shape& shape, std::size_t shift) {
    const auto bytes = memory_.bytes();
    if (input_bytes(shape) > bytes.size()) throw std::length_error("a batch does not fit its area");
    const std::size_t start = aligned(table_bytes(shape));
    const BatchHeader header{.items = shape.inputs.size(),
                             .inputs_per_item = shape.inputs.front().size(),
                             .outputs_per_item = shape.outputs.front().size(),
                             .padding = shape.padding};
    std::memcpy(bytes.data(), &header, sizeof header);
    output_bytes_ = grading::output_bytes(shape);
    arrays_.clear();
    arrays_per_item_ = header.inputs_per_item;
    auto* place = reinterpret_cast<ArrayPlace*>(bytes.data() + sizeof header);
    std::size_t input_end = start;
    std::size_t output_end = gap;
    for (std::size_t item = 0; item < header.items; ++item) {
        for (const std::size_t count : shape.inputs[item]) {
            *place = next_place(input_end, count, shift * sizeof(double));
            arrays_.emplace_back(reinterpret_cast<double*>(bytes.data() + place->offset), count);
            ++place;
        }
        for (const std::size_t count : shape.outputs[item])
            *place++ = next_place(output_end, count, 0);
    }
    fill_gaps(behind_the_end);
}

void InputArea::change_what_is_behind() {
    fill_gaps(behind_ == behind_the_end ? number_behind_the_end : behind_the_end);
}

void InputArea::fill_gaps(std::uint64_t pattern) {
    behind_ = pattern;
    for (const auto array : arrays_)
        std::fill_n(array.data() + array.size(), gap / sizeof(double), std::bit_cast<double>(pattern));
}

std::span<double> InputArea::input(std::size_t item, std::size_t which) const {
    return arrays_[item * arrays_per_item_ + which];
}

void OutputArea::clear(const InputArea& inputs) {
    used_ = std::min(inputs.output_bytes() + margin, copy_.size());
    fill(memory_.bytes().first(used_), untouched);
}

void OutputArea::take() {
    std::memcpy(copy_.data(), memory_.bytes().data(), used_);
}

bool OutputArea::overrun(const InputArea& inputs) {
    const auto is_untouched = [&](std::size_t first, std::size_t last) {
        const auto pattern = std::bit_cast<std::array<std::byte, sizeof untouched>>(untouched);
        for (std::size_t byte = first; byte < last; ++byte)
            if (copy_[byte] != pattern[byte % pattern.size()]) return false;
        return true;
    };
    const BatchView batch = view(inputs);
    std::size_t end = 0;  // of the answer before; they lie in this order
    for (std::size_t item = 0; item < batch.items(); ++item) {
        for (std::size_t which = 0; which < batch.outputs_per_item(); ++which) {
            const auto* output = reinterpret_cast<const std::byte*>(batch.output(item, which).data());
            const auto begin = static_cast<std::size_t>(output - copy_.data());
            if (!is_untouched(end, begin)) return true;
            end = begin + batch.output_bytes(item, which);
        }
    }
    return !is_untouched(end, used_);
}

}  // namespace grading
