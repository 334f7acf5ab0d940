// How many processors a submission is told that there are, and where its new threads may run: functions that
// stand in front of the C library's own.
#include "processors.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

namespace {

cpu_set_t& remembered() {
    static cpu_set_t set;
    return set;
}

/// Into a set of another size, perhaps. 0, or EINVAL when it is too small.
int answer(std::size_t size, cpu_set_t* set) {
    std::memset(set, 0, size);
    std::memcpy(set, &remembered(), std::min(size, sizeof(cpu_set_t)));
    return CPU_COUNT_S(size, set) == CPU_COUNT(&remembered()) ? 0 : EINVAL;
}

/// Not through the function of that name, which is the one below.
cpu_set_t processors_of_this_thread() {
    cpu_set_t set;
    CPU_ZERO(&set);
    syscall(SYS_sched_getaffinity, 0, sizeof set, &set);
    return set;
}

/// What a new thread is to do, and the seat of the one that started it.
struct Beginning {
    void* (*start)(void*);
    void* argument;
    cpu_set_t inherited;
};

/// A new thread's first function. One that was given processors by its attributes keeps them.
void* leave_the_seat(void* given) {
    const auto [start, argument, inherited] = *std::unique_ptr<Beginning>(static_cast<Beginning*>(given));
    const cpu_set_t own = processors_of_this_thread();
    if (CPU_EQUAL(&own, &inherited)) syscall(SYS_sched_setaffinity, 0, sizeof(cpu_set_t), &remembered());
    return start(argument);
}

}  // namespace

void remember_processors() {
    remembered() = processors_of_this_thread();
}

extern "C" int pthread_getaffinity_np(pthread_t, std::size_t size, cpu_set_t* set) noexcept {
    return answer(size, set);
}

extern "C" int sched_getaffinity(pid_t, std::size_t size, cpu_set_t* set) noexcept {
    const int error = answer(size, set);
    if (error == 0) return 0;
    errno = error;
    return -1;
}

/// The first thread of a team has a seat at the judge's processor, which its new threads would inherit.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) {
    static const auto original = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, __func__));
    const cpu_set_t seat = processors_of_this_thread();
    if (CPU_EQUAL(&seat, &remembered())) return original(thread, attributes, start, argument);
    auto beginning = std::make_unique<Beginning>(Beginning{start, argument, seat});
    const int error = original(thread, attributes, leave_the_seat, beginning.get());
    if (error == 0) static_cast<void>(beginning.release());  // it is the new thread's now
    return error;
}

extern "C" int get_nprocs() noexcept {
    return CPU_COUNT(&remembered());
}
