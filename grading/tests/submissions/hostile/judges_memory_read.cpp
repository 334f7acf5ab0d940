// Reads the judge's memory, where the expected answers are.
// expect: wrong
#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "sum.hpp"

double sum(std::span<const double> values) {
    const std::string memory = "/proc/" + std::to_string(getppid()) + "/mem";
    if (open(memory.c_str(), O_RDONLY) < 0) return -1;
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}
