// The timed rounds: fresh processes, fresh batches, balanced turns, paired ratios.
#include "rounds.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <span>

#include "schedule.hpp"

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
/// A side that only makes a remark, and takes longer than this, is left out.
constexpr Nanoseconds longest_remark = std::chrono::milliseconds(100);
constexpr Nanoseconds start_up_limit = std::chrono::seconds(20);
/// How long a submission may take for a whole batch of which the reference answers an excerpt.
constexpr Nanoseconds shortest_trial = std::chrono::milliseconds(100);
constexpr Nanoseconds longest_trial = std::chrono::milliseconds(500);

/// A wrong answer, on its way out of the rounds.
struct WrongAnswer {
    Failure failure;
};

/// Batches are numbered so that the same seed gives the same ones, however many rounds there was time for.
/// Numbers below 2^32 are those of the correctness cases.
std::uint64_t first_batch_of(std::size_t epoch, std::size_t workload) {
    return (std::uint64_t{epoch + 1} << 32U) + (std::uint64_t{workload} << 16U);
}

double seconds(Nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// What a side's calls took, one entry a round; on an excerpt, what the whole would have taken.
struct Times {
    std::vector<double> wall;
    std::vector<double> cpu;
    std::vector<double> queueing;
    double scale = 1;  ///< of the latest call

    [[nodiscard]] SideTime medians() const {
        return {median(wall), median(cpu), wall.size(), median(queueing)};
    }
    [[nodiscard]] const std::vector<double>& by(ClockKind clock) const {
        return clock == ClockKind::cpu ? cpu : wall;
    }
};

/// The median over the rounds of slow / fast; rounds in which one of them did not take part are left out.
double paired_ratio(const Times& slow, const Times& fast, ClockKind clock) {
    std::vector<double> ratios;
    const std::size_t rounds = std::min(slow.wall.size(), fast.wall.size());
    for (std::size_t round = 0; round < rounds; ++round)
        ratios.push_back(slow.by(clock)[round] / fast.by(clock)[round]);
    return median(ratios);
}

class Rounds {
  public:
    explicit Rounds(const RoundsSetup& setup)
        : setup_(setup), orders_(batch_seed(setup.seed, std::numeric_limits<std::uint64_t>::max())) {
        sides_ = {&setup.sides.reference, &setup.sides.yours, &setup.sides.solution};
        if (setup.sides.baseline) sides_.push_back(&*setup.sides.baseline);
        if (setup.sides.limit) sides_.push_back(&*setup.sides.limit);
    }

    Epoch run_epoch(std::size_t number) {
        Epoch epoch{.workloads = {}, .p = 0};
        if (epochs_to_serve_ == 0) epoch.first_call = start_anew(number);
        for (std::size_t which = 0; which < setup_.exercise.timed.size(); ++which) {
            next_batch_ = first_batch_of(number, which);
            const Workload& workload = *setup_.exercise.timed[which];
            if (number == 0 && workload.excerpt() != nullptr) try_the_whole(workload);
            if (number == 0 && workload.excerpt() == nullptr) leave_out_slow_remarks(workload);
            epoch.workloads.push_back(run_workload(workload));
            const WorkloadEpoch& done = epoch.workloads.back();
            epoch.p += std::log(done.speedup) / std::log(std::max(done.solution_speedup, least_effect));
        }
        epoch.p /= static_cast<double>(epoch.workloads.size());
        if (--epochs_to_serve_ == 0)
            for (Side* side : sides_)
                side->stop();
        return epoch;
    }

  private:
    [[nodiscard]] bool on_wall_clock() const { return setup_.exercise.clock == ClockKind::wall; }

    /// Does something with a side. Whatever goes wrong with one of the course's own is not the learner's
    /// failure.
    template <typename Action>
    auto blame_the_right_one(Side& side, Action action) {
        try {
            return action();
        } catch (const RunnerFailure& failure) {
            if (&side == &setup_.sides.yours) throw;
            throw JudgeError("the course's own " + side.name() + " gave no answer: " + failure.what());
        }
    }

    /// Where a side finds its inputs: the reference in the excerpt, if there is one, and so does a submission
    /// that is too slow for the whole.
    [[nodiscard]] const InputArea& inputs_of(const Side& side, const Workload& workload) const {
        const bool excerpt = &side == &setup_.sides.reference ||
                             (&side == &setup_.sides.yours && on_excerpt_.contains(&workload));
        return excerpt ? setup_.inputs.for_reference(workload) : setup_.inputs.whole;
    }

    /// How many times as much work the whole of the latest batch is as what this side answers.
    [[nodiscard]] double scale_of(const Side& side, const Workload& workload) const {
        return &inputs_of(side, workload) == &setup_.inputs.whole ? 1 : scale_;
    }

    /// The sides that answer this workload: where it takes an excerpt for the reference, the sides that only
    /// make a remark may take too long.
    [[nodiscard]] std::span<Side* const> taking_part(const Workload& workload) const {
        const bool all = workload.excerpt() == nullptr || workload.excerpt()->remarks_answer_the_whole();
        return std::span(sides_).first(all ? sides_.size() : graded_sides);
    }

    /// Starts the sides that do not run yet, or on other inputs than this workload's.
    void start(const Workload& workload) {
        for (Side* side : taking_part(workload)) {
            const InputArea& inputs = inputs_of(*side, workload);
            if (side->running_on(inputs)) continue;
            blame_the_right_one(*side, [&] { side->start(setup_.runner, inputs); });
            if (on_wall_clock()) side->process().pause();
        }
    }

    /// Finds out whether the submission is fast enough to be timed on whole batches. One that gains less than
    /// three times over the reference will not pass, and would keep everybody waiting: like the reference it
    /// gets excerpts. A first call in a fresh process finds cold caches and untouched memory: it may take
    /// twice as long, and then the second one decides. Where others had the processor it is tried again, with
    /// twice the time: then it was not its own slowness that ended the trial. (Of the untouched file it is
    /// known: it is the reference.)
    void try_the_whole(const Workload& workload) {
        constexpr double least_gain = 3;
        constexpr int trials = 3;
        if (setup_.untouched) {
            on_excerpt_.insert(&workload);
            return;
        }
        start(workload);
        make_batch(workload);
        const Nanoseconds reference = timed_call(setup_.sides.reference, start_up_limit);
        const Nanoseconds enough =
            std::clamp(scaled(reference, scale_ / least_gain), shortest_trial, longest_trial);
        Side& yours = setup_.sides.yours;
        for (int trial = 0; trial < trials; ++trial) {
            const Nanoseconds limit = enough * (1 << trial);
            const auto first = trial_call(yours, 2 * limit);
            if (first && (*first <= limit || trial_call(yours, limit))) return;
            if (!others_had_the_processor(yours, first ? enough : 2 * enough)) break;
            yours.stop();
            start(workload);
        }
        on_excerpt_.insert(&workload);
    }

    /// What a call takes by the clock; nothing where it has not answered in time, and was ended.
    std::optional<Nanoseconds> trial_call(Side& side, Nanoseconds limit) {
        side.process().processor_time_since_last();  // what came before is no part of the trial
        try {
            return timed_call(side, limit);
        } catch (const RunnerFailure& failure) {
            if (failure.status != Status::hung) throw;
            return std::nullopt;
        }
    }

    /// Whether a process that gave no answer has not even had the processor for this long. (On the wall clock
    /// that would say nothing: it may have waited for its own threads. An interpreter that hangs has ended.)
    [[nodiscard]] bool others_had_the_processor(Side& side, Nanoseconds time) const {
        if (on_wall_clock() || setup_.exercise.language == Language::python) return false;
        return side.process().processor_time_since_last() < scaled(time, 0.9);
    }

    /// The naive twin of a fast program would keep everybody waiting, for the sake of a remark. (In Python a
    /// first call says little: it may compile.)
    void leave_out_slow_remarks(const Workload& workload) {
        if (setup_.exercise.language == Language::python) return;
        start(workload);
        make_batch(workload);
        const auto slow = [&](Side* side) { return !answers_within(*side, longest_remark); };
        const auto remarks = std::span(sides_).subspan(graded_sides);
        const auto left_out = std::stable_partition(remarks.begin(), remarks.end(), std::not_fn(slow));
        std::for_each(left_out, remarks.end(), [](Side* side) { side->stop(); });
        sides_.resize(sides_.size() - static_cast<std::size_t>(remarks.end() - left_out));
    }

    bool answers_within(Side& side, Nanoseconds limit) {
        try {
            answer(side, limit);
        } catch (const RunnerFailure& failure) {
            if (failure.status == Status::hung) return false;
            throw JudgeError("the course's own " + side.name() + " gave no answer: " + failure.what());
        }
        return true;
    }

    /// Fresh processes, for the coming epoch or for several. Returns what the first calls took, where they
    /// may compile.
    std::optional<FirstCall> start_anew(std::size_t epoch) {
        const Nanoseconds begin = wall_time();
        start(*setup_.exercise.timed.front());
        std::optional<FirstCall> first_call;
        if (setup_.exercise.language == Language::python) first_call = call_for_the_first_time(epoch);
        epochs_to_serve_ = wall_time() - begin > dear_start ? epochs_of_a_dear_start : 1;
        return first_call;
    }

    WorkloadEpoch run_workload(const Workload& workload) {
        start(workload);
        const std::size_t rounds = warm_up(workload);
        const auto sides = taking_part(workload);
        std::vector<Times> times(sides_.size());
        const auto orders = balanced_orders(sides.size(), rounds, orders_);
        for (std::size_t round = 0; round < rounds; ++round) {
            make_batch(workload);
            charge(times);
            for (const std::size_t side : orders[round])
                if (side < graded_sides || round < remark_rounds)
                    take_timed_turn(workload, side, times[side]);
            check(workload);
        }
        charge(times);
        WorkloadEpoch epoch = summarise(times);
        epoch.yours_on_excerpt = on_excerpt_.contains(&workload);
        return epoch;
    }

    void take_timed_turn(const Workload& workload, std::size_t side, Times& times) {
        times.scale = scale_of(*sides_[side], workload);
        times.wall.push_back(times.scale * seconds(take_turn(*sides_[side])));
    }

    /// Two calls of every side, each on a fresh batch: how much longer the first one took.
    FirstCall call_for_the_first_time(std::size_t epoch) {
        const Workload& workload = *setup_.exercise.timed.front();
        next_batch_ = first_batch_of(epoch, std::numeric_limits<std::uint16_t>::max());
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
        make_batch(workload);
        const Nanoseconds start = wall_time();
        const Nanoseconds reference = timed_call(setup_.sides.reference, start_up_limit);
        limit_ = call_limit(scaled(reference, scale_)) + time_to_compile;
        std::vector<double> wall(1, 0.0);
        for (Side* side : taking_part(workload))
            if (side != &setup_.sides.reference) wall.push_back(seconds(take_turn(*side)));
        limit_ -= time_to_compile;
        check(workload);
        const Nanoseconds together = wall_time() - start;
        std::vector<double> cpu;
        for (Side* side : taking_part(workload))
            cpu.push_back(seconds(side->process().processor_time_since_last()));
        return {on_wall_clock() ? wall : cpu, together};
    }

    void make_batch(const Workload& workload) {
        scale_ = setup_.inputs.make_batch(workload, batch_seed(setup_.seed, next_batch_++), false);
    }

    /// Books each side's processor time up to now to its latest call: also what it did after it said that it
    /// was done.
    void charge(std::vector<Times>& times) {
        for (std::size_t side = 0; side < sides_.size(); ++side) {
            if (!sides_[side]->running()) continue;
            const double used = seconds(sides_[side]->process().processor_time_since_last());
            const double queued = seconds(sides_[side]->process().queueing_time_since_last());
            if (times[side].cpu.size() == times[side].wall.size()) continue;
            times[side].cpu.push_back(times[side].scale * used);
            times[side].queueing.push_back(times[side].scale * queued);
        }
    }

    /// On the wall clock everybody is stopped but who is timed.
    Nanoseconds answer(Side& side, Nanoseconds limit) const {
        return on_wall_clock() ? side.continue_to_answer(limit) : side.answer(limit);
    }

    Nanoseconds timed_call(Side& side, Nanoseconds limit) {
        return blame_the_right_one(side, [&] { return answer(side, limit); });
    }

    Nanoseconds take_turn(Side& side) { return timed_call(side, limit_); }

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
        if (on_wall_clock()) yours.process().resume();
        throw WrongAnswer{{name, setup_.seed, *mismatch, smell(workload, *mismatch)}};
    }

    [[nodiscard]] std::optional<Mismatch> mismatch_in(const Workload& workload) const {
        Side& yours = setup_.sides.yours;
        auto mismatch = workload.compare(setup_.sides.reference.answered(), yours.answered());
        if (!mismatch && workload.excerpt() != nullptr && !on_excerpt_.contains(&workload))
            mismatch = workload.excerpt()->compare_wholes(setup_.sides.solution.answered(), yours.answered());
        return mismatch;
    }

    /// By what the wrong answers have in common. Where that is nothing, by what a fresh process says.
    [[nodiscard]] Smell smell(const Workload& workload, const Mismatch& mismatch) const {
        Side& yours = setup_.sides.yours;
        const Smell smell = smell_of(mismatch, gives_the_same_again(yours, limit_));
        if (smell != Smell::different) return smell;
        const Nanoseconds limit = limit_ + time_to_compile(setup_.exercise.language);
        const bool is_right =
            yours.answers_afresh(setup_.runner, inputs_of(yours, workload), limit) && !mismatch_in(workload);
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
            for (std::size_t which = graded_sides; which < sides_.size(); ++which)
                if (side && sides_[which] == &*side && !times[which].wall.empty())
                    return paired_ratio(times[which], times[1], clock);
            return std::nullopt;
        };
        epoch.baseline_speedup = remark(setup_.sides.baseline);
        epoch.share_of_limit = remark(setup_.sides.limit);
        return epoch;
    }

    static constexpr std::size_t graded_sides = 3;

    const RoundsSetup& setup_;
    std::vector<Side*> sides_;
    Random orders_;
    std::uint64_t next_batch_ = 0;
    std::size_t epochs_to_serve_ = 0;  ///< by the processes that run now
    Nanoseconds limit_ = start_up_limit;
    double scale_ = 1;                      ///< of the latest batch's excerpt to the whole
    std::set<const Workload*> on_excerpt_;  ///< where the submission is too slow for the whole
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
