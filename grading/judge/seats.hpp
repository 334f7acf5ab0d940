// Where the threads of a team wake up. The scheduler likes to wake a thread beside the one that wakes it, and
// needs up to four milliseconds (a tick) to find that another processor is idle: a call of one millisecond
// is over by then, having used one processor. So the judge, in exercises on wall time, has a processor as its
// home, where every submission's first thread wakes up, too, and sends the other threads of the team
// elsewhere.
#pragma once

#include <sys/types.h>

namespace grading {

/// Keeps this process on one processor from now on; a call's first thread starts there.
void settle_on(int processor);

/// For a stopped process: its first thread will wake up at this process's home; its others, if there is a
/// processor for each, anywhere else. Returns whether a team has seats in this way. Then the first thread
/// should keep its own: whoever of the others is ready last wakes it, and in a virtual machine beside itself,
/// since there an idle processor counts as one that the host has taken away. Does nothing when this process
/// is not settled.
bool seat_threads(pid_t process);

/// The same for the processes that a stopped process has forked into its group, a pool: one of them will wake
/// up at home, the others elsewhere.
void seat_forks(pid_t process);

/// Lets a process's first thread, and what it starts from now on, go anywhere: a child that has inherited its
/// place from this process, or one that has just been woken up. Does nothing when this process is not
/// settled.
void release_first_thread(pid_t process);

}  // namespace grading
