// Numbers, vectors of numbers and packs of several vectors alike: what a template needs to know so that the
// same lines serve float, double, std::experimental::simd of either, and a Pack of these.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <experimental/simd>
#include <functional>
#include <type_traits>

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

/// Several vectors that go through the same steps side by side. A step waits some four cycles for the one
/// before, and a processor can begin two in each: a single chain of steps keeps it busy for an eighth of the
/// time, and so needs company. What they share, such as a coefficient, is loaded once for all.
template <typename V, std::size_t count>
struct Pack {
    std::array<V, count> vectors;

    Pack() = default;
    template <std::convertible_to<V> Scalar>
    [[gnu::always_inline]] Pack(Scalar same) {  // as with a vector, a number means itself in all lanes
        vectors.fill(V(same));
    }

    [[gnu::always_inline]] friend Pack operator+(const Pack& a, const Pack& b) {
        return combined(a, b, std::plus<>());
    }
    [[gnu::always_inline]] friend Pack operator-(const Pack& a, const Pack& b) {
        return combined(a, b, std::minus<>());
    }
    [[gnu::always_inline]] friend Pack operator*(const Pack& a, const Pack& b) {
        return combined(a, b, std::multiplies<>());
    }
    [[gnu::always_inline]] friend Pack operator/(const Pack& a, const Pack& b) {
        return combined(a, b, std::divides<>());
    }
    [[gnu::always_inline]] friend Pack operator|(const Pack& a, const Pack& b) {
        return combined(a, b, std::bit_or<>());
    }
    [[gnu::always_inline]] friend Pack operator^(const Pack& a, const Pack& b) {
        return combined(a, b, std::bit_xor<>());
    }
    [[gnu::always_inline]] friend Pack operator<<(Pack a, int bits) {
        for (V& vector : a.vectors)
            vector <<= bits;
        return a;
    }
    [[gnu::always_inline]] friend Pack operator>>(Pack a, int bits) {
        for (V& vector : a.vectors)
            vector >>= bits;
        return a;
    }

  private:
    template <typename Step>
    [[gnu::always_inline]] static Pack combined(const Pack& a, const Pack& b, Step step) {
        Pack result;
        for (std::size_t i = 0; i < count; ++i)
            result.vectors[i] = step(a.vectors[i], b.vectors[i]);
        return result;
    }
};

template <typename V, std::size_t count>
struct LanesOf<Pack<V, count>> {
    using Scalar = typename LanesOf<V>::Scalar;
    using Bits = Pack<typename LanesOf<V>::Bits, count>;
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

/// A number or vector of type To with the same bits as `value`, which has as many lanes. A processor with AVX
/// but not AVX2 has vectors of doubles twice as wide as its vectors of integers: there a vector of integers
/// is two in one, which std::bit_cast does not take, and the way leads through an array.
template <typename To, typename From>
[[gnu::always_inline]] inline To with_same_bits(const From& value) {
    if constexpr (std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>) {
        return std::bit_cast<To>(value);
    } else {
        std::array<typename From::value_type, From::size()> lanes;
        value.copy_to(lanes.data(), stdx::element_aligned);
        const auto bits = std::bit_cast<std::array<typename To::value_type, To::size()>>(lanes);
        return To(bits.data(), stdx::element_aligned);
    }
}

template <typename T>
[[gnu::always_inline]] inline BitsOf<T> bits_of(const T& value) {
    return with_same_bits<BitsOf<T>>(value);
}

template <typename V, std::size_t count>
[[gnu::always_inline]] inline BitsOf<Pack<V, count>> bits_of(const Pack<V, count>& value) {
    BitsOf<Pack<V, count>> bits;
    for (std::size_t i = 0; i < count; ++i)
        bits.vectors[i] = bits_of(value.vectors[i]);
    return bits;
}

/// The number, vector or pack that has these bits.
template <typename T>
struct FromBits {
    [[gnu::always_inline]] static T make(const BitsOf<T>& bits) { return with_same_bits<T>(bits); }
};

template <typename V, std::size_t count>
struct FromBits<Pack<V, count>> {
    using Packed = Pack<V, count>;
    [[gnu::always_inline]] static Packed make(const BitsOf<Packed>& bits) {
        Packed value;
        for (std::size_t i = 0; i < count; ++i)
            value.vectors[i] = FromBits<V>::make(bits.vectors[i]);
        return value;
    }
};

template <typename T>
[[gnu::always_inline]] inline T from_bits(const BitsOf<T>& bits) {
    return FromBits<T>::make(bits);
}

/// A table's polynomial by Horner's rule, the constant term first in the table. GCC makes each step one fused
/// multiply-add. The chain of steps is long, but several polynomials and several vectors hide its waiting.
template <typename T, std::size_t terms>
[[gnu::always_inline]] inline T polynomial(const std::array<double, terms>& table, const T& variable) {
    T sum(static_cast<ScalarOf<T>>(table[terms - 1]));
    for (std::size_t i = terms - 1; i-- > 0;)
        sum = sum * variable + T(static_cast<ScalarOf<T>>(table[i]));
    return sum;
}

}  // namespace wave
