// The scattered wave with Bessel functions of our own: H0 and H1 come out of one evaluation, from short
// polynomials, and what depends on the segment alone is computed once per segment instead of once per pair.
//
// The naive program's profile has no line of the naive program near its top: three quarters of the time go to
// sines and cosines in long double. Boost's default policy computes in long double, on the processor's oldest
// floating-point unit, and rounds the result to double; each of the four calls per pair finds out anew how
// large x is and takes a square root, a sine and a cosine of its own. Hence the order of the work, with what
// it gained each time:
//   1. own polynomials in double instead of Boost's long double, H0 and H1 still one by one   14 times faster
//   2. what depends on the segment alone hoisted out of the loop (1.05 before step 1)          1.7 times
//   3. H0 and H1 together: one range test, one root, one sine and cosine                       1.7 times
//   4. the sine and cosine, 70 % of the profile by then, from own polynomials too              1.7 times
#include "scatter.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace {

using Complex = std::complex<double>;

// The tables: near-minimax polynomials, the constant term first; fit_coefficients.py prints them with the
// error that each causes in H. A library must answer any order and any x, to the last digit, one function at
// a time. We need two orders, together, to 15 digits.

// clang-format off
// P0: error at most 7.7e-16
constexpr std::array<double, 8> far_p0{
    0.797884560802863, -0.056101258150140366, 0.08948436175550167, -0.45673447278189316, 4.8231489012818445,
    -82.26562530453137, 1631.3274908073631, -21598.663217920606};
// x Q0: error at most 5.0e-16
constexpr std::array<double, 8> far_q0{
    -0.09973557010034192, 0.058438810396982475, -0.1812055207809385, 1.3781543534706862, -19.2958591114631,
    402.1610799208363, -9013.928294892165, 127232.49879993031};
// P1: error at most 8.2e-16
constexpr std::array<double, 8> far_p1{
    0.797884560802868, 0.0935020969353723, -0.11505133626603538, 0.539782968988454, -5.467572777675465,
    91.09262042133606, -1784.0014059637024, 23480.388044603344};
// x Q1: error at most 5.4e-16
constexpr std::array<double, 8> far_q1{
    0.2992067103010571, -0.08181433462413776, 0.22147348137356648, -1.5902086119846661, 21.573207536667844,
    -441.3918233559922, 9796.076551236678, -137615.04265329192};
// J0: error at most 4.0e-16
constexpr std::array<double, 17> near_j0{
    0.29965517934228925, -0.0011721662795766054, -0.0007374162855599562, 1.0809022373778261e-05,
    1.4512145004328318e-07, -5.0241987941278015e-09, 5.954973822840372e-11, -4.227337513046092e-13,
    2.0808997341721603e-15, -7.63726251350373e-18, 2.1865185016263243e-20, -5.040054599951401e-23,
    9.578287263486535e-26, -1.5288690752896917e-28, 2.081193888445126e-31, -2.4705447857510415e-34,
    2.5288448031087378e-37};
// R0: error at most 5.7e-16
constexpr std::array<double, 17> near_r0{
    -0.24541312486556116, 0.02029740080705542, 0.0004180210463941579, -1.935842270544313e-05,
    8.17947177685658e-08, 3.161341454078199e-09, -5.5659796220830104e-11, 4.69501931307348e-13,
    -2.573857473291601e-15, 1.02092944281922e-17, -3.1051154176931725e-20, 7.519890047384367e-23,
    -1.489890363437293e-25, 2.4651621494033945e-28, -3.463379358445845e-31, 4.230571927440357e-34,
    -4.4407312672604826e-37};
// J1 / x: error at most 2.2e-16
constexpr std::array<double, 17> near_j1{
    0.0023443325591533913, 0.0029496651422398273, -6.485413424267997e-05, -1.1609716003463044e-06,
    5.024198794137511e-08, -7.145968587406579e-10, 5.9182725179227e-12, -3.3294395747145846e-14,
    1.374707258291087e-16, -4.373036999078785e-19, 1.1088114701865763e-21, -2.2987891800152197e-24,
    3.975335439992058e-27, -5.827274888115719e-30, 7.338880252526069e-33, -8.1000749049822e-36,
    7.760808924500586e-39};
// R1: error at most 2.6e-16
constexpr std::array<double, 17> near_r1{
    -0.03167773440799264, -0.001835501045097385, 0.000128807949180159, -1.0451307483603245e-06,
    -2.5645698106563226e-08, 6.125333118148252e-10, -6.223552996903148e-12, 3.957465204790137e-14,
    -1.7812078855253333e-16, 6.053334855040372e-19, -1.618979073738666e-21, 3.509541398328499e-24,
    -6.305544448371228e-27, 9.556639495567385e-30, -1.2396896023602143e-32, 1.405604594656406e-35,
    -1.3792841226215578e-38};
// sin(a) / a: error at most 2.1e-16
constexpr std::array<double, 8> sine{
    0.9999999999999999, -0.16666666666666072, 0.008333333333282756, -0.00019841269824861897,
    2.7557316609073673e-06, -2.505188194671259e-08, 1.6048168318165643e-10, -7.374387503862757e-13};
// cos(a): error at most 5.3e-17
constexpr std::array<double, 9> cosine{
    1.0, -0.4999999999999997, 0.04166666666666388, -0.001388888888877299, 2.4801587277414926e-05,
    -2.755731639102575e-07, 2.0876561839933163e-09, -1.1462901901757276e-11, 4.608977003001797e-14};
// clang-format on

/// Below this x the "near" polynomials hold, from it on the "far" ones. A larger border makes the far
/// polynomials shorter (10 instead of 8: one term fewer in each) and the near ones longer, and there are far
/// more far pairs.
constexpr double border = 10.0;

struct Vector {
    double x;
    double y;
};

Vector operator-(Vector a, Vector b) {
    return {a.x - b.x, a.y - b.y};
}

double dot(Vector a, Vector b) {
    return a.x * b.x + a.y * b.y;
}

double length(Vector a) {
    return std::sqrt(dot(a, a));
}

Vector midpoint(Vector p0, Vector p1) {
    return {0.5 * (p0.x + p1.x), 0.5 * (p0.y + p1.y)};
}

/// Horner's rule. The compiler unrolls the loop and makes each step one fused multiply-add (GCC's
/// -ffp-contract=fast, its default in C++). Not std::fma: on a processor without the instruction that is a
/// slow function. A step waits 4 cycles for the one before, and meanwhile the processor works on the other
/// polynomials and on the next pairs. So Estrin's scheme, shorter chains for a few more operations, gains
/// nothing here (measured: 3 % slower).
template <std::size_t size>
double polynomial(const std::array<double, size>& coefficients, double t) {
    double sum = coefficients[size - 1];
    for (std::size_t i = size - 1; i-- > 0;) {
        sum = sum * t + coefficients[i];
    }
    return sum;
}

/// What a segment contributes with, apart from the distance. Eight numbers, one cache line.
///
/// With both terms of the sum written out, everything in front of the Hankel functions is real but e^{i k·m}:
///     e^{i k·m} (monopole H0 + i (dipole · d) / x H1),   d = p − m, x = k |d|
struct Segment {
    Vector middle;
    Vector dipole;    // −shadow ds k² n / 4
    double monopole;  // ds (n·k) / 4
    double phase;     // k·m − π/4, without whole turns
    Vector wave;      // e^{i k·m}
    // ^^^ hoisted: computed nc times instead of nx ny nc times. This gains 5 % in the naive program, where
    //     the Bessel functions hide it, and would be four fifths of the time here (76 ns instead of 15).
};

/// Whether the segment along this tangent faces the wave, n·k > 0. Compared, not subtracted: of two products
/// that are equal a fused multiply-add rounds one only, and finds a difference of either sign.
bool faces_wave(Vector tangent, Vector k) {
    return tangent.x * k.y > tangent.y * k.x;
}

Segment segment_between(Vector p0, Vector p1, Vector k) {
    const Vector tangent = p1 - p0;
    const double ds = length(tangent);
    const Vector normal = {-tangent.y / ds, tangent.x / ds};
    const Vector middle = midpoint(p0, p1);
    const double dipole = (faces_wave(tangent, k) ? -0.25 : 0.25) * ds * dot(k, k);
    const Vector wave = {std::cos(dot(k, middle)), std::sin(dot(k, middle))};
    // The angle of the wave and not k·m itself: added to x, a large phase would cost x its last digits.
    const double phase = std::atan2(wave.y, wave.x) - std::numbers::pi / 4.0;
    return {middle, {dipole * normal.x, dipole * normal.y}, 0.25 * ds * dot(normal, k), phase, wave};
}

/// e^{i angle} = sign · (cosine + i sine).
struct Turn {
    double sign;
    double cosine;
    double sine;
};

/// The library's sincos is right for any angle to the last digit, and takes 10 ns of 25 if we call it.
/// (std::sin and std::cos of one angle are one call: GCC merges them.) Ours takes off whole half turns,
/// exactly but for the rounding of the angle itself, so that its error is a few eps for any angle below 1e15.
/// Quarter turns would leave a smaller rest and shorter polynomials, but then sine and cosine change places
/// for every other angle, in no order that the processor could guess: 8 % slower.
Turn turn_by(double angle) {
    constexpr double pi_rest = 1.2246467991473532e-16;  // π − double(π): together, 100 bits of π
    const double half_turns = std::nearbyint(angle * std::numbers::inv_pi);
    const double rest = (angle - half_turns * std::numbers::pi) - half_turns * pi_rest;
    const double full_turns = 0.5 * half_turns;
    const double sign = 1.0 - 4.0 * (full_turns - std::floor(full_turns));
    // ^^^ no branch: 1 when half_turns is even, −1 when it is odd
    const double square = rest * rest;
    return {sign, polynomial(cosine, square), rest * polynomial(sine, square)};
}

/// x >= border. There H0 = x^{−1/2} e^{i (x − π/4)} (P0 + i Q0), H1 = −i x^{−1/2} e^{i (x − π/4)} (P1 + i
/// Q1), with P and Q so smooth that eight terms in 1/x² do. Both have one fast factor in common, which the
/// incident wave joins: a single sine and cosine, of x + phase, serves all. The −i of H1 and the i of its
/// term make it real: i · (−i) = 1.
Complex far_contribution(const Segment& segment, double x, double x_squared, double dipole_distance) {
    const Turn turn = turn_by(x + segment.phase);
    const double inverse_square = 1.0 / x_squared;
    // ^^^ does not wait for the root that made x; the only division
    const double inverse = x * inverse_square;
    const double amplitude = turn.sign * std::sqrt(inverse);
    const double dipole = dipole_distance * inverse;

    const double p0 = polynomial(far_p0, inverse_square);
    const double p1 = polynomial(far_p1, inverse_square);
    const double q0 = polynomial(far_q0, inverse_square);
    const double q1 = polynomial(far_q1, inverse_square);
    const double real = amplitude * (segment.monopole * p0 + dipole * p1);
    const double imaginary = amplitude * inverse * (segment.monopole * q0 + dipole * q1);
    // ^^^ H0 and H1 are added up before the common factor, not after: one complex product instead of two

    return {real * turn.cosine - imaginary * turn.sine, real * turn.sine + imaginary * turn.cosine};
    // ^^^ written out: the operator * of std::complex must also look for infinities times zero
}

/// x < border. J0 and J1 / x are power series in x², and Y0 and Y1 are too once the logarithm and the pole
/// are taken off:
///     Y0 = 2/π ln(x/2) J0 + R0,   Y1 = 2/π (ln(x/2) J1 − 1/x) + x R1
/// In powers of x² itself the terms' sizes add up to 2800 while the sum is at most 1: 3 digits would be lost.
/// In powers of x² − 50 the terms are no larger than they must be, and none is.
Complex near_contribution(const Segment& segment, double x, double x_squared, double dipole_distance) {
    const double centred = x_squared - 0.5 * border * border;
    const double logarithm = std::numbers::inv_pi * std::log(0.25 * x_squared);  // 2/π ln(x/2)
    const double inverse = 1.0 / x;
    const double j0 = polynomial(near_j0, centred);
    const double j1 = x * polynomial(near_j1, centred);
    const double y0 = logarithm * j0 + polynomial(near_r0, centred);
    const double pole = -2.0 * std::numbers::inv_pi * inverse;
    const double y1 = pole + (logarithm * j1 + x * polynomial(near_r1, centred));

    const double dipole = dipole_distance * inverse;
    const double real = segment.monopole * j0 - dipole * y1;
    const double imaginary = segment.monopole * y0 + dipole * j1;
    return {real * segment.wave.x - imaginary * segment.wave.y,
            real * segment.wave.y + imaginary * segment.wave.x};
}

/// The scattered wave at one observer point: the sum over all segments.
Complex scattered_wave(const std::vector<Segment>& segments, double k_squared, Vector p) {
    double real = 0.0;
    double imaginary = 0.0;
    for (const Segment& segment : segments) {
        const Vector d = p - segment.middle;
        // ^^^ in lengths, not scaled by k beforehand to save a product: next to a segment the difference of
        //     the rounded products k p and k m has lost the digits that count, while p − m is exact there
        const double x_squared = k_squared * dot(d, d);
        if (x_squared == 0.0) {
            return 0.0;  // on the contour itself, where g is infinite: counts as inside
        }
        const double x = std::sqrt(x_squared);
        // ^^^ not std::hypot: its guard against overflow costs 6 ns, and no coordinate here is near 1e150
        const double dipole_distance = dot(segment.dipole, d);
        const Complex contribution = x_squared < border * border
                                         ? near_contribution(segment, x, x_squared, dipole_distance)
                                         : far_contribution(segment, x, x_squared, dipole_distance);
        // ^^^ a branch that is nearly always guessed right: near segments are neighbours on the contour
        real += contribution.real();
        imaginary += contribution.imag();
    }
    return {real, imaginary};
}

/// A side of the polygon as the test for "inside" wants it.
struct Side {
    Vector p0;
    double y1;
    double slope;  // dx/dy, hoisted: the division per side instead of per pair
};

/// A level side meets no ray. One so nearly level that dx/dy is no finite number lies on the ray if it meets
/// it, and its first corner will do for all of it.
Side side_between(Vector p0, Vector p1) {
    const double slope = (p1.x - p0.x) / (p1.y - p0.y);
    return {p0, p1.y, std::isfinite(slope) ? slope : 0.0};
}

/// Whether p lies inside the contour: a ray from p to the right then crosses it an odd number of times.
bool is_inside(const std::vector<Side>& sides, Vector p) {
    bool inside = false;
    for (const Side& side : sides) {
        const bool spans_the_ray = (side.p0.y > p.y) != (side.y1 > p.y);
        const bool lies_right = p.x < side.p0.x + side.slope * (p.y - side.p0.y);
        inside = inside != (spans_the_ray && lies_right);
        // ^^^ both are known already and there is no if: nothing for the processor to guess
    }
    return inside;
}

}  // namespace

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    const Vector k = {problem.kx, problem.ky};
    std::vector<Segment> segments;
    std::vector<Side> sides;
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const Vector p0 = {problem.xc[s], problem.yc[s]};
        const Vector p1 = {problem.xc[s + 1], problem.yc[s + 1]};
        segments.push_back(segment_between(p0, p1, k));
        sides.push_back(side_between(p0, p1));
    }
    for (std::size_t j = 0; j < problem.y.size(); ++j) {
        for (std::size_t i = 0; i < problem.x.size(); ++i) {
            const Vector p = {problem.x[i], problem.y[j]};
            field[j * problem.x.size() + i] =
                is_inside(sides, p) ? 0.0 : scattered_wave(segments, dot(k, k), p);
        }
    }
}
