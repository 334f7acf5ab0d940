// How a submission's end is told: what it is called, and what one is advised to look for.
#include "endings.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <csignal>
#include <string>

namespace grading {
namespace {

constexpr SubmissionKind serial_cpp{Language::cpp, false, false};
constexpr SubmissionKind threaded_cpp{Language::cpp, true, false};
constexpr SubmissionKind serial_python{Language::python, false, false};
constexpr SubmissionKind forking_python{Language::python, false, true};

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// What a crash looks like, and the beginning of the advice for it.
struct Crash {
    int signal;
    const char* detail;
    const char* advice;
};

constexpr Crash crashes[] = {
    {SIGSEGV, "", "index out of bounds"},
    {SIGBUS, "", "index out of bounds"},
    {SIGSEGV, "it used a null pointer", "a vector that is empty"},
    {SIGSEGV, "it used up its stack", "calls itself on and on"},
    {SIGSEGV, "it used a wild pointer, or an aligned load or store at an address that is not aligned",
     "index far out of bounds"},
    {SIGSEGV, "it wrote to the inputs, which are read-only", "Copy what you want to change."},
    {SIGABRT, "", "noexcept function"},
    {SIGFPE, "", "division of whole numbers by zero"},
    {SIGFPE, "a floating-point operation was told to end so", "feenableexcept"},
    {SIGILL, "", "without its return statement"},
    {SIGILL, "this processor does not have that instruction", "the compiler's flags"},
    {SIGTRAP, "", "without its return statement"},
    {SIGKILL, "", "sent itself this signal"},
};

TEST(Endings, AdviseOnWhatACrashLooksLike) {
    for (const auto& [signal, detail, advice] : crashes) {
        const RunnerFailure failure = fatal_signal(serial_cpp, signal, detail);
        EXPECT_EQ(failure.status, Status::crashed);
        EXPECT_TRUE(says(failure.what(), sigabbrev_np(signal)));
        EXPECT_TRUE(says(failure.what(), detail));
        EXPECT_TRUE(says(failure.advice, advice)) << failure.advice;
    }
    EXPECT_EQ(fatal_signal(serial_cpp, SIGXCPU, "").status, Status::hung);
}

TEST(Endings, SpeakOfThreadsOnlyWhereThereMayBeSome) {
    for (const auto& [signal, detail, advice] : crashes) {
        const bool may_be_theirs = signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT;
        EXPECT_FALSE(says(fatal_signal(serial_cpp, signal, detail).advice, "thread"));
        EXPECT_EQ(says(fatal_signal(threaded_cpp, signal, detail).advice, "thread"),
                  may_be_theirs && !says(detail, "inputs"))
            << signal << ' ' << detail;
    }
    EXPECT_TRUE(says(fatal_signal(threaded_cpp, SIGABRT, "").advice, "nobody had joined"));
    EXPECT_TRUE(says(fatal_signal(threaded_cpp, SIGSEGV, "").advice, "after the function's end"));
    EXPECT_TRUE(
        says(fatal_signal(threaded_cpp, SIGSEGV, "it used up its stack").advice, "omp_get_num_procs"));
    EXPECT_TRUE(says(ended_by_signal(threaded_cpp, SIGSEGV).what(), "a thread used up its stack"));
    EXPECT_FALSE(says(ended_by_signal(threaded_cpp, SIGABRT).what(), "stack"));
    EXPECT_FALSE(says(ended_by_signal(serial_cpp, SIGSEGV).what(), "stack"));
    EXPECT_FALSE(says(hung(serial_cpp, std::chrono::seconds(1)).advice, "wait for one another"));
    EXPECT_TRUE(says(hung(threaded_cpp, std::chrono::seconds(1)).advice, "threads wait for one another"));
    EXPECT_TRUE(says(hung(forking_python, std::chrono::seconds(1)).advice, "processes wait for one another"));
}

/// No sanitizer looks at what Python calls.
TEST(Endings, SendNobodyWithPythonToTheSanitizers) {
    for (const auto& [signal, detail, advice] : crashes)
        EXPECT_FALSE(says(fatal_signal(serial_python, signal, detail).advice, "sanitize")) << signal;
    EXPECT_TRUE(says(fatal_signal(serial_python, SIGSEGV, "").advice, "Only compiled code"));
    EXPECT_TRUE(says(fatal_signal(serial_python, SIGBUS, "").advice, "Only compiled code"));
    EXPECT_TRUE(says(fatal_signal(serial_python, SIGSEGV, "it used up its stack").advice, "calls itself"));
    EXPECT_TRUE(says(fatal_signal(serial_python, SIGABRT, "").advice, "extern \"C\""));
    EXPECT_FALSE(says(out_of_memory(serial_python, "MemoryError").advice, "sanitize"));
    EXPECT_TRUE(says(out_of_memory(serial_cpp, "std::bad_alloc").advice, "sanitize"));
    EXPECT_TRUE(says(left_by_an_exception(serial_python, "ValueError").advice, "traceback"));
    EXPECT_TRUE(says(left_by_an_exception(serial_cpp, "no table today").advice, "sanitize"));
}

TEST(Endings, NameTheSystemCallThatIsForbidden) {
    EXPECT_TRUE(says(forbidden_call(serial_cpp, SYS_execve).what(), "run another program"));
    EXPECT_TRUE(says(forbidden_call(serial_cpp, SYS_clone).what(), "a thread or another process"));
    EXPECT_FALSE(says(forbidden_call(threaded_cpp, SYS_clone).what(), "a thread"));
    EXPECT_TRUE(says(forbidden_call(serial_cpp, SYS_timer_create).what(), "the system call timer_create,"));
    EXPECT_TRUE(says(forbidden_call(serial_cpp, 99999).what(), "number 99999"));
    EXPECT_TRUE(says(ended_by_signal(serial_cpp, SIGSYS).what(), "to start a thread or another"));
    EXPECT_TRUE(says(ended_by_signal(threaded_cpp, SIGSYS).what(), "likely to start another process"));
}

TEST(Endings, TellOfThreadsForWhichThereIsNoMemory) {
    const std::string refused = "Resource temporarily unavailable";  // what std::thread throws then
    EXPECT_EQ(left_by_an_exception(threaded_cpp, refused).status, Status::forbidden);
    EXPECT_EQ(left_by_an_exception(serial_cpp, refused).status, Status::crashed);
    EXPECT_EQ(left_by_an_exception(threaded_cpp, "no table today").status, Status::crashed);
    EXPECT_EQ(ended_with_code(1, "libgomp: Thread creation failed: ...").status, Status::forbidden);
    EXPECT_EQ(ended_with_code(1, "something else").status, Status::exited);
}

TEST(Endings, SayWhyAFileCannotBeLoaded) {
    EXPECT_TRUE(says(not_loadable(serial_python, "NameError: name 'jit' is not defined").advice, "Import"));
    EXPECT_TRUE(says(not_loadable(serial_python, "SyntaxError").advice, "by itself"));
    EXPECT_EQ(not_loadable(serial_cpp, "failed to map segment from shared object").status,
              Status::too_much_memory);
    EXPECT_EQ(not_loadable(serial_cpp, "undefined symbol: f").status, Status::not_loadable);
    EXPECT_TRUE(says(not_loaded_in_time(serial_cpp, std::chrono::seconds(5)).what(), "within 5 s"));
    EXPECT_TRUE(says(not_loaded_in_time(serial_cpp, std::chrono::seconds(5)).advice, "constructors"));
    EXPECT_TRUE(
        says(not_loaded_in_time(serial_python, std::chrono::seconds(5)).advice, "outside of all functions"));
}

TEST(Endings, CountInUnitsThatPeopleUse) {
    EXPECT_TRUE(says(hung(serial_cpp, std::chrono::milliseconds(1234)).what(), "within 1.23 s."));
    const RunnerFailure busy = hung(serial_cpp, std::chrono::seconds(2), std::chrono::seconds(1));
    EXPECT_TRUE(says(busy.what(), "within 2 s, in which others had the processor for 1 s."));
    EXPECT_TRUE(says(busy.advice, "The machine is very busy"));
    const RunnerFailure idle = hung(serial_cpp, std::chrono::seconds(2), std::chrono::milliseconds(100));
    EXPECT_FALSE(says(idle.what(), "others") || says(idle.advice, "busy"));
    EXPECT_TRUE(says(printed_too_much(65536).what(), "more than 64 KiB."));
}

}  // namespace
}  // namespace grading
