// Whose turn it is, on what: the sides' processes, the batch that they answer, and how long a call may take.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "rounds.hpp"

namespace grading {

/// Reference, yours and solution come first; the sides after them only make a remark.
inline constexpr std::size_t graded_sides = 3;

class Turns {
  public:
    explicit Turns(const RoundsSetup& setup);

    /// Starts the sides that do not run yet, or on other inputs than this workload's.
    void start(const Workload& workload);
    void stop();
    /// While nobody runs: reference, yours and solution pass their output areas on to each other (the
    /// reference only if its own, for excerpts, is not a smaller one). Everything else is new with each
    /// process; but where the area's pages lie would favour a side, or not, for as long as it kept them.
    void pass_outputs_on();

    /// The sides that answer this workload: where it takes an excerpt for the reference, the sides that only
    /// make a remark may take too long.
    [[nodiscard]] std::span<Side* const> taking_part(const Workload& workload) const;
    [[nodiscard]] std::span<Side* const> sides() const { return sides_; }
    [[nodiscard]] std::span<Side* const> remarks() const { return sides().subspan(graded_sides); }
    void leave_out(Side& remark);

    /// From now on yours answers excerpts of this workload, as the reference does.
    void put_yours_on_excerpts(const Workload& workload) { on_excerpt_.insert(&workload); }
    [[nodiscard]] bool yours_is_on_excerpts(const Workload& workload) const {
        return on_excerpt_.contains(&workload);
    }
    [[nodiscard]] const InputArea& inputs_of(const Side& side, const Workload& workload) const;

    /// Batches are numbered so that the same seed gives the same ones, however many rounds there was time
    /// for.
    void number_batches_from(std::uint64_t first) { next_batch_ = first; }
    void make_batch(const Workload& workload);
    /// How many times as much work the whole of the latest batch is as the reference's excerpt of it.
    [[nodiscard]] double scale() const { return scale_; }
    /// And as what this side answers.
    [[nodiscard]] double scale_of(const Side& side, const Workload& workload) const;

    /// One call; returns the wall time. On the wall clock everybody else is stopped meanwhile. Throws
    /// RunnerFailure where yours gives no answer in time, JudgeError where one of the course's own does not.
    Nanoseconds call(Side& side);
    /// One call, too; nothing where it has not answered within the limit, and was ended.
    std::optional<Nanoseconds> call_in_time(Side& side, Nanoseconds limit);
    /// Sets the limit of yours for this workload's calls.
    void allow(Nanoseconds limit) { limit_ = limit; }
    /// How long this side's calls may take.
    [[nodiscard]] Nanoseconds limit_of(const Side& side) const {
        return &side == &setup_.sides.yours ? limit_ : std::max(limit_, own_limit);
    }

  private:
    /// Does something with a side. Whatever goes wrong with one of the course's own is not the learner's
    /// failure.
    template <typename Action>
    auto blame_the_right_one(Side& side, Action action);
    Nanoseconds answer(Side& side, Nanoseconds limit) const;
    [[nodiscard]] bool on_wall_clock() const { return setup_.exercise.clock == ClockKind::wall; }

    const RoundsSetup& setup_;
    std::vector<Side*> sides_;
    std::set<const Workload*> on_excerpt_;  ///< where yours is too slow for the whole
    std::uint64_t next_batch_ = 0;
    double scale_ = 1;
    Nanoseconds limit_ = own_limit;
};

}  // namespace grading
