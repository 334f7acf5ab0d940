// The `sum` family: one array in, one number out.
//
// Keys of a [[timed]] entry and of [[cases]]: counts and data (one of each in [[timed]]; every combination is
// a case), arrays (how many in a batch); name in [[timed]]. With reference_count there the reference adds up
// a part of each array. Kinds of data: see `fill` below. Bounds: the usual one and "compensated".
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "../workload.hpp"
#include "rounding.hpp"

namespace grading {
namespace {

/// A loop that takes this many values at a time, eight vectors of eight, is about as wide as they come: where
/// only lengths that it does not divide are wrong, it smells of what is left over.
constexpr std::size_t widest_stride = 64;

/// Values whose exponents span most of what a double has; their sums never overflow.
double any_magnitude(Random& random) {
    return std::ldexp(random.uniform(-1, 1), static_cast<int>(random.below(1200)) - 600);
}

/// A subnormal number; sums of these are exact, so that a processor told to flush them to zero shows.
double subnormal(Random& random) {
    return static_cast<double>(random.below(1U << 20U) + 1) * std::numeric_limits<double>::denorm_min();
}

/// Each value's opposite is in the array too, but for one when the count is odd.
void fill_cancelling(std::span<double> values, Random& random) {
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
        values[i] = random.uniform(-1, 1);
        values[i + 1] = -values[i];
    }
    if (values.size() % 2 == 1) values.back() = random.uniform(-1, 1);
    std::shuffle(values.begin(), values.end(), random.engine());
}

/// Here and there a value of about 1, all others just too small to change a total of 1: an addition that
/// does not keep what it rounds off loses every one of them, and always to the same side. However many chains
/// a plain sum has (up to 128), one of the distances at which the large values stand defeats them.
void fill_buried(std::span<double> values, Random& random) {
    constexpr std::array<std::size_t, 3> distances = {64, 512, 4096};
    const std::size_t distance = distances[random.below(distances.size())];
    for (double& value : values)
        value = random.uniform(0.9, 1.0) * unit_roundoff;
    for (std::size_t i = random.below(std::min(distance, values.size() + 1)); i < values.size();
         i += distance)
        values[i] = random.uniform(1.0, 1.1);
}

void fill(std::span<double> values, const std::string& data, Random& random) {
    if (data == "positive") {
        random.fill_uniform(values, 0, 1);
    } else if (data == "mixed") {
        random.fill_uniform(values, -1, 1);
    } else if (data == "huge range") {
        for (double& value : values)
            value = any_magnitude(random);
    } else if (data == "subnormal") {
        for (double& value : values)
            value = subnormal(random);
    } else if (data == "cancelling") {
        fill_cancelling(values, random);
    } else if (data == "buried") {
        fill_buried(values, random);
    } else {
        throw ExerciseError("there is no data \"" + data +
                            "\"; there are positive, mixed, huge range, subnormal, cancelling, buried");
    }
}

/// A sum as the unevaluated sum of two numbers, which together have twice the digits of one.
struct AccurateSum {
    double sum;
    double lost;
    double magnitude;  ///< Σ|x|

    [[nodiscard]] double rounded() const { return sum + lost; }
    [[nodiscard]] double error_of(double answer) const { return std::abs((answer - sum) - lost); }
};

/// The sum with what every addition loses added up beside it, in several lanes for the compiler to make
/// vectors of: large arrays are added in every round. The error is at most n² u² Σ|x| (Ogita, Rump and Oishi,
/// SIAM J. Sci. Comput. 26, 2005).
AccurateSum accurate_sum(std::span<const double> values) {
    constexpr std::size_t lanes = 8;
    std::array<double, lanes> sums{};
    std::array<double, lanes> lost{};
    std::array<double, lanes> magnitudes{};
    const std::size_t whole = values.size() / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            add_exactly(sums[lane], lost[lane], values[i + lane]);
            magnitudes[lane] += std::abs(values[i + lane]);
        }
    }
    AccurateSum all{.sum = 0, .lost = 0, .magnitude = 0};
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        add_exactly(all.sum, all.lost, sums[lane]);
        all.lost += lost[lane];
        all.magnitude += magnitudes[lane];
    }
    for (const double value : values.subspan(whole)) {
        add_exactly(all.sum, all.lost, value);
        all.magnitude += std::abs(value);
    }
    return all;
}

/// How far off a sum of n values may be, for Σ|x| = 1. Usually n - 1 roundings, the bound for any order of
/// the additions, (n - 1) u Σ|x| (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
/// section 4.2). "compensated": (u + n u²) Σ|x|, of which Kahan's sum needs twice, whatever n is
/// (section 4.3).
double relative_bound(const Tolerance& tolerance, std::size_t count) {
    const auto n = static_cast<double>(count);
    if (tolerance.bound == "compensated") return unit_roundoff * (1 + n * unit_roundoff);
    return count == 0 ? 0.0 : (n - 1) * unit_roundoff;
}

/// Whether a wrong sum would be right with this element added or taken away.
bool is_off_by(double element, double answer, const AccurateSum& expected, double tolerance) {
    const double allowed = tolerance + 2 * unit_roundoff * expected.magnitude;  // this addition rounds, too
    return std::min(expected.error_of(answer + element), expected.error_of(answer - element)) <= allowed;
}

/// Whether a wrong sum is twice or four times the right one, or a half or a quarter of it. (Dividing it by
/// these is exact.)
bool is_a_multiple(double answer, const AccurateSum& expected, double tolerance) {
    return std::ranges::any_of(std::array{0.25, 0.5, 2.0, 4.0},
                               [&](double size) { return expected.error_of(answer / size) <= tolerance; });
}

/// One addition; four of them where what they lose is to be kept, as in Kahan's sum.
double operations_for(const Tolerance& tolerance) {
    return tolerance.bound == "compensated" ? 4 : 1;
}

class SumWorkload final : public Workload {
  public:
    SumWorkload(std::string name, std::size_t arrays, std::size_t count, std::string data,
                const Tolerance& tolerance, std::optional<std::size_t> reference_count)
        : name_(std::move(name)),
          arrays_(arrays),
          count_(count),
          data_(std::move(data)),
          relative_tolerance_(tolerance.factor * relative_bound(tolerance, count)),
          operations_(operations_for(tolerance)) {
        if (reference_count) excerpt_.emplace(*this, *reference_count);
    }

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] std::string size() const override {
        const std::string count = std::to_string(count_);
        return arrays_ == 1 ? "n = " + count : std::to_string(arrays_) + " arrays of " + count;
    }
    [[nodiscard]] std::string unit() const override { return "element"; }
    [[nodiscard]] double units() const override { return static_cast<double>(arrays_ * count_); }

    [[nodiscard]] double operations_per_unit() const override { return operations_; }

    [[nodiscard]] Shape shape() const override { return shape_of(count_); }
    [[nodiscard]] const Excerpt* excerpt() const override { return excerpt_ ? &*excerpt_ : nullptr; }

    void generate(InputArea& inputs, Random& random) const override {
        for (std::size_t array = 0; array < arrays_; ++array)
            fill(inputs.input(array, 0), data_, random);
    }

    /// A better truth than the reference's answer is at hand: each side's is compared with its own inputs'
    /// sum.
    [[nodiscard]] std::optional<Mismatch> compare(const BatchView& /*truth*/,
                                                  const BatchView& got) const override {
        WorstMismatch worst;
        for (std::size_t array = 0; array < arrays_; ++array) {
            const std::span<const double> values = got.input(array, 0);
            const AccurateSum expected = accurate_sum(values);
            const double answer = got.output(array, 0)[0];
            const double error = expected.error_of(answer);
            const double tolerance = relative_tolerance_ * expected.magnitude;
            const auto off_by = [&](std::span<const double> element) {
                return !element.empty() && is_off_by(element[0], answer, expected, tolerance);
            };
            const auto traits = [&]() -> Traits {
                return {{Trait::at_an_edge, count_ % widest_stride != 0},
                        {Trait::not_finite, !std::isfinite(answer)},
                        {Trait::whole_number, is_whole_number(answer)},
                        {Trait::zero, answer == 0},
                        {Trait::flushed, answer == 0 && std::fpclassify(expected.rounded()) == FP_SUBNORMAL},
                        {Trait::a_multiple, is_a_multiple(answer, expected, tolerance)},
                        {Trait::off_by_the_first, off_by(values.first(std::min<std::size_t>(count_, 1)))},
                        {Trait::off_by_the_last, off_by(values.last(std::min<std::size_t>(count_, 1)))}};
            };
            worst.look_at(error, tolerance, traits, [&]() -> Mismatch {
                return {.item = array,
                        .index = "result of array " + std::to_string(array),
                        .size = "n = " + std::to_string(count_),
                        .got = full_digits(answer),
                        .expected = full_digits(expected.rounded()),
                        .error = error,
                        .tolerance = tolerance,
                        .scale = expected.magnitude};
            });
        }
        return worst.get();
    }

  private:
    /// A part of each array, from a random place on: an element costs the same wherever it lies.
    class PartExcerpt final : public Excerpt {
      public:
        PartExcerpt(const SumWorkload& whole, std::size_t count) : whole_(whole), count_(count) {}

        [[nodiscard]] std::string size() const override {
            return std::to_string(count_) + " of " + std::to_string(whole_.count_) + " elements";
        }
        [[nodiscard]] Shape shape() const override { return whole_.shape_of(count_); }
        double take(const InputArea& whole, InputArea& excerpt, Random& random) const override {
            for (std::size_t array = 0; array < whole_.arrays_; ++array) {
                const std::size_t start = random.below(whole_.count_ - count_ + 1);
                std::ranges::copy(whole.input(array, 0).subspan(start, count_),
                                  excerpt.input(array, 0).begin());
            }
            return static_cast<double>(whole_.count_) / static_cast<double>(count_);
        }
        [[nodiscard]] std::optional<Mismatch> compare_wholes(const BatchView& /*expected*/,
                                                             const BatchView& /*got*/) const override {
            return std::nullopt;  // `compare` has done it
        }
        [[nodiscard]] bool remarks_answer_the_whole() const override { return true; }

      private:
        const SumWorkload& whole_;
        std::size_t count_;
    };

    [[nodiscard]] Shape shape_of(std::size_t count) const {
        return {.inputs = std::vector(arrays_, std::vector{count}),
                .outputs = std::vector(arrays_, std::vector<std::size_t>{1})};
    }

    std::string name_;
    std::size_t arrays_;
    std::size_t count_;
    std::string data_;
    double relative_tolerance_;  ///< to Σ|x|
    double operations_;          ///< for each element
    std::optional<PartExcerpt> excerpt_;
};

/// How many elements of each array the reference is to add up; nothing where it adds up all of them.
std::optional<std::size_t> reference_count(const Entry& entry, std::size_t count) {
    if (!entry.has("reference_count")) return std::nullopt;
    const std::size_t part = entry.count_or_1("reference_count");
    if (part > count) throw ExerciseError("\"reference_count\" is more than the array has");
    return part;
}

Workloads make_workloads(const Entry& entry, const Tolerance& tolerance) {
    if (!tolerance.bound.empty() && tolerance.bound != "compensated")
        throw ExerciseError("there is no bound \"" + tolerance.bound +
                            "\"; there is compensated, besides the usual one");
    entry.reject_others_than({"name", "arrays", "counts", "data", "reference_count"});
    Workloads workloads;
    const std::size_t arrays = entry.calls_or_1("arrays");
    for (const auto& data : entry.texts("data")) {
        Random unused(0);
        fill({}, data, unused);  // says so now when there is no such data
        for (const std::size_t count : entry.sizes("counts")) {
            auto name = entry.text_or("name", "n = " + std::to_string(count) + ", " + data);
            workloads.push_back(std::make_unique<SumWorkload>(name, arrays, count, data, tolerance,
                                                              reference_count(entry, count)));
        }
    }
    return workloads;
}

const FamilyRegistration registration("sum", make_workloads);

}  // namespace
}  // namespace grading
