// 13-scatter-inside: Inside or outside, a row at a time
//
// TODO: Every point of the grid asks every segment. Points of one row have nearly all of the answer in
// common: find it once for each row.
//
// Check it with `make check EX=13`; the lesson is README.md beside this file.

#include "inside.hpp"

#include <cstddef>

namespace {

/// Whether the point lies inside: a ray to the right then crosses the contour an odd number of times.
bool is_inside(const InsideProblem& problem, double px, double py) {
    bool inside = false;
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const double x0 = problem.xc[s];
        const double y0 = problem.yc[s];
        const double x1 = problem.xc[s + 1];
        const double y1 = problem.yc[s + 1];
        const bool spans_the_ray = (y0 > py) != (y1 > py);
        if (spans_the_ray && px < x0 + (x1 - x0) * ((py - y0) / (y1 - y0))) {
            inside = !inside;
        }
    }
    return inside;
}

}  // namespace

void inside(const InsideProblem& problem, std::span<unsigned char> mask) {
    std::size_t point = 0;
    for (const double y : problem.y) {
        for (const double x : problem.x) {
            mask[point] = is_inside(problem, x, y) ? 1 : 0;
            ++point;
        }
    }
}
