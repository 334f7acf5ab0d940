// Numbers and vectors of numbers alike: what a template needs to know so that the same lines serve float,
// double and std::experimental::simd of either.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <experimental/simd>
#include <type_traits>
#include <utility>

namespace wave {

namespace stdx = std::experimental;

/// What T is made of, and the unsigned integers that have as many bits.
template <typename T>
struct LanesOf {
    using Scalar = T;
    using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
};

template <typename S, typename Abi>
struct LanesOf<stdx::simd<S, Abi>> {
    using Scalar = S;
    using Bits = stdx::rebind_simd_t<typename LanesOf<S>::Bits, stdx::simd<S, Abi>>;
};

template <typename T>
using ScalarOf = typename LanesOf<T>::Scalar;

template <typename T>
using BitsOf = typename LanesOf<T>::Bits;

/// How a floating-point type is laid out: how many bits of mantissa are stored, and the exponent's bias.
template <typename Scalar>
struct Layout;

template <>
struct Layout<double> {
    static constexpr int mantissa_bits = 52;
    static constexpr int bias = 1023;
};

template <>
struct Layout<float> {
    static constexpr int mantissa_bits = 23;
    static constexpr int bias = 127;
};

template <typename T>
BitsOf<T> bits_of(T value) {
    return std::bit_cast<BitsOf<T>>(value);
}

template <typename T>
T from_bits(BitsOf<T> bits) {
    return std::bit_cast<T>(bits);
}

/// A table's polynomial by Horner's rule, the constant term first in the table. GCC makes each step one fused
/// multiply-add. The chain of steps is long, but several polynomials and several vectors hide its waiting.
template <typename T, std::size_t terms>
T polynomial(const std::array<double, terms>& table, T variable) {
    const auto term = [&](std::size_t i) { return T(static_cast<ScalarOf<T>>(table[i])); };
    // Written out by the compiler; a loop would be left a loop where it is long.
    return [&]<std::size_t... steps>(std::index_sequence<steps...>) {
        T sum = term(terms - 1);
        ((sum = sum * variable + term(terms - 2 - steps)), ...);
        return sum;
    }
    (std::make_index_sequence<terms - 1>());
}

}  // namespace wave
