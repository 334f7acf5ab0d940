// How much arithmetic a unit of work is, where that is not obvious: for the limits that nobody can beat.
#pragma once

/// The far form of one interaction to twelve digits, by the shortest way that this course knows. A
/// multiply-add counts as one operation. Distance and angle 7, root 17, sine and cosine 22, the slow factors
/// 20, what joins them 13.
inline constexpr unsigned operations_of_an_interaction = 79;

/// So many of them are multiplications or multiply-adds. The others, additions and steps on bits, have units
/// of their own in some processors.
inline constexpr unsigned multiplications_of_an_interaction = 70;
