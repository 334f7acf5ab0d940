// The direct sum in vectors, as the lesson before has left it: good to twelve digits.
#include "direct_sum.hpp"
#include "scatter.hpp"

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    using Kernel = wave::Block<wave::Digits8>;
    wave::scatter_directly<Kernel>(problem, field);
}
