// An exception that no thread of a team can pass on.
#include <vector>

#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0;
#pragma omp parallel num_threads(2) reduction(+ : total)
    total += std::vector<double>(1ULL << 40U).size();
    return total + values[0];
}
