// The Hankel functions of the first kind, H0 and H1 together, and what a segment makes of them: for one
// number or for a vector of numbers, in double or float, to the digits that the tables have.
//
// A contribution is  e^{iπφ} ( m H0(x) + i d H1(x) / x )  with real m (monopole) and d (dipole): see
// docs/problem.md for the formula and the lesson 12-scatter-bessel for how H0 and H1 are computed. Each
// function here holds on its own side of Digits::border only, and none has a branch.
#pragma once

#include <cmath>
#include <numbers>

#include "hankel_tables.hpp"
#include "lanes.hpp"

namespace wave {

template <typename T>
struct ComplexOf {
    T real;
    T imaginary;
};

template <typename T>
struct Roots {
    T x;             // z^{1/2}
    T inverse;       // z^{−1/2}
    T inverse_root;  // z^{−1/4}
};

/// For one number the processor's own root and division are the best there is: they work on the side, while
/// the polynomials of other pairs go on. (A vector of eight takes them eight times as long.)
template <std::floating_point T>
[[gnu::always_inline]] inline Roots<T> roots_of(T z) {
    const T x = std::sqrt(z);
    const T inverse = T(1) / x;
    return {x, inverse, std::sqrt(inverse)};
}

/// A better guess of z^{−1/4}.
template <typename T, std::size_t terms>
[[gnu::always_inline]] inline T improved(T guess, T z, const std::array<double, terms>& step) {
    const T guess_squared = guess * guess;
    const T error = T(ScalarOf<T>(1)) - (z * guess_squared) * guess_squared;
    return guess * polynomial(step, error);
}

/// For a vector, from multiplications alone. A quarter of a number's bits, taken as an integer, is nearly a
/// quarter of its logarithm, which makes a first guess of z^{−1/4} that is right to 3 %.
template <typename T>
[[gnu::always_inline]] inline Roots<T> roots_of(T z) {
    using Scalar = ScalarOf<T>;
    constexpr int surplus_bits = Layout<double>::mantissa_bits - Layout<Scalar>::mantissa_bits;
    constexpr std::uint64_t bias = std::uint64_t{5 * (Layout<double>::bias - Layout<Scalar>::bias) / 4}
                                   << Layout<Scalar>::mantissa_bits;
    constexpr auto magic =
        static_cast<typename LanesOf<Scalar>::Bits>((RootTables::magic >> surplus_bits) - bias);
    T root = from_bits<T>(BitsOf<T>(magic) - (bits_of(z) >> 2));
    if constexpr (std::same_as<Scalar, float>) {
        root = improved(root, z, RootTables::step_in_float);
    } else {
        root = improved(root, z, RootTables::first_step);
        root = improved(root, z, RootTables::second_step);
    }
    const T inverse = root * root;
    return {z * inverse, inverse, root};
}

/// e^{iπ half_turns} = sign (cosine + i sine); the sign is the top bit of `sign`.
template <typename T>
struct Turn {
    T cosine;
    T sine;
    BitsOf<T> sign;
};

/// For up to 2^20 half turns in float, and 2^50 in double. Adding a number so large that no digits are left
/// behind its point rounds to whole half turns, and puts the whole number into the lowest bits: the very
/// lowest tells odd from even.
template <typename Digits, typename T>
[[gnu::always_inline]] inline Turn<T> turn_by(T half_turns) {
    using Scalar = ScalarOf<T>;
    constexpr int mantissa_bits = Layout<Scalar>::mantissa_bits;
    constexpr auto shifter =
        static_cast<Scalar>(1.5 * static_cast<double>(std::uint64_t{1} << mantissa_bits));
    const T shifted = half_turns + T(shifter);
    const T rest = half_turns - (shifted - T(shifter));
    const T square = rest * rest;
    return {polynomial(Digits::cosine, square), rest * polynomial(Digits::sine, square),
            bits_of(shifted) << static_cast<int>(8 * sizeof(Scalar) - 1)};
}

/// x >= Digits::border: adds the same wave as add_far_wave(), from the roots of x² instead of x² itself. The
/// phase of x must be in `half_turns` already, x/π + φ − 1/4: a caller who knows x better than the roots do
/// can say so.
template <typename Digits, typename T>
[[gnu::always_inline]] inline void add_turned_wave(const Roots<T>& roots, T monopole, T dipole, T half_turns,
                                                   ComplexOf<T>& sum) {
    const T inverse = roots.inverse;
    const Turn<T> turn = turn_by<Digits>(half_turns);
    const T amplitude = from_bits<T>(bits_of(roots.inverse_root) ^ turn.sign);
    const T inverse_square = inverse * inverse;
    const T tilt = dipole * inverse;
    const T real = amplitude * (monopole * polynomial(Digits::far_p0, inverse_square) +
                                tilt * polynomial(Digits::far_p1, inverse_square));
    const T imaginary = amplitude * inverse *
                        (monopole * polynomial(Digits::far_q0, inverse_square) +
                         tilt * polynomial(Digits::far_q1, inverse_square));
    sum.real = sum.real + real * turn.cosine - imaginary * turn.sine;
    sum.imaginary = sum.imaginary + real * turn.sine + imaginary * turn.cosine;
}

/// x >= Digits::border: adds e^{iπ half_turns} ( monopole H0(x) + i dipole H1(x) / x ) to the sum, from x².
/// The quarter turn that is in H0 and H1 must be in `half_turns` already:  half_turns = φ − 1/4.
template <typename Digits, typename T>
[[gnu::always_inline]] inline void add_far_wave(T x_squared, T monopole, T dipole, T half_turns,
                                                ComplexOf<T>& sum) {
    const Roots<T> roots = roots_of(x_squared);
    const T inv_pi(static_cast<ScalarOf<T>>(std::numbers::inv_pi));
    add_turned_wave<Digits>(roots, monopole, dipole, roots.x * inv_pi + half_turns, sum);
}

/// Positive, normal z = 2^exponent · mantissa, the mantissa from √½ to √2.
template <typename T>
struct Scaled {
    T exponent;
    T mantissa;
};

template <typename T>
[[gnu::always_inline]] inline Scaled<T> scaled(T z) {
    using Scalar = ScalarOf<T>;
    using Integer = typename LanesOf<Scalar>::Bits;
    constexpr int mantissa_bits = Layout<Scalar>::mantissa_bits;
    constexpr auto whole = static_cast<Scalar>(std::uint64_t{1} << mantissa_bits);
    constexpr auto one = std::bit_cast<Integer>(Scalar(1));
    constexpr auto root_half = std::bit_cast<Integer>(static_cast<Scalar>(std::numbers::sqrt2 / 2));
    const BitsOf<T> bits = bits_of(z) + BitsOf<T>(one - root_half);
    const BitsOf<T> exponent = bits >> mantissa_bits;
    // The exponent as a floating-point number: the lowest bits of 2^52 (in double) count ones.
    return {from_bits<T>(exponent | BitsOf<T>(std::bit_cast<Integer>(whole))) -
                T(whole + Scalar(Layout<Scalar>::bias)),
            from_bits<T>(bits - (exponent << mantissa_bits) + BitsOf<T>(root_half))};
}

/// 0 < x < Digits::border: monopole H0(x) + i dipole H1(x) / x, from x². Without a turn: there is no fast
/// factor in it that another could join.
template <typename Digits, typename T>
[[gnu::always_inline]] inline ComplexOf<T> near_wave(T x_squared, T monopole, T dipole) {
    using Scalar = ScalarOf<T>;
    constexpr auto inv_pi = static_cast<Scalar>(std::numbers::inv_pi);
    constexpr auto ln2_over_pi = static_cast<Scalar>(std::numbers::ln2 * std::numbers::inv_pi);
    // 2/π ln(x/2) = ln(x²/4)/π. With x²/4 = 2^e m the logarithm of m is an odd function of (m − 1) / (m + 1),
    // which is below 0.18. That quotient and 1/x² share one division, as divisions are dear.
    const auto [exponent, mantissa] = scaled(T(Scalar(0.25)) * x_squared);
    const T above = mantissa + T(Scalar(1));
    const T quotient = T(Scalar(1)) / (x_squared * above);
    const T inverse_square = quotient * above;
    const T ratio = (mantissa - T(Scalar(1))) * (x_squared * quotient);
    const T logarithm =
        exponent * T(ln2_over_pi) + (T(inv_pi) * ratio) * polynomial(Digits::logarithm, ratio * ratio);
    const T centred = x_squared - T(static_cast<Scalar>(0.5 * Digits::border * Digits::border));
    const T j0 = polynomial(Digits::near_j0, centred);
    const T y0 = logarithm * j0 + polynomial(Digits::near_r0, centred);
    const T j1_over_x = polynomial(Digits::near_j1, centred);
    const T y1_over_x = logarithm * j1_over_x +
                        (polynomial(Digits::near_r1, centred) - T(Scalar(2) * inv_pi) * inverse_square);
    return {monopole * j0 - dipole * y1_over_x, monopole * y0 + dipole * j1_over_x};
}

}  // namespace wave
