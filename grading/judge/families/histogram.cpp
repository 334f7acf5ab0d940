// The `histogram` family: values and the numbers of their bins in, each bin's total out.
//
// Keys of a [[timed]] entry and of [[cases]]: counts (numbers of values), bins (numbers of bins) and data
// (how the values fall into the bins, see `fill_bins`), one of each in [[timed]]; name in [[timed]]. The
// bins' numbers are 32 bits each, two to a double of the input.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include "../workload.hpp"
#include "rounding.hpp"

namespace grading {
namespace {

using Bin = std::uint32_t;
constexpr std::size_t bins_in_a_double = sizeof(double) / sizeof(Bin);

std::span<Bin> as_bins(std::span<double> doubles) {
    return {reinterpret_cast<Bin*>(doubles.data()), doubles.size() * bins_in_a_double};
}

std::span<const Bin> as_bins(std::span<const double> doubles) {
    return {reinterpret_cast<const Bin*>(doubles.data()), doubles.size() * bins_in_a_double};
}

/// Which bin each value falls into. "even": any, all with the same probability. "runs": the same as the value
/// before, 15 times out of 16. "last": always the last one. One random number serves for two bins, or for a
/// bin and the question whether to change to it: most of a round's time goes into making its inputs.
void fill_bins(std::span<Bin> numbers, std::size_t bins, const std::string& data, Random& random) {
    const auto any_by = [&](std::uint64_t half) { return static_cast<Bin>((half * bins) >> 32U); };
    if (data == "even") {
        for (std::size_t i = 0; i < numbers.size(); i += 2) {
            const std::uint64_t bits = random.engine()();
            numbers[i] = any_by(bits >> 32U);
            if (i + 1 < numbers.size()) numbers[i + 1] = any_by(bits & std::numeric_limits<Bin>::max());
        }
    } else if (data == "runs") {
        Bin now = any_by(random.engine()() >> 32U);
        for (Bin& number : numbers) {
            const std::uint64_t bits = random.engine()();
            if (bits % 16 == 0) now = any_by(bits >> 32U);
            number = now;
        }
    } else if (data == "last") {
        std::ranges::fill(numbers, static_cast<Bin>(bins - 1));
    } else {
        throw ExerciseError("there is no data \"" + data + "\"; there are even, runs, last");
    }
}

/// What is known about one bin: its total as an unevaluated sum of two numbers, and what went into it.
struct Contents {
    double sum = 0;
    double lost = 0;
    double magnitude = 0;  ///< Σ|x|
    std::size_t values = 0;

    void add(double value) {
        add_exactly(sum, lost, value);
        magnitude += std::abs(value);
        ++values;
    }
};

std::string some(std::size_t count, const std::string& thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string size_of(std::size_t count, std::size_t bins, const std::string& data) {
    return some(count, "value") + " in " + some(bins, "bin") + ", " + data;
}

class HistogramWorkload final : public Workload {
  public:
    HistogramWorkload(std::string name, std::size_t count, std::size_t bins, std::string data,
                      double tolerance_factor)
        : name_(std::move(name)),
          count_(count),
          bins_(bins),
          data_(std::move(data)),
          tolerance_factor_(tolerance_factor) {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] std::string size() const override { return size_of(count_, bins_, data_); }
    [[nodiscard]] std::string unit() const override { return "value"; }
    [[nodiscard]] double units() const override { return static_cast<double>(count_); }
    [[nodiscard]] double operations_per_unit() const override { return 1; }

    [[nodiscard]] Shape shape() const override {
        return {.inputs = {{(count_ + bins_in_a_double - 1) / bins_in_a_double, count_}},
                .outputs = {{bins_}}};
    }

    void generate(InputArea& inputs, Random& random) const override {
        const auto numbers = as_bins(inputs.input(0, 0));
        // What is left of the last double is no bin at all.
        std::ranges::fill(numbers.last(numbers.size() - count_), std::numeric_limits<Bin>::max());
        fill_bins(numbers.first(count_), bins_, data_, random);
        random.fill_uniform(inputs.input(0, 1), -1, 1);
    }

    /// The truth is a compensated sum for each bin. The tolerance is the bound for any order of a bin's n - 1
    /// additions, (n - 1) u Σ|x| (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
    /// section 4.2): a bin with one value has exactly that value.
    [[nodiscard]] std::optional<Mismatch> compare(const BatchView& /*truth*/,
                                                  const BatchView& got) const override {
        std::vector<Contents> all(bins_);
        const auto numbers = as_bins(got.input(0, 0));
        const auto values = got.input(0, 1);
        for (std::size_t i = 0; i < count_; ++i)
            all[numbers[i]].add(values[i]);
        const auto totals = got.output(0, 0);
        WorstMismatch worst;
        for (std::size_t bin = 0; bin < bins_; ++bin) {
            const Contents& contents = all[bin];
            const double error = std::abs((totals[bin] - contents.sum) - contents.lost);
            const double additions = contents.values == 0 ? 0 : static_cast<double>(contents.values - 1);
            const double tolerance = tolerance_factor_ * additions * unit_roundoff * contents.magnitude;
            const auto traits = [&]() -> Traits {
                return {{Trait::at_an_edge, bin == 0 || bin + 1 == bins_},
                        {Trait::not_finite, !std::isfinite(totals[bin])},
                        {Trait::whole_number, is_whole_number(totals[bin])},
                        {Trait::zero, totals[bin] == 0}};
            };
            worst.look_at(error, tolerance, traits, [&]() -> Mismatch {
                return {.item = 0,
                        .index = "totals[" + std::to_string(bin) + "]",
                        .size = size(),
                        .got = full_digits(totals[bin]),
                        .expected = full_digits(contents.sum + contents.lost),
                        .error = error,
                        .tolerance = tolerance,
                        .scale = contents.magnitude};
            });
        }
        return worst.get();
    }

  private:
    std::string name_;
    std::size_t count_;
    std::size_t bins_;
    std::string data_;
    double tolerance_factor_;
};

Workloads make_workloads(const Entry& entry, const Tolerance& tolerance) {
    if (!tolerance.bound.empty())
        throw ExerciseError("there is one bound for histograms: leave tolerance.bound out");
    entry.reject_others_than({"name", "counts", "bins", "data"});
    Workloads workloads;
    for (const auto& data : entry.texts("data")) {
        for (const std::size_t bins : entry.sizes("bins")) {
            if (bins == 0) throw ExerciseError("\"bins\" must be at least 1");
            Random unused(0);
            fill_bins({}, bins, data, unused);  // says so now when there is no such data
            for (const std::size_t count : entry.sizes("counts")) {
                const std::string size = size_of(count, bins, data);
                workloads.push_back(std::make_unique<HistogramWorkload>(entry.text_or("name", size), count,
                                                                        bins, data, tolerance.factor));
            }
        }
    }
    return workloads;
}

const FamilyRegistration registration("histogram", make_workloads);

}  // namespace
}  // namespace grading
