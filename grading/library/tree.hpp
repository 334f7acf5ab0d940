// Two trees, as the lesson scatter-tree walks them: the contour cut into pieces, each thinned out to the few
// sources that stand for it far away, and the grid's axes cut into intervals, with the matrices that lead
// from one level to the next.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "chebyshev.hpp"
#include "direct_sum.hpp"
#include "expansion.hpp"
#include "scan_line.hpp"
#include "scatter.hpp"
#include "segments.hpp"

namespace wave {

/// A tile and a piece of the contour are far from each other when the gap between them is this many times the
/// larger of the tile's half width and half the piece's length. At a distance d beyond the end of an interval
/// of half width 1, each node divides the error of an interpolation by 1 + d + sqrt((1 + d)² − 1), here 5.3
/// (L. N. Trefethen, Approximation Theory and Approximation Practice, chapter 8).
constexpr double far_enough = 1.75;

/// How many nodes an interval needs from whose middle to whose end a wave turns by so many radians: until
/// there is a node for each radian or so the polynomial knows nothing of it, and from then on each further
/// node divides the error by a growing factor. In a small interval it is the nearest source that counts.
inline std::size_t nodes_needed(double radians, double more) {
    return static_cast<std::size_t>(std::ceil(more + std::max(2.0, 1.5 * radians)));
}
constexpr double more_in_a_tile = 8.0;
constexpr double more_in_a_piece = 9.0;

struct Box {
    double x, y, half_width_x, half_width_y;

    [[nodiscard]] double half_width() const { return std::max(half_width_x, half_width_y); }
};

/// The distance between two boxes; 0 when they meet.
inline double gap(const Box& a, const Box& b) {
    const double dx = std::max(std::abs(a.x - b.x) - a.half_width_x - b.half_width_x, 0.0);
    const double dy = std::max(std::abs(a.y - b.y) - a.half_width_y - b.half_width_y, 0.0);
    return std::sqrt(dx * dx + dy * dy);
}

/// A piece of the contour: its segments, and the sources that stand for them far away. A source is like a
/// segment that lies anywhere on the contour.
struct Piece {
    Range segments{0, 0};
    Box box{};
    double half_length = 0.0;
    std::vector<double>
        places;  ///< of the sources: their distance from the first midpoint, along the contour
    std::vector<Segment> sources;
    bool has_halves = false;  ///< of piece n they are the pieces 2 n and 2 n + 1
};

/// Which pieces a tile sums over at its nodes, and which are too near for that.
struct Neighbours {
    std::vector<std::size_t> far, near;
};

/// The contour cut into halves again and again. Within a parallel region of OpenMP all threads that wait take
/// part in the work.
class Contour {
  public:
    explicit Contour(const Problem& problem)
        : wave_{problem.kx, problem.ky}, k_(wavenumber(problem)), segments_(segments_of(problem)) {
        places_.push_back(0.0);
        for (std::size_t s = 0; s < segments_.size(); ++s) {
            const Vector step = segments_[(s + 1) % segments_.size()].middle - segments_[s].middle;
            places_.push_back(places_.back() + std::sqrt(dot(step, step)));
        }
        std::size_t count = 2;  // number 0 is nobody
        for (std::size_t longest = segments_.size(); longest > fewest_segments; longest -= longest / 2)
            count *= 2;
        pieces_.resize(count);
        make_piece(whole(), {0, segments_.size()});
    }

    [[nodiscard]] static std::size_t whole() { return 1; }
    [[nodiscard]] const Piece& piece(std::size_t number) const { return pieces_[number]; }
    [[nodiscard]] std::span<const Segment> segments(std::size_t number) const {
        const Range range = pieces_[number].segments;
        return std::span(segments_).subspan(range.first, range.size());
    }

    /// Which of the pieces are far from the tile; one that is not is cut, as long as it is larger than the
    /// tile.
    void sort(const Box& tile, std::span<const std::size_t> pieces, Neighbours& neighbours) const {
        const double half_width = tile.half_width();
        neighbours.far.clear();
        neighbours.near.clear();
        std::vector<std::size_t> waiting(pieces.begin(), pieces.end());
        while (!waiting.empty()) {
            const std::size_t number = waiting.back();
            const Piece& piece = pieces_[number];
            waiting.pop_back();
            if (gap(tile, piece.box) >= far_enough * std::max(half_width, piece.half_length)) {
                neighbours.far.push_back(number);
            } else if (piece.has_halves && piece.half_length > smaller_than_a_tile * half_width) {
                waiting.push_back(2 * number);
                waiting.push_back(2 * number + 1);
            } else {
                neighbours.near.push_back(number);
            }
        }
    }

  private:
    static constexpr std::size_t fewest_segments = 8;
    static constexpr std::size_t worth_a_task = 128;  ///< segments
    static constexpr double smaller_than_a_tile = 0.7;
    /// A piece that was thinned out may send so much else than its sources did; an incident wave is 1.
    static constexpr double deviation_allowed = 5e-8;

    void make_piece(std::size_t number, Range segments) {
        Piece& piece = pieces_[number];
        piece.segments = segments;
        piece.half_length = 0.5 * (places_[segments.last - 1] - places_[segments.first]);
        piece.has_halves = segments.size() > fewest_segments;
        if (piece.has_halves) {
            const std::size_t middle = (segments.first + segments.last) / 2;
#pragma omp task if (segments.size() >= worth_a_task)
            make_piece(2 * number, {segments.first, middle});
            make_piece(2 * number + 1, {middle, segments.last});
#pragma omp taskwait
            for (const std::size_t half : {2 * number, 2 * number + 1}) {
                const Piece& from = pieces_[half];
                piece.places.insert(piece.places.end(), from.places.begin(), from.places.end());
                piece.sources.insert(piece.sources.end(), from.sources.begin(), from.sources.end());
            }
        } else {
            for (std::size_t s = segments.first; s < segments.last; ++s) {
                piece.places.push_back(places_[s]);
                piece.sources.push_back(segments_[s]);
            }
        }
        piece.box = box_around(piece.sources);
        thin_out(piece);
    }

    static Box box_around(std::span<const Segment> sources) {
        const auto [left, right] = std::ranges::minmax(sources, {}, [](auto& s) { return s.middle.x; });
        const auto [bottom, top] = std::ranges::minmax(sources, {}, [](auto& s) { return s.middle.y; });
        return {0.5 * (left.middle.x + right.middle.x), 0.5 * (bottom.middle.y + top.middle.y),
                0.5 * (right.middle.x - left.middle.x), 0.5 * (top.middle.y - bottom.middle.y)};
    }

    /// Replaces a piece's sources by fewer. The wave of a source with its phase, seen from far away, is a
    /// smooth function f of its place on the contour, so that f(place) = Σ_q L_q(place) f(node_q). Then
    /// Σ_s strength_s f(place_s) is the same as Σ_q (Σ_s L_q(place_s) strength_s) f(node_q): the matrix of an
    /// interpolation, transposed, takes the strengths to the nodes. It holds where the contour itself is
    /// smooth. So what the nodes send is compared with what the sources sent: at a corner they stay as they
    /// are.
    void thin_out(Piece& piece) const {
        constexpr double worth_it = 1.3;
        const Segment& first = piece.sources.front();
        const Segment& last = piece.sources.back();
        // From the middle to the end the distance changes by half the length at most, the incident wave's
        // phase as the wave runs past it.
        const double radians =
            k_ * piece.half_length + 0.5 * std::abs(dot(wave_, last.middle - first.middle));
        const std::size_t count = nodes_needed(radians, more_in_a_piece);
        if (static_cast<double>(piece.sources.size()) < worth_it * static_cast<double>(count)) return;
        const ChebyshevNodes nodes(piece.places.front(), piece.places.back(), count);
        std::vector<Segment> fewer;
        fewer.reserve(count);
        for (const double place : nodes.points())
            fewer.push_back(silent_source(position(place), wave_));
        std::vector<double> weights(count);
        for (std::size_t s = 0; s < piece.sources.size(); ++s) {
            const Segment& source = piece.sources[s];
            nodes.weigh(piece.places[s], weights);
            for (std::size_t q = 0; q < count; ++q) {
                fewer[q].monopole += weights[q] * source.monopole;
                fewer[q].dipole.x += weights[q] * source.dipole.x;
                fewer[q].dipole.y += weights[q] * source.dipole.y;
            }
        }
        if (!(deviation(piece, fewer) <= deviation_allowed)) return;
        piece.places.assign(nodes.points().begin(), nodes.points().end());
        piece.sources = std::move(fewer);
    }

    /// How far what the new sources send is from what the old ones sent, at points around the piece that are
    /// just far enough.
    [[nodiscard]] double deviation(const Piece& piece, std::span<const Segment> sources) const {
        using Kernel = Block<Digits8, 2>;
        Points before;
        const double x = piece.box.half_width_x + far_enough * piece.half_length;
        const double y = piece.box.half_width_y + far_enough * piece.half_length;
        for (std::size_t n = 0; n < 16; ++n) {
            const double angle = static_cast<double>(n) * std::numbers::pi / 8;
            const double to_the_frame = 1.0 / std::max(std::abs(std::cos(angle)), std::abs(std::sin(angle)));
            before.add(piece.box.x + x * to_the_frame * std::cos(angle),
                       piece.box.y + y * to_the_frame * std::sin(angle), n);
        }
        Points after = before;
        add_waves<Kernel>(piece.sources, k_, before);
        add_waves<Kernel>(sources, k_, after);
        double largest = 0.0;
        for (std::size_t n = 0; n < before.place.size(); ++n)
            largest = std::max(largest, std::hypot(after.real[n] - before.real[n],
                                                   after.imaginary[n] - before.imaginary[n]));
        return largest;
    }

    /// A place between two midpoints, from the six around it. Their distances are taken in units of the
    /// largest: the fifth power of a length in any unit may be more or less than a double can hold.
    [[nodiscard]] Vector position(double place) const {
        const auto count = static_cast<std::ptrdiff_t>(segments_.size());
        const auto first = std::ranges::upper_bound(places_, place) - places_.begin() - 3;
        const double unit = place_of(first + 5) - place_of(first);
        std::array<double, 6> at{};
        for (std::ptrdiff_t n = 0; n < 6; ++n)
            at[static_cast<std::size_t>(n)] = (place_of(first + n) - place) / unit;
        Vector result{0.0, 0.0};
        for (std::size_t n = 0; n < 6; ++n) {
            double above = 1.0, below = 1.0;
            for (std::size_t other = 0; other < 6; ++other) {
                if (other == n) continue;
                above *= at[other];
                below *= at[other] - at[n];
            }
            const std::ptrdiff_t s = (first + static_cast<std::ptrdiff_t>(n) + count) % count;
            const Vector middle = segments_[static_cast<std::size_t>(s)].middle;
            result.x += above / below * middle.x;
            result.y += above / below * middle.y;
        }
        return result;
    }

    /// Of segment s, counted on beyond the first and the last.
    [[nodiscard]] double place_of(std::ptrdiff_t s) const {
        const auto count = static_cast<std::ptrdiff_t>(segments_.size());
        const double turns = s < 0 ? -1.0 : s >= count ? 1.0 : 0.0;
        return places_[static_cast<std::size_t>((s + count) % count)] + turns * places_.back();
    }

    Vector wave_;
    double k_;
    std::vector<Segment> segments_;
    std::vector<double> places_;  ///< of the midpoints, and once more of the first
    std::vector<Piece> pieces_;
};

/// Grid lines along one axis as a tile has them, with the matrices that all tiles of a column (or row) share.
/// The last step, to the grid, may be in numbers of another type.
template <typename Number>
struct Interval {
    Range lines;
    double middle = 0.0, half_width = 0.0;
    ChebyshevNodes nodes;
    Matrix from_parent;         ///< from the nodes of the interval that this is a half of
    MatrixOf<Number> to_lines;  ///< empty where tiles are never interpolated to the grid
};

/// One axis, cut into parts of equal width, these into halves, and so on: the nodes of a level's intervals
/// lie in the same places around their middles, and within the interval that theirs is a half of.
template <typename Number>
class Axis {
  public:
    enum class Transposed : bool { no, yes };

    Axis(std::span<const double> positions, double k, std::size_t levels, Transposed transposed)
        : transposed_(transposed) {
        std::size_t parts = coarsest;
        for (std::size_t level = 0; level < levels; ++level, parts *= 2) {
            is_too_coarse_.push_back(level + 1 < levels && positions.size() / parts > largest);
            levels_.push_back(cut(positions, k, parts));
        }
    }

    /// The fewest levels give tiles of a few wavelengths: larger ones need more nodes for the same points.
    static constexpr std::size_t coarsest = 4;
    /// Where tiles would have more lines on an evenly spaced grid they are cut, whether or not anything is
    /// near: interpolation to the grid costs as many operations for each point as there are nodes in a
    /// direction.
    static constexpr std::size_t largest = 64;

    /// How often so many lines can be cut until a tile has no more than `smallest`; once at least.
    static std::size_t levels_of(std::size_t lines, std::size_t smallest) {
        std::size_t levels = 1;
        for (std::size_t parts = coarsest; lines / parts > smallest; parts *= 2)
            ++levels;
        return levels;
    }

    [[nodiscard]] const Interval<Number>& at(std::size_t level, std::size_t part) const {
        return levels_[level][part];
    }

    /// The nodes of a level's intervals, as they lie around the middle of each.
    [[nodiscard]] ChebyshevNodes nodes_around_middle(std::size_t level) const {
        const Interval<Number>& interval = levels_[level].front();
        return {-interval.half_width, interval.half_width, interval.nodes.count()};
    }
    /// Whether a level's tiles are cut in any case, and never interpolated to the grid.
    [[nodiscard]] bool is_too_coarse(std::size_t level) const { return is_too_coarse_[level]; }
    [[nodiscard]] double half_width(std::size_t level) const { return levels_[level].front().half_width; }

  private:
    [[nodiscard]] std::vector<Interval<Number>> cut(std::span<const double> positions, double k,
                                                    std::size_t parts) const {
        const double no_width = 1e-3 / k;  // nodes of a single line must not fall together
        const double width = (positions.back() - positions.front()) / static_cast<double>(parts);
        const auto end_of = [&](std::size_t part) {
            return positions.front() + static_cast<double>(part) * width;
        };
        const auto line_at = [&](double position) {
            return static_cast<std::size_t>(std::ranges::lower_bound(positions, position) -
                                            positions.begin());
        };
        const double half_width = std::max(0.5 * width, no_width);
        const std::size_t count = nodes_needed(k * half_width, more_in_a_tile);
        std::vector<Interval<Number>> intervals(parts);
        for (std::size_t part = 0; part < parts; ++part) {
            Interval<Number>& interval = intervals[part];
            interval.lines = {line_at(end_of(part)),
                              part + 1 < parts ? line_at(end_of(part + 1)) : positions.size()};
            interval.middle = 0.5 * (end_of(part) + end_of(part + 1));
            interval.half_width = half_width;
            interval.nodes = {interval.middle - half_width, interval.middle + half_width, count};
            if (interval.lines.size() == 0) continue;
            if (!levels_.empty())
                interval.from_parent =
                    matrix<double>(levels_.back()[part / 2].nodes, interval.nodes.points());
            if (!is_too_coarse_.back())
                interval.to_lines = matrix<Number>(
                    interval.nodes, positions.subspan(interval.lines.first, interval.lines.size()));
        }
        return intervals;
    }

    template <typename Entry>
    [[nodiscard]] MatrixOf<Entry> matrix(const ChebyshevNodes& nodes, std::span<const double> to) const {
        return transposed_ == Transposed::yes ? nodes.transposed_to<Entry>(to) : nodes.to<Entry>(to);
    }

    Transposed transposed_;
    std::vector<bool> is_too_coarse_;
    std::vector<std::vector<Interval<Number>>> levels_;
};

/// The expansions of a level's tiles: how near a source may be follows from what is far enough.
template <typename Number>
ExpansionBasis expansion_basis(const Axis<Number>& x, const Axis<Number>& y, std::size_t level, double k) {
    const double half_width_x = x.half_width(level), half_width_y = y.half_width(level);
    return {x.nodes_around_middle(level), y.nodes_around_middle(level), k,
            std::min(half_width_x, half_width_y) + far_enough * std::max(half_width_x, half_width_y)};
}

}  // namespace wave
