// Tries out beforehand what would fail in the middle of a submission, and look like its own mistake.
#include "shortage.hpp"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <latch>
#include <string>
#include <vector>

#include "outcome.hpp"
#include "processor.hpp"

namespace grading {
namespace {

void* wait_for(void* latch) {
    static_cast<std::latch*>(latch)->wait();
    return nullptr;
}

/// Of one side: its process, and what that starts where it makes use of all processors.
std::size_t tasks_of(const Exercise& exercise) {
    constexpr std::size_t threads_of_a_pool = 3;
    const auto processors = static_cast<std::size_t>(usable_processors());
    if (exercise.processes > 0)
        return 1 + threads_of_a_pool + std::min<std::size_t>(exercise.processes, processors);
    return std::min<std::size_t>(exercise.threads, processors);
}

/// Processes have semaphores in common, which are files in /dev/shm.
void need_semaphores() {
    const std::string name = "/faster-scatter-" + std::to_string(getpid());
    sem_t* const semaphore = sem_open(name.c_str(), O_CREAT | O_EXCL, 0600, 1);
    if (semaphore == SEM_FAILED)
        throw JudgeError(std::string("processes share semaphores, and none can be made in /dev/shm: ") +
                         std::strerror(errno) + ". Make room there, or give the container such a folder.");
    sem_close(semaphore);
    sem_unlink(name.c_str());
}

}  // namespace

void need_room_for_tasks(const Exercise& exercise, std::size_t sides) {
    if (exercise.threads == 1 && exercise.processes == 0) return;
    const std::size_t count = sides * tasks_of(exercise);
    if (!can_start_tasks(count))
        throw JudgeError("the programs that are compared need " + std::to_string(count) +
                         " threads or processes in all, more than there may be; raise ulimit -u or the "
                         "container's limit of processes, or end other programs.");
    if (exercise.processes > 0) need_semaphores();
}

bool can_start_tasks(std::size_t count) {
    constexpr std::size_t small_stack = std::size_t{256} * 1024;
    pthread_attr_t attributes{};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, small_stack);
    std::latch end(1);
    std::vector<pthread_t> started;
    pthread_t thread{};
    while (started.size() < count && pthread_create(&thread, &attributes, wait_for, &end) == 0)
        started.push_back(thread);
    end.count_down();
    for (const pthread_t each : started)
        pthread_join(each, nullptr);
    pthread_attr_destroy(&attributes);
    return started.size() == count;
}

std::uint64_t ended_for_memory() {
    std::ifstream counters("/proc/vmstat");
    return ended_for_memory(counters);
}

std::uint64_t ended_for_memory(std::istream& counters) {
    std::string name;
    std::uint64_t count = 0;
    while (counters >> name >> count)
        if (name == "oom_kill") return count;
    return 0;
}

}  // namespace grading
