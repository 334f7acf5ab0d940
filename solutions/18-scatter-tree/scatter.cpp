// The scattered wave by two trees: tiles of the grid that inherit from larger tiles, and pieces of the
// contour that are thinned out for whoever is far away.
//
// In the lesson before, each tile sums over all segments by itself. Two things are then computed over and
// over. A small tile and the large one around it see the same far segments, and what these send is as smooth
// on the small tile as on the large one: so it is computed once, for the large tile, and handed down by
// interpolation. And a hundred neighbouring segments, seen from far away, are as good as ten: the same
// polynomials, turned round, put the strengths of the hundred into ten. What is left for each tile are a few
// dozen sources, however many segments there are and however small the tile is.
//
// Nor need each of these be summed at a hundred nodes: what they send to the tile is an expansion with some
// forty coefficients, and a matrix that all tiles of a size share takes these to the nodes.
#include "scatter.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "direct_sum.hpp"
#include "expansion.hpp"
#include "scan_line.hpp"
#include "segments.hpp"
#include "tree.hpp"

namespace {

using Complex = std::complex<double>;
using wave::NodeValues;
using wave::Range;
using Axis = wave::Axis<double>;
using Interval = wave::Interval<double>;
using Kernel = wave::Block<wave::Digits8, 4>;

/// Tiles of so many lines are not cut any further.
constexpr std::size_t smallest_tile = 16;

class TreeField {
  public:
    TreeField(const Problem& problem, std::span<Complex> field)
        : problem_(problem),
          field_(field),
          k_(wave::wavenumber(problem)),
          contour_(problem),
          inside_(problem),
          levels_(Axis::levels_of(std::max(problem.x.size(), problem.y.size()), smallest_tile)),
          x_(problem.x, k_, levels_, Axis::Transposed::yes),
          y_(problem.y, k_, levels_, Axis::Transposed::no) {
        for (std::size_t level = 0; level < levels_; ++level)
            bases_.push_back(wave::expansion_basis(x_, y_, level, k_));
    }

    void compute() {
        const std::vector<std::size_t> everything{wave::Contour::whole()};
        for (std::size_t j = 0; j < Axis::coarsest; ++j)
            for (std::size_t i = 0; i < Axis::coarsest; ++i)
                fill(0, i, j, everything, nullptr);
    }

  private:
    [[nodiscard]] Complex* point(std::size_t i, std::size_t j) {
        return field_.data() + j * problem_.x.size() + i;
    }

    /// Tile (i, j) of a level. `pieces` are those that its parent found too near; all others are in `parent`.
    void fill(std::size_t level, std::size_t i, std::size_t j, const std::vector<std::size_t>& pieces,
              const NodeValues* parent) {
        const Interval& x = x_.at(level, i);
        const Interval& y = y_.at(level, j);
        if (x.lines.size() == 0 || y.lines.size() == 0) return;
        if (inside_.covers(x.lines, y.lines)) return clear_inside(x.lines, y.lines);
        wave::Neighbours neighbours;
        contour_.sort({x.middle, y.middle, x.half_width, y.half_width}, pieces, neighbours);
        NodeValues values = parent != nullptr
                                ? wave::resampled(*parent, y.from_parent, x.from_parent, scratch_)
                                : NodeValues(y.nodes.count(), x.nodes.count());
        add_far(values, level, i, j, neighbours.far);
        const bool large = x_.is_too_coarse(level) || y_.is_too_coarse(level);
        if (level + 1 < levels_ && (large || !neighbours.near.empty())) {
            for (const std::size_t half_j : {2 * j, 2 * j + 1})
                for (const std::size_t half_i : {2 * i, 2 * i + 1})
                    fill(level + 1, half_i, half_j, neighbours.near, &values);
            return;
        }
        wave::interpolate(values, y.to_lines, x.to_lines, point(x.lines.first, y.lines.first),
                          problem_.x.size(), scratch_);
        add_near(x.lines, y.lines, neighbours.near);
        clear_inside(x.lines, y.lines);
    }

    /// What the far pieces' sources send to the tile's nodes.
    void add_far(NodeValues& values, std::size_t level, std::size_t i, std::size_t j,
                 const std::vector<std::size_t>& far) {
        std::vector<wave::Segment> sources;
        for (const std::size_t number : far) {
            const auto& of_piece = contour_.piece(number).sources;
            sources.insert(sources.end(), of_piece.begin(), of_piece.end());
        }
        if (sources.empty()) return;
        expansion_.start(bases_[level]);
        expansion_.add(sources, {x_.at(level, i).middle, y_.at(level, j).middle}, k_);
        expansion_.add_to(values, bases_[level]);
    }

    /// What the near segments send to the tile's points outside.
    void add_near(Range columns, Range rows, const std::vector<std::size_t>& near) {
        std::vector<wave::Segment> segments;
        for (const std::size_t number : near) {
            const auto of_piece = contour_.segments(number);
            segments.insert(segments.end(), of_piece.begin(), of_piece.end());
        }
        if (segments.empty()) return;
        wave::Points points = wave::outside_points(problem_, inside_, columns, rows);
        wave::add_waves<Kernel>(segments, k_, points);
        points.add_to(field_);
    }

    void clear_inside(Range columns, Range rows) {
        for (std::size_t j = rows.first; j < rows.last; ++j)
            inside_.for_each_inside(j, columns, [&](Range inside) {
                std::fill(point(inside.first, j), point(inside.last, j), Complex(0.0));
            });
    }

    const Problem& problem_;
    std::span<Complex> field_;
    double k_;
    wave::Contour contour_;
    wave::Inside inside_;
    std::size_t levels_;
    Axis x_, y_;
    std::vector<wave::ExpansionBasis> bases_;  ///< of each level
    wave::Expansion expansion_;
    wave::Scratch<double> scratch_;
};

/// Whether even the largest tiles, which have the fewest nodes for their size, have fewer nodes than points,
/// and are no more waves wide than an expansion can be. If not, the wave is too short for this grid: it has
/// no more points than the wave has details.
bool has_fewer_nodes_than_points(const Problem& problem) {
    const auto radians = [&](std::span<const double> lines) {  // from a tile's middle to its end
        return wave::wavenumber(problem) * 0.5 * (lines.back() - lines.front()) / Axis::coarsest;
    };
    const double x = radians(problem.x), y = radians(problem.y);
    const std::size_t nodes =
        wave::nodes_needed(x, wave::more_in_a_tile) * wave::nodes_needed(y, wave::more_in_a_tile);
    return std::hypot(x, y) < wave::largest_argument &&
           Axis::coarsest * Axis::coarsest * nodes < problem.x.size() * problem.y.size();
}

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    if (has_fewer_nodes_than_points(problem))
        TreeField(problem, field).compute();
    else
        wave::scatter_directly<Kernel>(problem, field);
}
