// Where the threads of a team wake up: affinities, set from outside.
#include "seats.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "processor.hpp"

namespace grading {
namespace {

struct Home {
    cpu_set_t itself;
    cpu_set_t elsewhere;
    cpu_set_t anywhere;
};

std::optional<Home>& home() {
    static std::optional<Home> home;
    return home;
}

/// A thread that has ended meanwhile needs no seat.
void allow(pid_t thread, const cpu_set_t& processors) {
    sched_setaffinity(thread, sizeof processors, &processors);
}

/// All threads but the first. Empty, too, when the process has ended.
std::vector<pid_t> other_threads(pid_t process) {
    std::vector<pid_t> threads;
    std::error_code gone;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task", gone)) {
        const pid_t thread = std::stoi(entry.path().filename().string());
        if (thread != process) threads.push_back(thread);
    }
    return threads;
}

/// The group of a process; 0 when it has ended.
pid_t group_of(pid_t process) {
    const pid_t group = getpgid(process);
    return group < 0 ? 0 : group;
}

/// All processes of a group but the one that it is named after. No system call lists them.
std::vector<pid_t> other_processes(pid_t group) {
    std::vector<pid_t> processes;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const pid_t process = std::stoi(name);
        if (process != group && group_of(process) == group) processes.push_back(process);
    }
    std::sort(processes.begin(), processes.end());
    return processes;
}

}  // namespace

void settle_on(int processor) {
    Home here{};
    sched_getaffinity(0, sizeof here.anywhere, &here.anywhere);
    here.elsewhere = here.anywhere;
    CPU_CLR(processor, &here.elsewhere);
    CPU_SET(processor, &here.itself);
    home() = here;
    pin_to(processor);
}

bool seat_threads(pid_t process) {
    if (!home()) return false;
    allow(process, home()->itself);
    const std::vector<pid_t> others = other_threads(process);
    const bool room_for_each = others.size() <= static_cast<std::size_t>(CPU_COUNT(&home()->elsewhere));
    for (const pid_t thread : others)
        allow(thread, room_for_each ? home()->elsewhere : home()->anywhere);
    return room_for_each && !others.empty();
}

void seat_forks(pid_t process) {
    if (!home()) return;
    const std::vector<pid_t> forks = other_processes(process);
    const bool room_for_each = forks.size() <= static_cast<std::size_t>(CPU_COUNT(&home()->anywhere));
    for (const pid_t fork : forks) {
        const bool at_home = fork == forks.front();
        allow(fork, !room_for_each ? home()->anywhere : at_home ? home()->itself : home()->elsewhere);
    }
}

void release_first_thread(pid_t process) {
    if (home()) allow(process, home()->anywhere);
}

}  // namespace grading
