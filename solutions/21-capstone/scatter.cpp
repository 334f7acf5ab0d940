// The top of the ladder: the tree of the lesson before, on all processors, with the close pairs in single
// precision.
//
// What is put together here, and from where:
//   - pieces of the contour and tiles of the grid in two trees (tree.hpp, scatter-tree): the sums become
//   short
//   - tiles as OpenMP tasks, so that whoever is done takes the next, however unequal they are
//   (scatter-threads)
//   - six digits and no more (scatter-accuracy), and so float where that can be had: sixteen lanes in place
//   of eight
// Float has seven digits, and a phase of 75 radians in it is right to five only. But most pairs of the tree
// are close together, with k r below 6, as tiles and pieces shrink together; and how far apart they are is
// known for a tile and a piece as a whole. For these, coordinates are taken relative to the tile and carried
// as the sum of two floats.
#include "scatter.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "chebyshev.hpp"
#include "point_sources.hpp"
#include "scan_line.hpp"
#include "tree.hpp"

namespace {

using Complex = std::complex<double>;
using wave::Axis;
using wave::Box;
using wave::Interval;
using wave::NodeValues;
using wave::Piece;
using wave::Range;
using wave::Source;
using Digits = wave::Digits6;
using FloatLanes = wave::stdx::native_simd<float>;
using DoubleLanes = wave::stdx::native_simd<double>;

/// Pairs closer than this, in radians of phase, are computed in float. A phase of 20 is right to 2e-6 there,
/// of one contribution of many, whose errors have no common sign: that adds 3e-7 to the field.
constexpr double float_reach = 20.0;

/// A number as the sum of two floats: together they have the digits that a difference of neighbours needs.
struct TwoFloats {
    float high, low;

    explicit TwoFloats(double value)
        : high(static_cast<float>(value)), low(static_cast<float>(value - static_cast<double>(high))) {}
};

/// A source as tiles close to it see it: coordinates from the tile's middle, in units of 1/k.
struct CloseSource {
    TwoFloats x, y;
    float monopole_real, monopole_imaginary;
    float dipole_x_real, dipole_x_imaginary, dipole_y_real, dipole_y_imaginary;

    CloseSource(const Source& source, const Box& tile, double k)
        : x(k * (source.x - tile.x)),
          y(k * (source.y - tile.y)),
          monopole_real(static_cast<float>(source.monopole.real())),
          monopole_imaginary(static_cast<float>(source.monopole.imag())),
          dipole_x_real(static_cast<float>(source.dipole_x.real() / k)),
          dipole_x_imaginary(static_cast<float>(source.dipole_x.imag() / k)),
          dipole_y_real(static_cast<float>(source.dipole_y.real() / k)),
          dipole_y_imaginary(static_cast<float>(source.dipole_y.imag() / k)) {}
};

/// The points of a tile and their sums; whole vectors, so that the last point may be there several times.
class Points {
  public:
    void add(double x, double y) {
        x_.push_back(x);
        y_.push_back(y);
    }
    [[nodiscard]] bool empty() const { return x_.empty(); }
    [[nodiscard]] Complex sum(std::size_t n) const { return {real_[n], imaginary_[n]}; }

    /// No more points are coming: fills the last vector, and sets the sums to zero.
    void complete() {
        const std::size_t whole =
            (x_.size() + FloatLanes::size() - 1) / FloatLanes::size() * FloatLanes::size();
        x_.resize(whole, x_.back());
        y_.resize(whole, y_.back());
        real_.assign(whole, 0.0);
        imaginary_.assign(whole, 0.0);
    }

    /// Adds what sources anywhere send.
    void add_waves(std::span<const Source> sources, double k) {
        constexpr std::size_t width = DoubleLanes::size();
        in_blocks(width, [&]<std::size_t vectors>(std::size_t n) {
            wave::add_waves<Digits, DoubleLanes, vectors>(sources, k * k, &x_[n], &y_[n], &real_[n],
                                                          &imaginary_[n]);
        });
    }

    /// Adds what sources send all of which are close to all points: k r < Digits::border.
    void add_close_waves(std::span<const CloseSource> sources, const Box& tile, double k) {
        in_blocks(FloatLanes::size(), [&]<std::size_t vectors>(std::size_t n) {
            add_close_to_block<vectors>(sources, tile, k, n);
        });
    }

  private:
    template <typename Action>
    void in_blocks(std::size_t width, Action action) {
        std::size_t n = 0;
        for (; n + 4 * width <= x_.size(); n += 4 * width)
            action.template operator()<4>(n);
        for (; n + 2 * width <= x_.size(); n += 2 * width)
            action.template operator()<2>(n);
        for (; n < x_.size(); n += width)
            action.template operator()<1>(n);
    }

    template <std::size_t vectors>
    void add_close_to_block(std::span<const CloseSource> sources, const Box& tile, double k,
                            std::size_t first) {
        using wave::stdx::element_aligned;
        constexpr auto border_squared = static_cast<float>(Digits::border * Digits::border);
        constexpr std::size_t width = FloatLanes::size();
        constexpr std::size_t count = vectors * width;
        std::array<float, count> high, low;
        const auto split = [&](const double* values, double origin, auto& high_lanes, auto& low_lanes) {
            for (std::size_t n = 0; n < count; ++n) {
                const double value = k * (values[n] - origin);
                high[n] = static_cast<float>(value);
                low[n] = static_cast<float>(value - static_cast<double>(high[n]));
            }
            for (std::size_t v = 0; v < vectors; ++v) {
                high_lanes[v].copy_from(&high[v * width], element_aligned);
                low_lanes[v].copy_from(&low[v * width], element_aligned);
            }
        };
        std::array<FloatLanes, vectors> x_high, x_low, y_high, y_low, real{}, imaginary{};
        split(&x_[first], tile.x, x_high, x_low);
        split(&y_[first], tile.y, y_high, y_low);
        for (const CloseSource& source : sources) {
            std::array<FloatLanes, vectors> dx, dy, x_squared;
            bool some_near = false;
            bool some_far = false;
            for (std::size_t v = 0; v < vectors; ++v) {
                dx[v] = (x_high[v] - source.x.high) + (x_low[v] - source.x.low);
                dy[v] = (y_high[v] - source.y.high) + (y_low[v] - source.y.low);
                x_squared[v] = dx[v] * dx[v] + dy[v] * dy[v];
                some_near = some_near || wave::stdx::any_of(x_squared[v] < border_squared);
                some_far = some_far || wave::stdx::any_of(x_squared[v] >= border_squared);
            }
            const auto add = [&](auto hankel_of) {
                for (std::size_t v = 0; v < vectors; ++v) {
                    const auto h = hankel_of(x_squared[v]);
                    const FloatLanes dipole_real =
                        source.dipole_x_real * dx[v] + source.dipole_y_real * dy[v];
                    const FloatLanes dipole_imaginary =
                        source.dipole_x_imaginary * dx[v] + source.dipole_y_imaginary * dy[v];
                    real[v] += source.monopole_real * h.h0_real - source.monopole_imaginary * h.h0_imaginary +
                               dipole_real * h.h1_real - dipole_imaginary * h.h1_imaginary;
                    imaginary[v] += source.monopole_real * h.h0_imaginary +
                                    source.monopole_imaginary * h.h0_real + dipole_real * h.h1_imaginary +
                                    dipole_imaginary * h.h1_real;
                }
            };
            if (!some_far)
                add([](FloatLanes z) { return wave::near_hankel<Digits>(z); });
            else if (!some_near)
                add([](FloatLanes z) { return wave::far_hankel<Digits>(z); });
            else
                add([](FloatLanes z) { return wave::hankel<Digits>(z); });
        }
        const auto gather = [&](const auto& lanes, double* sums) {
            for (std::size_t v = 0; v < vectors; ++v)
                lanes[v].copy_to(&high[v * width], element_aligned);
            for (std::size_t n = 0; n < count; ++n)
                sums[n] += static_cast<double>(high[n]);
        };
        gather(real, &real_[first]);
        gather(imaginary, &imaginary_[first]);
    }

    std::vector<double> x_, y_, real_, imaginary_;
};

/// The farthest that a point of one box can be from a point of the other.
double reach(const Box& a, const Box& b) {
    return std::hypot(std::abs(a.x - b.x) + a.half_width_x + b.half_width_x,
                      std::abs(a.y - b.y) + a.half_width_y + b.half_width_y);
}

class WaveField {
  public:
    WaveField(const Problem& problem, std::span<Complex> field)
        : problem_(problem), field_(field), k_(std::hypot(problem.kx, problem.ky)) {}

    void compute() {
#pragma omp parallel
        {
#pragma omp sections
            {
#pragma omp section
                contour_.emplace(problem_);
#pragma omp section
                x_.emplace(problem_.x, k_, Axis::Transposed::yes);
#pragma omp section
                y_.emplace(problem_.y, k_, Axis::Transposed::no);
#pragma omp section
                inside_.emplace(problem_);
            }
#pragma omp single
            {
                levels_ = std::min(x_->levels(), y_->levels());
                const std::vector<std::size_t> everything{contour_->whole()};
                for (std::size_t j = 0; j < Axis::coarsest; ++j)
                    for (std::size_t i = 0; i < Axis::coarsest; ++i)
#pragma omp task default(shared) firstprivate(i, j)
                        fill(0, i, j, everything, nullptr);
#pragma omp taskwait
            }
#pragma omp for schedule(static)
            for (std::size_t j = 0; j < problem_.y.size(); ++j)
                for (const Range range : inside_->row(j))
                    std::fill(point(range.first, j), point(range.last, j), Complex(0.0));
        }
    }

  private:
    /// Tiles of the levels above this are tasks: several hundred, each of some tens of microseconds.
    static constexpr std::size_t levels_of_tasks = 3;

    [[nodiscard]] Complex* point(std::size_t i, std::size_t j) {
        return field_.data() + j * problem_.x.size() + i;
    }

    /// What a tile sums over, and what it leaves to its quarters.
    struct Neighbours {
        std::vector<CloseSource> close;                ///< far enough, and in float's range
        std::vector<std::span<const Source>> distant;  ///< far enough, and beyond it
        std::vector<std::size_t> near;                 ///< not far enough
    };

    void fill(std::size_t level, std::size_t i, std::size_t j, const std::vector<std::size_t>& pieces,
              const NodeValues* parent) {
        const Interval& x = x_->level(level)[i];
        const Interval& y = y_->level(level)[j];
        if (x.lines.size() == 0 || y.lines.size() == 0 || inside_->covers(x.lines, y.lines)) return;
        const Box tile{x.middle, y.middle, x.half_width, y.half_width};
        const Neighbours neighbours = sort(tile, pieces);
        NodeValues values = parent != nullptr ? wave::resampled(*parent, y.from_parent, x.from_parent)
                                              : NodeValues(y.nodes.count(), x.nodes.count());
        if (!neighbours.close.empty() || !neighbours.distant.empty()) add_far(values, x, y, tile, neighbours);
        const bool large = std::max(x.lines.size(), y.lines.size()) > Axis::largest;
        if (level + 1 < levels_ && (large || !neighbours.near.empty())) {
            for (const std::size_t half_j : {2 * j, 2 * j + 1})
                for (const std::size_t half_i : {2 * i, 2 * i + 1})
#pragma omp task default(shared) firstprivate(half_i, half_j) if (level < levels_of_tasks)
                    fill(level + 1, half_i, half_j, neighbours.near, &values);
#pragma omp taskwait
            return;
        }
        wave::interpolate(values, y.to_lines, x.to_lines, point(x.lines.first, y.lines.first),
                          problem_.x.size());
        if (!neighbours.near.empty()) add_near(x.lines, y.lines, tile, neighbours.near);
    }

    [[nodiscard]] bool in_range_of_float(const Box& tile, const Piece& piece) const {
        return k_ * reach(tile, piece.box) < float_reach;
    }

    [[nodiscard]] Neighbours sort(const Box& tile, std::vector<std::size_t> pieces) const {
        const double half_width = std::max(tile.half_width_x, tile.half_width_y);
        Neighbours neighbours;
        while (!pieces.empty()) {
            const std::size_t number = pieces.back();
            const Piece& piece = contour_->piece(number);
            pieces.pop_back();
            if (wave::gap(tile, piece.box) >= wave::far_enough * std::max(half_width, piece.half_length)) {
                if (in_range_of_float(tile, piece))
                    for (const Source& source : piece.sources)
                        neighbours.close.emplace_back(source, tile, k_);
                else
                    neighbours.distant.emplace_back(piece.sources);
            } else if (piece.first_half != 0 && piece.half_length > 0.7 * half_width) {
                pieces.push_back(piece.first_half);
                pieces.push_back(piece.second_half);
            } else {
                neighbours.near.push_back(number);
            }
        }
        return neighbours;
    }

    void add_far(NodeValues& values, const Interval& x, const Interval& y, const Box& tile,
                 const Neighbours& neighbours) const {
        Points points;
        for (const double node_y : y.nodes.points())
            for (const double node_x : x.nodes.points())
                points.add(node_x, node_y);
        points.complete();
        points.add_close_waves(neighbours.close, tile, k_);
        for (const auto sources : neighbours.distant)
            points.add_waves(sources, k_);
        for (std::size_t n = 0; n < values.real.values.size(); ++n) {
            values.real.values[n] += points.sum(n).real();
            values.imaginary.values[n] += points.sum(n).imag();
        }
    }

    /// What the segments that are too near for any interpolation send to the points outside.
    void add_near(Range columns, Range rows, const Box& tile, const std::vector<std::size_t>& near) {
        Points points;
        std::vector<Complex*> places;
        for (std::size_t j = rows.first; j < rows.last; ++j) {
            inside_->for_each_outside(j, columns, [&](Range range) {
                for (std::size_t i = range.first; i < range.last; ++i) {
                    points.add(problem_.x[i], problem_.y[j]);
                    places.push_back(point(i, j));
                }
            });
        }
        if (points.empty()) return;
        points.complete();
        std::vector<CloseSource> close;
        for (const std::size_t number : near) {
            const Piece& piece = contour_->piece(number);
            if (in_range_of_float(tile, piece))
                for (const Source& source : contour_->segments(piece))
                    close.emplace_back(source, tile, k_);
            else
                points.add_waves(contour_->segments(piece), k_);
        }
        points.add_close_waves(close, tile, k_);
        for (std::size_t n = 0; n < places.size(); ++n)
            *places[n] += points.sum(n);
    }

    const Problem& problem_;
    std::span<Complex> field_;
    double k_;
    std::optional<wave::Contour> contour_;
    std::optional<wave::Inside> inside_;
    std::optional<Axis> x_, y_;
    std::size_t levels_ = 0;
};

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    WaveField(problem, field).compute();
}
