// The walls that a runner builds around itself before it loads a submission.
#pragma once

#include <cstdint>
#include <span>

#include "protocol.hpp"

namespace grading {

/// Locks this process in: limits, no new privileges, another user when started as root, no capabilities, no
/// other descriptors, no environment, Landlock (reads system libraries, nothing else) and seccomp (an
/// allow-list; threads only if `settings.threads` > 1, processes only if `settings.processes` > 0). There is
/// no way back. Returns the bits (Layer) of the walls that hold on this machine. Descriptors above
/// library_descriptor are closed. `also_readable`: files and folders that may be read besides the system's
/// libraries; those that do not exist are passed over.
std::uint32_t lock_in(const Settings& settings, std::span<const char* const> also_readable = {});

}  // namespace grading
