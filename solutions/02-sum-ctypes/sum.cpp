// The sum of an array as a C function, for Python.
#include <cstdint>

extern "C" {

// ^^^ added: a pointer and a count are all that a NumPy array is to C. extern "C" keeps the name as it is
// written.
double mysum(const double* values, std::int64_t count) {
    double total = 0.0;
    // ^^^ added: any order of the additions will do, so they need not wait for each other.
#pragma omp simd reduction(+ : total)
    for (std::int64_t i = 0; i < count; ++i)
        total += values[i];
    return total;
}
}
