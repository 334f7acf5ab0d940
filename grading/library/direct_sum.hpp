// The direct sum over segments in vectors: what the lesson 14-scatter-simd builds, made general. Lanes are
// points, a segment is the same for all of them; the far form is taken for several vectors of points at once,
// and vectors that have a point close to the segment are left for a second pass.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hankel.hpp"
#include "scan_line.hpp"
#include "segments.hpp"

namespace wave {

/// Points of a grid with the wave at each, as separate arrays, which is how vectors want them.
struct Points {
    std::vector<double> x;
    std::vector<double> y;
    std::vector<double> real;
    std::vector<double> imaginary;
    std::vector<std::size_t> place;  // where the point's value goes in the field

    void add(double point_x, double point_y, std::size_t where) {
        x.push_back(point_x);
        y.push_back(point_y);
        place.push_back(where);
    }

    /// No points any more; the memory is kept for the next ones.
    void clear() {
        x.clear();
        y.clear();
        place.clear();
    }

    /// Fills x and y up to whole blocks, with copies of the last point, and sets the wave to zero.
    void complete(std::size_t block) {
        const std::size_t whole = (place.size() + block - 1) / block * block;
        x.resize(whole, x.empty() ? 0.0 : x.back());
        y.resize(whole, y.empty() ? 0.0 : y.back());
        real.assign(whole, 0.0);
        imaginary.assign(whole, 0.0);
    }

    /// Writes the waves to their places. A point at a segment's midpoint, where the formula has no value,
    /// counts as inside.
    void store(std::span<std::complex<double>> field) const {
        for (std::size_t i = 0; i < place.size(); ++i) {
            const std::complex<double> wave(real[i], imaginary[i]);
            field[place[i]] = std::isfinite(wave.real()) ? wave : 0.0;
        }
    }

    /// Adds the waves to what is there. A point at a midpoint, again, is set to zero.
    void add_to(std::span<std::complex<double>> field) const {
        for (std::size_t i = 0; i < place.size(); ++i) {
            const std::complex<double> wave(real[i], imaginary[i]);
            field[place[i]] = std::isfinite(wave.real()) ? field[place[i]] + wave : 0.0;
        }
    }
};

/// Adds the points of some columns and rows of a grid that lie outside, row by row.
inline void add_outside_points(const Problem& problem, const Inside& inside, Range columns, Range rows,
                               Points& points) {
    for (std::size_t j = rows.first; j < rows.last; ++j)
        inside.for_each_outside(j, columns, [&](Range outside) {
            for (std::size_t i = outside.first; i < outside.last; ++i)
                points.add(problem.x[i], problem.y[j], j * problem.x.size() + i);
        });
}

/// The same points in a list of their own.
inline Points outside_points(const Problem& problem, const Inside& inside, Range columns, Range rows) {
    Points points;
    add_outside_points(problem, inside, columns, rows, points);
    return points;
}

/// Those of whole rows.
inline Points outside_points(const Problem& problem, const Inside& inside, std::size_t first_row,
                             std::size_t last_row) {
    return outside_points(problem, inside, {0, problem.x.size()}, {first_row, last_row});
}

/// How many vectors go through the steps side by side. More hide the waiting better; where there are few
/// registers (16 with AVX2, 32 with AVX-512), what they compute has to be put down in memory in between.
inline constexpr std::size_t vectors_in_flight = stdx::native_simd<double>::size() < 8 ? 4 : 8;

/// The kernel of a direct sum in double: a block of points, and the sums there.
template <typename Digits, std::size_t vector_count = vectors_in_flight>
class Block {
  public:
    using Lanes = stdx::native_simd<double>;
    static constexpr std::size_t vectors = vector_count;
    static constexpr std::size_t points = vectors * Lanes::size();

    Block(double k, const double* x, const double* y)
        : k_squared_(k * k), x_(loaded(x)), y_(loaded(y)), sum_{All(0.0), All(0.0)} {}

    /// Adds what a segment sends to the vectors that are far from it as a whole, and returns the others, one
    /// bit each.
    std::uint32_t add_far(const Segment& segment) {
        const All dx = x_ - All(segment.middle.x);
        const All dy = y_ - All(segment.middle.y);
        All x_squared = All(k_squared_) * (dx * dx + dy * dy);
        All dipole = All(segment.dipole.x) * dx + All(segment.dipole.y) * dy;
        All monopole(segment.monopole);
        std::uint32_t near = 0;
        for (std::size_t v = 0; v < vectors; ++v)
            near |= std::uint32_t{stdx::any_of(x_squared.vectors[v] < border_squared)} << v;
        if (near == (std::uint32_t{1} << vectors) - 1) return near;
        if (near != 0) [[unlikely]]
            for (std::size_t v = 0; v < vectors; ++v)
                if ((near >> v & 1) != 0) {  // keeps its place among the others, and receives nothing
                    x_squared.vectors[v] = border_squared;
                    monopole.vectors[v] = dipole.vectors[v] = 0.0;
                }
        add_far_wave<Digits>(x_squared, monopole, dipole, All(segment.half_turns), sum_);
        return near;
    }

    /// Adds what a segment sends to those vectors that add_far() left out. Close to the contour these are
    /// often all of them, and with all of their points near: then they go through the steps side by side,
    /// too.
    void add_rest(const Segment& segment, std::uint32_t left) {
        static_assert(vectors % side_by_side == 0);
        constexpr std::uint32_t all = (1U << side_by_side) - 1;
        for (std::size_t first = 0; first < vectors; first += side_by_side) {
            const std::uint32_t some = left >> first & all;
            if (some == all && add_near(first, segment)) continue;
            for (std::size_t v = 0; v < side_by_side; ++v)
                if ((some >> v & 1) != 0) add_any(first + v, segment);
        }
    }

    /// Adds the block's sums to the points.
    void add_to(double* real, double* imaginary) const {
        store(loaded(real) + sum_.real, real);
        store(loaded(imaginary) + sum_.imaginary, imaginary);
    }

  private:
    using All = Pack<Lanes, vectors>;
    static constexpr double border_squared = Digits::border * Digits::border;
    /// Vectors that go through the near form together: it needs more registers than the far one.
    static constexpr std::size_t side_by_side = std::min<std::size_t>(vectors, Lanes::size() < 8 ? 2 : 4);
    using Some = Pack<Lanes, side_by_side>;

    /// To some vectors from `first` on, if the segment is near to all of their points.
    bool add_near(std::size_t first, const Segment& segment) {
        const auto some_of = [first](const All& all) {
            Some some;
            std::copy_n(all.vectors.begin() + first, side_by_side, some.vectors.begin());
            return some;
        };
        const Some dx = some_of(x_) - Some(segment.middle.x);
        const Some dy = some_of(y_) - Some(segment.middle.y);
        const Some x_squared = Some(k_squared_) * (dx * dx + dy * dy);
        for (const Lanes& vector : x_squared.vectors)
            if (!stdx::all_of(vector < border_squared)) return false;
        const Some dipole = Some(segment.dipole.x) * dx + Some(segment.dipole.y) * dy;
        const auto near = near_wave<Digits>(x_squared, Some(segment.monopole), dipole);
        const Some real = near.real * Some(segment.wave.x) - near.imaginary * Some(segment.wave.y);
        const Some imaginary = near.real * Some(segment.wave.y) + near.imaginary * Some(segment.wave.x);
        for (std::size_t v = 0; v < side_by_side; ++v) {
            sum_.real.vectors[first + v] += real.vectors[v];
            sum_.imaginary.vectors[first + v] += imaginary.vectors[v];
        }
        return true;
    }

    /// To one of the vectors, wherever its points are.
    void add_any(std::size_t v, const Segment& segment) {
        const Lanes dx = x_.vectors[v] - segment.middle.x;
        const Lanes dy = y_.vectors[v] - segment.middle.y;
        const Lanes x_squared = k_squared_ * (dx * dx + dy * dy);
        const Lanes dipole = segment.dipole.x * dx + segment.dipole.y * dy;
        const Lanes monopole = segment.monopole;
        const auto is_near = x_squared < border_squared;
        const auto near = near_wave<Digits>(x_squared, monopole, dipole);
        ComplexOf<Lanes> wave{near.real * segment.wave.x - near.imaginary * segment.wave.y,
                              near.real * segment.wave.y + near.imaginary * segment.wave.x};
        if (!stdx::all_of(is_near)) {
            ComplexOf<Lanes> far{0.0, 0.0};
            add_far_wave<Digits>(x_squared, monopole, dipole, Lanes(segment.half_turns), far);
            stdx::where(!is_near, wave.real) = far.real;
            stdx::where(!is_near, wave.imaginary) = far.imaginary;
        }
        sum_.real.vectors[v] += wave.real;
        sum_.imaginary.vectors[v] += wave.imaginary;
    }

    static All loaded(const double* values) {
        All all;
        for (std::size_t v = 0; v < vectors; ++v)
            all.vectors[v].copy_from(values + v * Lanes::size(), stdx::element_aligned);
        return all;
    }

    static void store(const All& all, double* values) {
        for (std::size_t v = 0; v < vectors; ++v)
            all.vectors[v].copy_to(values + v * Lanes::size(), stdx::element_aligned);
    }

    Lanes k_squared_;
    All x_;
    All y_;
    ComplexOf<All> sum_;
};

/// Adds what the segments send to the points, block by block. The first pass takes the far form only; what it
/// leaves out is noted and done in a second one.
template <typename Kernel>
void add_waves(std::span<const Segment> segments, double k, Points& points) {
    struct Left {
        const Segment* segment;
        std::uint32_t vectors;
    };
    std::vector<Left> left;
    points.complete(Kernel::points);
    for (std::size_t first = 0; first < points.x.size(); first += Kernel::points) {
        Kernel block(k, &points.x[first], &points.y[first]);
        left.clear();
        for (const Segment& segment : segments)
            if (const std::uint32_t near = block.add_far(segment); near != 0)
                left.push_back({&segment, near});
        for (const auto& [segment, vectors] : left)
            block.add_rest(*segment, vectors);
        block.add_to(&points.real[first], &points.imaginary[first]);
    }
}

/// The scattered field on some rows of the grid.
template <typename Kernel>
void scatter_rows(const Problem& problem, const Inside& inside, std::span<const Segment> segments,
                  std::size_t first_row, std::size_t last_row, std::span<std::complex<double>> field) {
    Points points = outside_points(problem, inside, first_row, last_row);
    add_waves<Kernel>(segments, wavenumber(problem), points);
    const std::size_t width = problem.x.size();
    std::ranges::fill(field.subspan(first_row * width, (last_row - first_row) * width), 0.0);
    points.store(field);
}

/// The whole field, a few rows at a time: enough for many blocks, little enough for the nearest caches.
template <typename Kernel>
void scatter_directly(const Problem& problem, std::span<std::complex<double>> field) {
    constexpr std::size_t points_at_once = 512;
    const std::vector<Segment> segments = segments_of(problem);
    const Inside inside(problem);
    const std::size_t rows = problem.y.size();
    const std::size_t step = std::max<std::size_t>(1, points_at_once / problem.x.size());
    for (std::size_t row = 0; row < rows; row += step)
        scatter_rows<Kernel>(problem, inside, segments, row, std::min(row + step, rows), field);
}

}  // namespace wave
