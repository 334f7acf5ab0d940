// How a submission ends without an answer, in words: what happened, and what to try.
#include "endings.hpp"

#include <seccomp.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

namespace grading {
namespace {

std::string call_name(std::int64_t number) {
    const std::unique_ptr<char, decltype(&std::free)> name(
        seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number)), &std::free);
    return name ? name.get() : "number " + std::to_string(number);
}

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

constexpr const char* about_threads =
    "This exercise is about threads: they share the work, and the memory, in this process.";

/// Without a report: the call was made while all signals were blocked, as the C library does to start a
/// thread, and newer ones to fork.
RunnerFailure unreported_call(const SubmissionKind& kind) {
    if (kind.may_have_threads)
        return {Status::forbidden,
                "It made a system call that the sandbox forbids, most likely to start another process.",
                about_threads};
    return {Status::forbidden,
            "It made a system call that the sandbox forbids, most likely to start a thread or "
            "another process.",
            "Threads come with parallel=True, OpenMP and std::thread: where an exercise is about one "
            "processor, do the work in the function itself."};
}

/// For memory that is not there, or not to be used so.
std::string advice_for_address(const std::string& detail) {
    if (has(detail, "aligned"))
        return "Look for an index far out of bounds (a size below 0 is a huge number), for vectors loaded or "
               "stored as if arrays began at multiples of their width, which nobody promises, and for "
               "pointers and return addresses that were overwritten; `make sanitize EX=...` finds the line.";
    if (has(detail, "null"))
        return "Look for an index into a vector that is empty, or beyond the end of a list of vectors, for "
               "memory that could not be had, a file that could not be opened (here none can be written), or "
               "a missing check; `make sanitize EX=...` finds the line.";
    if (has(detail, "stack"))
        return "Look for a function that calls itself on and on, or for a large array among the local "
               "variables; `make sanitize EX=...` finds the line.";
    return "Look for an index out of bounds, first at the two ends (where an array is empty, size() - 1 is "
           "not -1 but a huge number); `make sanitize EX=...` finds the line.";
}

/// For the same in Python, where no sanitizer looks.
std::string advice_for_compiled_parts(const std::string& detail) {
    if (has(detail, "stack"))
        return "Look for a compiled function that calls itself on and on, or for a large array among its "
               "local variables.";
    return "Only compiled code crashes so. With ctypes, compare argtypes and restype with the C++ file, and "
           "lengths with arrays, and keep a name for each array whose address is in use; with numba, "
           "boundscheck=True finds an index out of bounds (not within prange, where its error is lost: write "
           "range there for as long as you look).";
}

std::string advice_for_abort(Language language) {
    const std::string spoilt =  // of which the C library finds out only later, as "free(): invalid next size"
        " that was freed twice or written to beyond an array's end.";
    // An extension's extern "C" function is called from C, through which no exception can pass.
    if (language == Language::python)
        return "Look for an exception that leaves an extern \"C\" function (catch it there: Python "
               "cannot), a failed assertion, or memory" +
               spoilt;
    return "Look for a failed assertion, an exception in a noexcept function, or memory" + spoilt +
           " `make sanitize EX=...` finds the line.";
}

std::string advice_for_signal(Language language, int number, const std::string& detail) {
    if (has(detail, "inputs")) return "Copy what you want to change.";
    if (language == Language::python && (number == SIGSEGV || number == SIGBUS))
        return advice_for_compiled_parts(detail);
    switch (number) {
        case SIGABRT:
            return advice_for_abort(language);
        case SIGFPE:
            if (has(detail, "floating-point"))
                return "It asked for this signal itself (feenableexcept): take that out, as some inputs are "
                       "subnormal numbers, infinite or NaN.";
            return "Look for a division of whole numbers by zero.";
        case SIGILL:
            if (has(detail, "this processor"))
                return "Leave it to the compiler's flags which instructions there are: take out target "
                       "attributes, #pragma GCC target, and intrinsics of another instruction set.";
            [[fallthrough]];
        case SIGTRAP:  // where Arm's compilers end what cannot go on
            return "Look for a function that ends without its return statement.";
        case SIGSEGV:
        case SIGBUS:
            return advice_for_address(detail);
        default:
            return "No mistake with numbers or memory ends so: it sent itself this signal, or somebody else "
                   "did; SIGKILL comes from the system where the machine is short of memory.";
    }
}

/// Threads that change the same object crash in whatever way: at a wild address, or in the allocator. So does
/// one whose variables are gone. A team's beginning takes room for each of its threads on the stack.
std::string advice_for_threads(const SubmissionKind& kind, int number, const std::string& detail) {
    const bool may_be_theirs = number == SIGSEGV || number == SIGBUS || number == SIGABRT;
    const bool may_have_some = kind.may_have_threads && kind.language == Language::cpp;
    if (!may_have_some || !may_be_theirs || has(detail, "inputs")) return "";
    if (has(detail, "stack"))
        return " Or for a team of many thousands of threads: omp_get_num_procs() says how many have a "
               "processor.";
    return std::string(number == SIGABRT
                           ? " Or a std::thread was destroyed that nobody had joined."
                           : " Or a thread works on after the function's end, with what is gone by then.") +
           " Or two threads change one object at a time, where each should have its own: `make sanitize "
           "EX=...` finds that line, too.";
}

std::string advice_for_hanging(const SubmissionKind& kind) {
    std::string advice =
        "Look for a loop that never ends, or for work that grows faster than the reference's.";
    if (kind.may_fork)
        return advice +
               " Or processes wait for one another: for a lock that its owner does not give back, or for the "
               "end of one that has put more into a queue than anybody takes out of it.";
    if (!kind.may_have_threads) return advice;
    return advice +
           " Or threads wait for one another: for a lock that its owner does not give back, or at a "
           "barrier that not all of them reach.";
}

RunnerFailure too_many_threads(const std::string& whom_it_asked, const std::string& who_knows) {
    return {Status::forbidden, "It asked " + whom_it_asked + " for more threads than it has memory for.",
            who_knows + " says how many have a processor; more of them only wait."};
}

}  // namespace

RunnerFailure forbidden_call(const SubmissionKind& kind, std::int64_t number) {
    const std::string name = call_name(number);
    if (name == "execve")
        return {Status::forbidden, "It tried to run another program (the system call execve).",
                "Do the work in this process; where an exercise is about processes, in forks of it: "
                "multiprocessing.get_context(\"fork\")."};
    const bool starts_something = name == "clone" || name == "fork" || name == "vfork";
    if (starts_something && kind.may_have_threads)
        return {Status::forbidden, "It tried to start another process (the system call " + name + ").",
                about_threads};
    if (starts_something)
        return {Status::forbidden,
                "It tried to start a thread or another process (the system call " + name + ").",
                "This exercise is about one processor: do the work in the function itself."};
    return {Status::forbidden,
            "It made the system call " + name + ", which no exercise needs and the sandbox forbids.",
            "Compute with what the function is given; timers, files to write and the network are out of "
            "reach here."};
}

RunnerFailure fatal_signal(const SubmissionKind& kind, int number, const std::string& detail) {
    if (number == SIGXCPU)
        return {Status::hung, "It used up all the processor time that it may have.",
                "Look for a loop that never ends."};
    const std::string name = std::string("SIG") + sigabbrev_np(number);
    return {
        Status::crashed,
        "It crashed: " + name + " (" + strsignal(number) + ")" + (detail.empty() ? "" : "; " + detail) + ".",
        advice_for_signal(kind.language, number, detail) + advice_for_threads(kind, number, detail)};
}

RunnerFailure left_by_an_exception(const SubmissionKind& kind, const std::string& text) {
    // What a std::thread throws that cannot be started: each has a stack of its own.
    if (kind.may_have_threads && text == std::generic_category().message(EAGAIN))
        return too_many_threads("the system", "std::thread::hardware_concurrency()");
    return {Status::crashed, "An exception left the function: " + text + ".",
            kind.language == Language::python
                ? "The traceback shows the way there, your own lines only."
                : "Find what throws it; the function itself has no reason to. `make "
                  "sanitize EX=...` names the line."};
}

RunnerFailure out_of_memory(const SubmissionKind& kind, const std::string& text) {
    const std::string who_finds_a_leak =
        kind.language == Language::cpp
            ? " Or each call allocates what nobody frees: `make sanitize EX=...` finds the line."
            : "";
    return {Status::too_much_memory, "It asked for more memory than it may have (" + text + ").",
            "Work in blocks that fit a cache; the exercise.toml says how much memory there is." +
                who_finds_a_leak};
}

RunnerFailure not_loadable(const SubmissionKind& kind, const std::string& text) {
    if (kind.language == Language::python)
        return {
            Status::not_loadable, "The file cannot be loaded: " + text + ".",
            has(text, "is not defined")
                ? "Import that name at the top of the file, as in `from numba import jit`, or spell it right."
                : "Try it by itself: start Python in the exercise's folder and import it."};
    if (has(text, "failed to map segment"))
        return {Status::too_much_memory, "Its global and static arrays take more memory than it may have.",
                "Let a std::vector be as long as the data; the exercise.toml says how much memory there is."};
    return {Status::not_loadable, "The compiled file cannot be loaded: " + text + ".",
            "Use only the C++ standard library and what the exercise's flags link."};
}

RunnerFailure ended_by_signal(const SubmissionKind& kind, int number) {
    if (number == SIGSYS) return unreported_call(kind);
    // The runner's report of the signal needs room on the stack, for which only the first thread has
    // provided.
    const bool had_no_room = number == SIGSEGV && kind.may_have_threads;
    return fatal_signal(kind, number, had_no_room ? "most likely a thread used up its stack" : "");
}

RunnerFailure ended_with_code(int exit_code, const std::string& printed) {
    if (has(printed, "libgomp: Thread creation failed"))
        return too_many_threads("OpenMP", "omp_get_num_procs()");
    return {Status::exited,
            "It ended the process (exit code " + std::to_string(exit_code) + ") instead of giving an answer.",
            "Return from the function; an exit code is no answer, not even 0."};
}

RunnerFailure hung(const SubmissionKind& kind, Nanoseconds waited, Nanoseconds beyond_limit) {
    const auto in_seconds = [](Nanoseconds time) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%.3g s", std::chrono::duration<double>(time).count());
        return std::string(text.data());
    };
    const std::string sentence = "It did not answer within " + in_seconds(waited);
    if (4 * beyond_limit < waited) return {Status::hung, sentence + ".", advice_for_hanging(kind)};
    return {
        Status::hung, sentence + ", in which others had the processor for " + in_seconds(beyond_limit) + ".",
        "The machine is very busy: try again when it has less to do (FRESH=1). " + advice_for_hanging(kind)};
}

RunnerFailure not_loaded_in_time(const SubmissionKind& kind, Nanoseconds limit) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
    return {Status::hung, "It was not loaded within " + std::to_string(seconds) + " s.",
            kind.language == Language::python
                ? "Look at what stands outside of all functions: it is run before the first call."
                : "Look at the constructors of global variables and at what these begin with: that is "
                  "computed before the first call."};
}

RunnerFailure printed_too_much(std::size_t most_bytes) {
    return {Status::too_much_output, "It printed more than " + std::to_string(most_bytes / 1024) + " KiB.",
            "Take out the printing; it costs far more time than the arithmetic around it."};
}

RunnerFailure spoilt_the_protocol(const std::string& what) {
    return {Status::broken_protocol, what, "Leave descriptors alone that your code did not open."};
}

}  // namespace grading
