// Last words of a runner: turns signals and exceptions of a submission into one message to the judge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol.hpp"

namespace grading {

/// Sends one message; gives up on the process when the judge is gone.
void send_message(const Message& message);

/// Sends `fault` with these words and ends the process.
[[noreturn]] void report_fault(Fault fault, std::int64_t number, std::string_view text);

/// From here on a fatal signal is reported before the process dies, on a stack of its own (a stack overflow
/// is one of the signals). An address inside `inputs` is said to be a write to the read-only inputs.
void report_fatal_signals(std::span<const std::byte> inputs);

}  // namespace grading
