// What the judge and a runner say to each other: fixed-size messages over one socket.
//
//   judge                      runner
//     | --- Settings ----------> |   it locks itself in …
//     | <-- locked_in ---------- |   … says which layers hold, and only then loads the submission
//     | <-- ready -------------- |
//     | --- go ----------------> |   once for each batch; the arrays are in shared memory
//     | <-- done --------------- |
//
// Instead of any answer a runner may send `fault`, its last words.
//
// A runner whose start is dear (a Python interpreter with its modules) is started once, as a nursery, and
// forks a runner whenever the judge asks for one; those speak as above.
//
//   judge                      nursery
//     | <-- ready -------------- |   its modules are loaded
//     | --- fork --------------> |   with the descriptors 1 (and 2) and 3 to 6 of the runner to be;
//     |                          |   `text` is what its file is called
//     | <-- forked ------------- |   `number` is the runner's process, the judge's child
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace grading {

/// The descriptors that a runner is born with, besides an empty standard input and the judge's pipe as its
/// output.
enum RunnerDescriptor : int {
    socket_descriptor = 3,
    input_descriptor,
    output_descriptor,
    library_descriptor
};

/// The layers of the sandbox; a runner reports them as bits.
enum Layer : std::uint32_t {
    layer_rlimits = 1U << 0U,
    layer_no_new_privs = 1U << 1U,
    layer_user = 1U << 2U,
    layer_capabilities = 1U << 3U,
    layer_descriptors = 1U << 4U,
    layer_environment = 1U << 5U,
    layer_landlock = 1U << 6U,
    layer_seccomp = 1U << 7U,
};

inline constexpr std::array layer_names = {"rlimits",     "no_new_privs", "user",     "capabilities",
                                           "descriptors", "environment",  "landlock", "seccomp"};

/// What a runner may use; sent by the judge before anything else.
struct Settings {
    std::uint64_t memory_bytes;
    std::uint32_t threads;
    std::uint32_t cpu_seconds;
    std::uint32_t processes;  ///< that it may fork; most exercises have none
};

/// The descriptors that a `fork` message carries, in this order.
inline constexpr std::size_t descriptors_of_a_fork = 5;

enum class MessageKind : std::uint32_t { locked_in, ready, go, done, fault, fork, forked };

/// Why a runner gives up.
enum class Fault : std::uint32_t {
    none,
    signal,
    exception,
    out_of_memory,
    forbidden_call,
    not_loadable,
    set_up
};

struct Message {
    MessageKind kind{};
    Fault fault{};
    /// locked_in: the layers' bits; fault: the signal's or the system call's number.
    std::int64_t number{};
    /// A sentence or a name, ended by a zero.
    std::array<char, 240> text{};
};

}  // namespace grading
