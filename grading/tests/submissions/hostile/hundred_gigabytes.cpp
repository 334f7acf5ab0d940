// Allocates 100 GB and uses them.
// expect: too_much_memory
#include <cstddef>
#include <vector>

#include "sum.hpp"

double sum(std::span<const double> values) {
    std::vector<double> copy(std::size_t{100'000'000'000} / sizeof(double), 1.0);
    for (std::size_t i = 0; i < values.size(); ++i)
        copy[i] = values[i];
    double total = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        total += copy[i];
    return total;
}
