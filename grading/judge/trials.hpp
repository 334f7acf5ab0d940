// What is found out before the first rounds on a workload: who is too slow to answer all of it.
#pragma once

#include "turns.hpp"

namespace grading {

/// Where the reference answers an excerpt: whether the submission is fast enough to be timed on whole
/// batches. One that gains less than three times over the reference will not pass, and would keep everybody
/// waiting: like the reference it gets excerpts.
void try_the_whole(Turns& turns, const RoundsSetup& setup, const Workload& workload);

/// The naive twin of a fast program would keep everybody waiting, for the sake of a remark.
void leave_out_slow_remarks(Turns& turns, const RoundsSetup& setup, const Workload& workload);

}  // namespace grading
