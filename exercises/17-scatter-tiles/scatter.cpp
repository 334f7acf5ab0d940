// 17-scatter-tiles: The wave from few points: tiles and interpolation
//
// TODO: The field is smooth wherever the contour is not near. Compute it at the Chebyshev nodes of tiles, and
// interpolate.
//
// Check it with `make check EX=17`; the lesson is README.md beside this file.

#include <algorithm>
#include <complex>
#include <vector>

#include "point_sources.hpp"
#include "scan_line.hpp"
#include "scatter.hpp"

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    const std::vector<wave::Source> sources = wave::sources_of(problem);
    const wave::Inside inside(problem);
    const double k_squared = problem.kx * problem.kx + problem.ky * problem.ky;
    const std::size_t columns = problem.x.size();
    std::fill(field.begin(), field.end(), 0.0);
    for (std::size_t j = 0; j < problem.y.size(); ++j) {
        const std::vector<double> same_y(columns, problem.y[j]);
        inside.for_each_outside(j, {0, columns}, [&](wave::Range range) {
            wave::sum_at<wave::Digits6>(sources, k_squared, problem.x.subspan(range.first, range.size()),
                                        std::span(same_y).first(range.size()),
                                        field.subspan(j * columns + range.first, range.size()));
        });
    }
}
