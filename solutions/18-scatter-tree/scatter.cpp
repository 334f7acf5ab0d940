// The scattered wave by two trees: tiles of the grid that inherit from larger tiles, and pieces of the
// contour that are thinned out for whoever is far away.
//
// In the lesson before, each tile sums over all segments by itself. Two things are then computed over and
// over. A small tile and the large one around it see the same far segments, and what these send is as smooth
// on the small tile as on the large one: so it is computed once, for the large tile, and handed down by
// interpolation. And a hundred neighbouring segments, seen from far away, are as good as ten: the same
// polynomials, turned round, put the strengths of the hundred into ten. What is left for each tile are a few
// dozen sources, however many segments there are and however small the tile is.
#include "scatter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "chebyshev.hpp"
#include "point_sources.hpp"
#include "scan_line.hpp"

namespace {

using Complex = std::complex<double>;
using wave::ChebyshevNodes;
using wave::Matrix;
using wave::NodeValues;
using wave::Range;
using wave::Source;

/// A tile and a piece of the contour are far from each other when the gap between them is this many times the
/// larger of the tile's half width and half the piece's length.
constexpr double far_enough = 1.5;

/// Nodes for an interval of this half width: as in the lesson before, so many more than it needs by its
/// phase.
std::size_t nodes_needed(double k_half_width, double more) {
    return static_cast<std::size_t>(std::ceil(more + std::max(1.0, 1.5 * k_half_width)));
}
constexpr double more_in_a_tile = 8.0;
constexpr double more_in_a_piece = 10.5;  // the sources' errors have no grid points between which to hide

struct Box {
    double x, y, half_width_x, half_width_y;
};

/// The distance between two boxes; 0 when they meet.
double gap(const Box& a, const Box& b) {
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
        : k_(std::hypot(problem.kx, problem.ky)), segments_(wave::sources_of(problem)) {
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

/// Points and what has been summed up for them, padded to whole vectors.
struct Points {
    std::vector<double> x, y, real, imaginary;

    void add(double px, double py) {
        x.push_back(px);
        y.push_back(py);
    }
};

class TreeField {
  public:
    TreeField(const Problem& problem, std::span<Complex> field)
        : problem_(problem),
          field_(field),
          k_(std::hypot(problem.kx, problem.ky)),
          contour_(problem),
          inside_(problem),
          x_(problem.x, k_, Axis::Transposed::yes),
          y_(problem.y, k_, Axis::Transposed::no),
          levels_(std::min(x_.levels(), y_.levels())) {}

    void compute() {
        for (std::size_t j = 0; j < Axis::coarsest; ++j)
            for (std::size_t i = 0; i < Axis::coarsest; ++i)
                fill(0, i, j, {contour_.whole()}, nullptr);
        for (std::size_t j = 0; j < problem_.y.size(); ++j)
            for (const Range range : inside_.row(j))
                std::fill(point(range.first, j), point(range.last, j), Complex(0.0));
    }

  private:
    /// The sources that a tile is to sum over at its nodes, and the pieces that are too near for that.
    struct Neighbours {
        std::vector<std::span<const Source>> far;
        std::vector<std::size_t> near;
    };

    [[nodiscard]] Complex* point(std::size_t i, std::size_t j) {
        return field_.data() + j * problem_.x.size() + i;
    }

    /// Tile (i, j) of a level. `pieces` are those that its parent found too near; all others are in `parent`.
    void fill(std::size_t level, std::size_t i, std::size_t j, const std::vector<std::size_t>& pieces,
              const NodeValues* parent) {
        const Interval& x = x_.level(level)[i];
        const Interval& y = y_.level(level)[j];
        if (x.lines.size() == 0 || y.lines.size() == 0 || inside_.covers(x.lines, y.lines)) return;
        const Neighbours neighbours = sort(x, y, pieces);
        NodeValues values = parent != nullptr ? wave::resampled(*parent, y.from_parent, x.from_parent)
                                              : NodeValues(y.nodes.count(), x.nodes.count());
        add_far(values, x, y, neighbours.far);
        const bool large = std::max(x.lines.size(), y.lines.size()) > Axis::largest;
        if (level + 1 < levels_ && (large || !neighbours.near.empty())) {
            for (const std::size_t half_j : {2 * j, 2 * j + 1})
                for (const std::size_t half_i : {2 * i, 2 * i + 1})
                    fill(level + 1, half_i, half_j, neighbours.near, &values);
            return;
        }
        wave::interpolate(values, y.to_lines, x.to_lines, point(x.lines.first, y.lines.first),
                          problem_.x.size());
        if (!neighbours.near.empty()) add_near(x.lines, y.lines, neighbours.near);
    }

    /// Which of the pieces are far from the tile; one that is not is cut, as long as it is larger than the
    /// tile.
    [[nodiscard]] Neighbours sort(const Interval& x, const Interval& y,
                                  std::vector<std::size_t> pieces) const {
        const Box box{x.middle, y.middle, x.half_width, y.half_width};
        const double half_width = std::max(x.half_width, y.half_width);
        Neighbours neighbours;
        while (!pieces.empty()) {
            const std::size_t number = pieces.back();
            const Piece& piece = contour_.piece(number);
            pieces.pop_back();
            if (gap(box, piece.box) >= far_enough * std::max(half_width, piece.half_length)) {
                neighbours.far.emplace_back(piece.sources);
            } else if (piece.first_half != 0 && piece.half_length > 0.7 * half_width) {
                pieces.push_back(piece.first_half);
                pieces.push_back(piece.second_half);
            } else {
                neighbours.near.push_back(number);
            }
        }
        return neighbours;
    }

    /// What the far sources send to the tile's nodes.
    void add_far(NodeValues& values, const Interval& x, const Interval& y,
                 const std::vector<std::span<const Source>>& far) const {
        Points points;
        for (const double node_y : y.nodes.points())
            for (const double node_x : x.nodes.points())
                points.add(node_x, node_y);
        sum_up(points, far);
        for (std::size_t n = 0; n < values.real.values.size(); ++n) {
            values.real.values[n] += points.real[n];
            values.imaginary.values[n] += points.imaginary[n];
        }
    }

    /// What the near segments send to the tile's points outside.
    void add_near(Range columns, Range rows, const std::vector<std::size_t>& near) {
        Points points;
        std::vector<Complex*> places;
        for (std::size_t j = rows.first; j < rows.last; ++j) {
            inside_.for_each_outside(j, columns, [&](Range range) {
                for (std::size_t i = range.first; i < range.last; ++i) {
                    points.add(problem_.x[i], problem_.y[j]);
                    places.push_back(point(i, j));
                }
            });
        }
        std::vector<std::span<const Source>> segments;
        for (const std::size_t number : near)
            segments.push_back(contour_.segments(contour_.piece(number)));
        sum_up(points, segments);
        for (std::size_t n = 0; n < places.size(); ++n)
            *places[n] += Complex(points.real[n], points.imaginary[n]);
    }

    /// Several vectors of points at a time, as the direct sum does.
    void sum_up(Points& points, const std::vector<std::span<const Source>>& sources) const {
        using Vector = wave::stdx::native_simd<double>;
        constexpr std::size_t width = Vector::size();
        while (points.x.size() % width != 0)
            points.add(points.x.back(), points.y.back());
        points.real.assign(points.x.size(), 0.0);
        points.imaginary.assign(points.x.size(), 0.0);
        const auto add = [&]<std::size_t vectors>(std::size_t first) {
            for (const auto some : sources)
                wave::add_waves<wave::Digits6, Vector, vectors>(some, k_ * k_, &points.x[first],
                                                                &points.y[first], &points.real[first],
                                                                &points.imaginary[first]);
            return first + vectors * width;
        };
        std::size_t first = 0;
        while (first + 4 * width <= points.x.size())
            first = add.template operator()<4>(first);
        while (first < points.x.size())
            first = add.template operator()<1>(first);
    }

    const Problem& problem_;
    std::span<Complex> field_;
    double k_;
    Contour contour_;
    wave::Inside inside_;
    Axis x_, y_;
    std::size_t levels_;
};

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    TreeField(problem, field).compute();
}
