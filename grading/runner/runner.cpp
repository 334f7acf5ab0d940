// The runner: a process that locks itself in, loads one submission and calls it whenever the judge says go.
//
// It is started by the judge only, with the descriptors of protocol.hpp. It never sees an expected answer.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string>

#include "batch.hpp"
#include "fault_report.hpp"
#include "protocol.hpp"
#include "sandbox.hpp"

namespace {

using namespace grading;

template <typename Received>
Received receive() {
    Received received{};
    // Nothing more to come means that the judge is done with us.
    if (recv(socket_descriptor, &received, sizeof received, 0) != sizeof received) _exit(0);
    return received;
}

/// Maps a whole area, with its pages present: first touches of fresh memory are slow and are nobody's fault.
std::span<std::byte> map_area(int descriptor, int protection) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0) report_fault(Fault::set_up, 0, "the shared memory has no size");
    const auto size = static_cast<std::size_t>(status.st_size);
    void* area = mmap(nullptr, size, protection, MAP_SHARED | MAP_POPULATE, descriptor, 0);
    if (area == MAP_FAILED) report_fault(Fault::set_up, 0, "the shared memory cannot be mapped");
    close(descriptor);
    return {static_cast<std::byte*>(area), size};
}

using RunFunction = decltype(&faster_scatter_run);

RunFunction load_submission() {
    const std::string path = "/proc/self/fd/" + std::to_string(library_descriptor);
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) report_fault(Fault::not_loadable, 0, dlerror());
    close(library_descriptor);
    void* symbol = dlsym(library, "faster_scatter_run");
    if (symbol == nullptr) report_fault(Fault::not_loadable, 0, dlerror());
    return reinterpret_cast<RunFunction>(symbol);
}

/// Runs something of the submission's; an exception that leaves it is the end.
template <typename Action>
auto guarded(Action action) {
    try {
        return action();
    } catch (const std::bad_alloc&) {
        report_fault(Fault::out_of_memory, 0, "std::bad_alloc");
    } catch (const std::exception& error) {
        report_fault(Fault::exception, 0, error.what());
    } catch (...) {
        report_fault(Fault::exception, 0, "something that is not a std::exception");
    }
}

}  // namespace

int main() {
    const auto settings = receive<Settings>();
    const std::span<const std::byte> inputs = map_area(input_descriptor, PROT_READ);
    const std::span<std::byte> outputs = map_area(output_descriptor, PROT_READ | PROT_WRITE);
    // Output of a submission that dies must not die with it in a buffer.
    setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    report_fatal_signals(inputs);
    send_message({.kind = MessageKind::locked_in, .number = lock_in(settings)});

    const RunFunction run = guarded([] { return load_submission(); });
    send_message({.kind = MessageKind::ready});
    while (receive<Message>().kind == MessageKind::go) {
        guarded([&] { run(inputs.data(), outputs.data()); });
        send_message({.kind = MessageKind::done});
    }
}
