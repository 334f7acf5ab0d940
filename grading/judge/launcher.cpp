// Starting runners: posix_spawn, or a word to the nursery.
#include "launcher.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstring>

#include "descriptor.hpp"
#include "outcome.hpp"
#include "protocol.hpp"
#include "shortage.hpp"
#include "socket_pair.hpp"

namespace grading {
namespace {

/// The descriptors that a child is to have, as posix_spawn wants them.
class ChildDescriptors {
  public:
    ChildDescriptors() { posix_spawn_file_actions_init(&actions_); }
    ~ChildDescriptors() { posix_spawn_file_actions_destroy(&actions_); }
    ChildDescriptors(const ChildDescriptors&) = delete;
    ChildDescriptors& operator=(const ChildDescriptors&) = delete;

    void open_empty_input() { posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0); }
    void give(int ours, int childs) { posix_spawn_file_actions_adddup2(&actions_, ours, childs); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

/// Starts a command with an empty environment.
pid_t spawn(const Command& command, const ChildDescriptors& descriptors) {
    std::vector<std::string> words{command.program.string()};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::array<char*, 1> environment{nullptr};
    pid_t process = -1;
    const int error = posix_spawn(&process, words.front().c_str(), descriptors.get(), nullptr,
                                  arguments.data(), environment.data());
    if (error != 0)
        throw JudgeError("cannot start the runner " + words.front() + ": " + std::strerror(error));
    return process;
}

class SpawningLauncher final : public Launcher {
  public:
    explicit SpawningLauncher(Command command) : command_(std::move(command)) {}

    pid_t start(const Belongings& belongings) override {
        ChildDescriptors descriptors;
        descriptors.open_empty_input();
        descriptors.give(belongings.output, STDOUT_FILENO);
        descriptors.give(belongings.output, STDERR_FILENO);
        descriptors.give(belongings.socket, socket_descriptor);
        descriptors.give(belongings.inputs, input_descriptor);
        descriptors.give(belongings.outputs, output_descriptor);
        descriptors.give(belongings.submission, library_descriptor);
        return spawn(command_, descriptors);
    }

  private:
    Command command_;
};

class ForkingLauncher final : public Launcher {
  public:
    explicit ForkingLauncher(const Command& command) : name_(command.program.string()) {
        // A forked runner's parent ends at once; then this process is its parent, and hears how it ends.
        if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) throw JudgeError("cannot adopt runners");
        auto [ours, its] = socket_pair();
        ChildDescriptors descriptors;
        descriptors.open_empty_input();
        descriptors.give(STDERR_FILENO, STDOUT_FILENO);
        descriptors.give(its.get(), socket_descriptor);
        nursery_ = spawn(command, descriptors);
        its.reset();  // held here as well, it would hide that the nursery has ended
        socket_ = std::move(ours);
        try {
            expect(MessageKind::ready);
        } catch (...) {
            end();
            throw;
        }
    }
    ~ForkingLauncher() override { end(); }
    ForkingLauncher(const ForkingLauncher&) = delete;
    ForkingLauncher& operator=(const ForkingLauncher&) = delete;

    pid_t start(const Belongings& belongings) override {
        Message message{.kind = MessageKind::fork};
        const std::string& name = belongings.submission_name;
        std::memcpy(message.text.data(), name.data(), std::min(name.size(), message.text.size() - 1));
        send_with(message, {belongings.output, belongings.socket, belongings.inputs, belongings.outputs,
                            belongings.submission});
        return static_cast<pid_t>(expect(MessageKind::forked).number);
    }

  private:
    using Descriptors = std::array<int, descriptors_of_a_fork>;

    void send_with(Message message, const Descriptors& descriptors) {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(Descriptors))> control{};
        iovec part{&message, sizeof message};
        msghdr envelope{};
        envelope.msg_iov = &part;
        envelope.msg_iovlen = 1;
        envelope.msg_control = control.data();
        envelope.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&envelope);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof descriptors);
        std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof descriptors);
        if (sendmsg(socket_.get(), &envelope, MSG_NOSIGNAL) != sizeof message) fail("it has ended");
    }

    Message expect(MessageKind kind) {
        // Modules that come from a disk which has not been read for a while.
        constexpr int patience_in_milliseconds = 60'000;
        pollfd source{socket_.get(), POLLIN, 0};
        int ready = 0;
        while ((ready = poll(&source, 1, patience_in_milliseconds)) < 0 && errno == EINTR) {
        }
        if (ready <= 0) fail("it does not answer");
        Message message;
        if (recv(socket_.get(), &message, sizeof message, 0) != sizeof message) fail("it has ended");
        message.text.back() = '\0';
        if (message.kind != kind) fail(message.text.data());
        return message;
    }

    [[noreturn]] void fail(const std::string& why) const {
        if (ended_for_memory() > ended_for_memory_before_) throw JudgeError(memory_ran_out);
        throw JudgeError("the runner " + name_ + " cannot be used: " + why);
    }

    void end() {
        if (nursery_ <= 0) return;
        kill(nursery_, SIGKILL);
        waitpid(std::exchange(nursery_, -1), nullptr, 0);
    }

    std::string name_;
    std::uint64_t ended_for_memory_before_ = ended_for_memory();
    pid_t nursery_ = -1;
    Descriptor socket_;
};

}  // namespace

std::unique_ptr<Launcher> spawning_launcher(Command command) {
    return std::make_unique<SpawningLauncher>(std::move(command));
}

std::unique_ptr<Launcher> forking_launcher(const Command& command) {
    return std::make_unique<ForkingLauncher>(command);
}

}  // namespace grading
