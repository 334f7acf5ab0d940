// The timed rounds: fresh processes, fresh batches, balanced turns, paired ratios.
#include "rounds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "schedule.hpp"
#include "times.hpp"
#include "trials.hpp"
#include "turns.hpp"

namespace grading {
namespace {

/// An epoch's rounds should take about as long as starting its processes does: shorter, and starting is most
/// of the budget; longer, and there are fewer independent samples. Python's processes begin with calls that
/// do not count; and on the wall clock what differs most, from call to call, is who else has a processor, so
/// that an epoch of two rounds says little.
constexpr Nanoseconds epoch_target(Language language, ClockKind clock) {
    if (language != Language::python) return std::chrono::milliseconds(50);
    return clock == ClockKind::wall ? std::chrono::milliseconds(1000) : std::chrono::milliseconds(400);
}
/// Where starting takes so long (a submission that compiles itself when it is first called, or makes tables
/// when it is loaded), the processes serve several epochs, or starting them would be all that there is time
/// for. Then the epochs resemble each other somewhat, and the interval is a little narrower than it should
/// be.
constexpr Nanoseconds dear_start = std::chrono::seconds(1);
constexpr std::size_t epochs_of_a_dear_start = 4;
constexpr std::size_t fewest_rounds = 2;
constexpr std::size_t most_rounds = 16;
/// The sides that only make a remark take part in so many rounds of an epoch.
constexpr std::size_t remark_rounds = 2;

/// A wrong answer, on its way out of the rounds.
struct WrongAnswer {
    Failure failure;
};

/// The number of the first batch; those below 2^32 are the correctness cases'.
std::uint64_t first_batch_of(std::size_t epoch, std::size_t workload) {
    return (std::uint64_t{epoch + 1} << 32U) + (std::uint64_t{workload} << 16U);
}

class Rounds {
  public:
    explicit Rounds(const RoundsSetup& setup)
        : setup_(setup),
          turns_(setup),
          orders_(batch_seed(setup.seed, std::numeric_limits<std::uint64_t>::max())) {}

    Epoch run_epoch(std::size_t number) {
        Epoch epoch{.workloads = {}, .p = 0};
        if (epochs_to_serve_ == 0) epoch.first_call = start_anew(number);
        for (std::size_t which = 0; which < setup_.exercise.timed.size(); ++which) {
            turns_.number_batches_from(first_batch_of(number, which));
            const Workload& workload = *setup_.exercise.timed[which];
            if (number == 0) hold_trials(workload);
            epoch.workloads.push_back(run_workload(workload));
            const WorkloadEpoch& done = epoch.workloads.back();
            epoch.p += std::log(done.speedup) / std::log(std::max(done.solution_speedup, least_effect));
        }
        epoch.p /= static_cast<double>(epoch.workloads.size());
        if (--epochs_to_serve_ == 0) turns_.stop();
        return epoch;
    }

  private:
    void hold_trials(const Workload& workload) {
        if (workload.excerpt() != nullptr)
            try_the_whole(turns_, setup_, workload);
        else
            leave_out_slow_remarks(turns_, setup_, workload);
    }

    /// Fresh processes, for the coming epoch or for several. Returns what the first calls took, where they
    /// may compile.
    std::optional<FirstCall> start_anew(std::size_t epoch) {
        const Nanoseconds begin = wall_time();
        turns_.pass_outputs_on();
        turns_.start(*setup_.exercise.timed.front());
        std::optional<FirstCall> first_call;
        if (setup_.exercise.language == Language::python) first_call = call_for_the_first_time(epoch);
        epochs_to_serve_ = wall_time() - begin > dear_start ? epochs_of_a_dear_start : 1;
        return first_call;
    }

    WorkloadEpoch run_workload(const Workload& workload) {
        turns_.start(workload);
        const std::size_t rounds = warm_up(workload);
        const auto sides = turns_.taking_part(workload);
        std::vector<Times> times(turns_.sides().size());
        const auto orders = balanced_orders(sides.size(), rounds, orders_);
        for (std::size_t round = 0; round < rounds; ++round) {
            turns_.make_batch(workload);
            charge(times);
            for (const std::size_t side : orders[round])
                if (side < graded_sides || round < remark_rounds)
                    take_timed_turn(workload, *sides[side], times[side]);
            check(workload);
        }
        charge(times);
        WorkloadEpoch epoch = summarise(times);
        epoch.yours_on_excerpt = turns_.yours_is_on_excerpts(workload);
        return epoch;
    }

    void take_timed_turn(const Workload& workload, Side& side, Times& times) {
        const double scale = turns_.scale_of(side, workload);
        times.add_call(seconds(turns_.call(side)), scale);
    }

    /// Two calls of every side, each on a fresh batch: how much longer the first one took.
    FirstCall call_for_the_first_time(std::size_t epoch) {
        const Workload& workload = *setup_.exercise.timed.front();
        turns_.number_batches_from(first_batch_of(epoch, std::numeric_limits<std::uint16_t>::max()));
        const auto first = call_all(workload, time_to_compile(Language::python)).seconds;
        const auto second = call_all(workload, Nanoseconds(0)).seconds;
        return {.yours = std::max(first[1] - second[1], 0.0),
                .solution = std::max(first[2] - second[2], 0.0)};
    }

    /// One call of every side: touches memory and code, finds out how long a round takes. Returns how many
    /// rounds fit.
    std::size_t warm_up(const Workload& workload) {
        const Nanoseconds round = call_all(workload, Nanoseconds(0)).together;
        const Nanoseconds target = epoch_target(setup_.exercise.language, setup_.exercise.clock);
        const auto fitting = static_cast<std::size_t>(target / (round + Nanoseconds(1)));
        return std::clamp(fitting, fewest_rounds, most_rounds) / 2 * 2;
    }

    /// What one call of every side took: each of them by the exercise's clock, and all with the check.
    struct AllCalls {
        std::vector<double> seconds;
        Nanoseconds together;
    };

    AllCalls call_all(const Workload& workload, Nanoseconds time_to_compile) {
        turns_.make_batch(workload);
        const Nanoseconds start = wall_time();
        const Nanoseconds reference = turns_.call(setup_.sides.reference);
        const Nanoseconds limit = call_limit(scaled(reference, turns_.scale()));
        turns_.allow(limit + time_to_compile);
        std::vector<double> wall(1, 0.0);
        for (Side* side : turns_.taking_part(workload))
            if (side != &setup_.sides.reference) wall.push_back(seconds(turns_.call(*side)));
        turns_.allow(limit);
        check(workload);
        const Nanoseconds together = wall_time() - start;
        std::vector<double> cpu;
        for (Side* side : turns_.taking_part(workload))
            cpu.push_back(seconds(side->process().processor_time_since_last()));
        return {setup_.exercise.clock == ClockKind::wall ? wall : cpu, together};
    }

    /// Books each side's processor time up to now to its latest call: also what it did after it said that it
    /// was done.
    void charge(std::vector<Times>& times) {
        const auto sides = turns_.sides();
        for (std::size_t side = 0; side < sides.size(); ++side) {
            if (!sides[side]->running()) continue;
            const double used = seconds(sides[side]->process().processor_time_since_last());
            const double queued = seconds(sides[side]->process().queueing_time_since_last());
            times[side].charge(used, queued);
        }
    }

    /// The answers that count are compared with the truth, the timed batch being the checked one. Where the
    /// truth is an excerpt, the rest is compared with the model solution's answer.
    void check(const Workload& workload) {
        Side& yours = setup_.sides.yours;
        Side& solution = setup_.sides.solution;
        const std::string name = "a timed batch (" + workload.name() + ")";
        yours.must_have_written_its_answer_only(name);
        const BatchView truth = setup_.sides.reference.answered();
        for (Side* side : {&setup_.sides.reference, &solution})
            if (workload.compare(truth, side->answered()))
                throw JudgeError("the course's own " + side->name() + " is wrong on " + workload.size());
        const auto mismatch = mismatch_in(workload);
        if (!mismatch) return;
        if (setup_.exercise.clock == ClockKind::wall) yours.process().resume();
        throw WrongAnswer{{name, setup_.seed, *mismatch, smell(workload, *mismatch)}};
    }

    [[nodiscard]] std::optional<Mismatch> mismatch_in(const Workload& workload) const {
        Side& yours = setup_.sides.yours;
        auto mismatch = workload.compare(setup_.sides.reference.answered(), yours.answered());
        if (!mismatch && workload.excerpt() != nullptr && !turns_.yours_is_on_excerpts(workload))
            mismatch = workload.excerpt()->compare_wholes(setup_.sides.solution.answered(), yours.answered());
        return mismatch;
    }

    /// By what the wrong answers have in common. Where that is nothing, by what a fresh process says.
    [[nodiscard]] Smell smell(const Workload& workload, const Mismatch& mismatch) const {
        Side& yours = setup_.sides.yours;
        const Smell smell = smell_of(mismatch, gives_the_same_again(yours, turns_.limit_of(yours)));
        if (smell != Smell::different) return smell;
        const Nanoseconds limit = turns_.limit_of(yours) + time_to_compile(setup_.exercise.language);
        const bool is_right = yours.answers_afresh(setup_.runner, turns_.inputs_of(yours, workload), limit) &&
                              !mismatch_in(workload);
        return is_right ? Smell::kept : smell;
    }

    [[nodiscard]] WorkloadEpoch summarise(const std::vector<Times>& times) const {
        const ClockKind clock = setup_.exercise.clock;
        WorkloadEpoch epoch{.speedup = paired_ratio(times[0], times[1], clock),
                            .solution_speedup = paired_ratio(times[0], times[2], clock),
                            .baseline_speedup = std::nullopt,
                            .share_of_limit = std::nullopt,
                            .reference = times[0].medians(),
                            .yours = times[1].medians(),
                            .solution = times[2].medians()};
        const auto remark = [&](const std::optional<Side>& side) -> std::optional<double> {
            for (std::size_t which = graded_sides; which < turns_.sides().size(); ++which)
                if (side && turns_.sides()[which] == &*side && !times[which].wall.empty())
                    return paired_ratio(times[which], times[1], clock);
            return std::nullopt;
        };
        epoch.baseline_speedup = remark(setup_.sides.baseline);
        epoch.share_of_limit = remark(setup_.sides.limit);
        return epoch;
    }

    const RoundsSetup& setup_;
    Turns turns_;
    Random orders_;
    std::size_t epochs_to_serve_ = 0;  ///< by the processes that run now
};

}  // namespace

RoundsResult run_rounds(const RoundsSetup& setup) {
    RoundsResult result;
    Rounds rounds(setup);
    const Nanoseconds start = wall_time();
    try {
        while (true) {
            result.epochs.push_back(rounds.run_epoch(result.epochs.size()));
            result.standing = standing_of(result.epochs, setup.exercise.mark);
            const Nanoseconds elapsed = wall_time() - start;
            const auto speedup = [](const Epoch& epoch) { return epoch.workloads.front().speedup; };
            setup.progress(elapsed, result.epochs.size(), estimate_over(result.epochs, speedup).median);
            if (are_finished(result.epochs, result.standing, elapsed, setup.budget)) break;
        }
        result.standing = last_standing_of(result.epochs, setup.exercise.mark);
    } catch (const WrongAnswer& wrong) {
        result.failure = wrong.failure;
    } catch (const RunnerFailure& failure) {
        result.no_answer = in_case(failure, "a timed batch");
    }
    return result;
}

}  // namespace grading
