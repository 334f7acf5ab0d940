// 16-scatter-threads: The scattered wave by several threads
//
// TODO: Each thread adds up some of the segments, at all points. Let the threads share the rows of the grid
// instead, and choose how.
//
// Check it with `make check EX=16`; the lesson is README.md beside this file.

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "direct_sum.hpp"
#include "scan_line.hpp"
#include "scatter.hpp"
#include "segments.hpp"

namespace {

using Complex = std::complex<double>;
using Kernel = wave::Block<wave::Digits12>;

constexpr std::size_t segments_at_once = 2;  // of a thread: each time it passes over all points

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    const std::vector<wave::Segment> segments = wave::segments_of(problem);
    const wave::Inside inside(problem);
    const double k = wave::wavenumber(problem);
    const auto threads = static_cast<std::size_t>(std::min(omp_get_num_procs(), 8));

    std::vector<Complex> parts(field.size() * threads);  // at each point, each thread's part of the sum
#pragma omp parallel num_threads(threads)
    {
        const auto thread = static_cast<std::size_t>(omp_get_thread_num());
        wave::Points points = wave::outside_points(problem, inside, 0, problem.y.size());
#pragma omp for schedule(static)
        for (std::size_t first = 0; first < segments.size(); first += segments_at_once) {
            const std::size_t count = std::min(segments_at_once, segments.size() - first);
            wave::add_waves<Kernel>(std::span(segments).subspan(first, count), k, points);
            for (std::size_t n = 0; n < points.place.size(); ++n)
                parts[points.place[n] * threads + thread] += Complex(points.real[n], points.imaginary[n]);
        }
    }
    for (std::size_t place = 0; place < field.size(); ++place) {
        Complex sum = 0.0;
        for (std::size_t thread = 0; thread < threads; ++thread)
            sum += parts[place * threads + thread];
        field[place] = std::isfinite(sum.real()) ? sum : 0.0;  // not at a segment's midpoint
    }
}
