// A runner's end of the line to the judge: what it receives, and the areas that they share.
#pragma once

#include <cstddef>
#include <span>

#include "protocol.hpp"

namespace grading {

/// The two areas of shared memory.
struct Areas {
    std::span<const std::byte> inputs;
    std::span<std::byte> outputs;
};

Settings receive_settings();

/// Waits until the judge wants something done; ends the process when it wants nothing more.
void wait_for_go();

/// Maps both areas, with their pages present: first touches of fresh memory are slow and are nobody's fault.
Areas map_areas();

}  // namespace grading
