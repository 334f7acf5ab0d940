// What the Python runner calls through ctypes: the walls and the words of the C++ runner, as a C interface.
//
// The interpreter's part is small: it loads a submission and calls it. Everything that has to hold whatever
// the submission does is the same code for both languages.
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <span>

#include "connection.hpp"
#include "fault_report.hpp"
#include "sandbox.hpp"

namespace {

using namespace grading;

/// The address space in use: an interpreter with its modules brings a lot along, which is not the
/// submission's.
std::uint64_t mapped_bytes() {
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

extern "C" {

/// The areas as ctypes sees them.
struct MappedAreas {
    const std::byte* inputs;
    std::size_t input_size;
    std::byte* outputs;
    std::size_t output_size;
};

/// Takes the judge's settings, maps the areas, and locks this process in; the interpreter may read `places`
/// still.
void faster_scatter_lock_in(const char* const* places, std::size_t count, MappedAreas* mapped) {
    Settings settings = receive_settings();
    const Areas areas = map_areas();
    *mapped = {areas.inputs.data(), areas.inputs.size(), areas.outputs.data(), areas.outputs.size()};
    setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    report_fatal_signals(areas.inputs);
    settings.memory_bytes += mapped_bytes();
    send_message({.kind = MessageKind::locked_in, .number = lock_in(settings, std::span(places, count))});
}

/// For a process that the submission forks: it ends when its parent does.
void faster_scatter_die_with_parent() {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

void faster_scatter_ready() {
    send_message({.kind = MessageKind::ready});
}

void faster_scatter_wait_for_go() {
    wait_for_go();
}

void faster_scatter_done() {
    send_message({.kind = MessageKind::done});
}

/// Does not return.
void faster_scatter_fault(Fault fault, const char* text) {
    report_fault(fault, 0, text);
}
}
