// The scattered wave from few points: computed at the Chebyshev nodes of large tiles, interpolated to the
// grid.
//
// The grid has far more points than the wave has details. Away from the contour the field is a superposition
// of waves, none of them shorter than the wavelength, and a polynomial that agrees with it at a handful of
// nodes agrees with it everywhere in between. So the grid is cut into tiles, the larger the further away from
// the contour they lie, and the direct sum is taken at each tile's nodes only. Near to the contour, where the
// field changes from one segment to the next, there is no way around the direct sum at every point.
//
// One tile has too few nodes, or points, to fill whole blocks of vectors. So tiles wait until there are
// thousands of them, and are summed together.
#include "scatter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "direct_sum.hpp"
#include "scan_line.hpp"
#include "segments.hpp"

namespace {

using Complex = std::complex<double>;
using wave::Range;
using Kernel = wave::Block<wave::Digits8>;

/// How many nodes an interval of this half width needs. A wave that runs along it turns by k · half width
/// from its middle to its end; until there is a node for each radian or so the polynomial knows nothing of
/// it, and from then on each further node divides the error by a growing factor: hence 1.5 per radian and
/// nine more. In a small tile it is the nearest source that counts, which asks for `least`.
std::size_t nodes_needed(double k_half_width, double least) {
    return static_cast<std::size_t>(std::ceil(std::max(least, 9.0 + 1.5 * k_half_width)));
}

/// How far away from a tile the nearest source must lie, in half widths of the tile. At a distance d beyond
/// the end of an interval of half width 1, each node divides the error by 1 + d + sqrt((1 + d)² − 1), 4.8 for
/// d = 1.5 (L. N. Trefethen, Approximation Theory and Approximation Practice, chapter 8). Eleven nodes make
/// that 3e7, thirteen 7e8. Of few segments each is a strong source, beside which the field is a small one;
/// and so is any segment beside a tile that is smaller than it.
constexpr double far_enough = 1.5;
constexpr double least_nodes = 11;
constexpr double least_nodes_beside_strong_sources = 13;
constexpr std::size_t few_segments = 64;

/// Nearer to a midpoint than this part of a segment there is nothing but that one source: its wave, which
/// grows like 1 / r, takes all digits of a polynomial to itself, and in some directions is nearly none.
constexpr double beside_a_midpoint = 0.25;

/// Tiles of at most so many lines each way are not cut any further.
constexpr std::size_t smallest_tile = 16;

/// So many nodes, or points, are summed at once: beside them the last block, in which lanes are left empty,
/// hardly counts, and the lists that they stand in still fit into the processor's nearer caches.
constexpr std::size_t points_at_once = 4096;

/// Half the width of an interval of grid lines. Lines that hardly differ get a little more than that, as
/// nodes that cannot be told apart know nothing. (Lines about 0 can differ by too little to divide by.)
double half_width_of(std::span<const double> lines, double k) {
    constexpr double hardly = 1e-9;
    return std::max(0.5 * (lines.back() - lines.front()),
                    hardly * std::max({std::abs(lines.front()), std::abs(lines.back()), 1.0 / k}));
}

double longest_segment(const Problem& problem) {
    double longest = 0.0;
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const double along_x = problem.xc[s + 1] - problem.xc[s];
        const double along_y = problem.yc[s + 1] - problem.yc[s];
        longest = std::max(longest, std::hypot(along_x, along_y));
    }
    return longest;
}

/// An interval of grid lines and what takes values at its nodes to the lines.
class Interpolation {
  public:
    Interpolation(std::span<const double> lines, double k, double least) {
        const double middle = 0.5 * (lines.front() + lines.back());
        const double half_width = half_width_of(lines, k);
        const std::size_t count = nodes_needed(k * half_width, least);
        std::vector<double> signs(count);
        for (std::size_t q = 0; q < count; ++q) {
            const double angle =
                (static_cast<double>(q) + 0.5) * std::numbers::pi / static_cast<double>(count);
            nodes_.push_back(middle - half_width * std::cos(angle));
            signs[q] = (q % 2 == 0 ? 1.0 : -1.0) * std::sin(angle);
        }
        lines_ = lines.size();
        weights_.resize(count * lines_);
        for (std::size_t line = 0; line < lines_; ++line)
            weigh(lines[line], signs, weights_.data() + line);
    }

    [[nodiscard]] std::span<const double> nodes() const { return nodes_; }
    /// What the node's value counts on the line.
    [[nodiscard]] double weight(std::size_t node, std::size_t line) const {
        return weights_[node * lines_ + line];
    }

  private:
    /// The weights of all nodes on a line by the barycentric formula (Berrut and Trefethen, SIAM Review 46,
    /// 2004): one division for each node instead of a product of all distances.
    void weigh(double line, std::span<const double> signs, double* weights) const {
        const auto same = std::find(nodes_.begin(), nodes_.end(), line);
        if (same != nodes_.end()) {
            weights[static_cast<std::size_t>(same - nodes_.begin()) * lines_] = 1.0;
            return;
        }
        double sum = 0.0;
        for (std::size_t q = 0; q < nodes_.size(); ++q) {
            weights[q * lines_] = signs[q] / (line - nodes_[q]);
            sum += weights[q * lines_];
        }
        for (std::size_t q = 0; q < nodes_.size(); ++q)
            weights[q * lines_] /= sum;
    }

    std::vector<double> nodes_;
    std::size_t lines_ = 0;
    std::vector<double> weights_;  // node by node
};

/// A rectangle of grid points.
struct Tile {
    Range columns, rows;
};

class TiledField {
  public:
    TiledField(const Problem& problem, std::span<Complex> field)
        : problem_(problem),
          field_(field),
          segments_(wave::segments_of(problem)),
          inside_(problem),
          k_(wave::wavenumber(problem)),
          longest_(longest_segment(problem)) {}

    void compute() {
        fill({{0, problem_.x.size()}, {0, problem_.y.size()}});
        interpolate_waiting_tiles();
        sum_at_waiting_points();
        for (std::size_t j = 0; j < problem_.y.size(); ++j)
            for (const Range range : inside_.row(j))
                std::fill(point(range.first, j), point(range.last, j), Complex(0.0));
    }

  private:
    /// A tile whose nodes are in the list, but have no values yet.
    struct WaitingTile {
        Tile tile;
        Interpolation along_x, along_y;
    };

    using Lanes = wave::stdx::native_simd<double>;
    static constexpr std::size_t vectors_in_block = 4;
    static constexpr std::size_t numbers_in_block = vectors_in_block * Lanes::size();

    [[nodiscard]] Complex* point(std::size_t i, std::size_t j) {
        return field_.data() + j * problem_.x.size() + i;
    }
    [[nodiscard]] std::span<const double> x(const Tile& tile) const {
        return problem_.x.subspan(tile.columns.first, tile.columns.size());
    }
    [[nodiscard]] std::span<const double> y(const Tile& tile) const {
        return problem_.y.subspan(tile.rows.first, tile.rows.size());
    }

    /// Interpolates where that is both right and cheaper; cuts the tile into four where it is not, until the
    /// pieces are small.
    void fill(const Tile& tile) {
        if (inside_.covers(tile.columns, tile.rows)) return;
        const double half_width = std::max(half_width_of(x(tile), k_), half_width_of(y(tile), k_));
        const bool strong_sources = segments_.size() < few_segments || half_width < longest_;
        const double least = strong_sources ? least_nodes_beside_strong_sources : least_nodes;
        const std::size_t nodes = nodes_needed(k_ * half_width, least);
        const std::size_t points = tile.columns.size() * tile.rows.size();
        const double far = std::max(far_enough * half_width, beside_a_midpoint * longest_);
        if (nodes * nodes < points && distance_to_segments(tile) >= far) {
            interpolate(tile, least);
        } else if (std::max(tile.columns.size(), tile.rows.size()) <= smallest_tile) {
            sum_directly(tile);
        } else {
            for (const Range columns : halves(tile.columns))
                for (const Range rows : halves(tile.rows))
                    if (columns.size() > 0 && rows.size() > 0) fill({columns, rows});
        }
    }

    static std::array<Range, 2> halves(Range range) {
        const std::size_t middle = range.first + (range.size() + 1) / 2;
        return {Range{range.first, middle}, Range{middle, range.last}};
    }

    /// From the tile's rectangle to the nearest segment's midpoint.
    [[nodiscard]] double distance_to_segments(const Tile& tile) const {
        const double left = x(tile).front(), right = x(tile).back();
        const double bottom = y(tile).front(), top = y(tile).back();
        double nearest_squared = std::numeric_limits<double>::infinity();
        for (const wave::Segment& segment : segments_) {
            const double dx = std::max({left - segment.middle.x, segment.middle.x - right, 0.0});
            const double dy = std::max({bottom - segment.middle.y, segment.middle.y - top, 0.0});
            nearest_squared = std::min(nearest_squared, dx * dx + dy * dy);
        }
        return std::sqrt(nearest_squared);
    }

    /// Not at once: the tile and its nodes wait until there are enough of them.
    void interpolate(const Tile& tile, double least) {
        waiting_.push_back({tile, Interpolation(x(tile), k_, least), Interpolation(y(tile), k_, least)});
        for (const double node_y : waiting_.back().along_y.nodes())
            for (const double node_x : waiting_.back().along_x.nodes())
                nodes_.add(node_x, node_y, nodes_.place.size());
        if (nodes_.place.size() >= points_at_once) interpolate_waiting_tiles();
    }

    void interpolate_waiting_tiles() {
        wave::add_waves<Kernel>(segments_, k_, nodes_);
        std::vector<Complex> at_nodes(nodes_.place.size());
        nodes_.store(at_nodes);
        const Complex* of_tile = at_nodes.data();
        for (const WaitingTile& waiting : waiting_) {
            write(waiting, of_tile);
            of_tile += waiting.along_x.nodes().size() * waiting.along_y.nodes().size();
        }
        waiting_.clear();
        nodes_.clear();
    }

    /// From the nodes to the grid: along x, then along y. Each of the two is a product of small matrices:
    /// nodes · nodes · lines and nodes · lines · lines multiply-adds in place of lines · lines · nc
    /// interactions.
    void write(const WaitingTile& waiting, const Complex* at_nodes) {
        const auto& [tile, along_x, along_y] = waiting;
        const std::size_t columns = tile.columns.size();
        const std::size_t nodes_x = along_x.nodes().size();
        const std::size_t nodes_y = along_y.nodes().size();
        std::vector<Complex> rows(nodes_y * columns);  // on all columns, but only in the nodes' rows
        for (std::size_t p = 0; p < nodes_y; ++p)
            for (std::size_t q = 0; q < nodes_x; ++q)
                for (std::size_t i = 0; i < columns; ++i)
                    rows[p * columns + i] += along_x.weight(q, i) * at_nodes[p * nodes_x + q];
        for (std::size_t j = 0; j < tile.rows.size(); ++j)
            write_row(rows, along_y, j, {point(tile.columns.first, tile.rows.first + j), columns});
    }

    /// One row of the grid: the sum of the nodes' rows, times their weights. As real numbers, two for each: a
    /// complex number times a real one is no more than that, and the compiler need not take the vectors
    /// apart.
    static void write_row(const std::vector<Complex>& rows, const Interpolation& along_y, std::size_t line,
                          std::span<Complex> row) {
        const std::size_t numbers = 2 * row.size();
        const auto* in = reinterpret_cast<const double*>(rows.data());
        auto* out = reinterpret_cast<double*>(row.data());
        std::size_t i = 0;
        for (; i + numbers_in_block <= numbers; i += numbers_in_block)
            write_block(in + i, numbers, along_y, line, out + i);
        std::fill(out + i, out + numbers, 0.0);
        for (std::size_t p = 0; p < along_y.nodes().size(); ++p)
            for (std::size_t rest = i; rest < numbers; ++rest)
                out[rest] += along_y.weight(p, line) * in[p * numbers + rest];
    }

    /// A few vectors of it, which stay in registers until they have all their products: each of these would
    /// cost a load and a store more if it were added to the row in memory.
    static void write_block(const double* rows, std::size_t stride, const Interpolation& along_y,
                            std::size_t line, double* row) {
        std::array<Lanes, vectors_in_block> sums{};
        for (std::size_t p = 0; p < along_y.nodes().size(); ++p)
            for (std::size_t v = 0; v < vectors_in_block; ++v)
                sums[v] += along_y.weight(p, line) *
                           Lanes(rows + p * stride + v * Lanes::size(), wave::stdx::element_aligned);
        for (std::size_t v = 0; v < vectors_in_block; ++v)
            sums[v].copy_to(row + v * Lanes::size(), wave::stdx::element_aligned);
    }

    /// At every point of the tile that lies outside; these wait, too.
    void sum_directly(const Tile& tile) {
        wave::add_outside_points(problem_, inside_, tile.columns, tile.rows, points_);
        if (points_.place.size() >= points_at_once) sum_at_waiting_points();
    }

    void sum_at_waiting_points() {
        wave::add_waves<Kernel>(segments_, k_, points_);
        points_.store(field_);
        points_.clear();
    }

    const Problem& problem_;
    std::span<Complex> field_;
    std::vector<wave::Segment> segments_;
    wave::Inside inside_;
    double k_;
    double longest_;  // segment's length
    std::vector<WaitingTile> waiting_;
    wave::Points nodes_;   // of all waiting tiles, one after the other
    wave::Points points_;  // of the belt around the contour
};

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    TiledField(problem, field).compute();
}
