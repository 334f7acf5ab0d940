// Leaves a thread running that would do the work while nobody looks.
// expect: forbidden
// says: most likely to start a thread
#include <thread>

#include "sum.hpp"

double sum(std::span<const double> values) {
    static double total = 0;
    std::thread([values] {
        for (const double value : values)
            total += value;
    }).detach();
    return total;
}
