// How runners come into being: each started by itself, or forked by a nursery that is started once.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace grading {

/// What a new runner gets: the judge's descriptors, which it will know by the numbers of protocol.hpp.
struct Belongings {
    int output;  ///< becomes its standard output and standard error
    int socket;
    int inputs;
    int outputs;
    int submission;
    std::string submission_name;  ///< for a runner that tells its learner where a mistake is
};

/// Starts runners; each is a child of this process.
class Launcher {
  public:
    Launcher() = default;
    virtual ~Launcher() = default;
    Launcher(const Launcher&) = delete;
    Launcher& operator=(const Launcher&) = delete;

    /// Throws JudgeError when it cannot.
    virtual pid_t start(const Belongings& belongings) = 0;
};

/// A program and the words after it.
struct Command {
    std::filesystem::path program;
    std::vector<std::string> arguments;
};

/// Starts the command anew for every runner: for one that starts within a millisecond.
std::unique_ptr<Launcher> spawning_launcher(Command command);

/// Starts the command once and has it fork the runners: for an interpreter, whose modules take a second to
/// load. The parent of all forks never loads a submission. Throws JudgeError when the command does not get
/// ready.
std::unique_ptr<Launcher> forking_launcher(const Command& command);

}  // namespace grading
