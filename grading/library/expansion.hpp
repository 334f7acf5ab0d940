// What distant sources send to a tile, as an expansion around the tile's middle: some forty coefficients,
// however many nodes there are. The lesson 18-scatter-tree introduces it; the capstone includes it.
//
// At a point (r, θ) that is nearer to the middle than all sources are,
//
//     wave  =  ½ A_0 J_0(kr)  +  Σ_m ( A_m cos mθ + B_m sin mθ ) J_m(kr)
//
// A source at (s, φ) of strength 1 adds 2 H_m(ks) cos mφ to A_m and 2 H_m(ks) sin mφ to B_m: this is Graf's
// addition theorem (NIST Digital Library of Mathematical Functions, 10.23.7) with its orders m and −m taken
// together. What a dipole adds is the derivative of that with respect to the source's place.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "chebyshev.hpp"
#include "hankel.hpp"
#include "segments.hpp"

namespace wave {

/// From this order on J_m(x) is below 1e-14 and falls off fast: beyond m = x it does so over orders in
/// proportion to the cube root of x.
inline std::size_t beyond_all_orders(double x) {
    return static_cast<std::size_t>(x + 8.0 * std::cbrt(x)) + 16;
}

/// What bessel_j can take. (From 1400 on (x/2)^m / m! is too large for a double.)
inline constexpr double largest_argument = 1000.0;

/// values[m] = J_m(x) for m = 0 … orders and 0 <= x <= largest, where `largest` is at most largest_argument;
/// the vector becomes longer than that. With J_m(x) = (x/2)^m / m! · s_m the recurrence downwards,
///     s_{m−1}  =  s_m − (x/2)² / (m (m + 1)) · s_{m+1} ,
/// never divides by x. It begins so far up that any two numbers will do (J. C. P. Miller's method); what they
/// should have been follows from J_0 + 2 J_2 + 2 J_4 + … = 1.
template <typename T>
void bessel_j(T x, double largest, std::size_t orders, std::vector<T>& values) {
    constexpr std::size_t until_forgotten = 16;
    const std::size_t first = std::max(orders + until_forgotten, beyond_all_orders(largest));
    values.resize(first + 1);
    const T half = T(0.5) * x;
    const T half_squared = half * half;
    T above(1.0), here(1.0);
    for (std::size_t m = first; m > 0; --m) {
        values[m] = here;
        const T factor = half_squared * T(1.0 / static_cast<double>(m * (m + 1)));
        const T below = here - factor * above;
        above = here;
        here = below;
    }
    values[0] = here;
    T power(1.0), sum = here;
    for (std::size_t m = 1; m <= first; ++m) {
        power = power * half * T(1.0 / static_cast<double>(m));
        values[m] = values[m] * power;
        if (m % 2 == 0) sum = sum + T(2.0) * values[m];
    }
    const T scale = T(1.0) / sum;
    for (std::size_t m = 0; m <= orders; ++m)
        values[m] = values[m] * scale;
}

/// The functions ½ J_0, J_m cos mθ, J_m sin mθ at the nodes of a tile: one matrix for all tiles of a size.
class ExpansionBasis {
  public:
    ExpansionBasis() = default;

    /// The nodes as they lie around the tile's middle, and how near to the middle a source may be.
    ExpansionBasis(const ChebyshevNodes& x, const ChebyshevNodes& y, double k, double nearest_source) {
        const double farthest = k * std::hypot(x.points().back(), y.points().back());
        orders_ = orders_needed(farthest, k * nearest_source);
        functions_ = Matrix(2 * orders_ + 1, x.count() * y.count());
        // The last vector goes beyond the last node, to the middle, where all is finite.
        std::vector<double> node_x(functions_.stride), node_y(functions_.stride);
        for (std::size_t n = 0; n < functions_.columns; ++n) {
            node_x[n] = k * x.points()[n % x.count()];
            node_y[n] = k * y.points()[n / x.count()];
        }
        std::vector<Lanes> j;
        for (std::size_t n = 0; n < functions_.stride; n += Lanes::size())
            fill(n, Lanes(&node_x[n], stdx::element_aligned), Lanes(&node_y[n], stdx::element_aligned),
                 farthest, j);
    }

    [[nodiscard]] std::size_t orders() const { return orders_; }
    /// One row for each function, in the order of the coefficients: A_0 … A_M, B_1 … B_M.
    [[nodiscard]] const Matrix& functions() const { return functions_; }

  private:
    using Lanes = stdx::native_simd<double>;

    /// At a vector of nodes, in columns from n on.
    void fill(std::size_t n, const Lanes& x, const Lanes& y, double farthest, std::vector<Lanes>& j) {
        constexpr double no_distance = 1e-100;
        const Lanes distance = stdx::sqrt(x * x + y * y);
        const Lanes inverse = 1.0 / stdx::max(distance, Lanes(no_distance));
        const Lanes cosine = x * inverse, sine = y * inverse;
        bessel_j(distance, farthest, orders_, j);
        (0.5 * j[0]).copy_to(functions_.row(0) + n, stdx::element_aligned);
        Lanes cosine_m = cosine, sine_m = sine;
        for (std::size_t m = 1; m <= orders_; ++m) {
            (j[m] * cosine_m).copy_to(functions_.row(m) + n, stdx::element_aligned);
            (j[m] * sine_m).copy_to(functions_.row(orders_ + m) + n, stdx::element_aligned);
            const Lanes next = cosine_m * cosine - sine_m * sine;
            sine_m = sine_m * cosine + cosine_m * sine;
            cosine_m = next;
        }
    }

    /// Until the terms J_m H_m of a source of strength 1 no longer matter, for the node and the source for
    /// which they fall off most slowly. (J_m and Y_m themselves have zeros; |H_m| has none.)
    static std::size_t orders_needed(double farthest_node, double nearest_source) {
        constexpr double negligible = 1e-8;
        const auto first = static_cast<std::size_t>(farthest_node);
        const std::size_t most = beyond_all_orders(farthest_node) + 64;  // they fall off at least as 0.58^m
        std::vector<double> j;
        bessel_j(farthest_node, farthest_node, most, j);
        std::complex<double> below(std::cyl_bessel_j(0.0, nearest_source),
                                   std::cyl_neumann(0.0, nearest_source));
        std::complex<double> here(std::cyl_bessel_j(1.0, nearest_source),
                                  std::cyl_neumann(1.0, nearest_source));
        std::size_t m = 1;
        while (m <= first || (m < most && !(std::abs(j[m]) * std::abs(here) <= negligible))) {
            below = std::exchange(here, 2.0 * static_cast<double>(m) / nearest_source * here - below);
            ++m;
        }
        return m;
    }

    std::size_t orders_ = 0;
    Matrix functions_;
};

/// The coefficients for one tile, kept from tile to tile so that their memory is.
class Expansion {
  public:
    /// Of no sources yet.
    void start(const ExpansionBasis& basis) { sums_.assign(basis.orders() + 1, Sums{}); }

    /// All farther from the middle than `nearest_source` was.
    void add(std::span<const Segment> sources, Vector middle, double k) {
        for (; sources.size() >= Block::size; sources = sources.subspan(Block::size))
            add_block(Block(sources.first<Block::size>(), middle, k), 2.0 / k);
        if (sources.empty()) return;
        Segment silent = sources.back();
        silent.dipole = {0.0, 0.0};
        silent.monopole = 0.0;
        std::array<Segment, Block::size> filled_up;
        filled_up.fill(silent);
        std::ranges::copy(sources, filled_up.begin());
        add_block(Block(filled_up, middle, k), 2.0 / k);
    }

    /// Adds their wave to the values at the tile's nodes.
    void add_to(NodeValues& values, const ExpansionBasis& basis) {
        const Matrix& functions = basis.functions();
        coefficients_.resize(2, functions.rows);
        for (std::size_t m = 0; m <= basis.orders(); ++m) {
            put(m, sums_[m].a);
            if (m > 0) put(basis.orders() + m, sums_[m].b);
        }
        at_nodes_.resize(2, functions.columns);
        multiply(rows_of(std::as_const(coefficients_)), 2, functions.rows, rows_of(functions),
                 rows_of(at_nodes_), functions.stride);
        std::size_t n = 0;
        for (std::size_t q = 0; q < values.nodes_y; ++q)
            for (std::size_t p = 0; p < values.nodes_x; ++p, ++n)
                values.add(q, p, {at_nodes_.row(0)[n], at_nodes_.row(1)[n]});
    }

  private:
    using Digits = Digits8;
    using Lanes = stdx::native_simd<double>;
    static constexpr std::size_t vectors = 2;
    using All = Pack<Lanes, vectors>;

    /// A_m and B_m, still one sum for each lane.
    struct Sums {
        ComplexOf<Lanes> a{0.0, 0.0}, b{0.0, 0.0};
    };

    /// Sources as the middle sees them, one in each lane.
    struct Block {
        static constexpr std::size_t size = vectors * Lanes::size();

        All cosine, sine;
        All square, inverse;       ///< of k times the distance
        All along, across;         ///< the dipole's two parts
        All monopole, half_turns;  ///< as in Segment
        ComplexOf<All> wave;

        Block(std::span<const Segment, size> sources, Vector middle, double k) {
            const auto of_each = [&](auto member) {
                All all;
                for (std::size_t v = 0; v < vectors; ++v)
                    all.vectors[v] =
                        Lanes([&](auto lane) { return member(sources[v * Lanes::size() + lane]); });
                return all;
            };
            const All x = of_each([&](const Segment& s) { return k * (s.middle.x - middle.x); });
            const All y = of_each([&](const Segment& s) { return k * (s.middle.y - middle.y); });
            square = x * x + y * y;
            for (std::size_t v = 0; v < vectors; ++v)
                inverse.vectors[v] = 1.0 / stdx::sqrt(square.vectors[v]);
            cosine = x * inverse;
            sine = y * inverse;
            const All dipole_x = of_each([](const Segment& s) { return s.dipole.x; });
            const All dipole_y = of_each([](const Segment& s) { return s.dipole.y; });
            along = dipole_x * cosine + dipole_y * sine;
            across = dipole_y * cosine - dipole_x * sine;
            monopole = of_each([](const Segment& s) { return s.monopole; });
            half_turns = of_each([](const Segment& s) { return s.half_turns; });
            wave = {of_each([](const Segment& s) { return s.wave.x; }),
                    of_each([](const Segment& s) { return s.wave.y; })};
        }
    };

    /// With h_m = e^{ik·s} H_m(x), x = k |s|, each source adds
    ///     A_m:  cos mφ R − sin mφ Q ,   B_m:  sin mφ R + cos mφ Q ,
    ///     R = 2 monopole h_m + i 2/k along h_m' ,   Q = i 2/k across (m/x) h_m .
    /// With g = (m/x) h_m the recurrences are  h_m' = h_{m−1} − g  and  h_{m+1} = g − h_m'.
    void add_block(const Block& block, double two_over_k) {
        const All monopole = All(2.0) * block.monopole;
        const All along = All(two_over_k) * block.along, across = All(two_over_k) * block.across;
        ComplexOf<All> here, i_above;
        set_hankel(block, here, i_above);
        ComplexOf<All> below{All(0.0) - i_above.imaginary, i_above.real};  // H_{−1} = −H_1
        All cosine_m(1.0), sine_m(0.0), m_over_x(0.0);
        for (Sums& sums : sums_) {
            const ComplexOf<All> g{m_over_x * here.real, m_over_x * here.imaginary};
            const ComplexOf<All> derivative{below.real - g.real, below.imaginary - g.imaginary};
            const ComplexOf<All> r{monopole * here.real - along * derivative.imaginary,
                                   monopole * here.imaginary + along * derivative.real};
            const ComplexOf<All> q{All(0.0) - across * g.imaginary, across * g.real};
            add_up(cosine_m * r.real - sine_m * q.real, sums.a.real);
            add_up(cosine_m * r.imaginary - sine_m * q.imaginary, sums.a.imaginary);
            add_up(sine_m * r.real + cosine_m * q.real, sums.b.real);
            add_up(sine_m * r.imaginary + cosine_m * q.imaginary, sums.b.imaginary);
            below = here;
            here = {g.real - derivative.real, g.imaginary - derivative.imaginary};
            const All next = cosine_m * block.cosine - sine_m * block.sine;
            sine_m = sine_m * block.cosine + cosine_m * block.sine;
            cosine_m = next;
            m_over_x = m_over_x + block.inverse;
        }
    }

    /// e^{ik·s} H0 and i e^{ik·s} H1.
    static void set_hankel(const Block& block, ComplexOf<All>& h0, ComplexOf<All>& i_h1) {
        constexpr double border_squared = Digits::border * Digits::border;
        const All x = block.square * block.inverse;
        h0 = i_h1 = {All(0.0), All(0.0)};
        add_far_wave<Digits>(block.square, All(1.0), All(0.0), block.half_turns, h0);
        add_far_wave<Digits>(block.square, All(0.0), x, block.half_turns, i_h1);
        for (std::size_t v = 0; v < vectors; ++v) {
            const Lanes& square = block.square.vectors[v];
            const auto is_near = square < border_squared;
            if (!stdx::any_of(is_near)) continue;
            const Lanes &real = block.wave.real.vectors[v], &imaginary = block.wave.imaginary.vectors[v];
            const auto put = [&](const ComplexOf<Lanes>& near, ComplexOf<All>& into) {
                stdx::where(is_near, into.real.vectors[v]) = near.real * real - near.imaginary * imaginary;
                stdx::where(is_near, into.imaginary.vectors[v]) =
                    near.real * imaginary + near.imaginary * real;
            };
            put(near_wave<Digits>(square, Lanes(1.0), Lanes(0.0)), h0);
            put(near_wave<Digits>(square, Lanes(0.0), x.vectors[v]), i_h1);
        }
    }

    static void add_up(const All& all, Lanes& sum) {
        Lanes of_all = all.vectors[0];
        for (std::size_t v = 1; v < vectors; ++v)
            of_all += all.vectors[v];
        sum += of_all;
    }

    void put(std::size_t n, const ComplexOf<Lanes>& sums) {
        coefficients_.row(0)[n] = stdx::reduce(sums.real);
        coefficients_.row(1)[n] = stdx::reduce(sums.imaginary);
    }

    std::vector<Sums> sums_;
    Matrix coefficients_, at_nodes_;  ///< rows of real and of imaginary parts
};

}  // namespace wave
