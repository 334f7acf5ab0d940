// What a family of exercises tells the judge: how inputs are made, and what is right.
//
// A family is one file in families/ here and one in the runner's; exercise.toml names it. A workload is one
// entry of [[timed]] or one combination of an entry of [[cases]].
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arena.hpp"
#include "entry.hpp"
#include "random.hpp"

namespace grading {

/// What can be seen of a wrong element, as far as it hints at the reason.
enum class Trait {
    at_an_edge,           ///< where loops end: a first or last row, a length that no vector divides
    whole_number,         ///< the answer is one, and fits an int
    zero,                 ///< so is the answer
    flushed,              ///< the answer is 0 where a subnormal number belongs
    off_by_the_first,     ///< element of the array, which is there once too little or once too often
    off_by_the_last,      ///< the same with the last one
    not_finite,           ///< the answer is infinite or NaN
    neither_0_nor_1,      ///< the answer, where a mask has nothing else
    is_inside,            ///< the point lies inside of the obstacle, and is not taken for that
    taken_for_inside,     ///< the point lies outside
    on_the_wrong_side,    ///< is the point, of a field, whether it lies inside or outside
    next_to_the_contour,  ///< the point lies some 1e-6 from it, and is on the wrong side
    level_with_a_corner,  ///< the point, with one of the contour's
    contour_has_dents,    ///< it is not convex
    on_an_uneven_grid,    ///< whose lines are not all equally far apart
    near_the_contour,     ///< the point lies within two wavelengths of it
    conjugate,            ///< the answer is the right one's
    opposite,             ///< the answer is the right one but for its sign
    a_multiple,           ///< the answer is a half, twice, a quarter, four times or i times the right one
    scaled,               ///< the answers of the whole problem are the right ones times one number, not 0
    of_few_points,        ///< the problem has one point, or two, and so any number takes one to the other
    incident_wave_added,  ///< to the right answer, as it is in the whole wave
    another_points,       ///< the answer belongs to the point with rows and columns exchanged
    mirrored_points,  ///< the answer belongs to the point as far from the other end of row, column, or both
    next_points,      ///< the answer belongs to a point beside this one, or the point is at an edge
    real,             ///< the answer has no imaginary part, and should have one
};

/// The traits of one wrong element, or those that several have in common.
class Traits {
  public:
    Traits(std::initializer_list<std::pair<Trait, bool>> seen) {
        for (const auto& [trait, holds] : seen)
            if (holds) bits_ |= bit(trait);
    }
    [[nodiscard]] bool have(Trait trait) const { return (bits_ & bit(trait)) != 0; }
    Traits& operator&=(const Traits& others) {
        bits_ &= others.bits_;
        return *this;
    }

  private:
    static std::uint32_t bit(Trait trait) { return std::uint32_t{1} << static_cast<unsigned>(trait); }

    std::uint32_t bits_ = 0;
};

/// One wrong element.
struct Mismatch {
    std::size_t item;   ///< which call of the batch
    std::string index;  ///< where in the output, in the family's terms
    std::string size;   ///< the item's size, in the family's terms
    std::string got, expected;
    double error;  ///< may be NaN
    double tolerance;
    double scale;     ///< the magnitude of what was added up: what rounding errors are relative to
    Traits traits{};  ///< those that this one and all other wrong elements have
};

/// A batch of its own, taken at random out of another one, with a known share of its work.
class Excerpt {
  public:
    virtual ~Excerpt() = default;

    /// For a person: "16 of 1025 grid rows".
    [[nodiscard]] virtual std::string size() const = 0;
    /// The arrays of the excerpt.
    [[nodiscard]] virtual Shape shape() const = 0;
    /// Fills the excerpt from the whole; returns how many times as much work the whole is. The answer to the
    /// excerpt is a part of the answer to the whole.
    virtual double take(const InputArea& whole, InputArea& excerpt, Random& random) const = 0;
    /// Compares two answers to the whole of which neither is the truth: they may be two tolerances apart.
    [[nodiscard]] virtual std::optional<Mismatch> compare_wholes(const BatchView& expected,
                                                                 const BatchView& got) const = 0;
    /// Whether the sides that only make a remark can be asked for the whole: not where they are as slow as
    /// the reference.
    [[nodiscard]] virtual bool remarks_answer_the_whole() const { return false; }
};

class Workload {
  public:
    virtual ~Workload() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    /// For a person: "32 arrays of 8192".
    [[nodiscard]] virtual std::string size() const = 0;
    /// What is counted when a time is given for each: "element", "interaction".
    [[nodiscard]] virtual std::string unit() const = 0;
    [[nodiscard]] virtual double units() const = 0;
    /// The arithmetic that a unit needs when each is computed by itself, by the shortest way that the course
    /// knows; a multiply-add counts as one operation. 0 where the work is something else than arithmetic.
    [[nodiscard]] virtual double operations_per_unit() const { return 0; }
    /// The least that has to be moved for a unit: every input once, and every output.
    [[nodiscard]] double bytes_per_unit() const;

    /// The arrays of one batch.
    [[nodiscard]] virtual Shape shape() const = 0;
    /// Makes a batch of fresh inputs.
    virtual void generate(InputArea& inputs, Random& random) const = 0;
    /// The worst wrong element, if there is one. `truth` holds what the reference wrote, `got` what is
    /// judged; both see the inputs. Comparison is !(error <= tolerance), so that a NaN is wrong. `truth` may
    /// have answered an excerpt of the batch that `got` has answered: then that much is compared.
    [[nodiscard]] virtual std::optional<Mismatch> compare(const BatchView& truth,
                                                          const BatchView& got) const = 0;

    /// A part of the batch for a reference that would take too long for the whole; most workloads have none.
    [[nodiscard]] virtual const Excerpt* excerpt() const { return nullptr; }
};

using Workloads = std::vector<std::unique_ptr<Workload>>;

/// The memory that the sides read their inputs from: a batch, and an excerpt of it where a workload has one.
struct InputAreas {
    InputArea whole;
    InputArea excerpt;

    /// Makes a batch and its excerpt from one seed; returns how many times as much work the whole is as what
    /// the reference is to answer. The arrays of a case begin anywhere, and what lies behind them may be a
    /// number.
    double make_batch(const Workload& workload, std::uint64_t seed, bool of_a_case);
    /// Where the reference finds its inputs.
    [[nodiscard]] const InputArea& for_reference(const Workload& workload) const {
        return workload.excerpt() != nullptr ? excerpt : whole;
    }
};

/// An exercise's [tolerance]: which of the family's bounds for an error, and what it is multiplied by.
struct Tolerance {
    double factor;
    std::string bound;  ///< empty for the family's usual one
};

/// Makes the workloads that one table of exercise.toml describes: one for [[timed]], one or more for
/// [[cases]]. Throws ExerciseError for keys that the family does not understand.
using WorkloadFactory = std::function<Workloads(const Entry& entry, const Tolerance& tolerance)>;

/// The family of this name. Throws ExerciseError, listing those there are, when there is none.
const WorkloadFactory& find_family(const std::string& name);

/// A family's file makes one of these, and is thereby known.
struct FamilyRegistration {
    FamilyRegistration(const std::string& name, WorkloadFactory factory);
};

/// Collects the wrong elements that a family's file finds and keeps the worst: the largest error in units of
/// the tolerance; NaN is worse than any number. Its traits are those that all have.
class WorstMismatch {
  public:
    /// Looks at one element. `see` gives its traits and is called when it is wrong, `describe` makes the
    /// Mismatch, but for the traits, and is called only when it is the worst so far.
    template <typename See, typename Describe>
    void look_at(double error, double tolerance, See see, Describe describe) {
        if (error <= tolerance) return;
        Traits traits = see();
        if (worst_) traits &= worst_->traits;
        if (is_worse(error, tolerance)) worst_ = describe();
        worst_->traits = traits;
    }
    [[nodiscard]] std::optional<Mismatch> get() const { return worst_; }

  private:
    [[nodiscard]] bool is_worse(double error, double tolerance) const;

    std::optional<Mismatch> worst_;
};

/// Words on an answer that is still as the judge left it, and on one that has been computed from what lies
/// behind an input array.
inline constexpr const char* never_written = "never written";
inline constexpr const char* read_behind_the_end = "read behind an array's end";

/// A number with all its digits, or one of these words.
std::string full_digits(double value);

/// Whether an answer may have been an int on its way here.
bool is_whole_number(double answer);

}  // namespace grading
