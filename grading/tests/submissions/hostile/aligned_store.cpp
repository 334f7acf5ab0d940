// Stores a vector, as only aligned ones can be, at a place that is not aligned.
// expect: crashed
// says: an aligned load or store at an address that is not aligned
// needs: x86_64
#include <emmintrin.h>

#include <array>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    alignas(16) std::array<double, 4> totals{};
    _mm_stream_pd(totals.data() + 1, _mm_set1_pd(1.0));
    return totals[1];
}
