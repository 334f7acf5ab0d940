// Waves from point sources: the Hankel functions H0 and H1 together for whole SIMD vectors, the contour's
// segments as sources, and their sum at any points.
//
// Far from a source both functions are one wave times short polynomials in 1/x², near to it power series with
// a logarithm. They take z = x² and not x, since this is what a distance comes as; neither form needs a
// square root.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <experimental/simd>
#include <numbers>
#include <span>
#include <vector>

#include "hankel_tables.hpp"
#include "scatter.hpp"

namespace wave {
namespace stdx = std::experimental;

/// H0 and H1 / x.
template <typename Vector>
struct Hankel {
    Vector h0_real, h0_imaginary;
    Vector h1_real, h1_imaginary;  ///< divided by x
};

/// Horner's rule; the constant term comes first.
template <typename Vector, std::size_t size>
[[gnu::always_inline]] inline Vector polynomial(const std::array<double, size>& coefficients, Vector t) {
    using Number = typename Vector::value_type;
    Vector sum = static_cast<Number>(coefficients[size - 1]);
    for (std::size_t i = size - 1; i-- > 0;)
        sum = sum * t + static_cast<Number>(coefficients[i]);
    return sum;
}

/// What the bits of a floating-point number mean.
template <typename Number>
struct Format;
template <>
struct Format<double> {
    using Bits = std::int64_t;
    static constexpr int mantissa_bits = 52;
    static constexpr Bits root_of_half = 0x3fe6a09e667f3bcd;
    template <typename Tables>
    static constexpr Bits root_magic = static_cast<Bits>(Tables::root_magic);
};
template <>
struct Format<float> {
    using Bits = std::int32_t;
    static constexpr int mantissa_bits = 23;
    static constexpr Bits root_of_half = 0x3f3504f3;
    template <typename Tables>
    static constexpr Bits root_magic = static_cast<Bits>((Tables::root_magic >> 29U) -
                                                         (std::uint64_t{5 * 896} << 21U));
};
template <typename Vector>
using BitsOf = stdx::rebind_simd_t<typename Format<typename Vector::value_type>::Bits, Vector>;

/// z^(-1/4): a guess from the number's bits, then one step with as many terms as the accuracy needs.
template <typename Tables, typename Vector>
[[gnu::always_inline]] inline Vector inverse_fourth_root(Vector z) {
    using Number = typename Vector::value_type;
    using Bits = BitsOf<Vector>;
    const Bits guess_bits = Format<Number>::template root_magic<Tables> - (std::bit_cast<Bits>(z) >> 2);
    const Vector guess = std::bit_cast<Vector>(guess_bits);
    const Vector square = guess * guess;
    return guess * polynomial(Tables::root_step, Number(1) - z * (square * square));
}

/// ln(z): the exponent's share, and a series in (m − 1) / (m + 1) for the mantissa m, 0.7 … 1.4.
template <typename Tables, typename Vector>
[[gnu::always_inline]] inline Vector logarithm(Vector z) {
    using Number = typename Vector::value_type;
    using Bits = BitsOf<Vector>;
    constexpr int mantissa_bits = Format<Number>::mantissa_bits;
    const Bits bits = std::bit_cast<Bits>(z);
    const Bits exponent = (bits - Format<Number>::root_of_half) >> mantissa_bits;
    const Vector mantissa = std::bit_cast<Vector>(Bits(bits - (exponent << mantissa_bits)));
    const Vector s = (mantissa - Number(1)) / (mantissa + Number(1));
    return stdx::static_simd_cast<Vector>(exponent) * std::numbers::ln2_v<Number> +
           s * polynomial(Tables::logarithm, s * s);
}

/// For x >= Tables::border.
template <typename Tables, typename Vector>
[[gnu::always_inline]] inline Hankel<Vector> far_hankel(Vector z) {
    using Number = typename Vector::value_type;
    const Vector amplitude = inverse_fourth_root<Tables>(z);
    const Vector inverse = amplitude * amplitude;
    const Vector inverse_square = inverse * inverse;
    const Vector half_turns = z * inverse * std::numbers::inv_pi_v<Number> - Number(0.25);
    const Vector whole = stdx::nearbyint(half_turns);
    const Vector rest = half_turns - whole;
    const Vector pair = Number(0.5) * whole;
    const Vector signed_amplitude = amplitude - Number(4) * amplitude * (pair - stdx::floor(pair));
    const Vector cosine = signed_amplitude * polynomial(Tables::cosine, rest * rest);
    const Vector sine = signed_amplitude * rest * polynomial(Tables::sine, rest * rest);
    const Vector p0 = polynomial(Tables::far_p0, inverse_square);
    const Vector q0 = inverse * polynomial(Tables::far_q0, inverse_square);
    const Vector p1 = inverse * polynomial(Tables::far_p1, inverse_square);
    const Vector q1 = inverse_square * polynomial(Tables::far_q1, inverse_square);
    return {cosine * p0 - sine * q0, cosine * q0 + sine * p0, cosine * q1 + sine * p1,
            sine * q1 - cosine * p1};
}

/// For x < Tables::border.
template <typename Tables, typename Vector>
[[gnu::always_inline]] inline Hankel<Vector> near_hankel(Vector z) {
    using Number = typename Vector::value_type;
    const Vector centred = z - static_cast<Number>(0.5 * Tables::border * Tables::border);
    const Vector log = logarithm<Tables>(Number(0.25) * z) * std::numbers::inv_pi_v<Number>;
    const Vector j0 = polynomial(Tables::near_j0, centred);
    const Vector j1 = polynomial(Tables::near_j1, centred);
    const Vector pole = static_cast<Number>(2 * std::numbers::inv_pi) / z;
    return {j0, log * j0 + polynomial(Tables::near_r0, centred), j1,
            log * j1 + polynomial(Tables::near_r1, centred) - pole};
}

/// For any x > 0: one form where it serves all lanes, both where they differ.
template <typename Tables, typename Vector>
Hankel<Vector> hankel(Vector z) {
    const auto is_far = z >= static_cast<typename Vector::value_type>(Tables::border * Tables::border);
    if (stdx::all_of(is_far)) return far_hankel<Tables>(z);
    Hankel<Vector> result = near_hankel<Tables>(z);
    if (stdx::none_of(is_far)) return result;
    const Hankel<Vector> far = far_hankel<Tables>(z);
    stdx::where(is_far, result.h0_real) = far.h0_real;
    stdx::where(is_far, result.h0_imaginary) = far.h0_imaginary;
    stdx::where(is_far, result.h1_real) = far.h1_real;
    stdx::where(is_far, result.h1_imaginary) = far.h1_imaginary;
    return result;
}

/// A point that sends out a wave: monopole · H0(k r) + (dipole · d) · H1(k r) / (k r), d the vector from the
/// source to the observer.
struct Source {
    double x, y;
    std::complex<double> monopole, dipole_x, dipole_y;
};

/// One source for each segment, at its midpoint.
inline std::vector<Source> sources_of(const Problem& problem) {
    const double k_squared = problem.kx * problem.kx + problem.ky * problem.ky;
    std::vector<Source> sources;
    sources.reserve(problem.xc.size());
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const double tangent_x = problem.xc[s + 1] - problem.xc[s];
        const double tangent_y = problem.yc[s + 1] - problem.yc[s];
        const double x = 0.5 * (problem.xc[s] + problem.xc[s + 1]);
        const double y = 0.5 * (problem.yc[s] + problem.yc[s + 1]);
        const double ds_facing = tangent_x * problem.ky - tangent_y * problem.kx;  // ds (n·k)
        const double shadow = ds_facing > 0.0 ? 1.0 : -1.0;
        const std::complex<double> wave = std::polar(1.0, problem.kx * x + problem.ky * y);
        const std::complex<double> dipole = std::complex<double>(0.0, -0.25 * shadow * k_squared) * wave;
        sources.push_back({x, y, 0.25 * ds_facing * wave, -tangent_y * dipole, tangent_x * dipole});
    }
    return sources;
}

/// Adds what the sources send to a block of points, whose coordinates are the lanes.
template <typename Tables, typename Vector, std::size_t vectors>
void add_waves(std::span<const Source> sources, double k_squared, const double* x, const double* y,
               double* real, double* imaginary) {
    using stdx::element_aligned;
    constexpr std::size_t width = Vector::size();
    std::array<Vector, vectors> sum_real;
    std::array<Vector, vectors> sum_imaginary;
    for (std::size_t v = 0; v < vectors; ++v) {
        sum_real[v].copy_from(real + v * width, element_aligned);
        sum_imaginary[v].copy_from(imaginary + v * width, element_aligned);
    }
    constexpr double border_squared = Tables::border * Tables::border;
    for (const Source& source : sources) {
        std::array<Vector, vectors> dx, dy, z;
        bool some_near = false;
        bool some_far = false;
        for (std::size_t v = 0; v < vectors; ++v) {
            dx[v] = Vector(x + v * width, element_aligned) - source.x;
            dy[v] = Vector(y + v * width, element_aligned) - source.y;
            z[v] = k_squared * (dx[v] * dx[v] + dy[v] * dy[v]);
            some_near = some_near || stdx::any_of(z[v] < border_squared);
            some_far = some_far || stdx::any_of(z[v] >= border_squared);
        }
        const auto add = [&](auto hankel_of) {
            for (std::size_t v = 0; v < vectors; ++v) {
                const Hankel<Vector> h = hankel_of(z[v]);
                const Vector dipole_real = source.dipole_x.real() * dx[v] + source.dipole_y.real() * dy[v];
                const Vector dipole_imaginary =
                    source.dipole_x.imag() * dx[v] + source.dipole_y.imag() * dy[v];
                sum_real[v] += source.monopole.real() * h.h0_real - source.monopole.imag() * h.h0_imaginary +
                               dipole_real * h.h1_real - dipole_imaginary * h.h1_imaginary;
                sum_imaginary[v] += source.monopole.real() * h.h0_imaginary +
                                    source.monopole.imag() * h.h0_real + dipole_real * h.h1_imaginary +
                                    dipole_imaginary * h.h1_real;
            }
        };
        if (!some_near)
            add([](Vector t) { return far_hankel<Tables>(t); });
        else if (!some_far)
            add([](Vector t) { return near_hankel<Tables>(t); });
        else
            add([](Vector t) { return hankel<Tables>(t); });
    }
    for (std::size_t v = 0; v < vectors; ++v) {
        sum_real[v].copy_to(real + v * width, element_aligned);
        sum_imaginary[v].copy_to(imaginary + v * width, element_aligned);
    }
}

/// The sum over all sources at the points (x[i], y[i]).
template <typename Tables>
void sum_at(std::span<const Source> sources, double k_squared, std::span<const double> x,
            std::span<const double> y, std::span<std::complex<double>> result) {
    using Vector = stdx::native_simd<double>;
    constexpr std::size_t block = 4 * Vector::size();
    for (std::size_t first = 0; first < x.size(); first += block) {
        const std::size_t count = std::min(block, x.size() - first);
        std::array<double, block> block_x, block_y, real{}, imaginary{};
        for (std::size_t i = 0; i < block; ++i) {
            block_x[i] = x[first + std::min(i, count - 1)];
            block_y[i] = y[first + std::min(i, count - 1)];
        }
        const std::size_t vectors = (count + Vector::size() - 1) / Vector::size();
        if (vectors == 4)
            add_waves<Tables, Vector, 4>(sources, k_squared, block_x.data(), block_y.data(), real.data(),
                                         imaginary.data());
        else
            for (std::size_t v = 0; v < vectors * Vector::size(); v += Vector::size())
                add_waves<Tables, Vector, 1>(sources, k_squared, &block_x[v], &block_y[v], &real[v],
                                             &imaginary[v]);
        for (std::size_t i = 0; i < count; ++i)
            result[first + i] = {real[i], imaginary[i]};
    }
}

}  // namespace wave
