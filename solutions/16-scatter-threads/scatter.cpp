// A direct sum with OpenMP around the rows of the grid: one fork and one join in a call, whole rows for the
// SIMD lanes, and a thread that finishes early takes the next row.
#include "scatter.hpp"

#include <omp.h>

#include <algorithm>
#include <complex>
#include <vector>

#include "direct_sum.hpp"
#include "scan_line.hpp"
#include "segments.hpp"

namespace {

using Complex = std::complex<double>;
using Kernel = wave::Block<wave::Digits12>;

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    const int threads = std::min(omp_get_num_procs(), 8);
    const std::vector<wave::Segment> segments = wave::segments_of(problem);
    const wave::Inside inside(problem);

#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (std::size_t j = 0; j < problem.y.size(); ++j)
        // ^^^ the outer loop, so that threads meet once in a call, and dynamic: a row through the obstacle is
        //     less work, and a thread that another program holds up should not have a fixed share
        wave::scatter_rows<Kernel>(problem, inside, segments, j, j + 1, field);
    //  ^^^ from the first segment to the last, in registers and in memory that the thread has touched first:
    //      no partial sums for threads to share, in one cache line or two
}
