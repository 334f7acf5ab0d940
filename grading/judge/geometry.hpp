// Obstacles and grids at random: what the families about the scattered wave make their inputs of.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "random.hpp"

namespace grading {

struct Point {
    double x;
    double y;
};

/// Points nearer to the contour than this are compared nowhere: rounding alone decides on which side they
/// are.
inline constexpr double too_close_to_tell = 1e-9;
/// Points so near to the contour are on one side or the other by digits that only a double has.
inline constexpr double hair_breadth = 2e-6;

/// The distance from a point to the nearest point of the segment from `start` to `end`.
double distance(Point point, Point start, Point end);

/// Fills `xc` and `yc` (of equal length, at least 4) with a closed contour of this kind, the last point equal
/// to the first: anticlockwise, crossing itself nowhere, stretched and moved at random and, unless its edges
/// are to stay level, turned. Throws ExerciseError, listing the kinds there are, for another name.
void make_contour(const std::string& kind, std::span<double> xc, std::span<double> yc, Random& random);

/// Whether a closed contour, whichever way it runs, has no dents.
bool is_convex(std::span<const double> xc, std::span<const double> yc);

/// Throws ExerciseError, listing the kinds there are, when there is no such contour or no such grid.
void check_contour(const std::string& kind);
void check_grid(const std::string& kind);

/// Whether the lines of such a grid are all equally far apart.
bool has_even_lines(const std::string& grid);

/// A grid around an obstacle or, if it is a strip "above" or "beside" it, next to it. "wide", "close" and
/// "vertices" have such lines along both axes. "touching": rows across the obstacle, and columns that meet
/// one of them each hardly beside the contour.
void make_grid(const std::string& kind, double wavelength, std::span<const double> xc,
               std::span<const double> yc, std::span<double> x, std::span<double> y, Random& random);

/// The grid lines along one axis, in ascending order; `contour` holds that coordinate of the obstacle.
/// "wide": as in the course's problem, evenly spaced from `before` the obstacle to `after` it. "close":
/// hardly beyond it, many observer points inside; one line passes very near to a segment's midpoint, on its
/// upper side, the same segment's on both axes when `random` has the same state. "close, below": the same, on
/// its lower side. "vertices": through the contour's corners. "across": evenly spaced within it. "strip":
/// few and narrow, beyond the obstacle.
void make_lines(std::string_view kind, std::span<double> lines, std::span<const double> contour,
                double before, double after, Random& random);

/// Some of the lines: evenly spread from a random start, so that each is as likely to be drawn as any other.
void draw_lines(std::span<const double> lines, std::span<double> drawn, Random& random);

/// Where each of these lines stands among all of them, which are in ascending order.
std::vector<std::size_t> places_of(std::span<const double> lines, std::span<const double> all);

/// Whose value lies at this place of an output that was written column after column, where the judge reads it
/// row after row: that point's own place.
inline std::size_t place_by_columns(std::size_t place, std::size_t columns, std::size_t rows) {
    return place % rows * columns + place / rows;
}

/// How many points of the grid, its lines in ascending order, lie outside of the contour.
std::size_t points_outside(std::span<const double> xc, std::span<const double> yc, std::span<const double> x,
                           std::span<const double> y);

}  // namespace grading
