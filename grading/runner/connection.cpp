// A runner's end of the line to the judge: see the header.
#include "connection.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault_report.hpp"

namespace grading {
namespace {

template <typename Received>
Received receive() {
    Received received{};
    // Nothing more to come means that the judge is done with us.
    if (recv(socket_descriptor, &received, sizeof received, 0) != sizeof received) _exit(0);
    return received;
}

std::span<std::byte> map_area(int descriptor, int protection) {
    struct stat status = {};
    if (fstat(descriptor, &status) != 0) report_fault(Fault::set_up, 0, "the shared memory has no size");
    const auto size = static_cast<std::size_t>(status.st_size);
    void* area = mmap(nullptr, size, protection, MAP_SHARED | MAP_POPULATE, descriptor, 0);
    if (area == MAP_FAILED) report_fault(Fault::set_up, 0, "the shared memory cannot be mapped");
    close(descriptor);
    return {static_cast<std::byte*>(area), size};
}

}  // namespace

Settings receive_settings() {
    return receive<Settings>();
}

void wait_for_go() {
    if (receive<Message>().kind != MessageKind::go) _exit(0);
}

Areas map_areas() {
    return {map_area(input_descriptor, PROT_READ), map_area(output_descriptor, PROT_READ | PROT_WRITE)};
}

}  // namespace grading
