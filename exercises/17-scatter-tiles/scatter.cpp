// 17-scatter-tiles: The wave from few points: tiles and interpolation
//
// TODO: The field is smooth wherever the contour is not near. Compute it at the Chebyshev nodes of tiles, and
// interpolate.
//
// Check it with `make check EX=17`; the lesson is README.md beside this file.

#include <complex>

#include "direct_sum.hpp"
#include "scatter.hpp"

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    wave::scatter_directly<wave::Block<wave::Digits8>>(problem, field);
}
