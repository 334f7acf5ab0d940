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

}  // namespace

void remember_processors() {
    // Not through the function of that name, which is the one below.
    CPU_ZERO(&remembered());
    syscall(SYS_sched_getaffinity, 0, sizeof(cpu_set_t), &remembered());
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
    const int error = original(thread, attributes, start, argument);
    if (error == 0) pthread_setaffinity_np(*thread, sizeof(cpu_set_t), &remembered());
    return error;
}

extern "C" int get_nprocs() noexcept {
    return CPU_COUNT(&remembered());
}
