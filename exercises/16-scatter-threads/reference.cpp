// A direct sum whose segments are shared among threads: each adds up its own part of the sum at every point.
#include <omp.h>

#include <algorithm>
#include <complex>
#include <vector>

#include "point_sources.hpp"
#include "scan_line.hpp"
#include "scatter.hpp"

namespace {

using Complex = std::complex<double>;
using Tables = wave::Digits12;

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    const std::vector<wave::Source> sources = wave::sources_of(problem);
    const wave::Inside inside(problem);
    const double k_squared = problem.kx * problem.kx + problem.ky * problem.ky;
    const std::size_t columns = problem.x.size();
    const auto threads = static_cast<std::size_t>(std::min(omp_get_num_procs(), 8));

    std::vector<Complex> parts(field.size() * threads);  // at each point, each thread's part of the sum
#pragma omp parallel num_threads(threads)
    {
        const auto thread = static_cast<std::size_t>(omp_get_thread_num());
        std::vector<double> same_y(columns);
        std::vector<Complex> wave(columns);
#pragma omp for schedule(static)
        for (std::size_t s = 0; s < sources.size(); ++s) {
            for (std::size_t j = 0; j < problem.y.size(); ++j) {
                std::fill(same_y.begin(), same_y.end(), problem.y[j]);
                inside.for_each_outside(j, {0, columns}, [&](wave::Range range) {
                    wave::sum_at<Tables>(std::span(sources).subspan(s, 1), k_squared,
                                         problem.x.subspan(range.first, range.size()),
                                         std::span(same_y).first(range.size()), wave);
                    for (std::size_t i = range.first; i < range.last; ++i)
                        parts[(j * columns + i) * threads + thread] += wave[i - range.first];
                });
            }
        }
    }
    for (std::size_t point = 0; point < field.size(); ++point) {
        field[point] = 0.0;
        for (std::size_t thread = 0; thread < threads; ++thread)
            field[point] += parts[point * threads + thread];
    }
}
