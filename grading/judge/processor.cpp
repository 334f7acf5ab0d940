// The processor: clocks, affinity, and how busy others keep it.
#include "processor.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace grading {
namespace {

Nanoseconds read_clock(clockid_t clock) {
    timespec time{};
    if (clock_gettime(clock, &time) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot read a clock");
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

cpu_set_t affinity() {
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    return set;
}

/// The share of 10 ms on this processor that we got.
double share_of_spin() {
    constexpr Nanoseconds spin = std::chrono::milliseconds(10);
    const Nanoseconds start = wall_time();
    const Nanoseconds used_before = read_clock(CLOCK_THREAD_CPUTIME_ID);
    while (wall_time() - start < spin) {
    }
    const Nanoseconds used = read_clock(CLOCK_THREAD_CPUTIME_ID) - used_before;
    return static_cast<double>(used.count()) / static_cast<double>((wall_time() - start).count());
}

std::filesystem::path folder_of(pid_t process) {
    return "/proc/" + std::to_string(process);
}

/// "running queueing slices", in nanoseconds: Documentation/scheduler/sched-stats.rst of the kernel.
Nanoseconds queueing_time_in(const std::filesystem::path& folder) {
    std::ifstream file(folder / "schedstat");
    std::int64_t running = 0;
    std::int64_t queueing = 0;
    return file >> running >> queueing ? Nanoseconds(queueing) : Nanoseconds(0);
}

}  // namespace

Nanoseconds processor_time(pid_t process) {
    clockid_t clock{};
    const int error = clock_getcpuclockid(process, &clock);
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot find a process's clock");
    return read_clock(clock);
}

Nanoseconds queueing_time(pid_t process) {
    return queueing_time_in(folder_of(process));
}

Nanoseconds longest_queueing_time(pid_t process) {
    Nanoseconds longest(0);
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator(folder_of(process) / "task", gone))
        longest = std::max(longest, queueing_time_in(thread.path()));
    return longest;
}

Nanoseconds wall_time() {
    return read_clock(CLOCK_MONOTONIC);
}

int usable_processors() {
    const cpu_set_t set = affinity();
    return CPU_COUNT(&set);
}

int quietest_processor() {
    constexpr std::size_t most_candidates = 16;
    const cpu_set_t allowed = affinity();
    std::vector<int> candidates;
    for (int processor = 0; processor < CPU_SETSIZE && candidates.size() < most_candidates; ++processor)
        if (CPU_ISSET(processor, &allowed)) candidates.push_back(processor);
    int quietest = candidates.front();
    double best_share = 0;
    for (const int candidate : candidates) {
        pin_to(candidate);
        const double share = share_of_spin();
        if (share > best_share) {
            best_share = share;
            quietest = candidate;
        }
    }
    sched_setaffinity(0, sizeof allowed, &allowed);
    return quietest;
}

void pin_to(int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot stay on one processor");
}

std::optional<std::string> processor_model() {
    std::ifstream information("/proc/cpuinfo");
    for (std::string line; std::getline(information, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return std::nullopt;
}

}  // namespace grading
