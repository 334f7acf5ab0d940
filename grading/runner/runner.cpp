// The runner: a process that locks itself in, loads one submission and calls it whenever the judge says go.
//
// It is started by the judge only, with the descriptors of protocol.hpp. It never sees an expected answer.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

#include "batch.hpp"
#include "connection.hpp"
#include "fault_report.hpp"
#include "kept_memory.hpp"
#include "processors.hpp"
#include "protocol.hpp"
#include "sandbox.hpp"

namespace {

using namespace grading;

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

/// The last words about the exception that is being handled.
[[noreturn]] void report_exception() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        report_fault(Fault::out_of_memory, 0, "std::bad_alloc");
    } catch (const std::exception& error) {
        report_fault(Fault::exception, 0, error.what());
    } catch (...) {
        report_fault(Fault::exception, 0, "something that is not a std::exception");
    }
}

/// Where an exception cannot pass: out of a thread, a noexcept function, or a library that is being loaded.
[[noreturn]] void on_terminate() {
    if (std::current_exception()) report_exception();
    std::abort();
}

/// Runs something of the submission's; an exception that leaves it is the end.
template <typename Action>
auto guarded(Action action) {
    try {
        return action();
    } catch (...) {
        report_exception();
    }
}

}  // namespace

int main() {
    const Settings settings = receive_settings();
    remember_processors();  // the judge has let this process go anywhere before it sent the settings
    const Areas areas = map_areas();
    // Output of a submission that dies must not die with it in a buffer.
    setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    report_fatal_signals(areas.inputs);
    send_message({.kind = MessageKind::locked_in, .number = lock_in(settings)});
    // OpenMP's threads are to sleep while they wait: spinning, they would take the time of whoever they wait
    // for where a processor is busy, and in the reports it looks like work.
    setenv("OMP_WAIT_POLICY", "passive", 1);
    keep_freed_memory();
    std::set_terminate(on_terminate);

    const RunFunction run = guarded([] { return load_submission(); });
    send_message({.kind = MessageKind::ready});
    while (true) {
        wait_for_go();
        guarded([&] { run(areas.inputs.data(), areas.outputs.data()); });
        send_message({.kind = MessageKind::done});
    }
}
