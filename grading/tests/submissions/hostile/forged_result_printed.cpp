// Prints the report of a success and leaves.
// expect: exited
#include <unistd.h>

#include <cstdio>

#include "sum.hpp"

namespace {

struct Forger {
    Forger() {
        std::puts("[  PASSED  ] 120 tests.");
        std::puts(R"({"verdict": {"status": "passed", "points": 10.0, "p": {"median": 2}}})");
        std::fflush(stdout);
        _exit(0);
    }
} forger;

}  // namespace

double sum(std::span<const double> /*values*/) {
    return 0;
}
