// The interface of the `scatter` exercises: the problem, and one function, which a submission defines.
#pragma once

#include <complex>
#include <span>

/// A plane wave exp(i (kx x + ky y)) that meets an obstacle, seen on a rectangular grid of observer points.
/// Lengths are in one unit throughout, wavenumbers in its inverse.
struct Problem {
    /// The obstacle's contour: nc + 1 points, anticlockwise, the last equal to the first; nc segments, each
    /// of some length. It crosses itself nowhere.
    std::span<const double> xc;
    std::span<const double> yc;

    /// The grid lines: the observer points are all (x[i], y[j]); nx + 1 and ny + 1 of them, at least one
    /// each. Both are in ascending order, not always evenly spaced.
    std::span<const double> x;
    std::span<const double> y;

    /// The wave vector; the wavenumber is k = sqrt(kx² + ky²) = 2π / λ.
    double kx;
    double ky;
};

/// Writes the scattered field at every observer point: field[j * x.size() + i] belongs to (x[i], y[j]), row
/// by row, y outermost. A point inside the obstacle has field 0; the incident wave is not added.
void scatter(const Problem& problem, std::span<std::complex<double>> field);
