// What wrong answers have in common says where to look for the mistake.
#pragma once

#include <string>

#include "workload.hpp"

namespace grading {

/// What wrong answers look like to someone who has seen many.
enum class Smell {
    race,
    kept,
    unwritten,
    beyond,
    not_a_number,
    rounding,
    integers,
    conjugate,
    opposite,
    multiple,
    factor,
    whole_wave,
    mask,
    hair,
    corners,
    dents,
    inside,
    outside,
    exchanged,
    mirrored,
    shifted,
    real,
    spacing,
    sides,
    near,
    edges,
    flushed,
    first,
    last,
    zeros,
    different
};

std::string to_string(Smell smell);

/// The smell in a sentence, with what to look at.
std::string explain(Smell smell);

/// Which of the smells fits a mismatch of which it is known whether it comes again.
Smell smell_of(const Mismatch& mismatch, bool same_again);

}  // namespace grading
