// The `scatter` family: a contour, a grid and a wave in, the scattered field out.
//
// Keys of a [[timed]] entry and of [[cases]]: nx, ny, nc (numbers of intervals and segments; lists in a
// case), contours, wavelengths ([shortest, longest]), grid, problems (how many in a batch); name in
// [[timed]]. Contours and grids are made in geometry.hpp; the wave's length and direction are random, too.
// With reference_rows (and reference_columns) in [[timed]] the reference answers an excerpt only.
#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>

#include "../geometry.hpp"
#include "../workload.hpp"
#include "obstacle.hpp"
#include "operations.hpp"
#include "scatter_bound.hpp"

namespace grading {
namespace {

using std::numbers::pi;

/// How many grid lines: columns in x, rows in y.
struct Lines {
    std::size_t columns, rows;
};

struct ScatterShape : Obstacle {
    double shortest_wave, longest_wave;
};

class ScatterWorkload final : public Workload {
  public:
    ScatterWorkload(std::string name, std::size_t problems, ScatterShape shape, Tolerance tolerance,
                    std::optional<Lines> excerpt)
        : name_(std::move(name)),
          problems_(problems),
          problem_(std::move(shape)),
          tolerance_(std::move(tolerance)) {
        if (excerpt) excerpt_.emplace(*this, *excerpt);
    }

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
    [[nodiscard]] double operations_per_unit() const override { return operations_of_an_interaction; }

    [[nodiscard]] Shape shape() const override { return shape_of({problem_.nx + 1, problem_.ny + 1}); }
    [[nodiscard]] const Excerpt* excerpt() const override { return excerpt_ ? &*excerpt_ : nullptr; }

    void generate(InputArea& inputs, Random& random) const override {
        for (std::size_t item = 0; item < problems_; ++item) {
            const double wavelength = random.uniform(problem_.shortest_wave, problem_.longest_wave);
            const double direction = random.uniform(0, 2 * pi);
            const auto xc = inputs.input(item, 0);
            const auto yc = inputs.input(item, 1);
            make_contour(problem_.contour, xc, yc, random);
            make_grid(problem_.grid, wavelength, xc, yc, inputs.input(item, 2), inputs.input(item, 3),
                      random);
            const auto wave_vector = inputs.input(item, 4);
            wave_vector[0] = 2 * pi / wavelength * std::cos(direction);
            wave_vector[1] = 2 * pi / wavelength * std::sin(direction);
        }
    }

    [[nodiscard]] std::optional<Mismatch> compare(const BatchView& truth,
                                                  const BatchView& got) const override {
        return compare_within(1, truth, got);
    }

  private:
    /// Some of the grid's lines, all of the contour. A point outside costs nc interactions wherever it lies,
    /// one inside next to nothing: so the share of the work is the share of the points outside.
    class LinesExcerpt final : public Excerpt {
      public:
        LinesExcerpt(const ScatterWorkload& whole, Lines lines) : whole_(whole), lines_(lines) {}

        [[nodiscard]] std::string size() const override {
            const auto of = [](std::size_t some, std::size_t all, const char* what) {
                return std::to_string(some) + " of " + std::to_string(all) + what;
            };
            const std::string rows = of(lines_.rows, whole_.problem_.ny + 1, " grid rows");
            const std::size_t columns = whole_.problem_.nx + 1;
            return lines_.columns == columns ? rows
                                             : rows + " and " + of(lines_.columns, columns, " columns");
        }
        [[nodiscard]] Shape shape() const override { return whole_.shape_of(lines_); }

        double take(const InputArea& whole, InputArea& excerpt, Random& random) const override {
            std::size_t all = 0;
            std::size_t taken = 0;
            for (std::size_t item = 0; item < whole_.problems_; ++item) {
                for (const std::size_t same : {0U, 1U, 4U})
                    std::ranges::copy(whole.input(item, same), excerpt.input(item, same).begin());
                all += outside(whole, item);
                std::size_t here = 0;
                while (here == 0) {  // a wide grid has most of its points outside
                    draw_lines(whole.input(item, 2), excerpt.input(item, 2), random);
                    draw_lines(whole.input(item, 3), excerpt.input(item, 3), random);
                    here = outside(excerpt, item);
                }
                taken += here;
            }
            return static_cast<double>(all) / static_cast<double>(taken);
        }

        [[nodiscard]] std::optional<Mismatch> compare_wholes(const BatchView& expected,
                                                             const BatchView& got) const override {
            return whole_.compare_within(2, expected, got);
        }

      private:
        static std::size_t outside(const InputArea& inputs, std::size_t item) {
            return points_outside(inputs.input(item, 0), inputs.input(item, 1), inputs.input(item, 2),
                                  inputs.input(item, 3));
        }

        const ScatterWorkload& whole_;
        Lines lines_;
    };

    /// The arrays of a batch whose grids have these many lines.
    [[nodiscard]] Shape shape_of(Lines lines) const {
        const std::vector inputs{problem_.nc + 1, problem_.nc + 1, lines.columns, lines.rows, std::size_t{2}};
        return {.inputs = std::vector(problems_, inputs),
                .outputs = std::vector(problems_, std::vector{2 * lines.columns * lines.rows})};
    }

    [[nodiscard]] std::optional<Mismatch> compare_within(double tolerances, const BatchView& truth,
                                                         const BatchView& got) const {
        WorstMismatch worst;
        for (std::size_t item = 0; item < problems_; ++item)
            compare_problem(tolerances, truth, got, item, worst);
        return worst.get();
    }

    /// What is known of a whole problem whose answers are compared.
    struct Setting {
        ScatterBound bound;
        bool has_dents;
        std::span<const double> right_everywhere;  ///< empty where only an excerpt is known
        std::complex<double> factor;               ///< that takes these to the answers best
    };

    /// The number that takes the right values to the answers best: Σ |answer - number · right|² is least.
    static std::complex<double> best_factor(std::span<const double> right, std::span<const double> answers) {
        std::complex<double> products = 0.0;
        double squares = 0.0;
        for (std::size_t place = 0; place < right.size() / 2; ++place) {
            const std::complex<double> value = value_at(right, place);
            if (value == 0.0) continue;  // what is wrong there is wrong in another way
            products += std::conj(value) * value_at(answers, place);
            squares += std::norm(value);
        }
        return squares == 0.0 ? 0.0 : products / squares;
    }

    /// What was found at one point of a grid.
    struct Found {
        std::size_t i, j, nx, ny;
        std::complex<double> expected, answer;
        double tolerance;

        [[nodiscard]] std::size_t place_of(std::size_t column, std::size_t row) const {
            return row * (nx + 1) + column;
        }
        [[nodiscard]] std::size_t place() const { return place_of(i, j); }
        /// The places to the left and right, below and above, if there are all four.
        [[nodiscard]] std::array<std::size_t, 4> beside() const {
            return {place_of(i - 1, j), place_of(i + 1, j), place_of(i, j - 1), place_of(i, j + 1)};
        }
        [[nodiscard]] double error() const { return distance_to(expected); }
        [[nodiscard]] bool is(std::complex<double> other) const { return distance_to(other) <= tolerance; }
        /// The value of another point, whose tolerance may be a larger one: six digits are no chance.
        [[nodiscard]] bool is_that_of_another(std::complex<double> value) const {
            return distance_to(value) <= std::max(tolerance, 1e-6 * std::sqrt(std::norm(value)));
        }
        /// By what the formula has in front: i, a quarter, or a half.
        [[nodiscard]] bool is_a_multiple() const {
            constexpr std::array sizes{0.25, 0.5, 1.0, 2.0, 4.0};
            const std::complex<double> turned = std::complex<double>(0.0, 1.0) * expected;
            return std::ranges::any_of(sizes, [&](double size) {
                return (size != 1 && (is(size * expected) || is(-size * expected))) || is(size * turned) ||
                       is(-size * turned);
            });
        }
        /// By any number, and by the same one as all others.
        [[nodiscard]] bool is_scaled(std::complex<double> factor) const {
            return factor != 0.0 && distance_to(factor * expected) <= (1.0 + std::abs(factor)) * tolerance;
        }
        [[nodiscard]] bool is_of_few_points() const { return (nx + 1) * (ny + 1) <= 2; }
        [[nodiscard]] bool at_an_edge() const { return i == 0 || j == 0 || i == nx || j == ny; }

      private:
        [[nodiscard]] double distance_to(std::complex<double> other) const {
            return std::sqrt(std::norm(answer - other));
        }
    };

    /// Compares all that the truth has answered.
    void compare_problem(double tolerances, const BatchView& truth, const BatchView& got, std::size_t item,
                         WorstMismatch& worst) const {
        const auto x = got.input(item, 2);
        const auto y = got.input(item, 3);
        const auto columns = places_of(truth.input(item, 2), x);
        const auto rows = places_of(truth.input(item, 3), y);
        const bool is_whole = columns.size() == x.size() && rows.size() == y.size();
        const auto right_everywhere = is_whole ? truth.output(item, 0) : std::span<const double>{};
        const Setting setting{.bound = ScatterBound(tolerance_, truth, got, item),
                              .has_dents = !is_convex(got.input(item, 0), got.input(item, 1)),
                              .right_everywhere = right_everywhere,
                              .factor = best_factor(right_everywhere, got.output(item, 0))};
        std::size_t of_truth = 0;
        for (const std::size_t j : rows) {
            for (const std::size_t i : columns) {
                const Point observer{x[i], y[j]};
                const std::complex<double> expected = value_at(truth.output(item, 0), of_truth++);
                const Found found{.i = i,
                                  .j = j,
                                  .nx = x.size() - 1,
                                  .ny = y.size() - 1,
                                  .expected = expected,
                                  .answer = value_at(got.output(item, 0), j * x.size() + i),
                                  .tolerance = tolerances * setting.bound.at(observer, expected)};
                if (found.error() <= found.tolerance) continue;
                if (setting.bound.distance_to_contour(observer) < too_close_to_tell) continue;
                worst.look_at(
                    found.error(), found.tolerance, [&] { return traits_of(found, observer, setting); },
                    [&] { return describe(item, found); });
            }
        }
    }

    /// What a wrong value has in common with others, perhaps: that may tell the reason.
    [[nodiscard]] Traits traits_of(const Found& found, Point observer, const Setting& setting) const {
        const auto is_right_at = [&](std::size_t place) {
            return !setting.right_everywhere.empty() &&
                   found.is_that_of_another(value_at(setting.right_everywhere, place));
        };
        const std::size_t exchanged = place_by_columns(found.place(), found.nx + 1, found.ny + 1);
        const std::size_t i_mirrored = found.nx - found.i, j_mirrored = found.ny - found.j;
        const std::complex<double> whole_wave = found.expected + setting.bound.incident_wave(observer);
        const double to_contour = setting.bound.distance_to_contour(observer);
        const bool wrong_side = (found.expected == 0.0) != (found.answer == 0.0);
        return {{Trait::at_an_edge, found.at_an_edge()},
                {Trait::not_finite, !std::isfinite(found.error())},
                {Trait::is_inside, found.expected == 0.0},
                {Trait::taken_for_inside, found.answer == 0.0},
                {Trait::on_the_wrong_side, wrong_side},
                {Trait::next_to_the_contour, wrong_side && to_contour < hair_breadth},
                {Trait::contour_has_dents, setting.has_dents},
                {Trait::on_an_uneven_grid, !has_even_lines(problem_.grid)},
                {Trait::near_the_contour, to_contour < 2 * setting.bound.wavelength()},
                {Trait::conjugate, found.is(std::conj(found.expected))},
                {Trait::opposite, found.is(-found.expected)},
                {Trait::a_multiple, found.is_a_multiple()},
                {Trait::scaled, found.is_scaled(setting.factor)},
                {Trait::of_few_points, found.is_of_few_points()},
                {Trait::incident_wave_added, found.is(whole_wave)},
                {Trait::another_points, is_right_at(exchanged)},
                {Trait::mirrored_points, is_right_at(found.place_of(i_mirrored, found.j)) ||
                                             is_right_at(found.place_of(found.i, j_mirrored)) ||
                                             is_right_at(found.place_of(i_mirrored, j_mirrored))},
                {Trait::next_points, found.at_an_edge() || std::ranges::any_of(found.beside(), is_right_at)},
                {Trait::real, found.answer.imag() == 0 && found.expected.imag() != 0}};
    }

    [[nodiscard]] Mismatch describe(std::size_t item, const Found& found) const {
        const auto text = [](std::complex<double> value) {
            const std::string real = full_digits(value.real()), imaginary = full_digits(value.imag());
            if (std::isnan(value.real()) && real == imaginary) return real;
            return real + (imaginary.starts_with('-') ? " - " + imaginary.substr(1) : " + " + imaginary) +
                   "i";
        };
        const std::string point = std::to_string(found.place());
        return {.item = item,
                .index = "field[" + point + "], the point x[" + std::to_string(found.i) + "], y[" +
                         std::to_string(found.j) + "]",
                .size = "nx = " + std::to_string(found.nx) + ", ny = " + std::to_string(found.ny) +
                        ", nc = " + std::to_string(problem_.nc) + ", " + problem_.contour,
                .got = text(found.answer),
                .expected = text(found.expected),
                .error = found.error(),
                .tolerance = found.tolerance,
                .scale = found.tolerance / tolerance_.factor};
    }

    std::string name_;
    std::size_t problems_;
    ScatterShape problem_;
    Tolerance tolerance_;
    std::optional<LinesExcerpt> excerpt_;
};

/// Says at once when a name or a number cannot be meant. An obstacle is about 1 wide: with much shorter waves
/// rounding alone turns their phase, with much longer ones the grid's coordinates lose the obstacle.
void check_problem(const ScatterShape& shape) {
    check(shape);
    const bool in_order = shape.shortest_wave <= shape.longest_wave;
    if (!(in_order && shape.shortest_wave >= 0.001 && shape.longest_wave <= 1000))
        throw ExerciseError("\"wavelengths\" must be [shortest, longest], from 0.001 to 1000");
}

/// How many lines of the grid the reference is to answer; nothing where it answers all of them.
std::optional<Lines> excerpt_of(const Entry& entry, const ScatterShape& shape) {
    if (!entry.has("reference_rows") && !entry.has("reference_columns")) return std::nullopt;
    const auto lines = [&](const char* key, std::size_t all) {
        const std::size_t some = entry.has(key) ? entry.count_or_1(key) : all;
        if (some > all) throw ExerciseError("\"" + std::string(key) + "\" is more than the grid has");
        return some;
    };
    if (shape.grid != "wide") throw ExerciseError(R"("reference_rows" needs the grid "wide")");
    return Lines{lines("reference_columns", shape.nx + 1), lines("reference_rows", shape.ny + 1)};
}

Workloads make_workloads(const Entry& entry, const Tolerance& tolerance) {
    if (!tolerance.bound.empty() && tolerance.bound != "field" && tolerance.bound != "contributions")
        throw ExerciseError("there is no bound \"" + tolerance.bound + "\"; there are contributions, field");
    entry.reject_others_than({"name", "problems", "nx", "ny", "nc", "contours", "wavelengths", "grid",
                              "reference_rows", "reference_columns"});
    const std::size_t problems = entry.calls_or_1("problems");
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
                const ScatterShape shape{
                    {nx[size], ny[size], nc, contour, grid}, wavelengths[0], wavelengths[1]};
                check_problem(shape);
                auto name = entry.text_or("name", case_name(shape));
                workloads.push_back(std::make_unique<ScatterWorkload>(name, problems, shape, tolerance,
                                                                      excerpt_of(entry, shape)));
            }
        }
    }
    return workloads;
}

const FamilyRegistration registration("scatter", make_workloads);

}  // namespace
}  // namespace grading
