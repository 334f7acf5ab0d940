// Chebyshev interpolation on tiles of a grid, as products of small matrices.
//
// A smooth function on an interval is known everywhere once it is known at a few nodes; what it is elsewhere
// is a matrix times its values there. On a rectangle there is one matrix for each direction:
//
//     values at (x_i, y_j)  =  Y · values at the nodes · Xᵀ
//
// Introduced by the lesson scatter-tiles; the later ones include it.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <experimental/simd>
#include <numbers>
#include <span>
#include <vector>

namespace wave {

/// A matrix, row by row.
struct Matrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values;

    Matrix() = default;
    Matrix(std::size_t rows_, std::size_t columns_)
        : rows(rows_), columns(columns_), values(rows_ * columns_) {}

    [[nodiscard]] double* row(std::size_t i) { return values.data() + i * columns; }
    [[nodiscard]] const double* row(std::size_t i) const { return values.data() + i * columns; }
};

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

    /// What each node's value counts at x; `into(q)` is where the q-th weight goes. This is the barycentric
    /// formula: Lagrange's polynomials, whose common factor cancels against their sum, which is 1. (J.-P.
    /// Berrut and L. N. Trefethen, Barycentric Lagrange interpolation, SIAM Review 46, 2004.)
    template <typename Into>
    void weigh(double x, Into into) const {
        double sum = 0.0;
        for (std::size_t q = 0; q < count(); ++q) {
            const double distance = x - points_[q];
            if (distance == 0.0) {
                for (std::size_t other = 0; other < count(); ++other)
                    into(other) = other == q ? 1.0 : 0.0;
                return;
            }
            into(q) = weights_[q] / distance;
            sum += into(q);
        }
        for (std::size_t q = 0; q < count(); ++q)
            into(q) /= sum;
    }

    /// One row for each x: the matrix that takes values at the nodes to values there.
    [[nodiscard]] Matrix to(std::span<const double> x) const {
        Matrix matrix(x.size(), count());
        for (std::size_t i = 0; i < x.size(); ++i)
            weigh(x[i], [&](std::size_t q) -> double& { return matrix.row(i)[q]; });
        return matrix;
    }

    /// The same matrix with rows and columns exchanged: one column for each x.
    [[nodiscard]] Matrix transposed_to(std::span<const double> x) const {
        Matrix matrix(count(), x.size());
        for (std::size_t i = 0; i < x.size(); ++i)
            weigh(x[i], [&](std::size_t q) -> double& { return matrix.row(q)[i]; });
        return matrix;
    }

  private:
    std::vector<double> points_;
    std::vector<double> weights_;
};

/// A block of rows and columns of a matrix product; all its sums stay in registers.
template <typename Vector, std::size_t rows, std::size_t vectors>
void multiply_block(const double* left, std::size_t left_stride, std::size_t depth, const double* right,
                    std::size_t right_stride, double* result, std::size_t result_stride) {
    using std::experimental::element_aligned;
    Vector sums[rows][vectors] = {};
    for (std::size_t q = 0; q < depth; ++q) {
        for (std::size_t v = 0; v < vectors; ++v) {
            const Vector factor(right + q * right_stride + v * Vector::size(), element_aligned);
            for (std::size_t i = 0; i < rows; ++i)
                sums[i][v] += left[i * left_stride + q] * factor;
        }
    }
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t v = 0; v < vectors; ++v)
            sums[i][v].copy_to(result + i * result_stride + v * Vector::size(), element_aligned);
}

/// result = left · right. The columns of `right` are the SIMD lanes, so there should be many of them.
template <typename Vector = std::experimental::native_simd<double>>
void multiply(const Matrix& left, const double* right, std::size_t right_stride, double* result,
              std::size_t result_stride, std::size_t columns) {
    const auto block = [&]<typename Lanes, std::size_t rows, std::size_t vectors>(std::size_t i,
                                                                                  std::size_t c) {
        multiply_block<Lanes, rows, vectors>(left.row(i), left.columns, left.columns, right + c, right_stride,
                                             result + i * result_stride + c, result_stride);
    };
    constexpr std::size_t width = Vector::size();
    using Scalar = std::experimental::simd<double, std::experimental::simd_abi::scalar>;
    const auto all_columns = [&]<std::size_t rows>(std::size_t i) {
        std::size_t c = 0;
        for (; c + 4 * width <= columns; c += 4 * width)
            block.template operator()<Vector, rows, 4>(i, c);
        for (; c + width <= columns; c += width)
            block.template operator()<Vector, rows, 1>(i, c);
        for (; c < columns; ++c)
            block.template operator()<Scalar, rows, 1>(i, c);
    };
    std::size_t i = 0;
    for (; i + 4 <= left.rows; i += 4)
        all_columns.template operator()<4>(i);
    for (; i < left.rows; ++i)
        all_columns.template operator()<1>(i);
}

/// Complex values at the nodes of a rectangle: a row for each node in y, real and imaginary parts apart.
struct NodeValues {
    Matrix real, imaginary;

    NodeValues(std::size_t nodes_y, std::size_t nodes_x)
        : real(nodes_y, nodes_x), imaginary(nodes_y, nodes_x) {}
};

/// left · right.
inline Matrix product(const Matrix& left, const Matrix& right) {
    Matrix result(left.rows, right.columns);
    multiply(left, right.values.data(), right.columns, result.values.data(), result.columns, right.columns);
    return result;
}

/// The values at other nodes: Y · values · Xᵀ, with `x` transposed already.
inline NodeValues resampled(const NodeValues& values, const Matrix& y, const Matrix& x) {
    NodeValues result(0, 0);
    result.real = product(product(y, values.real), x);
    result.imaginary = product(product(y, values.imaginary), x);
    return result;
}

/// The same for grid points: `field` is the first of them, and rows are `stride` numbers apart.
inline void interpolate(const NodeValues& values, const Matrix& y, const Matrix& x,
                        std::complex<double>* field, std::size_t stride) {
    const Matrix real = product(values.real, x);
    const Matrix imaginary = product(values.imaginary, x);
    Matrix rows(real.rows, 2 * real.columns);  // as the field wants them, real and imaginary parts in turn
    for (std::size_t i = 0; i < real.values.size(); ++i) {
        rows.values[2 * i] = real.values[i];
        rows.values[2 * i + 1] = imaginary.values[i];
    }
    multiply(y, rows.values.data(), rows.columns, reinterpret_cast<double*>(field), 2 * stride, rows.columns);
}

}  // namespace wave
