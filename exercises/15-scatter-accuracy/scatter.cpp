// 15-scatter-accuracy: As accurate as needed: six digits, and single precision
//
// TODO: Six digits of the field's largest value are asked for. Find out what twelve cost, then compute far
// pairs in single precision without losing the phase.
//
// Check it with `make check EX=15`; the lesson is README.md beside this file.

#include "direct_sum.hpp"
#include "scatter.hpp"

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    using Kernel = wave::Block<wave::Digits12>;
    wave::scatter_directly<Kernel>(problem, field);
}
