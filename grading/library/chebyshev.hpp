// Chebyshev interpolation on tiles of a grid, as products of small matrices.
//
// A smooth function on an interval is known everywhere once it is known at a few nodes; what it is elsewhere
// is a matrix times its values there. On a rectangle there is one matrix for each direction:
//
//     values at (x_i, y_j)  =  Y · values at the nodes · Xᵀ
//
// Real and imaginary parts go through it side by side. The lesson scatter-tiles builds it; the later ones
// include it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <experimental/simd>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace wave {

/// A matrix, row by row; a row begins whole vectors after the one before. What lies in between is 0 in a new
/// matrix, and anything after resize().
template <typename Number>
struct MatrixOf {
    using Lanes = std::experimental::native_simd<Number>;

    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;
    std::vector<Number> values;

    MatrixOf() = default;
    MatrixOf(std::size_t rows_, std::size_t columns_) { resize(rows_, columns_); }

    /// To another size, with any values.
    void resize(std::size_t rows_, std::size_t columns_) {
        rows = rows_;
        columns = columns_;
        stride = (columns_ + Lanes::size() - 1) / Lanes::size() * Lanes::size();
        values.resize(rows * stride);
    }

    [[nodiscard]] Number* row(std::size_t i) { return values.data() + i * stride; }
    [[nodiscard]] const Number* row(std::size_t i) const { return values.data() + i * stride; }
};
using Matrix = MatrixOf<double>;

/// The Chebyshev nodes of an interval: those of the first kind, which crowd towards its ends.
class ChebyshevNodes {
  public:
    ChebyshevNodes() = default;
    ChebyshevNodes(double low, double high, std::size_t count) : points_(count), weights_(count) {
        for (std::size_t q = 0; q < count; ++q) {
            const double angle =
                (static_cast<double>(q) + 0.5) * std::numbers::pi / static_cast<double>(count);
            points_[q] = 0.5 * (low + high) - 0.5 * (high - low) * std::cos(angle);
            weights_[q] = (q % 2 == 0 ? 1.0 : -1.0) * std::sin(angle);
        }
    }

    [[nodiscard]] std::size_t count() const { return points_.size(); }
    [[nodiscard]] std::span<const double> points() const { return points_; }

    /// What each node's value counts at x. This is the barycentric formula: Lagrange's polynomials, whose
    /// common factor cancels against their sum, which is 1. (J.-P. Berrut and L. N. Trefethen, Barycentric
    /// Lagrange interpolation, SIAM Review 46, 2004.) Where x is a node, its weight outweighs all others.
    void weigh(double x, std::span<double> weights) const {
        constexpr double no_distance = 1e-290;
        double sum = 0.0;
#pragma omp simd reduction(+ : sum)
        for (std::size_t q = 0; q < points_.size(); ++q) {
            const double distance = x - points_[q];
            weights[q] = weights_[q] / (distance == 0.0 ? no_distance : distance);
            sum += weights[q];
        }
        const double scale = 1.0 / sum;
        for (std::size_t q = 0; q < points_.size(); ++q)
            weights[q] *= scale;
    }

    /// One row for each x: the matrix that takes values at the nodes to values there.
    template <typename Number = double>
    [[nodiscard]] MatrixOf<Number> to(std::span<const double> x) const {
        MatrixOf<Number> matrix(x.size(), count());
        std::vector<double> weights(count());
        for (std::size_t i = 0; i < x.size(); ++i) {
            weigh(x[i], weights);
            for (std::size_t q = 0; q < count(); ++q)
                matrix.row(i)[q] = static_cast<Number>(weights[q]);
        }
        return matrix;
    }

    /// The same matrix with rows and columns exchanged: one column for each x.
    template <typename Number = double>
    [[nodiscard]] MatrixOf<Number> transposed_to(std::span<const double> x) const {
        MatrixOf<Number> matrix(count(), x.size());
        std::vector<double> weights(count());
        for (std::size_t i = 0; i < x.size(); ++i) {
            weigh(x[i], weights);
            for (std::size_t q = 0; q < count(); ++q)
                matrix.row(q)[i] = static_cast<Number>(weights[q]);
        }
        return matrix;
    }

  private:
    std::vector<double> points_;
    std::vector<double> weights_;
};

/// A matrix where it stands: its first number, and how far its rows are apart.
template <typename Number>
struct RowsOf {
    Number* first;
    std::size_t stride;

    [[nodiscard]] Number* row(std::size_t i) const { return first + i * stride; }
};

/// A block of rows and vectors of a matrix product; all its sums stay in registers. (GCC keeps an array there
/// only if it unrolls each loop over it early.)
template <std::size_t rows, std::size_t vectors, typename Number, typename Result>
void multiply_block(RowsOf<const Number> left, std::size_t depth, RowsOf<const Number> right,
                    RowsOf<Result> result) {
    using Lanes = std::experimental::native_simd<Number>;
    using std::experimental::element_aligned;
    std::array<std::array<Lanes, vectors>, rows> sums;
    const auto for_each_sum = [&](auto action) {
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v)
#pragma GCC unroll 4
            for (std::size_t i = 0; i < rows; ++i)
                action(i, v, sums[i][v]);
    };
    for_each_sum([](std::size_t, std::size_t, Lanes& sum) { sum = Number(0); });
    for (std::size_t q = 0; q < depth; ++q) {
        std::array<Lanes, vectors> factors;
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v)
            factors[v].copy_from(right.row(q) + v * Lanes::size(), element_aligned);
        for_each_sum([&](std::size_t i, std::size_t v, Lanes& sum) { sum += left.row(i)[q] * factors[v]; });
    }
    for_each_sum([&](std::size_t i, std::size_t v, const Lanes& sum) {
        sum.copy_to(result.row(i) + v * Lanes::size(), element_aligned);
    });
}

/// Some rows of the result, in blocks of four vectors, two, and one.
template <std::size_t rows, typename Number, typename Result>
void multiply_rows(RowsOf<const Number> left, std::size_t depth, RowsOf<const Number> right,
                   RowsOf<Result> result, std::size_t columns) {
    constexpr std::size_t width = std::experimental::native_simd<Number>::size();
    const auto block = [&]<std::size_t vectors>(std::size_t c) {
        for (; c + vectors * width <= columns; c += vectors * width)
            multiply_block<rows, vectors, Number, Result>(left, depth, {right.first + c, right.stride},
                                                          {result.first + c, result.stride});
        return c;
    };
    std::size_t c = block.template operator()<4>(0);
    c = block.template operator()<2>(c);
    block.template operator()<1>(c);
}

/// result = left · right, for `columns` that are whole vectors: these are the SIMD lanes. The result may have
/// numbers of another type.
template <typename Number, typename Result>
void multiply(RowsOf<const Number> left, std::size_t rows, std::size_t depth, RowsOf<const Number> right,
              RowsOf<Result> result, std::size_t columns) {
    std::size_t i = 0;
    const auto from_row = [&] { return RowsOf<const Number>{left.row(i), left.stride}; };
    for (; i + 4 <= rows; i += 4)
        multiply_rows<4>(from_row(), depth, right, RowsOf<Result>{result.row(i), result.stride}, columns);
    for (; i + 2 <= rows; i += 2)
        multiply_rows<2>(from_row(), depth, right, RowsOf<Result>{result.row(i), result.stride}, columns);
    for (; i < rows; ++i)
        multiply_rows<1>(from_row(), depth, right, RowsOf<Result>{result.row(i), result.stride}, columns);
}

/// Complex values at the nodes of a rectangle. For each node in y there are two rows, the real parts and the
/// imaginary parts: seen one way that is a matrix with twice as many rows, seen the other way one whose rows
/// are twice as long.
struct NodeValues {
    std::size_t nodes_y = 0, nodes_x = 0;
    Matrix parts;

    NodeValues() = default;
    NodeValues(std::size_t y, std::size_t x) : nodes_y(y), nodes_x(x), parts(2 * y, x) {}

    void add(std::size_t y, std::size_t x, std::complex<double> value) {
        parts.row(2 * y)[x] += value.real();
        parts.row(2 * y + 1)[x] += value.imag();
    }
};

/// What the products put down in between; kept, so that it need not be allocated again and again.
template <typename Number>
struct Scratch {
    MatrixOf<Number> parts, rows, in_turn, rest;
};

template <typename Number>
RowsOf<const Number> rows_of(const MatrixOf<Number>& matrix) {
    return {matrix.row(0), matrix.stride};
}
template <typename Number>
RowsOf<Number> rows_of(MatrixOf<Number>& matrix) {
    return {matrix.row(0), matrix.stride};
}

/// The values at other nodes: Y · values · Xᵀ, with `x` transposed already.
inline NodeValues resampled(const NodeValues& values, const Matrix& y, const Matrix& x,
                            Scratch<double>& scratch) {
    NodeValues result(y.rows, x.columns);
    const Matrix& parts = values.parts;
    scratch.rows.resize(2 * y.rows, parts.columns);
    multiply(rows_of(y), y.rows, y.columns, RowsOf<const double>{parts.row(0), 2 * parts.stride},
             RowsOf<double>{scratch.rows.row(0), 2 * parts.stride}, 2 * parts.stride);
    multiply(rows_of(std::as_const(scratch.rows)), 2 * y.rows, x.rows, rows_of(x), rows_of(result.parts),
             x.stride);
    return result;
}

/// The first of the two products to the grid: the values at the nodes' heights on the grid's columns, real
/// and imaginary parts in turn, as the field wants them. `x` is transposed already.
template <typename Number>
void on_columns(const NodeValues& values, const MatrixOf<Number>& x, MatrixOf<Number>& in_turn,
                Scratch<Number>& scratch) {
    MatrixOf<Number>& parts = scratch.parts;
    parts.resize(values.parts.rows, values.parts.columns);
    for (std::size_t p = 0; p < parts.rows; ++p)
        std::transform(values.parts.row(p), values.parts.row(p) + parts.columns, parts.row(p),
                       [](double value) { return static_cast<Number>(value); });
    MatrixOf<Number>& rows = scratch.rows;
    rows.resize(parts.rows, x.columns);
    multiply(rows_of(std::as_const(parts)), parts.rows, x.rows, rows_of(x), rows_of(rows), x.stride);
    in_turn.resize(values.nodes_y, 2 * x.columns);
    for (std::size_t p = 0; p < values.nodes_y; ++p) {
        const Number* real = rows.row(2 * p);
        const Number* imaginary = rows.row(2 * p + 1);
        Number* both = in_turn.row(p);
        for (std::size_t i = 0; i < x.columns; ++i) {
            both[2 * i] = real[i];
            both[2 * i + 1] = imaginary[i];
        }
    }
}

/// These numbers will be written soon: memory is slow to hand out its lines, and a line is read before it is
/// written. (Numbers beyond the end of an array do no harm.)
template <typename Number>
void ask_for(const Number* first, std::size_t count) {
    constexpr std::size_t line = 64 / sizeof(Number);
    for (std::size_t i = 0; i < count; i += line)
        __builtin_prefetch(first + i, 1);
}

/// The second product: some rows of the grid. `field` is the first of their points, and rows are `stride`
/// points apart.
template <typename Number>
void on_rows(const MatrixOf<Number>& in_turn, RowsOf<const Number> y, std::size_t rows,
             std::complex<double>* field, std::size_t stride, Scratch<Number>& scratch) {
    constexpr std::size_t width = MatrixOf<Number>::Lanes::size();
    // Whole vectors go straight to the field; what is left of each row must not touch the next tile's.
    const RowsOf<double> numbers{reinterpret_cast<double*>(field), 2 * stride};
    const std::size_t whole = in_turn.columns / width * width;
    constexpr std::size_t some_rows = 4;
    for (std::size_t j = 0; j < rows; j += some_rows) {
        const std::size_t count = std::min(some_rows, rows - j);
        for (std::size_t later = j + count; later < std::min(j + count + some_rows, rows); ++later)
            ask_for(numbers.row(later), in_turn.columns);
        multiply(RowsOf<const Number>{y.row(j), y.stride}, count, in_turn.rows, rows_of(in_turn),
                 RowsOf<double>{numbers.row(j), numbers.stride}, whole);
    }
    if (whole == in_turn.columns) return;
    MatrixOf<Number>& rest = scratch.rest;
    rest.resize(rows, in_turn.columns - whole);
    multiply(y, rows, in_turn.rows, RowsOf<const Number>{in_turn.row(0) + whole, in_turn.stride},
             rows_of(rest), rest.stride);
    for (std::size_t j = 0; j < rows; ++j)
        std::copy_n(rest.row(j), rest.columns, numbers.row(j) + whole);
}

/// Both: the values of a rectangle at its grid points.
template <typename Number>
void interpolate(const NodeValues& values, const MatrixOf<Number>& y, const MatrixOf<Number>& x,
                 std::complex<double>* field, std::size_t stride, Scratch<Number>& scratch) {
    on_columns(values, x, scratch.in_turn, scratch);
    on_rows(scratch.in_turn, rows_of(y), y.rows, field, stride, scratch);
}

}  // namespace wave
