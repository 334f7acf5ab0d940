// What depends on a segment of the contour alone, computed once: the lesson 12-scatter-bessel says how the
// formula becomes these eight numbers.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "scatter.hpp"

namespace wave {

struct Vector {
    double x;
    double y;
};

inline Vector operator-(Vector a, Vector b) {
    return {a.x - b.x, a.y - b.y};
}

inline double dot(Vector a, Vector b) {
    return a.x * b.x + a.y * b.y;
}

/// A segment contributes  e^{i k·m} ( monopole H0(x) + i (dipole · d) H1(x) / x )  to the wave at p, with
/// d = p − m and x = k |d|. Eight numbers, one cache line.
struct alignas(64) Segment {
    Vector middle;      // m
    Vector dipole;      // −shadow ds k² n / 4
    double monopole;    // ds (n·k) / 4
    double half_turns;  // k·m / π − 1/4, without whole turns: what add_far_wave() takes
    Vector wave;        // e^{i k·m}
};

/// A source of no strength yet.
inline Segment silent_source(Vector middle, Vector k) {
    const double phase = dot(k, middle);
    // Whole turns are taken off before anything is added: added to x, a large phase would cost x its last
    // digits.
    const double turns = 0.5 * std::numbers::inv_pi * phase;
    const double half_turns = 2.0 * (turns - std::nearbyint(turns)) - 0.25;
    return {middle, {0.0, 0.0}, 0.0, half_turns, {std::cos(phase), std::sin(phase)}};
}

/// Whether the segment along this tangent faces the wave, n·k > 0. Compared, not subtracted: of two products
/// that are equal a fused multiply-add rounds one only, and finds a difference of either sign.
inline bool faces_wave(Vector tangent, Vector k) {
    return tangent.x * k.y > tangent.y * k.x;
}

inline Segment segment_between(Vector p0, Vector p1, Vector k) {
    const Vector tangent = p1 - p0;
    const double ds = std::sqrt(dot(tangent, tangent));
    const Vector normal = {-tangent.y / ds, tangent.x / ds};
    const double dipole = (faces_wave(tangent, k) ? -0.25 : 0.25) * ds * dot(k, k);
    Segment segment = silent_source({0.5 * (p0.x + p1.x), 0.5 * (p0.y + p1.y)}, k);
    segment.dipole = {dipole * normal.x, dipole * normal.y};
    segment.monopole = 0.25 * ds * dot(normal, k);
    return segment;
}

inline std::vector<Segment> segments_of(const Problem& problem) {
    std::vector<Segment> segments;
    segments.reserve(problem.xc.size());
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const Vector p0 = {problem.xc[s], problem.yc[s]};
        const Vector p1 = {problem.xc[s + 1], problem.yc[s + 1]};
        segments.push_back(segment_between(p0, p1, {problem.kx, problem.ky}));
    }
    return segments;
}

inline double wavenumber(const Problem& problem) {
    return std::sqrt(problem.kx * problem.kx + problem.ky * problem.ky);
}

}  // namespace wave
