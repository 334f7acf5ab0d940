// The best direct sum of the lessons before: SIMD, no more digits than asked for, and a scan line for the
// points inside.
#include <complex>

#include "direct_sum.hpp"
#include "scatter.hpp"

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    wave::scatter_directly<wave::Block<wave::Digits8>>(problem, field);
}
