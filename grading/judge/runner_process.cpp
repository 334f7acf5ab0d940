// One runner as the judge sees it: starting it, talking to it, and finding out how it ended.
#include "runner_process.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "seats.hpp"
#include "shortage.hpp"
#include "socket_pair.hpp"

namespace grading {
namespace {

constexpr Nanoseconds start_limit = std::chrono::seconds(5);
constexpr std::size_t most_output = std::size_t{64} * 1024;
constexpr long look_again = 100;  // milliseconds: a process may end without a word

std::array<Descriptor, 2> output_pipe() {
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
    std::array<Descriptor, 2> both{Descriptor(ends[0], "pipe"), Descriptor(ends[1], "pipe")};
    fcntl(both[0].get(), F_SETFL, O_NONBLOCK);
    return both;
}

}  // namespace

RunnerProcess::RunnerProcess(const RunnerSetup& setup, const Submission& submission,
                             const SharedMemory& inputs, const SharedMemory& outputs)
    : kind_{.language = setup.language,
            .may_have_threads = setup.settings.threads > 1,
            .may_fork = setup.settings.processes > 0},
      ended_for_memory_before_(setup.ended_for_memory) {
    start(*setup.launcher, submission, inputs, outputs);
    try {
        const Settings& settings = setup.settings;
        if (send(socket_.get(), &settings, sizeof settings, MSG_NOSIGNAL) != sizeof settings)
            throw JudgeError("the runner does not take its settings");
        const Message locked_in = wait_for_message(start_limit);
        if (locked_in.kind != MessageKind::locked_in) fail_with(locked_in);
        layers_ = static_cast<std::uint32_t>(locked_in.number);
        running_submission_ = true;
    } catch (...) {
        end();
        throw;
    }
}

void RunnerProcess::wait_until_loaded() {
    const Nanoseconds limit = start_limit + time_to_compile(kind_.language);
    try {
        expect(MessageKind::ready, limit);
    } catch (const RunnerFailure& failure) {
        if (failure.status == Status::hung) throw not_loaded_in_time(kind_, limit);
        throw;
    }
    charged_ = processor_time(process_);
}

RunnerProcess::~RunnerProcess() {
    end();
}

void RunnerProcess::start(Launcher& launcher, const Submission& submission, const SharedMemory& inputs,
                          const SharedMemory& outputs) {
    auto [our_socket, its_socket] = socket_pair();
    auto [our_output, its_output] = output_pipe();
    process_ = launcher.start({.output = its_output.get(),
                               .socket = its_socket.get(),
                               .inputs = inputs.descriptor(),
                               .outputs = outputs.descriptor(),
                               .submission = submission.content.get(),
                               .submission_name = submission.name});
    release_first_thread(process_);
    socket_ = std::move(our_socket);
    output_ = std::move(our_output);
}

Nanoseconds RunnerProcess::call(Nanoseconds limit) {
    const Message go{.kind = MessageKind::go};
    const Nanoseconds own_queueing = queueing_time(getpid());
    const Nanoseconds start = wall_time();
    if (send(socket_.get(), &go, sizeof go, MSG_NOSIGNAL) != sizeof go) fail_as_ended();
    expect(MessageKind::done, limit);
    const Nanoseconds wall = wall_time() - start;
    judge_queued_ += queueing_time(getpid()) - own_queueing;
    return wall;
}

Nanoseconds RunnerProcess::processor_time_since_last() {
    const Nanoseconds now = processor_time(process_);
    return now - std::exchange(charged_, now);
}

Nanoseconds RunnerProcess::queueing_time_since_last() {
    const Nanoseconds now = queueing_time(process_);
    return now - std::exchange(queued_, now) + std::exchange(judge_queued_, Nanoseconds(0));
}

pid_t RunnerProcess::everybody() const {
    return getpgid(process_) == process_ ? -process_ : process_;
}

void RunnerProcess::pause() {
    kill(everybody(), SIGSTOP);
}

void RunnerProcess::resume() {
    // At the last moment: a submission that may give processors to its own threads could give them to
    // others', too, for as long as these are stopped.
    const bool may_fork = everybody() < 0;
    // What is forked begins in its parent's place, which should be anywhere.
    const bool team_is_seated = seat_threads(process_) && !may_fork;
    if (may_fork) seat_forks(process_);
    kill(everybody(), SIGCONT);
    if (!team_is_seated) release_first_thread(process_);
}

void RunnerProcess::expect(MessageKind kind, Nanoseconds limit) {
    const Message message = wait_for_message(limit);
    if (message.kind == kind) return;
    if (message.kind == MessageKind::fault) fail_with(message);
    throw spoilt_the_protocol("It spoke to the judge out of turn.");
}

Message RunnerProcess::wait_for_message(Nanoseconds limit) {
    const Nanoseconds start = wall_time();
    Nanoseconds patience = limit;
    std::optional<Nanoseconds> queued;  // as it was when this turned out to last
    bool output_open = true;
    while (true) {
        std::array<pollfd, 2> sources{pollfd{socket_.get(), POLLIN, 0},
                                      pollfd{output_open ? output_.get() : -1, POLLIN, 0}};
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(start + patience - wall_time()).count();
        const int ready =
            poll(sources.data(), sources.size(), static_cast<int>(std::clamp<long>(left, 0, look_again)));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            if (has_ended()) fail_as_ended();  // something that it has forked keeps the socket open
            const Nanoseconds now_queued = longest_queueing_time(process_);
            patience = with_turns_of_others(limit, now_queued - queued.value_or(now_queued));
            if (!queued) queued = now_queued;
            if (wall_time() < start + patience) continue;
            fail_as_hung(patience, limit);
        }
        if (sources[1].revents != 0) {
            collect_output();
            output_open = (sources[1].revents & POLLIN) != 0;
        }
        if (sources[0].revents == 0) continue;
        Message message;
        const ssize_t size = recv(socket_.get(), &message, sizeof message, 0);
        if (size <= 0) fail_as_ended();
        if (size != sizeof message) throw spoilt_the_protocol("It wrote to the judge's socket.");
        message.text.back() = '\0';
        return message;
    }
}

void RunnerProcess::fail_as_hung(Nanoseconds waited, Nanoseconds limit) {
    if (kind_.may_fork) blame_memory_that_ran_out();
    if (kind_.language == Language::python) have_it_print_where_it_is();
    throw hung(kind_, waited, waited - limit);
}

void RunnerProcess::have_it_print_where_it_is() {
    kill(process_, SIGABRT);
    wait_for_end();
    collect_output();
}

void RunnerProcess::collect_output() {
    std::array<char, 4096> chunk{};
    for (ssize_t size = 0; (size = read(output_.get(), chunk.data(), chunk.size())) > 0;) {
        printed_.append(chunk.data(), static_cast<std::size_t>(size));
        if (printed_.size() > most_output) throw printed_too_much(most_output);
    }
}

void RunnerProcess::fail_with(const Message& last_words) {
    collect_output();
    const std::string text = last_words.text.data();
    switch (last_words.fault) {
        case Fault::signal:
            throw fatal_signal(kind_, static_cast<int>(last_words.number), text);
        case Fault::forbidden_call:
            throw forbidden_call(kind_, last_words.number);
        case Fault::out_of_memory:
            throw out_of_memory(kind_, text);
        case Fault::exception:
            throw left_by_an_exception(kind_, text);
        case Fault::not_loadable:
            throw not_loadable(kind_, text);
        default:
            if (running_submission_) throw spoilt_the_protocol("It spoke to the judge out of turn.");
            throw JudgeError("the runner cannot set itself up: " + text);
    }
}

void RunnerProcess::fail_as_ended() {
    collect_output();
    const std::optional<int> ended = wait_for_end();
    if (!ended) throw spoilt_the_protocol("It closed the judge's socket.");
    if (WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) blame_memory_that_ran_out();
    if (!running_submission_) throw JudgeError("the runner ended before it was set up");
    if (WIFSIGNALED(*ended)) throw ended_by_signal(kind_, WTERMSIG(*ended));
    throw ended_with_code(WEXITSTATUS(*ended), printed_);
}

void RunnerProcess::blame_memory_that_ran_out() const {
    if (ended_for_memory() > ended_for_memory_before_) throw JudgeError(memory_ran_out);
}

bool RunnerProcess::has_ended() const {
    siginfo_t ended{};
    return waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           ended.si_pid != 0;
}

std::optional<int> RunnerProcess::wait_for_end() {
    const Nanoseconds deadline = wall_time() + std::chrono::milliseconds(500);
    while (!has_ended()) {
        if (wall_time() > deadline) return std::nullopt;
        poll(nullptr, 0, 1);
    }
    return end();
}

int RunnerProcess::end() {
    if (process_ <= 0) return 0;
    try {
        collect_output();
    } catch (const RunnerFailure&) {  // a flood at the very end changes nothing any more
        printed_.resize(most_output);
    }
    const pid_t all = everybody();
    kill(all, SIGKILL);
    int status = 0;
    waitpid(std::exchange(process_, -1), &status, 0);
    // Its own processes, if it had any, are ours now that it has ended.
    while (all < 0 && waitpid(all, nullptr, 0) > 0) {
    }
    return status;
}

}  // namespace grading
