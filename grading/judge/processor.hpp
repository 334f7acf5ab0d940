// The processor: which one to measure on, and whose time was spent on it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace grading {

using Nanoseconds = std::chrono::nanoseconds;

/// So many times as long.
inline Nanoseconds scaled(Nanoseconds time, double factor) {
    return std::chrono::duration_cast<Nanoseconds>(time * factor);
}

/// The processor time that a process has used, all its threads together, as the kernel counts it. Throws
/// std::system_error when the process is gone.
Nanoseconds processor_time(pid_t process);

/// The time that a process's first thread was ready to run while others had the processor. Zero where the
/// kernel doesn't tell.
Nanoseconds queueing_time(pid_t process);

/// The same of the one of its threads that has waited longest: the first may have waited for its team.
Nanoseconds longest_queueing_time(pid_t process);

/// Time that only goes forward.
Nanoseconds wall_time();

/// How many processors this process may run on.
int usable_processors();

/// Of the processors that this process may run on (the first 16 of them), the one where a short spin lost the
/// least time to others.
int quietest_processor();

/// Keeps this process and its children-to-be on one processor.
void pin_to(int processor);

/// The model's name, for a report; nothing where the system does not tell, as on Arm.
std::optional<std::string> processor_model();

}  // namespace grading
