// A direct sum with OpenMP around the rows of the grid: one fork and one join in a call, whole rows for the
// SIMD lanes, and a thread that finishes early takes the next row.
#include "scatter.hpp"

#include <omp.h>

#include <algorithm>
#include <complex>
#include <vector>

#include "point_sources.hpp"
#include "scan_line.hpp"

namespace {

using Complex = std::complex<double>;
using Tables = wave::Digits12;

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    const std::vector<wave::Source> sources = wave::sources_of(problem);
    const wave::Inside inside(problem);
    const double k_squared = problem.kx * problem.kx + problem.ky * problem.ky;
    const std::size_t columns = problem.x.size();
    const int threads = std::min(omp_get_num_procs(), 8);

#pragma omp parallel num_threads(threads)
    {
        std::vector<double> same_y(columns);
        // ^^^ made inside of the region: each thread has its own, in memory that it has touched first
#pragma omp for schedule(dynamic)
        for (std::size_t j = 0; j < problem.y.size(); ++j) {
            // ^^^ the outer loop, so that threads meet once in a call, and dynamic: a row through the
            // obstacle
            //     is less work, and a thread that another program holds up should not have a fixed share
            const std::span<Complex> row = field.subspan(j * columns, columns);
            std::fill(row.begin(), row.end(), 0.0);
            std::fill(same_y.begin(), same_y.end(), problem.y[j]);
            inside.for_each_outside(j, {0, columns}, [&](wave::Range range) {
                wave::sum_at<Tables>(sources, k_squared, problem.x.subspan(range.first, range.size()),
                                     std::span(same_y).first(range.size()),
                                     row.subspan(range.first, range.size()));
                // ^^^ all points of a range at once: eight of them share a vector's lanes. Its sums are local
                //     variables, so there are no partial sums for threads to share, in one cache line or two
            });
        }
    }
}
