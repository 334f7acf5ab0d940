// Closes the judge's socket and goes on.
// expect: broken_protocol
#include <unistd.h>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    close(3);
    while (true) {
    }
}
