// How far off the values of a scattered field may be; where a point lies to the obstacle and in the wave.
#include "scatter_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "rounding.hpp"

namespace grading {
namespace {

using std::numbers::pi;

std::vector<ContourSegment> segments_of(std::span<const double> xc, std::span<const double> yc) {
    std::vector<ContourSegment> segments;
    for (std::size_t j = 0; j + 1 < xc.size(); ++j) {
        const Point start{xc[j], yc[j]};
        const Point end{xc[j + 1], yc[j + 1]};
        const double length = std::hypot(end.x - start.x, end.y - start.y);
        segments.push_back({.start = start,
                            .end = end,
                            .midpoint = {(start.x + end.x) / 2, (start.y + end.y) / 2},
                            .length = length,
                            .normal = {-(end.y - start.y) / length, (end.x - start.x) / length}});
    }
    return segments;
}

/// Its distance to the origin.
double farthest_corner(std::span<const ContourSegment> segments) {
    double farthest = 0;
    for (const ContourSegment& segment : segments)
        farthest = std::max(farthest, std::hypot(segment.start.x, segment.start.y));
    return farthest;
}

/// From a segment to a point.
struct Way {
    double r;       ///< from the segment's midpoint
    double facing;  ///< the cosine between this way and the normal, without its sign
};

Way way_between(const ContourSegment& segment, Point point) {
    const Point away{point.x - segment.midpoint.x, point.y - segment.midpoint.y};
    const double r = std::hypot(away.x, away.y);
    return {r, std::abs(segment.normal.x * away.x + segment.normal.y * away.y) / r};
}

/// An upper bound for the magnitude of a segment's contribution, without a Bessel function: |H0(z)|² <= 2 /
/// (πz), and |H1(z)|² <= 2 / (πz) · (1 + 2 / (πz)) up to a few per cent (DLMF 10.18).
double contribution_bound(const ContourSegment& segment, Way to, Point wave_vector) {
    const double k = std::hypot(wave_vector.x, wave_vector.y);
    const double h0_squared = 2 / (pi * k * to.r);
    const double h1_squared = h0_squared * (1 + h0_squared);
    const double n_dot_k = std::abs(segment.normal.x * wave_vector.x + segment.normal.y * wave_vector.y);
    return segment.length / 4 * (std::sqrt(h0_squared) * n_dot_k + std::sqrt(h1_squared) * k * to.facing);
}

/// How far off a segment's contribution may be as coordinates are rounded, which matters very near to the
/// segment. Midpoint and difference lose at most 4 u (|p| + |e|), with e the corner of the contour that is
/// farthest from the origin: where the midpoint lies near the origin, it is no better known than the ends;
/// nor if everything is moved first. A contribution changes at most four times as fast, relatively, as r
/// does: relatively to what it would be in front of the segment, as the little that is left in line with it
/// turns with the way to p. `coordinates` is |p| + |e|.
double rounding_of_coordinates(const ContourSegment& segment, double r, double coordinates,
                               Point wave_vector) {
    return 16 * unit_roundoff * coordinates / r * contribution_bound(segment, {r, 1}, wave_vector);
}

/// Which points of a grid lie so near to a segment's midpoint that its contribution is larger than the
/// incident wave: it grows as length / (2π · distance).
std::vector<bool> beside_midpoints(std::span<const ContourSegment> segments, std::span<const double> x,
                                   std::span<const double> y) {
    std::vector<bool> beside(x.size() * y.size());
    for (const ContourSegment& segment : segments) {
        const double near = segment.length / 8;
        const auto between = [near](std::span<const double> lines, double middle) {
            return std::pair(std::ranges::lower_bound(lines, middle - near) - lines.begin(),
                             std::ranges::upper_bound(lines, middle + near) - lines.begin());
        };
        const auto [left, right] = between(x, segment.midpoint.x);
        const auto [bottom, top] = between(y, segment.midpoint.y);
        for (auto j = static_cast<std::size_t>(bottom); j < static_cast<std::size_t>(top); ++j)
            for (auto i = static_cast<std::size_t>(left); i < static_cast<std::size_t>(right); ++i)
                if (std::hypot(x[i] - segment.midpoint.x, y[j] - segment.midpoint.y) < near)
                    beside[j * x.size() + i] = true;
    }
    return beside;
}

}  // namespace

ScatterBound::ScatterBound(const Tolerance& tolerance, const BatchView& truth, const BatchView& got,
                           std::size_t item)
    : factor_(tolerance.factor),
      wave_vector_{got.input(item, 4)[0], got.input(item, 4)[1]},
      segments_(segments_of(got.input(item, 0), got.input(item, 1))),
      farthest_corner_(farthest_corner(segments_)) {
    if (tolerance.bound == "field")
        largest_ = largest_value(truth, item, truth.output(item, 0).size() < got.output(item, 0).size());
}

double ScatterBound::at(Point observer, std::complex<double> expected) const {
    const double size = std::sqrt(std::norm(expected));
    if (largest_ && size <= *largest_) return factor_ * *largest_;
    const double coordinates = std::hypot(observer.x, observer.y) + farthest_corner_;
    double sizes = 0, rounding = 0;
    for (const ContourSegment& segment : segments_) {
        const Way to = way_between(segment, observer);
        sizes += contribution_bound(segment, to, wave_vector_);
        rounding += rounding_of_coordinates(segment, to.r, coordinates, wave_vector_);
    }
    return factor_ * (largest_ ? size : sizes) + rounding;
}

double ScatterBound::distance_to_contour(Point observer) const {
    double nearest = std::numeric_limits<double>::infinity();
    for (const ContourSegment& segment : segments_)
        nearest = std::min(nearest, distance(observer, segment.start, segment.end));
    return nearest;
}

double ScatterBound::wavelength() const {
    return 2 * pi / std::hypot(wave_vector_.x, wave_vector_.y);
}

std::complex<double> ScatterBound::incident_wave(Point observer) const {
    return std::polar(1.0, wave_vector_.x * observer.x + wave_vector_.y * observer.y);
}

/// The largest value, but for those beside a midpoint: there it may be a million, and would excuse
/// whatever is wrong elsewhere. Of an excerpt it says little: in front of an obstacle the field is at
/// least about as large as two incident waves.
double ScatterBound::largest_value(const BatchView& truth, std::size_t item, bool excerpt) const {
    const auto beside = beside_midpoints(segments_, truth.input(item, 2), truth.input(item, 3));
    const auto field = truth.output(item, 0);
    double largest_squared = excerpt ? 4 : 0;
    for (std::size_t point = 0; point < beside.size(); ++point)
        if (!beside[point]) largest_squared = std::max(largest_squared, std::norm(value_at(field, point)));
    return std::sqrt(largest_squared);
}

}  // namespace grading
