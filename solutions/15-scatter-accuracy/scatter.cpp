// The direct sum to six digits: far pairs in single precision, with the few quantities that must be better
// than that in double precision, once for each vector of points instead of once for each point.
//
// A float has 24 bits. The phase k r of a far pair may be a hundred, and would be wrong by 1e-5. So the
// points of a vector share a centre: from there to the segment, distance and phase are computed in double,
// and their whole turns taken off. What is left for the lanes is how much further away each point is than the
// centre, a few radians, and for that 24 bits do. And where a segment is so far away that this is little
// beside the distance, the centre's roots lead to the lanes' by short polynomials.
#include "scatter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <experimental/simd>
#include <limits>
#include <numbers>
#include <vector>

#include "direct_sum.hpp"

namespace {

using Digits = wave::Digits6;
// ^^^ one word, and the polynomials are half as long
using FarAway = wave::FarAway6;
using Floats = wave::stdx::native_simd<float>;
using Doubles = wave::stdx::native_simd<double>;

/// A vector's points come from so many rows.
constexpr std::size_t strip = 4;

/// The kernel that wave::add_waves wants. Lengths are in units of 1/k.
class FloatBlock {
  public:
    static constexpr std::size_t vectors = 8;
    static constexpr std::size_t points = vectors * Floats::size();
    /// A vector whose points are further apart than this, in units of 1/k, is left to double precision: the
    /// lanes' phases are wrong by 4e-7 of their spread in the worst case.
    static constexpr double largest_spread = 2.5;

    FloatBlock(double k, const double* x, const double* y) : k_(k), inverse_k_(1.0 / k), exact_(k, x, y) {
        for (std::size_t v = 0; v < vectors; ++v)
            centre_vector(v, x + v * Floats::size(), y + v * Floats::size());
    }

    /// Adds what a segment sends to the vectors that are far from it, and returns the others, one bit each.
    /// (Inlined always: with the sixteen registers of AVX2 a call costs half of the speed.)
    [[gnu::always_inline]] std::uint32_t add_far(const wave::Segment& segment) {
        if (++segments_since_flush_ == segments_between_flushes) flush();
        const auto [near, all_far_away] = look_from_centres(segment);
        if (all_far_away) [[likely]] {
            add(far_away_wave());
            return near;
        }
        if (near == (1U << vectors) - 1) return near;
        wave::ComplexOf<All> wave = far_wave();
        if (near != 0) [[unlikely]]
            for (std::size_t v = 0; v < vectors; ++v)
                if ((near >> v & 1) != 0) wave.real.vectors[v] = wave.imaginary.vectors[v] = 0.0F;
        add(wave);
        return near;
    }

    /// Adds what a segment sends to those vectors that add_far() left out, in double precision.
    void add_rest(const wave::Segment& segment, std::uint32_t left) {
        std::uint32_t left_in_double = 0;
        for (std::size_t v = 0; v < vectors; ++v)
            if ((left >> v & 1) != 0) left_in_double |= ((1U << parts) - 1) << parts * v;
        exact_.add_rest(segment, left_in_double);
    }

    void add_to(double* real, double* imaginary) {
        flush();
        exact_.add_to(real, imaginary);
        for (std::size_t i = 0; i < points; ++i) {
            real[i] += real_[i];
            imaginary[i] += imaginary_[i];
        }
    }

  private:
    static constexpr std::size_t parts = Floats::size() / Doubles::size();
    /// Sums in float are short ones.
    static constexpr int segments_between_flushes = 16;

    template <typename T>
    using OfVectors = std::array<T, vectors>;
    using All = wave::Pack<Floats, vectors>;
    using Rounded = wave::stdx::rebind_simd_t<float, Doubles>;

    void centre_vector(std::size_t v, const double* x, const double* y) {
        constexpr std::size_t lanes = Floats::size();
        const auto [left, right] = std::minmax_element(x, x + lanes);
        const auto [low, high] = std::minmax_element(y, y + lanes);
        centre_x_[v] = 0.5 * (*left + *right);
        centre_y_[v] = 0.5 * (*low + *high);
        spread_[v] = 0.5 * k_ * std::hypot(*right - *left, *high - *low);
        far_away_[v] = least_far_away(spread_[v]);
        shift_x_.vectors[v] = Floats([&](auto i) { return static_cast<float>(k_ * (x[i] - centre_x_[v])); });
        shift_y_.vectors[v] = Floats([&](auto i) { return static_cast<float>(k_ * (y[i] - centre_y_[v])); });
        // ^^^ the difference is taken in double and then rounded: it is small, and keeps all 24 bits
        shift_squared_.vectors[v] =
            shift_x_.vectors[v] * shift_x_.vectors[v] + shift_y_.vectors[v] * shift_y_.vectors[v];
    }

    /// How far from its centre a segment must be for far_away_wave(), if a vector's points are up to `spread`
    /// away from there: then x² grows by no more than (2 distance + spread) spread.
    static double least_far_away(double spread) {
        if (spread > largest_spread) return std::numeric_limits<double>::infinity();
        constexpr double most = FarAway::largest_growth;
        return std::max(FarAway::border + spread, spread * (1.0 + std::sqrt(1.0 + most)) / most);
    }

    struct Look {
        std::uint32_t near;  // the vectors that are not far from the segment, one bit each
        bool all_far_away;
    };

    /// What the lanes need to know of a segment as seen from their centres, in double precision.
    /// (Not inlined: what it finds out should be in memory, from where a number comes into all lanes for
    /// nothing. GCC would keep it in registers and pick it out of there, lane by lane: 1.3 times slower.)
    [[gnu::noinline]] Look look_from_centres(const wave::Segment& segment) {
        Look look{0, true};
        for (std::size_t v = 0; v < vectors; v += Doubles::size()) {
            const auto load = [v](const OfVectors<double>& of) {
                return Doubles(&of[v], wave::stdx::element_aligned);
            };
            const auto store = [v](const auto& values, OfVectors<float>& of) {
                wave::stdx::static_simd_cast<Rounded>(values).copy_to(&of[v], wave::stdx::element_aligned);
            };
            const Doubles x = k_ * (load(centre_x_) - segment.middle.x);
            const Doubles y = k_ * (load(centre_y_) - segment.middle.y);
            const Doubles distance_squared = x * x + y * y;
            const Doubles distance = wave::stdx::sqrt(distance_squared);
            const Doubles half_turns = distance * std::numbers::inv_pi + segment.half_turns;
            const Doubles rest = half_turns - 2.0 * wave::stdx::nearbyint(0.5 * half_turns);
            // ^^^ whole turns do not matter; they are taken off while there are 53 bits
            if (!wave::stdx::all_of(distance > load(far_away_))) {
                look.all_far_away = false;
                const Doubles spread = load(spread_);
                const auto is_near = distance < Digits::border + spread || spread > largest_spread;
                for (std::size_t i = 0; i < Doubles::size(); ++i)
                    look.near |= std::uint32_t{is_near[i]} << (v + i);
            }
            const Rounded inverse = 1.0F / wave::stdx::static_simd_cast<Rounded>(distance);
            store(inverse * inverse, inverse_square_);
            store(inverse * std::numbers::inv_pi_v<float>, inverse_in_half_turns_);
            store(wave::stdx::sqrt(inverse), inverse_root_);
            store(2.0 * x, twice_x_);
            store(2.0 * y, twice_y_);
            store(distance, distance_);
            store(distance_squared, distance_squared_);
            store(rest, half_turns_);
            store((segment.dipole.x * x + segment.dipole.y * y) * inverse_k_, dipole_);
        }
        dipole_x_ = static_cast<float>(segment.dipole.x * inverse_k_);
        dipole_y_ = static_cast<float>(segment.dipole.y * inverse_k_);
        monopole_ = static_cast<float>(segment.monopole);
        return look;
    }

    /// One number for each vector, in all of its lanes.
    static All in_all_lanes(const OfVectors<float>& numbers) {
        All all;
        for (std::size_t v = 0; v < vectors; ++v)
            all.vectors[v] = numbers[v];
        return all;
    }

    /// How much larger a lane's x² is than the centre's.
    [[gnu::always_inline]] All growth() const {
        return in_all_lanes(twice_x_) * shift_x_ + (in_all_lanes(twice_y_) * shift_y_ + shift_squared_);
    }

    /// What the segment that was looked at sends to all lanes, if they are far from it.
    [[gnu::always_inline]] wave::ComplexOf<All> far_wave() const {
        const All growth = this->growth();
        const All distance = in_all_lanes(distance_);
        const auto [x, inverse, inverse_root] = wave::roots_of(in_all_lanes(distance_squared_) + growth);
        const All rough = x - distance;
        const All further = rough + (growth - rough * (x + distance)) * (All(0.5F) * inverse);
        // ^^^ x − distance has lost digits; one step of Newton's method for x² = distance² + growth, begun
        // there, brings them back, and needs no division
        return turned_wave<Digits>(inverse, inverse_root,
                                   further * All(std::numbers::inv_pi_v<float>) + in_all_lanes(half_turns_));
    }

    /// The same, if they are far away: from the centre's roots by what x² grows relative to it, with short
    /// polynomials in place of a root from its first guess, of Newton's step and of long P and Q.
    [[gnu::always_inline]] wave::ComplexOf<All> far_away_wave() const {
        const All growth = this->growth();
        const All relative = growth * in_all_lanes(inverse_square_);
        const All inverse_root =
            in_all_lanes(inverse_root_) * wave::polynomial(FarAway::inverse_root, relative);
        const All further =
            (growth * in_all_lanes(inverse_in_half_turns_)) * wave::polynomial(FarAway::further, relative);
        return turned_wave<FarAway>(inverse_root * inverse_root, inverse_root,
                                    further + in_all_lanes(half_turns_));
    }

    /// The wave in all lanes from 1/x, its root, and the phase.
    template <typename Tables>
    [[gnu::always_inline]] wave::ComplexOf<All> turned_wave(const All& inverse, const All& inverse_root,
                                                            const All& half_turns) const {
        const auto turn = wave::turn_by<Digits>(half_turns);
        const All amplitude = wave::from_bits<All>(wave::bits_of(inverse_root) ^ turn.sign);
        const All inverse_square = inverse * inverse;
        const All dipole = in_all_lanes(dipole_) + (All(dipole_x_) * shift_x_ + All(dipole_y_) * shift_y_);
        const All monopole(monopole_);
        const All tilt = dipole * inverse;
        const All real = amplitude * (monopole * wave::polynomial(Tables::far_p0, inverse_square) +
                                      tilt * wave::polynomial(Tables::far_p1, inverse_square));
        const All imaginary = amplitude * inverse *
                              (monopole * wave::polynomial(Tables::far_q0, inverse_square) +
                               tilt * wave::polynomial(Tables::far_q1, inverse_square));
        return {real * turn.cosine - imaginary * turn.sine, real * turn.sine + imaginary * turn.cosine};
    }

    [[gnu::always_inline]] void add(const wave::ComplexOf<All>& wave) {
        sum_.real = sum_.real + wave.real;
        sum_.imaginary = sum_.imaginary + wave.imaginary;
    }

    /// Takes the short sums in float over into the long ones in double.
    void flush() {
        take_over(sum_.real, real_);
        take_over(sum_.imaginary, imaginary_);
        segments_since_flush_ = 0;
    }

    static void take_over(All& sum, std::array<double, points>& into) {
        std::array<float, points> values;
        for (std::size_t v = 0; v < vectors; ++v)
            sum.vectors[v].copy_to(&values[v * Floats::size()], wave::stdx::element_aligned);
        for (std::size_t i = 0; i < points; ++i)
            into[i] += static_cast<double>(values[i]);
        sum = All(0.0F);
    }

    double k_, inverse_k_;
    wave::Block<Digits, vectors * parts> exact_;
    OfVectors<double> centre_x_, centre_y_, spread_, far_away_;
    All shift_x_, shift_y_, shift_squared_;
    OfVectors<float> twice_x_, twice_y_, distance_, distance_squared_, half_turns_, dipole_;
    OfVectors<float> inverse_square_, inverse_in_half_turns_, inverse_root_;
    float dipole_x_ = 0, dipole_y_ = 0, monopole_ = 0;
    wave::ComplexOf<All> sum_{All(0.0F), All(0.0F)};
    std::array<double, points> real_{}, imaginary_{};
    int segments_since_flush_ = 0;
};

/// The points of some rows that lie outside, in an order that keeps the points of a vector close together:
/// strips of four rows, column by column. Where a strip ends or meets the obstacle, copies of its last point
/// fill the vector up: a few lanes are wasted, but none of them is far away from the others.
wave::Points close_together(const Problem& problem, const wave::Inside& inside, std::size_t first_row,
                            std::size_t last_row) {
    wave::Points points;
    const auto fill_vector = [&] {
        while (points.place.size() % Floats::size() != 0)
            points.add(points.x.back(), points.y.back(), points.place.back());
    };
    std::vector<std::uint32_t> outside;
    const std::size_t width = problem.x.size();
    std::vector<char> is_outside(strip * width);
    for (std::size_t row = first_row; row < last_row; row += strip) {
        std::fill(is_outside.begin(), is_outside.end(), false);
        const std::size_t rows = std::min(strip, last_row - row);
        for (std::size_t j = 0; j < rows; ++j) {
            outside.clear();
            inside.append_outside(row + j, outside);
            for (const std::uint32_t i : outside)
                is_outside[j * width + i] = true;
        }
        for (std::size_t i = 0; i < width; ++i) {
            const std::size_t before = points.place.size();
            for (std::size_t j = 0; j < rows; ++j)
                if (is_outside[j * width + i])
                    points.add(problem.x[i], problem.y[row + j], (row + j) * width + i);
            if (points.place.size() == before) fill_vector();
        }
        fill_vector();
    }
    return points;
}

/// On a coarse grid every vector is so wide that it would be left to double precision.
bool vectors_are_too_wide(const Problem& problem) {
    constexpr std::size_t columns = std::max<std::size_t>(1, Floats::size() / strip);
    const auto width = [](std::span<const double> lines, std::size_t count) {
        return (lines.back() - lines.front()) * static_cast<double>(std::min(count, lines.size()) - 1) /
               static_cast<double>(std::max<std::size_t>(lines.size() - 1, 1));
    };
    const double diagonal = std::hypot(width(problem.x, columns), width(problem.y, strip));
    return !(0.5 * wave::wavenumber(problem) * diagonal <= FloatBlock::largest_spread);
}

void scatter_in_float(const Problem& problem, const std::vector<wave::Segment>& segments,
                      std::span<std::complex<double>> field) {
    constexpr std::size_t points_at_once = 4096;
    const wave::Inside inside(problem);
    const std::size_t rows = problem.y.size();
    const std::size_t step = strip * std::max<std::size_t>(1, points_at_once / strip / problem.x.size());
    std::fill(field.begin(), field.end(), 0.0);
    for (std::size_t row = 0; row < rows; row += step) {
        wave::Points points = close_together(problem, inside, row, std::min(row + step, rows));
        wave::add_waves<FloatBlock>(segments, wave::wavenumber(problem), points);
        points.store(field);
    }
}

/// What the far segments' contributions come to at a point if they neither add up nor cancel: the root of the
/// sum of their squares. Far away |H0| and |H1| are both sqrt(2 / (π x)).
double size_of_far_contributions(const std::vector<wave::Segment>& segments, double k, double x, double y) {
    double squares = 0.0;
    for (const wave::Segment& segment : segments) {
        const double dx = x - segment.middle.x, dy = y - segment.middle.y;
        const double distance = k * std::hypot(dx, dy);
        if (distance < Digits::border) continue;
        const double dipole = (segment.dipole.x * dx + segment.dipole.y * dy) / distance;
        const double strength = std::abs(segment.monopole) + std::abs(dipole);
        squares += strength * strength * 2.0 * std::numbers::inv_pi / distance;
    }
    return std::sqrt(squares);
}

/// Beside a segment's midpoint its contribution alone may be a million, and such a value stands for itself,
/// not for the others: closer than an eighth of its length, which is in the dipole, |dipole| = ds k² / 4.
bool is_beside_a_midpoint(const std::vector<wave::Segment>& segments, double k, double x, double y) {
    return std::ranges::any_of(segments, [=](const wave::Segment& segment) {
        const wave::Vector away = wave::Vector{x, y} - segment.middle;
        return 4.0 * k * k * k * k * dot(away, away) < dot(segment.dipole, segment.dipole);
    });
}

/// Where the largest value is, or one that is hardly smaller; beyond the end where there is none.
std::size_t place_of_largest(const Problem& problem, const std::vector<wave::Segment>& segments,
                             std::span<const std::complex<double>> field) {
    const auto stands_for_itself = [&](std::size_t place) {
        return is_beside_a_midpoint(segments, wave::wavenumber(problem), problem.x[place % problem.x.size()],
                                    problem.y[place / problem.x.size()]);
    };
    double largest = 0.0;
#pragma omp simd reduction(max : largest)
    for (std::size_t i = 0; i < field.size(); ++i)
        largest = std::max(largest, std::norm(field[i]));
    const auto is_largest = [&](const std::complex<double>& value) {
        return std::norm(value) > 0.99 * largest;
    };
    auto place = static_cast<std::size_t>(std::ranges::find_if(field, is_largest) - field.begin());
    if (place == field.size() || !stands_for_itself(place)) return place;
    place = field.size();
    largest = 0.0;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (!(std::norm(field[i]) > largest) || stands_for_itself(i)) continue;
        place = i;
        largest = std::norm(field[i]);
    }
    return place;
}

/// Float's seven digits are those of the contributions, and their errors have no common sign. The six digits
/// asked for are those of the largest value: are these more than float has, because the contributions nearly
/// cancel everywhere? They do in some directions, seen from one point or through a small window.
bool has_six_digits(const Problem& problem, const std::vector<wave::Segment>& segments,
                    std::span<const std::complex<double>> field) {
    constexpr double enough = 0.8;  // 0.45 at most on a grid around the obstacle
    const std::size_t place = place_of_largest(problem, segments, field);
    if (place == field.size()) return false;
    const std::size_t width = problem.x.size();
    return size_of_far_contributions(segments, wave::wavenumber(problem), problem.x[place % width],
                                     problem.y[place / width]) <= enough * std::abs(field[place]);
}

}  // namespace

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    const auto in_double = [&] { wave::scatter_directly<wave::Block<wave::Digits8>>(problem, field); };
    if (vectors_are_too_wide(problem)) return in_double();
    const std::vector<wave::Segment> segments = wave::segments_of(problem);
    scatter_in_float(problem, segments, field);
    if (!has_six_digits(problem, segments, field)) in_double();
}
