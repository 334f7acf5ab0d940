// Ends the process with success before anything is asked of it.
// expect: exited
#include <cstdlib>

#include "sum.hpp"

namespace {

struct Leaver {
    Leaver() { std::exit(0); }
} leaver;

}  // namespace

double sum(std::span<const double> /*values*/) {
    return 0;
}
