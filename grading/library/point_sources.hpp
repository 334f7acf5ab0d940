// Waves from points with any complex strengths: what is left of many segments when few sources stand for
// them, and the segments themselves as such. Their sum at points, which are the lanes of vectors.
//
// hankel.hpp has the waves of segments, whose strengths are real but for one phase; here H0 and H1 are wanted
// by themselves. Introduced by the lesson scatter-tree.
#pragma once

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include "hankel.hpp"
#include "lanes.hpp"
#include "scatter.hpp"

namespace wave {

/// H0(x) and H1(x) / x.
template <typename T>
struct Hankel {
    T h0_real, h0_imaginary, h1_real, h1_imaginary;
};

/// For x >= Digits::border, from x².
template <typename Digits, typename T>
[[gnu::always_inline]] inline Hankel<T> far_hankel(T x_squared) {
    using Scalar = ScalarOf<T>;
    const auto [x, inverse, inverse_root] = roots_of(x_squared);
    const Turn<T> turn = turn_by<Digits>(x * T(static_cast<Scalar>(std::numbers::inv_pi)) - T(Scalar(0.25)));
    const T amplitude = from_bits<T>(bits_of(inverse_root) ^ turn.sign);
    const T cosine = amplitude * turn.cosine;
    const T sine = amplitude * turn.sine;
    const T inverse_square = inverse * inverse;
    const T p0 = polynomial(Digits::far_p0, inverse_square);
    const T q0 = inverse * polynomial(Digits::far_q0, inverse_square);
    const T p1 = inverse * polynomial(Digits::far_p1, inverse_square);
    const T q1 = inverse_square * polynomial(Digits::far_q1, inverse_square);
    return {cosine * p0 - sine * q0, cosine * q0 + sine * p0, cosine * q1 + sine * p1,
            sine * q1 - cosine * p1};
}

/// For 0 < x < Digits::border, from x².
template <typename Digits, typename T>
[[gnu::always_inline]] inline Hankel<T> near_hankel(T x_squared) {
    using Scalar = ScalarOf<T>;
    constexpr auto inv_pi = static_cast<Scalar>(std::numbers::inv_pi);
    const T centred = x_squared - T(static_cast<Scalar>(0.5 * Digits::border * Digits::border));
    const T logarithm = T(inv_pi) * logarithm_of<Digits>(T(Scalar(0.25)) * x_squared);  // 2/π ln(x/2)
    const T j0 = polynomial(Digits::near_j0, centred);
    const T j1 = polynomial(Digits::near_j1, centred);
    return {j0, logarithm * j0 + polynomial(Digits::near_r0, centred), j1,
            logarithm * j1 + polynomial(Digits::near_r1, centred) - T(Scalar(2) * inv_pi) / x_squared};
}

/// For any x > 0: one form where it serves all lanes, both where they differ.
template <typename Digits, typename T>
Hankel<T> hankel(T x_squared) {
    const auto is_far = x_squared >= static_cast<ScalarOf<T>>(Digits::border * Digits::border);
    Hankel<T> result = near_hankel<Digits>(x_squared);
    const Hankel<T> far = far_hankel<Digits>(x_squared);
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
template <typename Tables, typename Lanes, std::size_t vectors>
void add_waves(std::span<const Source> sources, double k_squared, const double* x, const double* y,
               double* real, double* imaginary) {
    using stdx::element_aligned;
    constexpr std::size_t width = Lanes::size();
    std::array<Lanes, vectors> sum_real;
    std::array<Lanes, vectors> sum_imaginary;
    for (std::size_t v = 0; v < vectors; ++v) {
        sum_real[v].copy_from(real + v * width, element_aligned);
        sum_imaginary[v].copy_from(imaginary + v * width, element_aligned);
    }
    constexpr double border_squared = Tables::border * Tables::border;
    for (const Source& source : sources) {
        std::array<Lanes, vectors> dx, dy, z;
        bool some_near = false;
        bool some_far = false;
        for (std::size_t v = 0; v < vectors; ++v) {
            dx[v] = Lanes(x + v * width, element_aligned) - source.x;
            dy[v] = Lanes(y + v * width, element_aligned) - source.y;
            z[v] = k_squared * (dx[v] * dx[v] + dy[v] * dy[v]);
            some_near = some_near || stdx::any_of(z[v] < border_squared);
            some_far = some_far || stdx::any_of(z[v] >= border_squared);
        }
        const auto add = [&](auto hankel_of) {
            for (std::size_t v = 0; v < vectors; ++v) {
                const Hankel<Lanes> h = hankel_of(z[v]);
                const Lanes dipole_real = source.dipole_x.real() * dx[v] + source.dipole_y.real() * dy[v];
                const Lanes dipole_imaginary =
                    source.dipole_x.imag() * dx[v] + source.dipole_y.imag() * dy[v];
                sum_real[v] += source.monopole.real() * h.h0_real - source.monopole.imag() * h.h0_imaginary +
                               dipole_real * h.h1_real - dipole_imaginary * h.h1_imaginary;
                sum_imaginary[v] += source.monopole.real() * h.h0_imaginary +
                                    source.monopole.imag() * h.h0_real + dipole_real * h.h1_imaginary +
                                    dipole_imaginary * h.h1_real;
            }
        };
        if (!some_near)
            add([](Lanes t) { return far_hankel<Tables>(t); });
        else if (!some_far)
            add([](Lanes t) { return near_hankel<Tables>(t); });
        else
            add([](Lanes t) { return hankel<Tables>(t); });
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
    using Lanes = stdx::native_simd<double>;
    constexpr std::size_t block = 4 * Lanes::size();
    for (std::size_t first = 0; first < x.size(); first += block) {
        const std::size_t count = std::min(block, x.size() - first);
        std::array<double, block> block_x, block_y, real{}, imaginary{};
        for (std::size_t i = 0; i < block; ++i) {
            block_x[i] = x[first + std::min(i, count - 1)];
            block_y[i] = y[first + std::min(i, count - 1)];
        }
        const std::size_t vectors = (count + Lanes::size() - 1) / Lanes::size();
        if (vectors == 4)
            add_waves<Tables, Lanes, 4>(sources, k_squared, block_x.data(), block_y.data(), real.data(),
                                        imaginary.data());
        else
            for (std::size_t v = 0; v < vectors * Lanes::size(); v += Lanes::size())
                add_waves<Tables, Lanes, 1>(sources, k_squared, &block_x[v], &block_y[v], &real[v],
                                            &imaginary[v]);
        for (std::size_t i = 0; i < count; ++i)
            result[first + i] = {real[i], imaginary[i]};
    }
}

}  // namespace wave
