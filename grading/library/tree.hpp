// Two trees, as the lesson scatter-tree builds them: the contour cut into pieces, each thinned out to the few
// sources that stand for it far away, and the grid's axes cut into intervals with the matrices that lead from
// one level to the next.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "chebyshev.hpp"
#include "point_sources.hpp"
#include "scan_line.hpp"
#include "scatter.hpp"

namespace wave {

/// A tile and a piece of the contour are far from each other when the gap between them is this many times the
/// larger of the tile's half width and half the piece's length.
constexpr double far_enough = 1.5;

/// Nodes for an interval of this half width: as in the lesson before, so many more than it needs by its
/// phase.
inline std::size_t nodes_needed(double k_half_width, double more) {
    return static_cast<std::size_t>(std::ceil(more + std::max(1.0, 1.5 * k_half_width)));
}
constexpr double more_in_a_tile = 8.0;
constexpr double more_in_a_piece = 10.5;  // the sources' errors have no grid points between which to hide

struct Box {
    double x, y, half_width_x, half_width_y;
};

/// The distance between two boxes; 0 when they meet.
inline double gap(const Box& a, const Box& b) {
    const double dx = std::max(std::abs(a.x - b.x) - a.half_width_x - b.half_width_x, 0.0);
    const double dy = std::max(std::abs(a.y - b.y) - a.half_width_y - b.half_width_y, 0.0);
    return std::sqrt(dx * dx + dy * dy);
}

/// A piece of the contour: its segments, and the few sources that stand for them far away.
struct Piece {
    Range segments;
    Box box;
    double half_length;
    std::vector<double> places;  ///< of the sources, on the contour: segment 3's midpoint is at 3.0
    std::vector<Source> sources;
    std::size_t first_half = 0;  ///< of Contour::pieces; 0 where it is not cut any further
    std::size_t second_half = 0;
};

/// The contour cut into halves again and again.
class Contour {
  public:
    explicit Contour(const Problem& problem)
        : k_(std::hypot(problem.kx, problem.ky)), segments_(sources_of(problem)) {
        pieces_.emplace_back();  // number 0 is nobody
        whole_ = add_piece({0, segments_.size()});
    }

    [[nodiscard]] std::size_t whole() const { return whole_; }
    [[nodiscard]] const Piece& piece(std::size_t number) const { return pieces_[number]; }
    [[nodiscard]] std::span<const Source> segments(const Piece& piece) const {
        return std::span(segments_).subspan(piece.segments.first, piece.segments.size());
    }

  private:
    static constexpr std::size_t fewest_segments = 8;

    std::size_t add_piece(Range segments) {
        Piece piece{.segments = segments, .box = {}, .half_length = 0.0, .places = {}, .sources = {}};
        if (segments.size() <= fewest_segments) {
            for (std::size_t s = segments.first; s < segments.last; ++s) {
                piece.places.push_back(static_cast<double>(s));
                piece.sources.push_back(segments_[s]);
            }
        } else {
            const std::size_t middle = (segments.first + segments.last) / 2;
            piece.first_half = add_piece({segments.first, middle});
            piece.second_half = add_piece({middle, segments.last});
            for (const std::size_t half : {piece.first_half, piece.second_half}) {
                const Piece& from = pieces_[half];
                piece.places.insert(piece.places.end(), from.places.begin(), from.places.end());
                piece.sources.insert(piece.sources.end(), from.sources.begin(), from.sources.end());
            }
        }
        measure(piece);
        thin_out(piece);
        pieces_.push_back(std::move(piece));
        return pieces_.size() - 1;
    }

    static void measure(Piece& piece) {
        const auto [left, right] = std::ranges::minmax(piece.sources, {}, &Source::x);
        const auto [bottom, top] = std::ranges::minmax(piece.sources, {}, &Source::y);
        piece.box = {0.5 * (left.x + right.x), 0.5 * (bottom.y + top.y), 0.5 * (right.x - left.x),
                     0.5 * (top.y - bottom.y)};
        for (std::size_t s = 0; s + 1 < piece.sources.size(); ++s)
            piece.half_length += 0.5 * std::hypot(piece.sources[s + 1].x - piece.sources[s].x,
                                                  piece.sources[s + 1].y - piece.sources[s].y);
    }

    /// Replaces a piece's sources by fewer. The wave of a source, seen from far away, is a smooth function f
    /// of its place on the contour, so that f(place) = Σ_q L_q(place) f(node_q). Then Σ_s strength_s
    /// f(place_s) is the same as Σ_q (Σ_s L_q(place_s) strength_s) f(node_q): the matrix of an interpolation,
    /// transposed, takes the strengths to the nodes. It holds where the contour itself is smooth, which the
    /// coordinates tell: they must be interpolated rightly, too. Where they are not, at a corner, the sources
    /// stay as they are.
    void thin_out(Piece& piece) const {
        constexpr double worth_it = 1.3;
        constexpr double smooth_enough = 1e-7;
        const std::size_t count = nodes_needed(k_ * piece.half_length, more_in_a_piece);
        if (static_cast<double>(piece.sources.size()) < worth_it * static_cast<double>(count)) return;
        const ChebyshevNodes nodes(static_cast<double>(piece.segments.first),
                                   static_cast<double>(piece.segments.last - 1), count);
        std::vector<Source> fewer;
        for (const double place : nodes.points()) {
            const auto [x, y] = position(place);
            fewer.push_back({x, y, 0.0, 0.0, 0.0});
        }
        std::vector<double> weights(count);
        for (std::size_t s = 0; s < piece.sources.size(); ++s) {
            const Source& source = piece.sources[s];
            nodes.weigh(piece.places[s], [&](std::size_t q) -> double& { return weights[q]; });
            double x = 0.0, y = 0.0;
            for (std::size_t q = 0; q < count; ++q) {
                x += weights[q] * fewer[q].x;
                y += weights[q] * fewer[q].y;
                fewer[q].monopole += weights[q] * source.monopole;
                fewer[q].dipole_x += weights[q] * source.dipole_x;
                fewer[q].dipole_y += weights[q] * source.dipole_y;
            }
            if (std::hypot(x - source.x, y - source.y) > smooth_enough * piece.half_length) return;
        }
        piece.places.assign(nodes.points().begin(), nodes.points().end());
        piece.sources = std::move(fewer);
    }

    /// A place between two midpoints, from the six around it.
    [[nodiscard]] std::pair<double, double> position(double place) const {
        const auto count = static_cast<long>(segments_.size());
        const long first = static_cast<long>(std::floor(place)) - 2;
        double x = 0.0, y = 0.0;
        for (long s = first; s < first + 6; ++s) {
            double weight = 1.0;
            for (long other = first; other < first + 6; ++other)
                if (other != s)
                    weight *= (place - static_cast<double>(other)) / static_cast<double>(s - other);
            const Source& source = segments_[static_cast<std::size_t>((s % count + count) % count)];
            x += weight * source.x;
            y += weight * source.y;
        }
        return {x, y};
    }

    double k_;
    std::vector<Source> segments_;
    std::vector<Piece> pieces_;
    std::size_t whole_ = 0;
};

/// Grid lines along one axis as a tile has them, with the matrices that all tiles of a column (or row) share.
struct Interval {
    Range lines;
    double middle = 0.0, half_width = 0.0;
    ChebyshevNodes nodes;
    Matrix from_parent;  ///< from the nodes of the interval that this is a half of
    Matrix to_lines;     ///< empty where tiles are never interpolated to the grid
};

/// One axis, cut into equal parts, these into halves, and so on.
class Axis {
  public:
    enum class Transposed : bool { no, yes };

    Axis(std::span<const double> positions, double k, Transposed transposed) : transposed_(transposed) {
        for (std::size_t parts = coarsest;; parts *= 2) {
            levels_.push_back(cut(positions, k, parts));
            if (positions.size() / parts <= smallest) break;
        }
    }

    /// The fewest levels give tiles of a few wavelengths: larger ones need more nodes for the same points.
    static constexpr std::size_t coarsest = 4;
    /// Tiles of so many lines are not cut any further, those of more than `largest` are, whether or not
    /// anything is near: interpolation to the grid costs as many operations for each point as there are nodes
    /// in a direction.
    static constexpr std::size_t smallest = 16;
    static constexpr std::size_t largest = 64;

    [[nodiscard]] std::size_t levels() const { return levels_.size(); }
    [[nodiscard]] const std::vector<Interval>& level(std::size_t number) const { return levels_[number]; }

  private:
    [[nodiscard]] std::vector<Interval> cut(std::span<const double> positions, double k,
                                            std::size_t parts) const {
        std::vector<Interval> intervals(parts);
        double widest = 0.0;
        for (std::size_t part = 0; part < parts; ++part) {
            Interval& interval = intervals[part];
            interval.lines = {positions.size() * part / parts, positions.size() * (part + 1) / parts};
            if (interval.lines.size() == 0) continue;
            const double low = positions[interval.lines.first], high = positions[interval.lines.last - 1];
            interval.middle = 0.5 * (low + high);
            interval.half_width = 0.5 * (high - low);
            widest = std::max(widest, interval.half_width);
        }
        const std::size_t count = nodes_needed(k * widest, more_in_a_tile);
        for (std::size_t part = 0; part < parts; ++part) {
            Interval& interval = intervals[part];
            if (interval.lines.size() == 0) continue;
            interval.nodes = {interval.middle - interval.half_width, interval.middle + interval.half_width,
                              count};
            if (!levels_.empty())
                interval.from_parent = matrix(levels_.back()[part / 2].nodes, interval.nodes.points());
            if (positions.size() / parts <= largest)
                interval.to_lines =
                    matrix(interval.nodes, positions.subspan(interval.lines.first, interval.lines.size()));
        }
        return intervals;
    }

    [[nodiscard]] Matrix matrix(const ChebyshevNodes& nodes, std::span<const double> to) const {
        return transposed_ == Transposed::yes ? nodes.transposed_to(to) : nodes.to(to);
    }

    Transposed transposed_;
    std::vector<std::vector<Interval>> levels_;
};

}  // namespace wave
