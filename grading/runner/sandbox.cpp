// The walls that a runner builds around itself; one function for each layer, each says whether its wall
// holds.
#include "sandbox.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>

namespace grading {
namespace {

constexpr uid_t nobody = 65534;

/// At most `value`: where less is allowed already, it stays at that. Beyond the soft limit of processor time
/// comes a signal, and `until_hard` later, at the hard one, the end.
bool limit(__rlimit_resource resource, rlim_t value, rlim_t until_hard = 0) {
    rlimit now{};
    if (getrlimit(resource, &now) != 0) return false;
    const rlimit both{std::min(value, now.rlim_max), std::min(value + until_hard, now.rlim_max)};
    return setrlimit(resource, &both) == 0;
}

/// How many tasks the user may have in all: the limit counts them whoever started them. With 0 nothing more
/// can be started. Processes get a number, so that a mistake is no avalanche: those that there are, and some
/// for each one allowed, which may have threads of its own.
bool limit_tasks(const Settings& settings) {
    constexpr rlim_t tasks_of_a_process = 4;
    constexpr rlim_t tasks_besides = 16;
    if (settings.processes > 0) {
        struct sysinfo now = {};
        sysinfo(&now);
        return limit(RLIMIT_NPROC, now.procs + tasks_of_a_process * settings.processes + tasks_besides);
    }
    return settings.threads > 1 || limit(RLIMIT_NPROC, 0);
}

bool limit_resources(const Settings& settings) {
    // Processes share memory through files without a place on any disk.
    const rlim_t largest_file = settings.processes > 0 ? settings.memory_bytes : 0;
    const rlim_t descriptors = settings.processes > 0 ? 256 : 64;
    // All of them, even if one should be refused.
    const std::array held = {limit(RLIMIT_CORE, 0),
                             limit(RLIMIT_FSIZE, largest_file),
                             limit(RLIMIT_NOFILE, descriptors),
                             limit(RLIMIT_AS, settings.memory_bytes),
                             limit(RLIMIT_CPU, settings.cpu_seconds, 1),
                             limit_tasks(settings)};
    return std::ranges::all_of(held, std::identity{});
}

bool close_descriptors() {
    return close_range(library_descriptor + 1, ~0U, 0) == 0;
}

bool become_nobody() {
    if (geteuid() != 0) return false;
    return setgroups(0, nullptr) == 0 && setresgid(nobody, nobody, nobody) == 0 &&
           setresuid(nobody, nobody, nobody) == 0;
}

bool drop_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const std::array<__user_cap_data_struct, 2> none{};
    return syscall(SYS_capset, &header, none.data()) == 0;
}

/// Reading (and mapping as code) is allowed below these places only: what the dynamic linker and the run-time
/// libraries need. The submission itself and its arrays are open already.
constexpr std::array readable_places = {
    "/usr/lib", "/usr/lib64",       "/usr/local/lib", "/lib",
    "/lib64",   "/etc/ld.so.cache", "/proc/cpuinfo",  "/sys/devices/system/cpu"};

std::uint64_t landlock_rights(long abi) {
    std::uint64_t rights =
        (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // everything that the first version knows
    if (abi >= 2) rights |= 1U << 13U;            // refer: link or rename across folders
    if (abi >= 3) rights |= 1U << 14U;            // truncate
    return rights;
}

constexpr std::uint64_t reading =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_DIR;

/// Where semaphores and shared memory are made, for exercises about processes.
constexpr const char* shared_memory_place = "/dev/shm";
std::uint64_t sharing_memory(long abi) {
    const std::uint64_t truncating = abi >= 3 ? 1U << 14U : 0U;
    return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
           LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | truncating;
}

/// Allows a ruleset's process these rights on one file, or on all below one folder.
void allow(int ruleset, const char* place, std::uint64_t rights) {
    const int descriptor = open(place, O_PATH | O_CLOEXEC);
    if (descriptor < 0) return;  // not every system has all of them
    landlock_path_beneath_attr rule{.allowed_access = rights, .parent_fd = descriptor};
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        // A file, not a folder: the right to list folders does not fit it.
        rule.allowed_access &= ~std::uint64_t{LANDLOCK_ACCESS_FS_READ_DIR};
        syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    close(descriptor);
}

bool restrict_files(const Settings& settings, std::span<const char* const> also_readable) {
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return false;
    landlock_ruleset_attr attributes{};  // newer headers have more in it, and 0 leaves that alone
    attributes.handled_access_fs = landlock_rights(abi);
    const auto ruleset =
        static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
    if (ruleset < 0) return false;
    for (const char* place : readable_places)
        allow(ruleset, place, reading);
    for (const char* place : also_readable)
        allow(ruleset, place, reading);
    if (settings.processes > 0) allow(ruleset, shared_memory_place, sharing_memory(abi));
    const bool held = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return held;
}

/// What honest numerical code calls, through its run-time libraries; anything else fails with EPERM …
constexpr std::array harmless_calls = {
    SCMP_SYS(brk),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(lseek),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getcpu),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(times),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(rseq),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/// What besides these a pool of processes takes: making them, waiting for them, pipes and semaphores between
/// them.
constexpr std::array calls_for_processes = {
    SCMP_SYS(fork),      SCMP_SYS(vfork),    SCMP_SYS(wait4),    SCMP_SYS(waitid),     SCMP_SYS(pipe),
    SCMP_SYS(pipe2),     SCMP_SYS(dup),      SCMP_SYS(dup2),     SCMP_SYS(dup3),       SCMP_SYS(poll),
    SCMP_SYS(ppoll),     SCMP_SYS(select),   SCMP_SYS(pselect6), SCMP_SYS(getppid),    SCMP_SYS(openat),
    SCMP_SYS(open),      SCMP_SYS(link),     SCMP_SYS(linkat),   SCMP_SYS(unlink),     SCMP_SYS(unlinkat),
    SCMP_SYS(ftruncate), SCMP_SYS(fstatfs),  SCMP_SYS(statfs),   SCMP_SYS(socketpair), SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),   SCMP_SYS(shutdown),
};

/// What threads of one process may be told: where to run.
constexpr std::array calls_for_threads = {SCMP_SYS(sched_setaffinity)};

/// … and these, which nobody calls by accident, end the run with a verdict that names them.
constexpr std::array forbidden_calls = {
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(setitimer),
    SCMP_SYS(timer_create),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(alarm),
    SCMP_SYS(sched_setaffinity),
    SCMP_SYS(sched_setscheduler),
    SCMP_SYS(setpriority),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(bpf),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(memfd_create),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    SCMP_SYS(shmget),
    SCMP_SYS(mq_open),
};

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

/// Calls whose arguments decide.
bool add_conditional_rules(scmp_filter_ctx filter, const Settings& settings) {
    const auto add = [&](std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> conditions) {
        const int result = seccomp_rule_add_array(
            filter, action, call, static_cast<unsigned>(conditions.size()), std::data(conditions));
        return result == 0;
    };
    constexpr unsigned changes = O_ACCMODE | O_CREAT | O_TRUNC;
    bool added = add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), {SCMP_A2(SCMP_CMP_EQ, 0)});
    // The report of a forbidden call must not be switched off. (One by one, as the kernel looks at the lower
    // half of the number only, and a filter at all of it.)
    for (int signal = 1; signal <= SIGRTMAX; ++signal)
        if (signal != SIGSYS)
            added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction),
                                 {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(signal))});
    // clone3 hides its flags in memory, where no filter looks; told that it is missing, libraries fall back
    // to clone.
    added = added && add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), {});
    if (settings.processes > 0) {
        // New processes, but not in namespaces of their own; signals to one at a time, or to the group that
        // all of them are in (0), never to another group or to everybody.
        constexpr scmp_datum_t namespaces = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS |
                                            CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS;
        constexpr scmp_datum_t negative = 0x80000000;
        added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces, 0)});
        added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(kill), {SCMP_A0(SCMP_CMP_MASKED_EQ, negative, 0)});
        added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {});
        added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_EQ, FIONBIO)});
        // Not those that have a signal sent when something happens to a file: a SIGCONT of that kind would
        // wake up a process that is stopped while others are timed.
        for (const int command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK,
                                  F_SETLK, F_SETLKW, F_GETPIPE_SZ, F_SETPIPE_SZ})
            added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(fcntl),
                                 {SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(command))});
        return added && add(SCMP_ACT_ALLOW, SCMP_SYS(prctl),
                            {SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG), SCMP_A1(SCMP_CMP_EQ, SIGKILL)});
    }
    const auto own = static_cast<scmp_datum_t>(getpid());
    added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(openat), {SCMP_A2(SCMP_CMP_MASKED_EQ, changes, O_RDONLY)});
    added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(open), {SCMP_A1(SCMP_CMP_MASKED_EQ, changes, O_RDONLY)});
    added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, own)});
    added = added && add(SCMP_ACT_TRAP, SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_NE, own)});
    added = added && add(SCMP_ACT_ALLOW, SCMP_SYS(kill), {SCMP_A0(SCMP_CMP_EQ, own)});
    added = added && add(SCMP_ACT_TRAP, SCMP_SYS(kill), {SCMP_A0(SCMP_CMP_NE, own)});
    if (settings.threads == 1) return added && add(SCMP_ACT_TRAP, SCMP_SYS(clone), {});
    added = added &&
            add(SCMP_ACT_ALLOW, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
    return added && add(SCMP_ACT_TRAP, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)});
}

bool restrict_calls(const Settings& settings) {
    const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release);
    if (!filter) return false;
    for (const int call : harmless_calls)
        if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return false;
    if (settings.processes > 0)
        for (const int call : calls_for_processes)
            if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return false;
    for (const int call : calls_for_threads)
        if (settings.threads > 1 && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0)
            return false;
    for (const int call : forbidden_calls) {
        const bool needed = (settings.processes > 0 && std::ranges::count(calls_for_processes, call) > 0) ||
                            (settings.threads > 1 && std::ranges::count(calls_for_threads, call) > 0);
        if (!needed && seccomp_rule_add(filter.get(), SCMP_ACT_TRAP, call, 0) != 0) return false;
    }
    return add_conditional_rules(filter.get(), settings) && seccomp_load(filter.get()) == 0;
}

}  // namespace

std::uint32_t lock_in(const Settings& settings, std::span<const char* const> also_readable) {
    std::uint32_t layers = 0;
    const auto note = [&](Layer layer, bool holds) { layers |= holds ? layer : 0U; };
    note(layer_descriptors, close_descriptors());
    note(layer_environment, clearenv() == 0);
    note(layer_rlimits, limit_resources(settings));
    note(layer_user, become_nobody());
    note(layer_capabilities, drop_capabilities());
    // A change of user makes a process undumpable, and then it may not open its own /proc/self/fd; and it
    // forgets that it should die with its parent.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    note(layer_no_new_privs, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    note(layer_landlock, restrict_files(settings, also_readable));
    note(layer_seccomp, restrict_calls(settings));
    return layers;
}

}  // namespace grading
