// The interface of the `inside` exercises: the problem, and one function, which a submission defines.
#pragma once

#include <span>

/// An obstacle and a grid of observer points: which of them lie inside of it?
struct InsideProblem {
    /// The obstacle's contour: nc + 1 points, the last equal to the first; nc segments. It crosses itself
    /// nowhere. It may run either way round, and need not be convex.
    std::span<const double> xc;
    std::span<const double> yc;

    /// The grid lines: the observer points are all (x[i], y[j]); nx + 1 and ny + 1 of them, at least one
    /// each. Both are in ascending order, not always evenly spaced.
    std::span<const double> x;
    std::span<const double> y;
};

/// Writes 1 for every observer point inside the obstacle and 0 for every one outside: mask[j * x.size() + i]
/// belongs to (x[i], y[j]), row by row, y outermost. Points closer than 1e-9 to the contour may have either.
void inside(const InsideProblem& problem, std::span<unsigned char> mask);
