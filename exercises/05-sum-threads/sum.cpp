// 05-sum-threads: A sum on all processors
//
// TODO: All threads add to one variable, and it can be in one place only. Let each have a total of its own.
//
// Check it with `make check EX=05`; the lesson is README.md beside this file.

#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0.0;
#pragma omp parallel for
    for (std::size_t i = 0; i < values.size(); ++i) {
#pragma omp atomic
        total += values[i];
    }
    return total;
}
