// Last words of a runner: see the header. Everything here is safe inside a signal handler: no allocation, no
// locks.
#include "fault_report.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>

namespace grading {
namespace {

// Read by the signal handler, which takes no arguments of ours.
std::span<const std::byte> input_area;
std::uintptr_t stack_begin;  // nearly: the stack grows down from here
alignas(16) std::array<std::byte, std::size_t{64} * 1024> signal_stack;
std::array<void (*)(int), NSIG> earlier_handlers{};  // an interpreter's, which print where it was

/// Where the limit ends the first thread's stack; 0 without a limit.
std::uintptr_t end_of_stack() {
    rlimit limit{};
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur > stack_begin) return 0;
    return stack_begin - limit.rlim_cur;
}

/// Just beyond that end? A little is due to what is on the stack before main().
bool is_end_of_stack(std::uintptr_t address) {
    constexpr std::uintptr_t nearly = 1U << 20U;
    const std::uintptr_t end = end_of_stack();
    return end != 0 && address > end - nearly && address < end + nearly;
}

/// Has the stack pointer itself left the stack, as it does in a function with a huge array? Other threads'
/// stacks are elsewhere.
bool has_left_the_stack(const ucontext_t& context) {
#if defined(__x86_64__)
    const auto stack_pointer = static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
    const auto stack_pointer = static_cast<std::uintptr_t>(context.uc_mcontext.sp);
#else
    const std::uintptr_t stack_pointer = stack_begin;
#endif
    return getpid() == gettid() && stack_pointer < end_of_stack();
}

std::string_view describe_address(const siginfo_t& info, const ucontext_t& context) {
    // A protection fault of the processor comes without its address (0 stands there).
    if (info.si_code == SI_KERNEL)
        return "it used a wild pointer, or an aligned load or store at an address that is not aligned";
    const void* address = info.si_addr;
    const auto* place = static_cast<const std::byte*>(address);
    if (place >= input_area.data() && place < input_area.data() + input_area.size())
        return "it wrote to the inputs, which are read-only";
    const auto number = reinterpret_cast<std::uintptr_t>(address);
    if (number < 4096) return "it used a null pointer";
    if (is_end_of_stack(number) || has_left_the_stack(context)) return "it used up its stack";
    return "";
}

/// An instruction that ended the process: the compiler's own trap, which every processor has, or one that
/// this processor has not. (On Arm the compiler's own is a breakpoint, with a signal of its own, SIGTRAP; but
/// numbers below 65536, as in memory full of zeros, are no instruction on any.)
std::string_view describe_instruction([[maybe_unused]] const siginfo_t& info) {
#if defined(__x86_64__)
    constexpr std::array<unsigned char, 2> trap{0x0f, 0x0b};  // ud2
    if (std::memcmp(info.si_addr, trap.data(), trap.size()) != 0)
        return "this processor does not have that instruction";
#elif defined(__aarch64__)
    std::uint32_t instruction = 0;
    std::memcpy(&instruction, info.si_addr, sizeof instruction);
    if (instruction > 0xffffU) return "this processor does not have that instruction";
#endif
    return "";
}

/// What the system knows about the reason of a signal.
std::string_view describe(int signal_number, const siginfo_t& info, const ucontext_t& context) {
    if (signal_number == SIGSEGV || signal_number == SIGBUS) return describe_address(info, context);
    if (signal_number == SIGILL && info.si_code > 0) return describe_instruction(info);
    if (signal_number == SIGFPE && info.si_code > FPE_INTOVF && info.si_code <= FPE_FLTSUB)
        return "a floating-point operation was told to end so";
    return "";
}

void on_fatal_signal(int signal_number, siginfo_t* info, void* context) {
    if (signal_number == SIGSYS) report_fault(Fault::forbidden_call, info->si_syscall, "");
    // The signal itself, which such a handler raises once more, stays blocked in here.
    if (const auto handler = earlier_handlers[static_cast<std::size_t>(signal_number)])
        handler(signal_number);
    report_fault(Fault::signal, signal_number,
                 describe(signal_number, *info, *static_cast<const ucontext_t*>(context)));
}

/// How much of a text is sent: what there is room for, and no part of a character (in UTF-8 it begins with
/// the byte that does not look like 10xxxxxx).
std::size_t size_sent(std::string_view text, std::size_t room) {
    if (text.size() <= room) return text.size();
    while (room > 0 && (static_cast<unsigned char>(text[room]) & 0xc0U) == 0x80U)
        --room;
    return room;
}

}  // namespace

void send_message(const Message& message) {
    if (send(socket_descriptor, &message, sizeof message, MSG_NOSIGNAL) == sizeof message) return;
    // If the submission has closed the socket, the judge is to see that before it sees our end.
    if (errno == EBADF || errno == ENOTSOCK) sleep(2);
    _exit(1);
}

void report_fault(Fault fault, std::int64_t number, std::string_view text) {
    Message message{.kind = MessageKind::fault, .fault = fault, .number = number};
    std::memcpy(message.text.data(), text.data(), size_sent(text, message.text.size() - 1));
    send_message(message);
    _exit(1);
}

void report_fatal_signals(std::span<const std::byte> inputs) {
    input_area = inputs;
    stack_begin = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    const stack_t stack{.ss_sp = signal_stack.data(), .ss_flags = 0, .ss_size = signal_stack.size()};
    sigaltstack(&stack, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = on_fatal_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGXCPU}) {
        struct sigaction earlier = {};
        sigaction(fatal, &action, &earlier);
        const bool is_handler = earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN;
        earlier_handlers[static_cast<std::size_t>(fatal)] = is_handler ? earlier.sa_handler : nullptr;
    }
}

}  // namespace grading
