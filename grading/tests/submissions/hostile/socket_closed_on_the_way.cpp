// Closes the judge's socket and comes back with the right answer.
// expect: broken_protocol
// says: It closed the judge's socket.
#include <unistd.h>

#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0.0;
    for (const double value : values)
        total += value;
    close(3);
    return total;
}
