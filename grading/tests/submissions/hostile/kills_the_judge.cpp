// Tries to end its parent.
// expect: forbidden
#include <unistd.h>

#include <csignal>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    kill(getppid(), SIGKILL);
    return 0;
}
