// What a machine, a container or a shell may have too little of: nobody's submission is to blame for that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>

#include "exercise.hpp"

namespace grading {

/// To be asked before this process settles on one processor. Throws JudgeError where the threads or processes
/// of so many sides cannot all be started, or have no place for what they share.
void need_room_for_tasks(const Exercise& exercise, std::size_t sides);

/// Whether so many threads or processes can be started besides those that there are.
bool can_start_tasks(std::size_t count);

/// What is said of a process that the system has ended for that reason.
inline constexpr const char* memory_ran_out =
    "memory ran out (a container may have less than its machine), and the system ended one of the programs "
    "that are compared; end other programs or get more memory. What a submission may use stands in its "
    "exercise.toml.";

/// How many processes of the whole machine the system has ended because memory had run out, also in a
/// container that has its own limit. Zero where the kernel doesn't tell.
std::uint64_t ended_for_memory();
/// The same from a text like that of /proc/vmstat.
std::uint64_t ended_for_memory(std::istream& counters);

}  // namespace grading
