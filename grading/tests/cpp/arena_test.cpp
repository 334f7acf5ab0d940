// Shared memory and the layout of batches.
#include "arena.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>

namespace grading {
namespace {

const Shape two_items{.inputs = {{3, 1}, {0, 5}}, .outputs = {{1}, {4}}};

TEST(Arena, GivesBackTheArraysThatWereLaidOut) {
    InputArea inputs(input_bytes(two_items));
    inputs.lay_out(two_items, 0);
    inputs.input(0, 0)[2] = 7;
    inputs.input(1, 1)[4] = 8;
    const BatchView view(inputs.memory().bytes().data(), nullptr);
    EXPECT_EQ(view.items(), 2U);
    EXPECT_EQ(view.input(0, 0).size(), 3U);
    EXPECT_EQ(view.input(1, 0).size(), 0U);
    EXPECT_EQ(view.input(0, 0)[2], 7);
    EXPECT_EQ(view.input(1, 1)[4], 8);
}

TEST(Arena, ShiftsArraysOffTheirAlignment) {
    InputArea inputs(input_bytes(two_items));
    for (std::size_t shift = 0; shift < 8; ++shift) {
        inputs.lay_out(two_items, shift);
        for (const auto array : {inputs.input(0, 0), inputs.input(0, 1), inputs.input(1, 1)})
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 64, shift * sizeof(double));
    }
}

TEST(Arena, PutsNotANumberBehindEveryInput) {
    InputArea inputs(input_bytes(two_items));
    for (std::size_t shift = 0; shift < 8; ++shift) {
        inputs.lay_out(two_items, shift);
        for (const auto array : {inputs.input(0, 0), inputs.input(0, 1), inputs.input(1, 1)})
            for (std::size_t beyond = 0; beyond < 8; ++beyond)
                EXPECT_TRUE(std::isnan(array.data()[array.size() + beyond]));
    }
}

TEST(Arena, PutsALargeNumberThereInsteadAndNotANumberAgain) {
    InputArea inputs(input_bytes(two_items));
    inputs.lay_out(two_items, 3);
    const auto first_behind = [&] { return inputs.input(1, 1).data()[5]; };
    const auto last_behind = [&] { return inputs.input(0, 0).data()[3 + 7]; };
    inputs.input(1, 1)[4] = 8;
    inputs.change_what_is_behind();
    EXPECT_GT(first_behind(), 1e290);
    EXPECT_EQ(first_behind(), last_behind());
    EXPECT_EQ(inputs.input(1, 1)[4], 8);
    inputs.change_what_is_behind();
    EXPECT_TRUE(std::isnan(first_behind()) && std::isnan(last_behind()));
    inputs.change_what_is_behind();
    inputs.lay_out(two_items, 0);
    EXPECT_TRUE(std::isnan(first_behind()));
}

TEST(Arena, TellsWhatComesFromBehindAnEnd) {
    InputArea inputs(input_bytes(two_items));
    inputs.lay_out(two_items, 0);
    for (int filling = 0; filling < 2; ++filling, inputs.change_what_is_behind()) {
        const double behind = inputs.input(0, 0).data()[3];
        EXPECT_TRUE(comes_from_behind_the_end(behind));
        EXPECT_TRUE(comes_from_behind_the_end(1e200 - behind - behind - behind + 5));
        EXPECT_EQ(comes_from_behind_the_end(0.25 * behind), std::isnan(behind));
    }
    for (const double other : {0.0, 1e299, std::numeric_limits<double>::max(),
                               std::numeric_limits<double>::infinity(), std::nan("")})
        EXPECT_FALSE(comes_from_behind_the_end(other)) << other;
}

TEST(Arena, RefusesABatchThatDoesNotFit) {
    InputArea inputs(128);
    EXPECT_THROW(inputs.lay_out(two_items, 0), std::length_error);
}

TEST(Arena, AnOutputThatNobodyWroteIsNotANumber) {
    InputArea inputs(input_bytes(two_items));
    OutputArea outputs(output_bytes(two_items));
    inputs.lay_out(two_items, 0);
    outputs.clear(inputs);
    outputs.take();
    EXPECT_TRUE(std::isnan(outputs.view(inputs).output(1, 0)[3]));
    EXPECT_FALSE(outputs.overrun(inputs));
}

TEST(Arena, NoticesAWriteBeforeOrBehindAnOutput) {
    InputArea inputs(input_bytes(two_items));
    OutputArea outputs(output_bytes(two_items));
    inputs.lay_out(two_items, 0);
    const BatchView shared(inputs.memory().bytes().data(), outputs.memory().bytes().data());
    for (const std::size_t item : {0U, 1U}) {
        const auto behind = static_cast<std::ptrdiff_t>(shared.output(item, 0).size());
        for (const std::ptrdiff_t where : {std::ptrdiff_t{-1}, behind}) {
            outputs.clear(inputs);
            shared.output(item, 0)[0] = 1;
            shared.output(item, 0).data()[where] = 0;
            outputs.take();
            EXPECT_TRUE(outputs.overrun(inputs)) << item << ": " << where;
        }
    }
}

TEST(Arena, NoticesAnAdditionToWhatIsBeforeOrBehindAnOutput) {
    InputArea inputs(input_bytes(two_items));
    OutputArea outputs(output_bytes(two_items));
    inputs.lay_out(two_items, 0);
    const BatchView shared(inputs.memory().bytes().data(), outputs.memory().bytes().data());
    for (const std::ptrdiff_t where : {std::ptrdiff_t{-1}, std::ptrdiff_t{4}}) {
        outputs.clear(inputs);
        shared.output(1, 0).data()[where] += 1;
        outputs.take();
        EXPECT_TRUE(outputs.overrun(inputs)) << where;
    }
}

TEST(Arena, TakesAndWatchesAllThatABatchUsesOfALargerArea) {
    const Shape large{.inputs = {{1}}, .outputs = {{20000}}};
    InputArea inputs(input_bytes(large));
    OutputArea outputs(std::size_t{1} << 20U);
    inputs.lay_out(large, 0);
    const auto shared =
        BatchView(inputs.memory().bytes().data(), outputs.memory().bytes().data()).output(0, 0);
    outputs.clear(inputs);
    shared.back() = 5;
    outputs.take();
    EXPECT_EQ(outputs.view(inputs).output(0, 0).back(), 5);
    EXPECT_FALSE(outputs.overrun(inputs));
    shared.data()[20000 + 8000] = 0;  // 64 kB behind the end
    outputs.take();
    EXPECT_TRUE(outputs.overrun(inputs));
}

TEST(Arena, NoticesEveryByteBehindAnAnswerThatFillsNoDouble) {
    const Shape ten_bytes{.inputs = {{1}}, .outputs = {{2}}, .padding = 6};
    InputArea inputs(input_bytes(ten_bytes));
    OutputArea outputs(output_bytes(ten_bytes));
    inputs.lay_out(ten_bytes, 0);
    auto* answer = reinterpret_cast<unsigned char*>(
        BatchView(inputs.memory().bytes().data(), outputs.memory().bytes().data()).output(0, 0).data());
    for (const unsigned char value : std::initializer_list<unsigned char>{0, 1, 0xaa}) {
        for (std::size_t byte = 9; byte < 24; ++byte) {
            outputs.clear(inputs);
            answer[byte] = value;
            outputs.take();
            EXPECT_EQ(outputs.overrun(inputs), byte > 9) << byte;
        }
    }
}

TEST(Arena, JudgesWhatWasThereWhenItWasTaken) {
    InputArea inputs(input_bytes(two_items));
    OutputArea outputs(output_bytes(two_items));
    inputs.lay_out(two_items, 0);
    const BatchView shared(inputs.memory().bytes().data(), outputs.memory().bytes().data());
    outputs.clear(inputs);
    shared.output(0, 0)[0] = 1;
    outputs.take();
    shared.output(0, 0)[0] = 2;
    EXPECT_EQ(outputs.view(inputs).output(0, 0)[0], 1);
}

TEST(SharedMemory, OfInputsCannotBeMappedWritableByAnybodyElse) {
    const SharedMemory inputs(4096, SharedMemory::Access::read_only);
    EXPECT_EQ(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, inputs.descriptor(), 0), MAP_FAILED);
    EXPECT_EQ(write(inputs.descriptor(), "x", 1), -1);
    void* readable = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, inputs.descriptor(), 0);
    ASSERT_NE(readable, MAP_FAILED);
    EXPECT_EQ(mprotect(readable, 4096, PROT_READ | PROT_WRITE), -1);
    inputs.bytes()[0] = std::byte{9};
    EXPECT_EQ(*static_cast<std::byte*>(readable), std::byte{9});
    munmap(readable, 4096);
}

TEST(SharedMemory, CannotBeMadeSmallerUnderTheJudgesFeet) {
    const SharedMemory outputs(8192, SharedMemory::Access::writable);
    EXPECT_EQ(ftruncate(outputs.descriptor(), 0), -1);
    EXPECT_EQ(ftruncate(outputs.descriptor(), 16384), -1);
    // Nor closed to the next runner, which has to write its answers there, too.
    EXPECT_EQ(fcntl(outputs.descriptor(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE), -1);
}

TEST(SealedCopy, HoldsWhatWasInTheFileAndNobodyChangesIt) {
    const auto file = std::filesystem::temp_directory_path() / ("sealed-test-" + std::to_string(getpid()));
    std::ofstream(file) << "a library";
    const Descriptor copy = sealed_copy(file);
    std::filesystem::remove(file);
    std::array<char, 16> content{};
    EXPECT_EQ(pread(copy.get(), content.data(), content.size(), 0), 9);
    EXPECT_STREQ(content.data(), "a library");
    EXPECT_EQ(pwrite(copy.get(), "b", 1, 0), -1);
    EXPECT_EQ(mmap(nullptr, 9, PROT_READ | PROT_WRITE, MAP_SHARED, copy.get(), 0), MAP_FAILED);
    EXPECT_THROW(sealed_copy(file), std::runtime_error) << "it is not there any more";
}

}  // namespace
}  // namespace grading
