// The `inside` family: a contour and a grid in, a mask of the points inside out.
//
// Keys of a [[timed]] entry and of [[cases]]: nx, ny, nc (numbers of intervals and segments; lists in a
// case), contours, grid, problems (how many in a batch); name in [[timed]]. With reference_rows there the
// reference answers some rows only. Contours and grids are made in geometry.hpp; which way round a contour
// runs is random. The mask is one byte a point, in the bytes of the output's doubles.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "../geometry.hpp"
#include "../workload.hpp"
#include "obstacle.hpp"

namespace grading {
namespace {

/// Observers beyond the obstacle on the "wide" grid, as in the course's problem: wavelengths of 0.5.
constexpr double wavelength = 0.5;

double distance_to_contour(Point point, std::span<const double> xc, std::span<const double> yc) {
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j + 1 < xc.size(); ++j)
        nearest = std::min(nearest, distance(point, {xc[j], yc[j]}, {xc[j + 1], yc[j + 1]}));
    return nearest;
}

std::span<const unsigned char> mask_in(std::span<const double> output) {
    return {reinterpret_cast<const unsigned char*>(output.data()), output.size_bytes()};
}

/// A point's answer as text. That a byte is as the judge left it can be chance: so "as if".
std::string answer_text(int answer, std::size_t point) {
    const auto left = std::bit_cast<std::array<unsigned char, sizeof untouched>>(untouched);
    const bool is_left = answer == left[point % left.size()];
    return std::to_string(answer) + (is_left ? std::string(", as if ") + never_written : "");
}

class InsideWorkload final : public Workload {
  public:
    InsideWorkload(std::string name, std::size_t problems, Obstacle shape, double too_close,
                   std::optional<std::size_t> reference_rows)
        : name_(std::move(name)), problems_(problems), problem_(std::move(shape)), too_close_(too_close) {
        if (reference_rows) excerpt_.emplace(*this, *reference_rows);
    }

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] std::string size() const override {
        const std::string one = std::to_string(problem_.nx + 1) + " x " + std::to_string(problem_.ny + 1) +
                                " points, " + std::to_string(problem_.nc) + " segments";
        return problems_ == 1 ? one : std::to_string(problems_) + " problems of " + one;
    }
    [[nodiscard]] std::string unit() const override { return "point"; }
    [[nodiscard]] double units() const override {
        return static_cast<double>(problems_ * (problem_.nx + 1) * (problem_.ny + 1));
    }

    [[nodiscard]] Shape shape() const override { return shape_of(problem_.ny + 1); }
    [[nodiscard]] const Excerpt* excerpt() const override { return excerpt_ ? &*excerpt_ : nullptr; }

    void generate(InputArea& inputs, Random& random) const override {
        for (std::size_t item = 0; item < problems_; ++item) {
            const auto xc = inputs.input(item, 0);
            const auto yc = inputs.input(item, 1);
            make_contour(problem_.contour, xc, yc, random);
            if (random.below(2) == 1) {
                std::ranges::reverse(xc);
                std::ranges::reverse(yc);
            }
            make_grid(problem_.grid, wavelength, xc, yc, inputs.input(item, 2), inputs.input(item, 3),
                      random);
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
    /// Some of the grid's rows: a point costs the reference nc segments wherever it lies.
    class RowsExcerpt final : public Excerpt {
      public:
        RowsExcerpt(const InsideWorkload& whole, std::size_t rows) : whole_(whole), rows_(rows) {}

        [[nodiscard]] std::string size() const override {
            return std::to_string(rows_) + " of " + std::to_string(whole_.problem_.ny + 1) + " grid rows";
        }
        [[nodiscard]] Shape shape() const override { return whole_.shape_of(rows_); }
        double take(const InputArea& whole, InputArea& excerpt, Random& random) const override {
            for (std::size_t item = 0; item < whole_.problems_; ++item) {
                for (const std::size_t same : {0U, 1U, 2U})
                    std::ranges::copy(whole.input(item, same), excerpt.input(item, same).begin());
                draw_lines(whole.input(item, 3), excerpt.input(item, 3), random);
            }
            return static_cast<double>(whole_.problem_.ny + 1) / static_cast<double>(rows_);
        }
        [[nodiscard]] std::optional<Mismatch> compare_wholes(const BatchView& expected,
                                                             const BatchView& got) const override {
            return whole_.compare(expected, got);  // a point is inside or not: there is nothing to add up
        }

      private:
        const InsideWorkload& whole_;
        std::size_t rows_;
    };

    /// The arrays of a batch whose grids have so many rows.
    [[nodiscard]] Shape shape_of(std::size_t rows) const {
        const std::vector inputs{problem_.nc + 1, problem_.nc + 1, problem_.nx + 1, rows};
        const std::size_t bytes = (problem_.nx + 1) * rows;
        const std::size_t doubles = (bytes + sizeof(double) - 1) / sizeof(double);
        return {.inputs = std::vector(problems_, inputs),
                .outputs = std::vector(problems_, std::vector{doubles}),
                .padding = doubles * sizeof(double) - bytes};
    }

    /// Compares all that the truth has answered.
    void compare_problem(const BatchView& truth, const BatchView& got, std::size_t item,
                         WorstMismatch& worst) const {
        const auto x = got.input(item, 2);
        const auto y = got.input(item, 3);
        const auto rows = places_of(truth.input(item, 3), y);
        const std::span<const double> xc = got.input(item, 0), yc = got.input(item, 1);
        const bool has_dents = !is_convex(xc, yc);
        const bool is_whole = rows.size() == y.size();
        const auto can_be_right_at = [&](std::size_t place, unsigned char answer) {
            return mask_in(truth.output(item, 0))[place] == answer ||
                   distance_to_contour({x[place % x.size()], y[place / x.size()]}, xc, yc) < too_close_;
        };
        for (std::size_t of_truth = 0; of_truth < rows.size(); ++of_truth) {
            const std::size_t j = rows[of_truth];
            const auto expected = mask_in(truth.output(item, 0)).subspan(of_truth * x.size(), x.size());
            const auto answer = mask_in(got.output(item, 0)).subspan(j * x.size(), x.size());
            if (std::ranges::equal(expected, answer)) continue;
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (expected[i] == answer[i] ||
                    (answer[i] <= 1 && distance_to_contour({x[i], y[j]}, xc, yc) < too_close_))
                    continue;
                const auto traits = [&]() -> Traits {
                    return {
                        {Trait::at_an_edge, i == 0 || j == 0 || i == problem_.nx || j == problem_.ny},
                        {Trait::neither_0_nor_1, answer[i] > 1},
                        {Trait::is_inside, expected[i] == 1 && answer[i] == 0},
                        {Trait::taken_for_inside, expected[i] == 0 && answer[i] == 1},
                        {Trait::next_to_the_contour,
                         distance_to_contour({x[i], y[j]}, xc, yc) < hair_breadth},
                        {Trait::on_an_uneven_grid, !has_even_lines(problem_.grid)},
                        {Trait::level_with_a_corner, std::ranges::find(yc, y[j]) != yc.end()},
                        {Trait::contour_has_dents, has_dents},
                        {Trait::another_points,
                         is_whole && can_be_right_at(place_by_columns(j * x.size() + i, x.size(), y.size()),
                                                     answer[i])}};
                };
                worst.look_at(std::abs(expected[i] - answer[i]), 0, traits,
                              [&] { return describe(item, i, j, answer[i], expected[i]); });
            }
        }
    }

    [[nodiscard]] Mismatch describe(std::size_t item, std::size_t i, std::size_t j, int answer,
                                    int expected) const {
        const std::size_t point = j * (problem_.nx + 1) + i;
        return {.item = item,
                .index = "mask[" + std::to_string(point) + "], the point x[" + std::to_string(i) + "], y[" +
                         std::to_string(j) + "]",
                .size = "nx = " + std::to_string(problem_.nx) + ", ny = " + std::to_string(problem_.ny) +
                        ", nc = " + std::to_string(problem_.nc) + ", " + problem_.contour,
                .got = answer_text(answer, point),
                .expected = std::to_string(expected),
                .error = static_cast<double>(std::abs(answer - expected)),
                .tolerance = 0,
                .scale = 1};
    }

    std::string name_;
    std::size_t problems_;
    Obstacle problem_;
    double too_close_;
    std::optional<RowsExcerpt> excerpt_;
};

/// How many rows the reference is to answer; nothing where it answers all of them.
std::optional<std::size_t> rows_of(const Entry& entry, const Obstacle& shape) {
    if (!entry.has("reference_rows")) return std::nullopt;
    const std::size_t rows = entry.count_or_1("reference_rows");
    if (rows > shape.ny + 1) throw ExerciseError("\"reference_rows\" is more than the grid has");
    if (shape.grid != "wide") throw ExerciseError(R"("reference_rows" needs the grid "wide")");
    return rows;
}

Workloads make_workloads(const Entry& entry, const Tolerance& tolerance) {
    if (!tolerance.bound.empty())
        throw ExerciseError("there is one bound for masks: leave tolerance.bound out");
    entry.reject_others_than({"name", "problems", "nx", "ny", "nc", "contours", "grid", "reference_rows"});
    const std::size_t problems = entry.calls_or_1("problems");
    const auto nx = entry.sizes("nx");
    const auto ny = entry.sizes("ny");
    if (nx.size() != ny.size()) throw ExerciseError(R"("nx" and "ny" must have equally many values)");
    Workloads workloads;
    for (const auto& contour : entry.texts("contours")) {
        for (const std::size_t nc : entry.sizes("nc")) {
            for (std::size_t size = 0; size < nx.size(); ++size) {
                const Obstacle shape{nx[size], ny[size], nc, contour, entry.text("grid")};
                check(shape);
                workloads.push_back(std::make_unique<InsideWorkload>(entry.text_or("name", case_name(shape)),
                                                                     problems, shape, tolerance.factor,
                                                                     rows_of(entry, shape)));
            }
        }
    }
    return workloads;
}

const FamilyRegistration registration("inside", make_workloads);

}  // namespace
}  // namespace grading
