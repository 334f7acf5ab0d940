// The line between the judge and a process that it starts.
#pragma once

#include <sys/socket.h>

#include <array>

#include "descriptor.hpp"

namespace grading {

/// Both ends of a socket that keeps messages apart. Throws std::system_error.
inline std::array<Descriptor, 2> socket_pair() {
    std::array<int, 2> ends{-1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot make a socket");
    return {Descriptor(ends[0], "socket"), Descriptor(ends[1], "socket")};
}

}  // namespace grading
