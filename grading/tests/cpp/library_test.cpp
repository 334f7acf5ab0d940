// The library of kernels, against Boost in long double: Hankel functions, the far and near forms, the direct
// sum of a whole field, the test for points outside, and the pieces of a contour.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "direct_sum.hpp"
#include "expansion.hpp"
#include "tree.hpp"

namespace wave {
namespace {

using Extended = std::complex<long double>;
using Doubles = stdx::native_simd<double>;
using Floats = stdx::native_simd<float>;

Extended hankel(int order, long double x) {
    return {boost::math::cyl_bessel_j(order, x), boost::math::cyl_neumann(order, x)};
}

double first_of(double value) {
    return value;
}
double first_of(float value) {
    return value;
}
template <typename S, typename Abi>
double first_of(const stdx::simd<S, Abi>& lanes) {
    return lanes[0];
}

/// monopole H0 + i dipole H1 / x by the form that holds for this x.
template <typename Digits, typename T>
Extended wave_of(T x_squared, ScalarOf<T> monopole, ScalarOf<T> dipole) {
    using Scalar = ScalarOf<T>;
    ComplexOf<T> wave{T(Scalar(0)), T(Scalar(0))};
    if (first_of(x_squared) < Digits::border * Digits::border)
        wave = near_wave<Digits>(x_squared, T(monopole), T(dipole));
    else
        add_far_wave<Digits>(x_squared, T(monopole), T(dipole), T(Scalar(-0.25)), wave);
    return {first_of(wave.real), first_of(wave.imaginary)};
}

struct Range {
    double low;
    double high;
};

/// The largest relative error of H0 and H1 for x all over the range, evenly in ln x.
template <typename Digits, typename T>
double worst_error(Range range) {
    constexpr int samples = 3000;
    long double worst = 0.0;
    for (int i = 0; i < samples; ++i) {
        const double wanted = range.low * std::pow(range.high / range.low, (i + 0.5) / samples);
        const auto x_squared = static_cast<ScalarOf<T>>(wanted * wanted);
        const long double x = std::sqrt(static_cast<long double>(x_squared));
        const Extended h0 = hankel(0, x);
        const Extended h1_term = Extended(0, 1) * hankel(1, x) / x;
        worst = std::max(worst, std::abs(wave_of<Digits, T>(T(x_squared), 1, 0) - h0) / std::abs(h0));
        worst =
            std::max(worst, std::abs(wave_of<Digits, T>(T(x_squared), 0, 1) - h1_term) / std::abs(h1_term));
    }
    return static_cast<double>(worst);
}

template <typename Digits>
class HankelTables : public testing::Test {};
using AllDigits = testing::Types<Digits12, Digits8, Digits7, Digits6>;
TYPED_TEST_SUITE(HankelTables, AllDigits);

TYPED_TEST(HankelTables, KeepTheirErrorInDoubleNearAndFar) {
    EXPECT_LT((worst_error<TypeParam, double>({1e-8, TypeParam::border})), TypeParam::error);
    EXPECT_LT((worst_error<TypeParam, double>({TypeParam::border, 1e3})), TypeParam::error);
}

TYPED_TEST(HankelTables, KeepTheirErrorInVectors) {
    EXPECT_LT((worst_error<TypeParam, Doubles>({1e-8, TypeParam::border})), TypeParam::error);
    EXPECT_LT((worst_error<TypeParam, Doubles>({TypeParam::border, 1e3})), TypeParam::error);
}

// What a processor with AVX but not AVX2 makes of a vector's integers: vectors of which std::bit_cast knows
// nothing.
using DoublesInParts = stdx::fixed_size_simd<double, 2 * Doubles::size()>;
static_assert(!std::is_trivially_copyable_v<DoublesInParts>);

TYPED_TEST(HankelTables, KeepTheirErrorInVectorsOfSeveralParts) {
    EXPECT_LT((worst_error<TypeParam, DoublesInParts>({1e-8, TypeParam::border})), TypeParam::error);
    EXPECT_LT((worst_error<TypeParam, DoublesInParts>({TypeParam::border, 1e3})), TypeParam::error);
}

TEST(HankelInFloat, KeepsSixDigitsNear) {
    EXPECT_LT((worst_error<Digits6, float>({1e-3, Digits6::border})), 2e-6);
    EXPECT_LT((worst_error<Digits6, Floats>({1e-3, Digits6::border})), 2e-6);
}

TEST(HankelInFloat, IsAsWrongAsThePhaseIsRoundedFarAway) {
    // x / π + φ is rounded to a unit in the last place of its size, and x, a product of four, before it.
    const double high = 300.0;
    const double rounding = high * std::numeric_limits<float>::epsilon();
    EXPECT_LT((worst_error<Digits6, float>({Digits6::border, high})), 4 * rounding);
    EXPECT_LT((worst_error<Digits6, Floats>({Digits6::border, high})), 4 * rounding);
    EXPECT_GT((worst_error<Digits6, Floats>({Digits6::border, high})), Digits6::error);
}

/// H0 and i H1 / x from the tables for pairs that are far away, in double.
struct FarAwayWaves {
    std::complex<double> h0, h1_term;
};

FarAwayWaves far_away_waves(double neighbour, double growth) {
    using Tables = FarAway6;
    const double inverse_root = polynomial(Tables::inverse_root, growth) / std::sqrt(neighbour);
    const double inverse = inverse_root * inverse_root;
    const double inverse_square = inverse * inverse;
    const double further = neighbour * growth * polynomial(Tables::further, growth);
    const auto wave = std::polar(inverse_root, neighbour + further - std::numbers::pi / 4);
    return {.h0 = wave * std::complex(polynomial(Tables::far_p0, inverse_square),
                                      inverse * polynomial(Tables::far_q0, inverse_square)),
            .h1_term = wave * inverse *
                       std::complex(polynomial(Tables::far_p1, inverse_square),
                                    inverse * polynomial(Tables::far_q1, inverse_square))};
}

TEST(FarAwayTables, KeepTheirErrorSeenFromEveryNeighbour) {
    constexpr double furthest = 2.5;
    double largest = 0.0;
    for (double x = FarAway6::border; x < 1e3; x *= 1.01) {
        const Extended h0 = hankel(0, x);
        const Extended h1_term = Extended(0, 1) * hankel(1, x) / static_cast<long double>(x);
        for (double step = -furthest; step <= furthest; step += furthest / 8) {
            const double neighbour = x - step;
            const double growth = step * (x + neighbour) / (neighbour * neighbour);
            if (std::abs(growth) > FarAway6::largest_growth) continue;
            largest = std::max(largest, std::abs(growth));
            const FarAwayWaves waves = far_away_waves(neighbour, growth);
            EXPECT_LE(std::abs(Extended(waves.h0) - h0), FarAway6::error * std::abs(h0)) << x << ' ' << step;
            EXPECT_LE(std::abs(Extended(waves.h1_term) - h1_term), FarAway6::error * std::abs(h1_term))
                << x << ' ' << step;
        }
    }
    EXPECT_GT(largest, 0.98 * FarAway6::largest_growth);
}

/// A problem that owns its arrays: a kite, which is not convex.
struct Scene {
    std::vector<double> xc, yc, x, y;
    double kx, ky;

    Scene(std::size_t nc, std::size_t nx, std::size_t ny, double wavelength) {
        for (std::size_t j = 0; j <= nc; ++j) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(j % nc) / static_cast<double>(nc);
            xc.push_back(std::cos(angle) + 0.65 * std::cos(2 * angle) - 0.65);
            yc.push_back(1.5 * std::sin(angle));
        }
        for (std::size_t i = 0; i <= nx; ++i)
            x.push_back(-4.0 + 7.0 * static_cast<double>(i) / static_cast<double>(nx));
        for (std::size_t j = 0; j <= ny; ++j)
            y.push_back(-3.0 + 6.0 * static_cast<double>(j) / static_cast<double>(ny));
        kx = 2 * std::numbers::pi / wavelength * 0.8;
        ky = 2 * std::numbers::pi / wavelength * 0.6;
    }
    [[nodiscard]] Problem problem() const { return {xc, yc, x, y, kx, ky}; }
};

bool is_inside(const Problem& problem, double x, double y) {
    bool inside = false;
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const double y0 = problem.yc[s];
        const double y1 = problem.yc[s + 1];
        if ((y0 > y) != (y1 > y) &&
            x < problem.xc[s] + (problem.xc[s + 1] - problem.xc[s]) * (y - y0) / (y1 - y0))
            inside = !inside;
    }
    return inside;
}

TEST(Inside, FindsThePointsThatARayFindsOutside) {
    Scene scene(37, 40, 31, 1.0);
    scene.y[7] = scene.yc[5];  // level with a corner
    std::ranges::sort(scene.y);
    const Problem problem = scene.problem();
    const Points outside = outside_points(problem, Inside(problem), 0, problem.y.size());
    std::vector<std::size_t> expected;
    for (std::size_t j = 0; j < problem.y.size(); ++j)
        for (std::size_t i = 0; i < problem.x.size(); ++i)
            if (!is_inside(problem, problem.x[i], problem.y[j])) expected.push_back(j * problem.x.size() + i);
    EXPECT_EQ(outside.place, expected);
    EXPECT_LT(expected.size(), problem.x.size() * problem.y.size());
}

TEST(Inside, IsRightBesideASideThatIsAlmostLevel) {
    Scene scene(3, 8, 4, 1.0);
    scene.xc = {0.0, 1.0, 0.5, 0.0};
    scene.yc = {0.0, std::numeric_limits<double>::denorm_min(), 1.0, 0.0};
    scene.y = {-0.5, 0.0, 0.25, 0.75, 1.5};
    const Problem problem = scene.problem();
    const Inside inside(problem);
    for (std::size_t j = 0; j < problem.y.size(); ++j)
        for (std::size_t i = 0; i < problem.x.size(); ++i)
            EXPECT_EQ(inside.covers({i, i + 1}, {j, j + 1}), is_inside(problem, problem.x[i], problem.y[j]))
                << i << ' ' << j;
}

/// A point's wave as the formula stands, in long double, with the sizes of its contributions.
struct Truth {
    Extended wave;
    long double sizes;
};

Truth wave_at(const Problem& problem, double x, double y) {
    Truth truth{};
    const long double kx = problem.kx;
    const long double ky = problem.ky;
    const long double k = std::sqrt(kx * kx + ky * ky);
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const long double tx = static_cast<long double>(problem.xc[s + 1]) - problem.xc[s];
        const long double ty = static_cast<long double>(problem.yc[s + 1]) - problem.yc[s];
        const long double ds = std::sqrt(tx * tx + ty * ty);
        const long double mx = problem.xc[s] + tx / 2;
        const long double my = problem.yc[s] + ty / 2;
        const long double facing = (-ty * kx + tx * ky) / ds;
        const long double r = std::sqrt((x - mx) * (x - mx) + (y - my) * (y - my));
        const long double tilt = (-ty * (x - mx) + tx * (y - my)) / (ds * r);
        const Extended incident = std::polar(1.0L, kx * mx + ky * my);
        const Extended quarter(0, 0.25L);
        const Extended term =
            -ds * quarter * hankel(0, k * r) * Extended(0, facing) * incident +
            (facing > 0 ? 1.0L : -1.0L) * ds * -quarter * hankel(1, k * r) * k * tilt * incident;
        truth.wave += term;
        truth.sizes += std::abs(term);
    }
    return truth;
}

template <typename Kernel>
void expect_right_field(const Scene& scene, double error) {
    const Problem problem = scene.problem();
    std::vector<std::complex<double>> field(problem.x.size() * problem.y.size(), {7.0, 7.0});
    scatter_directly<Kernel>(problem, field);
    for (std::size_t j = 0; j < problem.y.size(); ++j) {
        for (std::size_t i = 0; i < problem.x.size(); ++i) {
            const auto value = field[j * problem.x.size() + i];
            if (is_inside(problem, problem.x[i], problem.y[j])) {
                EXPECT_EQ(value, 0.0);
                continue;
            }
            const Truth truth = wave_at(problem, problem.x[i], problem.y[j]);
            EXPECT_LE(std::abs(Extended(value) - truth.wave), error * truth.sizes) << i << ' ' << j;
        }
    }
}

TEST(DirectSum, IsTheFormulaToItsDigits) {
    for (const double wavelength : {0.2, 1.0, 30.0}) {
        expect_right_field<Block<Digits12>>(Scene(19, 22, 13, wavelength), Digits12::error);
        expect_right_field<Block<Digits8, 1>>(Scene(19, 22, 13, wavelength), Digits8::error);
        expect_right_field<Block<Digits7, 4>>(Scene(19, 22, 13, wavelength), Digits7::error);
        expect_right_field<Block<Digits6, 2>>(Scene(19, 22, 13, wavelength), Digits6::error);
    }
}

TEST(DirectSum, TakesAGridOfOnePointAndACoarseContour) {
    expect_right_field<Block<Digits12>>(Scene(3, 1, 1, 0.7), Digits12::error);
}

TEST(Points, HaveNoWaveWhereTheFormulaHasNoValue) {
    Points points;
    points.add(0.0, 0.0, 1);
    points.complete(1);
    points.real[0] = std::numeric_limits<double>::infinity();
    std::vector<std::complex<double>> stored(2, {7.0, 7.0}), added(2, {7.0, 7.0});
    points.store(stored);
    points.add_to(added);
    const std::vector<std::complex<double>> expected = {{7.0, 7.0}, 0.0};
    EXPECT_EQ(stored, expected);
    EXPECT_EQ(added, expected);
}

// Added to x, whole turns of an obstacle that is far from the origin would cost x its last digits.
TEST(Segments, HaveNoWholeTurns) {
    for (const double place : {0.3, 1e3, -1e6}) {
        const Segment source = silent_source({place, 0.4 * place}, {3.0, 2.0});
        EXPECT_LE(std::abs(source.half_turns + 0.25), 1.0) << place;
        EXPECT_NEAR(std::cos(std::numbers::pi * (source.half_turns + 0.25)), source.wave.x, 1e-9) << place;
    }
}

TEST(DirectSum, HasNoWaveAtAMidpoint) {
    Scene scene(24, 8, 8, 0.7);
    scene.x[4] = 0.5 * (scene.xc[3] + scene.xc[4]);
    scene.y[4] = 0.5 * (scene.yc[3] + scene.yc[4]);
    const Problem problem = scene.problem();
    std::vector<std::complex<double>> field(81);
    scatter_directly<Block<Digits12>>(problem, field);
    EXPECT_EQ(field[4 * 9 + 4], 0.0);
}

TEST(BesselJ, IsRightAtTheMiddleAndBeyondItsOrders) {
    std::vector<double> values;
    for (const double x : {0.0, 1e-9, 0.3, 2.404825557695773, 14.0, 133.0}) {
        bessel_j(x, std::max(x, 20.0), 40, values);
        for (unsigned m = 0; m <= 40; ++m)
            EXPECT_NEAR(values[m], boost::math::cyl_bessel_j(m, x), 1e-12) << "J_" << m << "(" << x << ")";
    }
}

// Sources as near as is far enough, on all sides of a tile, near and far in the sense of the Hankel
// functions; their number fills no block. The coefficients' own bound: 1e-8 for each source of strength 1.
TEST(Expansion, IsTheDirectSumAtTheNodes) {
    constexpr double k = 4.0 * std::numbers::pi;
    const Vector middle{0.3, -0.2};
    for (const double half_width : {0.02, 0.2, 0.9}) {
        const double nearest = 2.75 * half_width;
        std::vector<Segment> sources;
        for (int s = 0; s < 37; ++s) {
            const double angle = 0.7 * s, distance = nearest * (1.0 + 0.1 * (s % 11));
            sources.push_back(
                silent_source({middle.x + distance * std::cos(angle), middle.y + distance * std::sin(angle)},
                              {0.6 * k, 0.8 * k}));
            sources.back().monopole = 0.02 * std::cos(2.0 * s);
            sources.back().dipole = {0.2 * std::sin(3.0 * s), 0.2 * std::cos(5.0 * s)};
        }
        const ChebyshevNodes x(-half_width, half_width, 9), y(-half_width, half_width, 7);
        const ExpansionBasis basis(x, y, k, nearest);
        NodeValues values(y.count(), x.count());
        values.add(2, 3, {1.0, 2.0});  // what was there stays
        Expansion expansion;
        expansion.start(basis);
        expansion.add(sources, middle, k);
        expansion.add_to(values, basis);
        Points points;
        for (const double node_y : y.points())
            for (const double node_x : x.points())
                points.add(middle.x + node_x, middle.y + node_y, points.place.size());
        add_waves<Block<Digits12>>(sources, k, points);
        for (const std::size_t n : points.place) {
            const std::size_t q = n / x.count(), p = n % x.count();
            const std::complex<double> before = q == 2 && p == 3 ? std::complex<double>(1.0, 2.0) : 0.0;
            const std::complex<double> value(values.parts.row(2 * q)[p], values.parts.row(2 * q + 1)[p]);
            EXPECT_LE(std::abs(value - before - std::complex<double>(points.real[n], points.imaginary[n])),
                      37e-8)
                << "half width " << half_width << ", node " << n;
        }
    }
}

/// What the piece's sources send to points around it that are just far enough is what its segments do.
void expect_same_wave(const Contour& contour, std::size_t number, double k) {
    const Piece& piece = contour.piece(number);
    const double x = piece.box.half_width_x + far_enough * piece.half_length;
    const double y = piece.box.half_width_y + far_enough * piece.half_length;
    Points points;
    for (std::size_t n = 0; n < 60; ++n) {  // on the sides of a rectangle
        const double along = -1.0 + static_cast<double>(n % 15) / 7.5, side = n % 2 == 0 ? 1.0 : -1.0;
        points.add(piece.box.x + x * (n < 30 ? side : along), piece.box.y + y * (n < 30 ? along : side), n);
    }
    Points exact = points;
    add_waves<Block<Digits12>>(piece.sources, k, points);
    add_waves<Block<Digits12>>(contour.segments(number), k, exact);
    for (std::size_t n = 0; n < points.place.size(); ++n)
        EXPECT_LE(std::hypot(points.real[n] - exact.real[n], points.imaginary[n] - exact.imaginary[n]), 1e-7)
            << "piece " << number << ", point " << n;
    if (!piece.has_halves) return;
    expect_same_wave(contour, 2 * number, k);
    expect_same_wave(contour, 2 * number + 1, k);
}

/// An ellipse, which bends nowhere as sharply as the kite.
Scene ellipse(std::size_t nc) {
    Scene scene(nc, 1, 1, 1.0);
    for (std::size_t s = 0; s <= nc; ++s) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(s % nc) / static_cast<double>(nc);
        scene.xc[s] = 1.3 * std::cos(angle);
        scene.yc[s] = 0.7 * std::sin(angle);
    }
    return scene;
}

TEST(Contour, HasFewSourcesThatSendWhatItsManySegmentsDo) {
    const Scene scene = ellipse(600);
    const Contour contour(scene.problem());
    EXPECT_EQ(contour.segments(Contour::whole()).size(), 600);
    EXPECT_LT(contour.piece(Contour::whole()).sources.size(), 100);
    expect_same_wave(contour, Contour::whole(), wavenumber(scene.problem()));
}

/// From a segment's midpoint to the nearest point of a box.
double distance(const Segment& segment, const Box& box) {
    return std::hypot(std::max(std::abs(segment.middle.x - box.x) - box.half_width_x, 0.0),
                      std::max(std::abs(segment.middle.y - box.y) - box.half_width_y, 0.0));
}

TEST(Contour, SortsEachSegmentIntoOnePieceThatIsFarEnoughOrNoLargerThanTheTile) {
    const Scene scene = ellipse(600);
    const Contour contour(scene.problem());
    Neighbours neighbours;
    for (const double half_width : {0.003, 0.03, 0.1, 0.4}) {
        for (const double x : {-2.6, -1.3, 0.2, 1.4}) {
            const Box tile{x, 0.3, half_width, 0.5 * half_width};
            contour.sort(tile, std::array{Contour::whole()}, neighbours);
            std::size_t segments = 0;
            for (const std::size_t number : neighbours.far) {
                const double far = far_enough * std::max(half_width, contour.piece(number).half_length);
                for (const Segment& segment : contour.segments(number))
                    EXPECT_GE(distance(segment, tile), 0.999 * far) << number;
                segments += contour.segments(number).size();
            }
            for (const std::size_t number : neighbours.near) {
                const Piece& piece = contour.piece(number);
                EXPECT_TRUE(!piece.has_halves || piece.half_length < half_width) << number;
                EXPECT_GT(contour.piece(number / 2).half_length, 0.5 * half_width) << number;
                segments += contour.segments(number).size();
            }
            EXPECT_EQ(segments, 600) << half_width << " at " << x;
        }
    }
}

TEST(Contour, KeepsTheSegmentsThatACornerNeeds) {
    Scene scene(400, 1, 1, 1.0);
    for (std::size_t s = 0; s <= 400; ++s) {  // a square, its sides no multiples of what is cut into halves
        const double along = -1.0 + static_cast<double>((s + 30) % 100) / 50;
        const std::size_t side = (s + 30) / 100 % 4;
        scene.xc[s] = side == 0 ? 1.0 : side == 1 ? -along : side == 2 ? -1.0 : along;
        scene.yc[s] = side == 0 ? along : side == 1 ? 1.0 : side == 2 ? -along : -1.0;
    }
    const Contour contour(scene.problem());
    expect_same_wave(contour, Contour::whole(), wavenumber(scene.problem()));
}

}  // namespace
}  // namespace wave
