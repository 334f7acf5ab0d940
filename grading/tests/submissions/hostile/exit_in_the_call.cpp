// Ends the process with success instead of answering.
// expect: exited
#include <cstdlib>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    std::_Exit(0);
}
