#include "turns.hpp"

#include <string>

namespace grading {

Turns::Turns(const RoundsSetup& setup) : setup_(setup) {
    sides_ = {&setup.sides.reference, &setup.sides.yours, &setup.sides.solution};
    if (setup.sides.baseline) sides_.push_back(&*setup.sides.baseline);
    if (setup.sides.limit) sides_.push_back(&*setup.sides.limit);
}

template <typename Action>
auto Turns::blame_the_right_one(Side& side, Action action) {
    try {
        return action();
    } catch (const RunnerFailure& failure) {
        if (&side == &setup_.sides.yours) throw;
        throw JudgeError("the course's own " + side.name() + " gave no answer: " + failure.what());
    }
}

void Turns::start(const Workload& workload) {
    for (Side* side : taking_part(workload)) {
        const InputArea& inputs = inputs_of(*side, workload);
        if (side->running_on(inputs)) continue;
        blame_the_right_one(*side, [&] { side->start(setup_.runner, inputs); });
        if (on_wall_clock()) side->process().pause();
    }
}

void Turns::stop() {
    for (Side* side : sides_)
        side->stop();
}

void Turns::pass_outputs_on() {
    const auto size_of = [](Side& side) { return side.output().memory().bytes().size(); };
    const TimedSides& sides = setup_.sides;
    sides.solution.exchange_outputs(sides.yours);
    if (size_of(sides.reference) == size_of(sides.yours)) sides.yours.exchange_outputs(sides.reference);
}

std::span<Side* const> Turns::taking_part(const Workload& workload) const {
    const bool all = workload.excerpt() == nullptr || workload.excerpt()->remarks_answer_the_whole();
    return sides().first(all ? sides_.size() : graded_sides);
}

void Turns::leave_out(Side& remark) {
    remark.stop();
    std::erase(sides_, &remark);
}

const InputArea& Turns::inputs_of(const Side& side, const Workload& workload) const {
    const bool excerpt =
        &side == &setup_.sides.reference || (&side == &setup_.sides.yours && yours_is_on_excerpts(workload));
    return excerpt ? setup_.inputs.for_reference(workload) : setup_.inputs.whole;
}

void Turns::make_batch(const Workload& workload) {
    scale_ = setup_.inputs.make_batch(workload, batch_seed(setup_.seed, next_batch_++), false);
}

double Turns::scale_of(const Side& side, const Workload& workload) const {
    return &inputs_of(side, workload) == &setup_.inputs.whole ? 1 : scale_;
}

Nanoseconds Turns::answer(Side& side, Nanoseconds limit) const {
    return on_wall_clock() ? side.continue_to_answer(limit) : side.answer(limit);
}

Nanoseconds Turns::call(Side& side) {
    return blame_the_right_one(side, [&] { return answer(side, limit_of(side)); });
}

std::optional<Nanoseconds> Turns::call_in_time(Side& side, Nanoseconds limit) {
    return blame_the_right_one(side, [&]() -> std::optional<Nanoseconds> {
        try {
            return answer(side, limit);
        } catch (const RunnerFailure& failure) {
            if (failure.status != Status::hung) throw;
            return std::nullopt;
        }
    });
}

}  // namespace grading
