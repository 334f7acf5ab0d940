// How many processors a submission is told that there are. The judge gives the threads of a team seats: each
// may run on some of the processors only (judge/seats.hpp). Whoever asks how many threads to start is to hear
// of all of them nevertheless.
#pragma once

/// Remembers the processors that this process may use now. From here on the functions with which libraries
/// ask for them (sched_getaffinity, pthread_getaffinity_np, get_nprocs) answer with these, and a new thread
/// may run on all of them, whatever seat the thread has that starts it.
void remember_processors();
