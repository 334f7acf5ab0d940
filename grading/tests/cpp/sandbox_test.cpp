// The walls of the sandbox, each looked at by itself: a gap in one of them would not be seen behind the
// others.
#include "sandbox.hpp"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <map>
#include <string>
#include <thread>

namespace grading {
namespace {

constexpr Settings alone{
    .memory_bytes = std::uint64_t{1} << 30U, .threads = 1, .cpu_seconds = 300, .processes = 0};
constexpr Settings with_threads{
    .memory_bytes = std::uint64_t{1} << 30U, .threads = 2, .cpu_seconds = 300, .processes = 0};
constexpr Settings with_processes{
    .memory_bytes = std::uint64_t{1} << 30U, .threads = 1, .cpu_seconds = 300, .processes = 2};

/// How a process ends that locks itself in and tries something: 0 if that succeeds, the error's number if it
/// is refused, minus the signal's number if it ends with one.
int outcome_of(const Settings& settings, bool (*attempt)()) {
    const pid_t child = fork();
    if (child == 0) {
        lock_in(settings);
        errno = ECANCELED;  // where nothing was refused, but it is not as it should be either
        _exit(attempt() ? 0 : errno);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

bool is_limited_to(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    rlimit limit{};
    return getrlimit(resource, &limit) == 0 && limit.rlim_cur == soft && limit.rlim_max == hard;
}

bool opens(const char* file, int flags) {
    return open(file, flags, 0600) >= 0;
}

bool forks() {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    return child > 0 && waitpid(child, nullptr, 0) == child;
}

TEST(Sandbox, LimitsEveryResource) {
    const auto holds = [](bool (*fact)()) { return outcome_of(alone, fact) == 0; };
    EXPECT_TRUE(holds([] { return is_limited_to(RLIMIT_CORE, 0, 0); }));
    EXPECT_TRUE(holds([] { return is_limited_to(RLIMIT_FSIZE, 0, 0); }));
    EXPECT_TRUE(holds([] { return is_limited_to(RLIMIT_NOFILE, 64, 64); }));
    EXPECT_TRUE(holds([] { return is_limited_to(RLIMIT_AS, alone.memory_bytes, alone.memory_bytes); }));
    EXPECT_TRUE(holds([] { return is_limited_to(RLIMIT_CPU, 300, 301); }));
    EXPECT_TRUE(holds([] { return is_limited_to(RLIMIT_NPROC, 0, 0); }));
}

TEST(Sandbox, TakesAwayPrivilegesTheEnvironmentAndDescriptors) {
    EXPECT_EQ(outcome_of(alone, [] { return environ == nullptr || *environ == nullptr; }), 0);
    const pid_t child = fork();
    if (child == 0) {
        constexpr int open_before = 20;
        dup2(STDERR_FILENO, open_before);
        const gid_t group = 1;
        setgroups(1, &group);  // which root alone can
        lock_in(alone);
        struct stat status = {};
        if (fstat(open_before, &status) == 0) _exit(1);
        raise(SIGSTOP);
    }
    int stopped = 0;
    waitpid(child, &stopped, WUNTRACED);
    ASSERT_TRUE(WIFSTOPPED(stopped)) << "a descriptor is open that was to be closed";
    std::map<std::string, std::string> status;
    std::ifstream file("/proc/" + std::to_string(child) + "/status");
    for (std::string line; std::getline(file, line);)
        status[line.substr(0, line.find(":\t"))] = line.substr(std::min(line.find(":\t") + 2, line.size()));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_EQ(status["NoNewPrivs"], "1");
    EXPECT_EQ(status["Seccomp"], "2");  // a filter
    for (const char* capabilities : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
        EXPECT_EQ(status[capabilities], "0000000000000000") << capabilities;
    if (geteuid() != 0) return;  // who is nobody in particular stays that
    EXPECT_EQ(status["Uid"], "65534\t65534\t65534\t65534");
    EXPECT_EQ(status["Gid"], "65534\t65534\t65534\t65534");
    EXPECT_EQ(status["Groups"].find_first_not_of(' '), std::string::npos);
}

/// Locks itself in, says so, and, if it is still there after two seconds, says that too.
[[noreturn]] void stay_behind_walls(int pipe) {
    dup2(pipe, output_descriptor);  // below those that are closed
    lock_in(alone);
    static_cast<void>(!write(output_descriptor, "in", 2));
    sleep(2);
    static_cast<void>(!write(output_descriptor, "still", 5));
    _exit(0);
}

TEST(Sandbox, EndsWithTheProcessThatStartedIt) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    std::array<char, 8> said{};
    const pid_t parent = fork();
    if (parent == 0) {
        if (fork() == 0) stay_behind_walls(ends[1]);
        _exit(read(ends[0], said.data(), said.size()) == 2 ? 0 : 1);
    }
    close(ends[1]);
    int status = 0;
    waitpid(parent, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(read(ends[0], said.data(), said.size()), 0) << "it has outlived its parent";
    close(ends[0]);
}

/// Whether this machine has Landlock: without it files are readable, and the verdict says so.
bool knows_landlock() {
    const pid_t child = fork();
    if (child == 0) _exit((lock_in(alone) & layer_landlock) != 0 ? 0 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return status == 0;
}

TEST(Sandbox, RefusesFilesOutsideOfThePlacesForThem) {
    if (!knows_landlock()) GTEST_SKIP() << "this kernel has no Landlock";
    EXPECT_EQ(outcome_of(alone, [] { return opens("/proc/cpuinfo", O_RDONLY); }), 0);
    EXPECT_EQ(outcome_of(alone, [] { return opens("/etc/passwd", O_RDONLY); }), EACCES);
    EXPECT_EQ(outcome_of(with_processes, [] { return opens("/dev/null", O_WRONLY); }), EACCES);
    static const std::string folder = testing::TempDir() + "sandbox-test-" + std::to_string(getpid());
    static const std::string file = folder + "/file";
    mkdir(folder.c_str(), 0);
    chmod(folder.c_str(), 0777);
    std::ofstream(file) << "kept";
    EXPECT_EQ(outcome_of(with_processes, [] { return unlink(file.c_str()) == 0; }), EACCES);
    EXPECT_EQ(unlink(file.c_str()), 0);
    rmdir(folder.c_str());
}

TEST(Sandbox, RefusesToOpenFilesForWriting) {
    for (const Settings& settings : {alone, with_threads}) {
        EXPECT_EQ(outcome_of(settings, [] { return opens("/dev/null", O_CREAT | O_RDONLY); }), EPERM);
        EXPECT_EQ(outcome_of(settings, [] { return opens("/dev/null", O_WRONLY); }), EPERM);
    }
}

TEST(Sandbox, LetsNobodyTakeAWallDown) {
    const auto setting_limits = [] {
        const rlimit none{};
        return setrlimit(RLIMIT_CORE, &none) == 0;
    };
    const auto handling_forbidden_calls = [] { return std::signal(SIGSYS, SIG_IGN) != SIG_ERR; };
    // The kernel takes the lower 32 bits of the number.
    const auto handling_them_by_another_name = [] {
        std::array<unsigned long, 4> ignored{1};
        return syscall(SYS_rt_sigaction, SIGSYS | 1L << 32, ignored.data(), nullptr, 8) == 0;
    };
    for (const Settings& settings : {alone, with_threads, with_processes}) {
        EXPECT_EQ(outcome_of(settings, setting_limits), EPERM);
        EXPECT_EQ(outcome_of(settings, handling_forbidden_calls), EPERM);
        EXPECT_EQ(outcome_of(settings, handling_them_by_another_name), EPERM);
        EXPECT_EQ(outcome_of(settings, [] { return std::signal(SIGUSR1, SIG_IGN) != SIG_ERR; }), 0);
    }
}

TEST(Sandbox, EndsARunThatReachesForWhatIsOutside) {
    // The signal 0 would do no harm.
    for (const Settings& settings : {alone, with_threads}) {
        EXPECT_EQ(outcome_of(settings, forks), -SIGSYS);
        EXPECT_EQ(outcome_of(settings, [] { return kill(getppid(), 0) == 0; }), -SIGSYS);
        EXPECT_EQ(outcome_of(settings, [] { return tgkill(getppid(), getppid(), 0) == 0; }), -SIGSYS);
        EXPECT_EQ(outcome_of(settings, [] { return kill(getpid(), 0) == 0; }), 0);
    }
    for (const Settings& settings : {alone, with_threads, with_processes}) {
        EXPECT_EQ(outcome_of(settings, [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }), -SIGSYS);
        EXPECT_EQ(outcome_of(settings, [] { return execl("/bin/true", "true", nullptr) == 0; }), -SIGSYS);
        EXPECT_EQ(outcome_of(settings, [] { return syscall(SYS_memfd_create, "", 0) >= 0; }), -SIGSYS);
    }
}

TEST(Sandbox, LetsThreadsAndProcessesBeWhereAnExerciseIsAboutThem) {
    const auto starts_a_thread = [] {
        std::thread([] {}).join();
        return true;
    };
    EXPECT_EQ(outcome_of(alone, starts_a_thread), -SIGSYS);
    EXPECT_EQ(outcome_of(with_threads, starts_a_thread), 0);
    EXPECT_EQ(outcome_of(with_processes, forks), 0);
    const auto signals_everybody = [] { return kill(-1, 0) == 0; };
    const auto leaves_its_namespace = [] {
        return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr) >= 0;
    };
    EXPECT_EQ(outcome_of(with_processes, signals_everybody), EPERM);
    EXPECT_EQ(outcome_of(with_processes, [] { return kill(0, 0) == 0; }), 0);
    EXPECT_EQ(outcome_of(with_processes, leaves_its_namespace), EPERM);
    EXPECT_EQ(outcome_of(with_processes, [] { return unshare(CLONE_NEWUSER) == 0; }), -SIGSYS);
}

}  // namespace
}  // namespace grading
