// The `scatter` family: a contour, a grid and a wave in, the scattered field out.
//
// Keys of a [[timed]] entry and of [[cases]]: nx, ny, nc (numbers of intervals and segments; lists in a
// case), contours, wavelengths ([shortest, longest]), grid ("wide", "close" or "vertices"); name and problems
// (how many in a batch) in
// [[timed]]. Every contour is turned, stretched and moved at random, and so are the wave's length and
// direction.
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "../workload.hpp"

namespace grading {
namespace {

using std::numbers::pi;

struct Point {
    double x;
    double y;
};

/// A point of the named contour at the angle 0 … 2π: each runs anticlockwise and crosses itself nowhere.
Point contour_point(const std::string& contour, double angle, double phase) {
    // The course's own obstacle; simple for every phase, since 0.5 < 1.
    if (contour == "egg") return {std::cos(angle + 0.5 * std::sin(angle + phase)), std::sin(angle)};
    if (contour == "ellipse") return {1.3 * std::cos(angle), 0.7 * std::sin(angle)};
    // Not convex (Colton and Kress, Inverse Acoustic and Electromagnetic Scattering Theory, section 3.6).
    if (contour == "kite")
        return {std::cos(angle) + 0.65 * std::cos(2 * angle) - 0.65, 1.5 * std::sin(angle)};
    throw ExerciseError("there is no contour \"" + contour + "\"; there are egg, ellipse, kite");
}

struct Segment {
    Point start, end, midpoint;
    double length;
    Point normal;  ///< inward, of length 1
};

std::vector<Segment> segments_of(std::span<const double> xc, std::span<const double> yc) {
    std::vector<Segment> segments;
    for (std::size_t j = 0; j + 1 < xc.size(); ++j) {
        const Point start{xc[j], yc[j]};
        const Point end{xc[j + 1], yc[j + 1]};
        const double length = std::hypot(end.x - start.x, end.y - start.y);
        segments.push_back({.start = start,
                            .end = end,
                            .midpoint = {(start.x + end.x) / 2, (start.y + end.y) / 2},
                            .length = length,
                            .normal = {-(end.y - start.y) / length, (end.x - start.x) / length}});
    }
    return segments;
}

double distance(const Point& point, const Segment& segment) {
    const Point along{segment.end.x - segment.start.x, segment.end.y - segment.start.y};
    const Point to{point.x - segment.start.x, point.y - segment.start.y};
    const double position = (to.x * along.x + to.y * along.y) / (segment.length * segment.length);
    const double nearest = std::clamp(position, 0.0, 1.0);
    return std::hypot(to.x - nearest * along.x, to.y - nearest * along.y);
}

/// An upper bound for the magnitude of a segment's contribution, without a Bessel function: |H0(z)|² <= 2 /
/// (πz), and |H1(z)|² <= 2 / (πz) · (1 + 2 / (πz)) up to a few per cent (DLMF 10.18). `r` is the distance to
/// the midpoint.
double contribution_bound(const Segment& segment, Point away, double r, Point wave_vector) {
    const double k = std::hypot(wave_vector.x, wave_vector.y);
    const double h0_squared = 2 / (pi * k * r);
    const double h1_squared = h0_squared * (1 + h0_squared);
    const double n_dot_k = std::abs(segment.normal.x * wave_vector.x + segment.normal.y * wave_vector.y);
    const double n_dot_away = std::abs(segment.normal.x * away.x + segment.normal.y * away.y) / r;
    return segment.length / 4 * (std::sqrt(h0_squared) * n_dot_k + std::sqrt(h1_squared) * k * n_dot_away);
}

/// How far off a segment's contribution may be: `factor` times its bound, and for an observer very near to
/// the segment what rounding the coordinates costs. Midpoint and difference lose at most 4 u (|p| + |m|), and
/// a contribution changes at most four times as fast, relatively, as r does.
double contribution_tolerance(Point point, const Segment& segment, Point wave_vector, double factor) {
    constexpr double unit_roundoff = std::numeric_limits<double>::epsilon() / 2;
    const Point away{point.x - segment.midpoint.x, point.y - segment.midpoint.y};
    const double r = std::hypot(away.x, away.y);
    const double coordinates =
        std::hypot(point.x, point.y) + std::hypot(segment.midpoint.x, segment.midpoint.y);
    return contribution_bound(segment, away, r, wave_vector) *
           (factor + 16 * unit_roundoff * coordinates / r);
}

struct ScatterShape {
    std::size_t nx, ny, nc;
    std::string contour;
    double shortest_wave, longest_wave;
    std::string grid;
};

void make_contour(const ScatterShape& shape, std::span<double> xc, std::span<double> yc, Random& random) {
    const double phase = random.uniform(0, 2 * pi);
    const double turn = random.uniform(0, 2 * pi);
    const double scale = random.uniform(0.8, 1.25);
    const Point centre{random.uniform(-1, 1), random.uniform(-1, 1)};
    for (std::size_t j = 0; j < shape.nc; ++j) {
        const double angle = 2 * pi * static_cast<double>(j) / static_cast<double>(shape.nc);
        const Point point = contour_point(shape.contour, angle, phase);
        xc[j] = centre.x + scale * (std::cos(turn) * point.x - std::sin(turn) * point.y);
        yc[j] = centre.y + scale * (std::sin(turn) * point.x + std::cos(turn) * point.y);
    }
    xc.back() = xc.front();
    yc.back() = yc.front();
}

void spread_evenly(std::span<double> lines, double first, double last) {
    const auto intervals = static_cast<double>(std::max<std::size_t>(lines.size() - 1, 1));
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i] = first + (last - first) * static_cast<double>(i) / intervals;
}

/// Lines through contour points, in ascending order: every line meets the contour at a point where two
/// segments join.
void pass_through(std::span<double> lines, std::span<const double> contour) {
    std::vector<double> values(contour.begin(), contour.end() - 1);
    std::sort(values.begin(), values.end());
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i] = values[i * values.size() / lines.size()];
}

/// The grid lines along one axis. Wide: as in the course's problem, `before` and `after` wavelengths beyond
/// the obstacle; close: hardly beyond it, many observer points inside and some very near to a segment's
/// midpoint.
void make_lines(const std::string& grid, std::span<double> lines, std::span<const double> contour,
                double before, double after, Random& random) {
    const auto [low, high] = std::minmax_element(contour.begin(), contour.end());
    if (grid == "wide") return spread_evenly(lines, *low - before, *high + after);
    if (grid == "vertices") return pass_through(lines, contour);
    if (grid != "close")
        throw ExerciseError("there is no grid \"" + grid + "\"; there are wide, close, vertices");
    spread_evenly(lines, *low - 0.1, *high + 0.1);
    const std::size_t segment = random.below(contour.size() - 1);
    lines[lines.size() / 2] = (contour[segment] + contour[segment + 1]) / 2 + random.uniform(1e-7, 1e-6);
    std::sort(lines.begin(), lines.end());
}

class ScatterWorkload final : public Workload {
  public:
    ScatterWorkload(std::string name, std::size_t problems, ScatterShape shape, double tolerance_factor)
        : name_(std::move(name)),
          problems_(problems),
          problem_(std::move(shape)),
          tolerance_factor_(tolerance_factor) {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] std::string size() const override {
        const std::string points = std::to_string(problem_.nx + 1) + " x " + std::to_string(problem_.ny + 1);
        const std::string one = points + " points, " + std::to_string(problem_.nc) + " segments";
        return problems_ == 1 ? one : std::to_string(problems_) + " problems of " + one;
    }
    [[nodiscard]] std::string unit() const override { return "interaction"; }
    [[nodiscard]] double units() const override {
        return static_cast<double>(problems_ * (problem_.nx + 1) * (problem_.ny + 1) * problem_.nc);
    }

    [[nodiscard]] Shape shape() const override {
        const std::size_t points = (problem_.nx + 1) * (problem_.ny + 1);
        const std::vector inputs{problem_.nc + 1, problem_.nc + 1, problem_.nx + 1, problem_.ny + 1,
                                 std::size_t{2}};
        return {.inputs = std::vector(problems_, inputs),
                .outputs = std::vector(problems_, std::vector{2 * points})};
    }

    void generate(InputArea& inputs, Random& random) const override {
        for (std::size_t item = 0; item < problems_; ++item) {
            const double wavelength = random.uniform(problem_.shortest_wave, problem_.longest_wave);
            const double direction = random.uniform(0, 2 * pi);
            const auto xc = inputs.input(item, 0);
            const auto yc = inputs.input(item, 1);
            make_contour(problem_, xc, yc, random);
            // The same segment's midpoint on both axes makes a point that is close to it.
            Random same_for_both(random.seed());
            Random again = same_for_both;
            make_lines(problem_.grid, inputs.input(item, 2), xc, 5 * wavelength, 3 * wavelength,
                       same_for_both);
            make_lines(problem_.grid, inputs.input(item, 3), yc, 3 * wavelength, 4 * wavelength, again);
            const auto wave_vector = inputs.input(item, 4);
            wave_vector[0] = 2 * pi / wavelength * std::cos(direction);
            wave_vector[1] = 2 * pi / wavelength * std::sin(direction);
        }
    }

    [[nodiscard]] std::optional<Mismatch> compare(const BatchView& truth,
                                                  const BatchView& got) const override {
        WorstMismatch worst;
        for (std::size_t item = 0; item < problems_; ++item)
            compare_problem(truth, got, item, worst);
        return worst.get();
    }

  private:
    /// The tolerance at a point is the sum of the contributions' tolerances: both rounding errors and an
    /// approximation's are relative to the contributions, which may cancel in the field.
    void compare_problem(const BatchView& truth, const BatchView& got, std::size_t item,
                         WorstMismatch& worst) const {
        constexpr double too_close_to_tell = 1e-9;
        const auto x = got.input(item, 2);
        const auto y = got.input(item, 3);
        const Point wave_vector{got.input(item, 4)[0], got.input(item, 4)[1]};
        const auto segments = segments_of(got.input(item, 0), got.input(item, 1));
        for (std::size_t point = 0; point < x.size() * y.size(); ++point) {
            const Point observer{x[point % x.size()], y[point / x.size()]};
            double to_contour = std::numeric_limits<double>::infinity();
            double tolerance = 0;
            for (const Segment& segment : segments) {
                to_contour = std::min(to_contour, distance(observer, segment));
                tolerance += contribution_tolerance(observer, segment, wave_vector, tolerance_factor_);
            }
            if (to_contour < too_close_to_tell) continue;
            const std::complex<double> expected = value_at(truth.output(item, 0), point);
            const std::complex<double> answer = value_at(got.output(item, 0), point);
            const double error = std::abs(answer - expected);
            worst.look_at(error, tolerance, at_an_edge(point),
                          [&] { return describe(item, point, answer, expected, error, tolerance); });
        }
    }

    static std::complex<double> value_at(std::span<const double> field, std::size_t point) {
        return {field[2 * point], field[2 * point + 1]};
    }

    [[nodiscard]] bool at_an_edge(std::size_t point) const {
        const std::size_t i = point % (problem_.nx + 1);
        const std::size_t j = point / (problem_.nx + 1);
        return i == 0 || j == 0 || i == problem_.nx || j == problem_.ny;
    }

    [[nodiscard]] Mismatch describe(std::size_t item, std::size_t point, std::complex<double> answer,
                                    std::complex<double> expected, double error, double tolerance) const {
        const auto text = [](std::complex<double> value) {
            return full_digits(value.real()) + " + " + full_digits(value.imag()) + "i";
        };
        const std::size_t i = point % (problem_.nx + 1);
        const std::size_t j = point / (problem_.nx + 1);
        return {.item = item,
                .index = "field[" + std::to_string(point) + "], the point x[" + std::to_string(i) + "], y[" +
                         std::to_string(j) + "]",
                .size = "nx = " + std::to_string(problem_.nx) + ", ny = " + std::to_string(problem_.ny) +
                        ", nc = " + std::to_string(problem_.nc) + ", " + problem_.contour,
                .got = text(answer),
                .expected = text(expected),
                .error = error,
                .tolerance = tolerance,
                .scale = tolerance / tolerance_factor_,
                .at_an_edge = at_an_edge(point)};
    }

    std::string name_;
    std::size_t problems_;
    ScatterShape problem_;
    double tolerance_factor_;
};

/// Says at once when a name or a number cannot be meant.
void check(const ScatterShape& shape) {
    if (shape.nc < 3) throw ExerciseError("\"nc\" must be at least 3");
    if (!(shape.shortest_wave > 0 && shape.longest_wave >= shape.shortest_wave))
        throw ExerciseError("\"wavelengths\" must be [shortest, longest], above 0");
    std::vector<double> contour(4);
    std::vector<double> lines(1);
    Random unused(0);
    static_cast<void>(contour_point(shape.contour, 0, 0));
    make_lines(shape.grid, lines, contour, 0, 0, unused);
}

std::string case_name(const ScatterShape& shape) {
    return shape.contour + ", " + std::to_string(shape.nx + 1) + " x " + std::to_string(shape.ny + 1) +
           " points, nc = " + std::to_string(shape.nc) + ", " + shape.grid;
}

Workloads make_workloads(const Entry& entry, double tolerance_factor) {
    entry.reject_others_than({"name", "problems", "nx", "ny", "nc", "contours", "wavelengths", "grid"});
    const std::size_t problems = entry.count_or_1("problems");
    const auto wavelengths = entry.numbers("wavelengths");
    const std::string grid = entry.text("grid");
    const auto nx = entry.sizes("nx");
    const auto ny = entry.sizes("ny");
    if (wavelengths.size() != 2)
        throw ExerciseError("\"wavelengths\" takes two values, the shortest and the longest");
    if (nx.size() != ny.size()) throw ExerciseError(R"("nx" and "ny" must have equally many values)");
    Workloads workloads;
    for (const auto& contour : entry.texts("contours")) {
        for (const std::size_t nc : entry.sizes("nc")) {
            for (std::size_t size = 0; size < nx.size(); ++size) {
                const ScatterShape shape{nx[size],       ny[size],       nc,  contour,
                                         wavelengths[0], wavelengths[1], grid};
                check(shape);
                auto name = entry.text_or("name", case_name(shape));
                workloads.push_back(
                    std::make_unique<ScatterWorkload>(name, problems, shape, tolerance_factor));
            }
        }
    }
    return workloads;
}

const FamilyRegistration registration("scatter", make_workloads);

}  // namespace
}  // namespace grading
