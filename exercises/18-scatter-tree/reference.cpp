// The tiles of the lesson before: the sum over all segments at the Chebyshev nodes of each tile, and
// interpolation.
#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "chebyshev.hpp"
#include "point_sources.hpp"
#include "scan_line.hpp"
#include "scatter.hpp"

namespace {

using Complex = std::complex<double>;
using wave::Range;

/// How far away from a tile the nearest source must lie, in half widths of the tile.
constexpr double far_enough = 1.5;
/// Tiles of at most so many lines each way are not cut any further.
constexpr std::size_t smallest_tile = 16;

std::size_t nodes_needed(double k_half_width) {
    return static_cast<std::size_t>(std::ceil(std::max(10.0, 8.0 + 1.5 * k_half_width)));
}

/// Grid lines and where they lie.
struct Interval {
    Range lines;
    double middle, half_width;
    std::span<const double> positions;
};

Interval interval_of(std::span<const double> all, Range lines) {
    const auto positions = all.subspan(lines.first, lines.size());
    return {lines, 0.5 * (positions.front() + positions.back()), 0.5 * (positions.back() - positions.front()),
            positions};
}

wave::ChebyshevNodes nodes_of(const Interval& interval, double k) {
    return {interval.middle - interval.half_width, interval.middle + interval.half_width,
            nodes_needed(k * interval.half_width)};
}

std::array<Range, 2> halves(Range range) {
    const std::size_t middle = range.first + (range.size() + 1) / 2;
    return {Range{range.first, middle}, Range{middle, range.last}};
}

class TiledField {
  public:
    TiledField(const Problem& problem, std::span<Complex> field)
        : problem_(problem),
          field_(field),
          sources_(wave::sources_of(problem)),
          inside_(problem),
          k_(std::hypot(problem.kx, problem.ky)) {}

    void compute() {
        fill({0, problem_.x.size()}, {0, problem_.y.size()});
        for (std::size_t j = 0; j < problem_.y.size(); ++j)
            for (const Range range : inside_.row(j))
                std::fill(point(range.first, j), point(range.last, j), Complex(0.0));
    }

  private:
    [[nodiscard]] Complex* point(std::size_t i, std::size_t j) {
        return field_.data() + j * problem_.x.size() + i;
    }

    void fill(Range columns, Range rows) {
        if (inside_.covers(columns, rows)) return;
        const Interval x = interval_of(problem_.x, columns);
        const Interval y = interval_of(problem_.y, rows);
        const double half_width = std::max(x.half_width, y.half_width);
        const std::size_t nodes = nodes_needed(k_ * half_width);
        if (nodes * nodes < columns.size() * rows.size() &&
            distance_to_sources(x, y) >= far_enough * half_width)
            return fill_from_nodes(x, y);
        if (std::max(columns.size(), rows.size()) <= smallest_tile) return sum_directly(columns, rows);
        for (const Range half_columns : halves(columns))
            for (const Range half_rows : halves(rows))
                if (half_columns.size() > 0 && half_rows.size() > 0) fill(half_columns, half_rows);
    }

    [[nodiscard]] double distance_to_sources(const Interval& x, const Interval& y) const {
        double nearest_squared = std::numeric_limits<double>::infinity();
        for (const wave::Source& source : sources_) {
            const double dx = std::max(std::abs(source.x - x.middle) - x.half_width, 0.0);
            const double dy = std::max(std::abs(source.y - y.middle) - y.half_width, 0.0);
            nearest_squared = std::min(nearest_squared, dx * dx + dy * dy);
        }
        return std::sqrt(nearest_squared);
    }

    void fill_from_nodes(const Interval& x, const Interval& y) {
        const wave::ChebyshevNodes nodes_x = nodes_of(x, k_);
        const wave::ChebyshevNodes nodes_y = nodes_of(y, k_);
        wave::NodeValues values(nodes_y.count(), nodes_x.count());
        std::vector<double> all_x, all_y;
        for (const double node_y : nodes_y.points()) {
            all_x.insert(all_x.end(), nodes_x.points().begin(), nodes_x.points().end());
            all_y.insert(all_y.end(), nodes_x.count(), node_y);
        }
        std::vector<Complex> sums(all_x.size());
        wave::sum_at<wave::Digits6>(sources_, k_ * k_, all_x, all_y, sums);
        for (std::size_t n = 0; n < sums.size(); ++n) {
            values.real.values[n] = sums[n].real();
            values.imaginary.values[n] = sums[n].imag();
        }
        wave::interpolate(values, nodes_y.to(y.positions), nodes_x.transposed_to(x.positions),
                          point(x.lines.first, y.lines.first), problem_.x.size());
    }

    void sum_directly(Range columns, Range rows) {
        std::vector<double> all_x, all_y;
        std::vector<Complex*> points;
        for (std::size_t j = rows.first; j < rows.last; ++j) {
            inside_.for_each_outside(j, columns, [&](Range range) {
                for (std::size_t i = range.first; i < range.last; ++i) {
                    all_x.push_back(problem_.x[i]);
                    all_y.push_back(problem_.y[j]);
                    points.push_back(point(i, j));
                }
            });
        }
        std::vector<Complex> sums(points.size());
        wave::sum_at<wave::Digits6>(sources_, k_ * k_, all_x, all_y, sums);
        for (std::size_t n = 0; n < sums.size(); ++n)
            *points[n] = sums[n];
    }

    const Problem& problem_;
    std::span<Complex> field_;
    std::vector<wave::Source> sources_;
    wave::Inside inside_;
    double k_;
};

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    TiledField(problem, field).compute();
}
