// The solution of scatter-bessel, its parts in headers: one point after the other, one segment after the
// other, and a branch between the near and the far form for each pair.
#include <algorithm>
#include <complex>
#include <cstddef>
#include <vector>

#include "hankel.hpp"
#include "scan_line.hpp"
#include "scatter.hpp"
#include "segments.hpp"

namespace {

using Complex = std::complex<double>;
using Digits = wave::Digits12;

/// The scattered wave at one observer point: the sum over all segments.
Complex scattered_wave(const std::vector<wave::Segment>& segments, double k_squared, wave::Vector p) {
    wave::ComplexOf<double> sum{0.0, 0.0};
    for (const wave::Segment& segment : segments) {
        const wave::Vector d = p - segment.middle;
        const double x_squared = k_squared * dot(d, d);
        if (x_squared == 0.0) {
            return 0.0;  // on the contour itself, where the formula has no value: counts as inside
        }
        const double dipole = dot(segment.dipole, d);
        if (x_squared >= Digits::border * Digits::border) {
            wave::add_far_wave<Digits>(x_squared, segment.monopole, dipole, segment.half_turns, sum);
        } else {
            const auto near = wave::near_wave<Digits>(x_squared, segment.monopole, dipole);
            sum.real += near.real * segment.wave.x - near.imaginary * segment.wave.y;
            sum.imaginary += near.real * segment.wave.y + near.imaginary * segment.wave.x;
        }
    }
    return {sum.real, sum.imaginary};
}

}  // namespace

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    const std::vector<wave::Segment> segments = wave::segments_of(problem);
    const wave::Inside inside(problem);
    const double k_squared = problem.kx * problem.kx + problem.ky * problem.ky;
    const std::size_t columns = problem.x.size();
    std::fill(field.begin(), field.end(), 0.0);
    for (std::size_t j = 0; j < problem.y.size(); ++j) {
        inside.for_each_outside(j, {0, columns}, [&](wave::Range outside) {
            for (std::size_t i = outside.first; i < outside.last; ++i) {
                field[j * columns + i] = scattered_wave(segments, k_squared, {problem.x[i], problem.y[j]});
            }
        });
    }
}
