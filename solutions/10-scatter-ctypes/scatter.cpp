// The scattered wave on a whole grid, as a C function for Python.
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using Complex = std::complex<double>;

// ^^^ added: all that depends on a segment alone, computed once for the whole grid.
struct Source {
    double x, y;    ///< the segment's midpoint
    double nx, ny;  ///< its normal, pointing inwards
    Complex of_h0, of_h1;
};

std::vector<Source> make_sources(double kx, double ky, const double* xc, const double* yc,
                                 std::int64_t segments) {
    std::vector<Source> sources;
    const double wavenumber = std::sqrt(kx * kx + ky * ky);
    for (std::int64_t s = 0; s < segments; ++s) {
        const double tx = xc[s + 1] - xc[s];
        const double ty = yc[s + 1] - yc[s];
        const double ds = std::sqrt(tx * tx + ty * ty);
        const double nx = -ty / ds;
        const double ny = tx / ds;
        const double mx = 0.5 * (xc[s] + xc[s + 1]);
        const double my = 0.5 * (yc[s] + yc[s + 1]);
        const double n_dot_k = nx * kx + ny * ky;
        const Complex incident = std::polar(1.0, kx * mx + ky * my);
        const double shadow = tx * ky > ty * kx ? 1.0 : -1.0;
        // ^^^ n·k > 0, compared: of two equal products the compiler may round one only, and find a difference
        sources.push_back({mx, my, nx, ny, 0.25 * ds * n_dot_k * incident,
                           Complex(0.0, -0.25 * shadow * ds * wavenumber) * incident});
    }
    return sources;
}

/// Whether (x, y) lies inside the contour: a ray to the right then crosses it an odd number of times.
bool is_inside(const double* xc, const double* yc, std::int64_t segments, double x, double y) {
    bool inside = false;
    for (std::int64_t s = 0; s < segments; ++s) {
        const bool spans_the_ray = (yc[s] > y) != (yc[s + 1] > y);
        if (spans_the_ray && x < xc[s] + (xc[s + 1] - xc[s]) * ((y - yc[s]) / (yc[s + 1] - yc[s])))
            inside = !inside;
    }
    return inside;
}

/// The sum over all segments; 0 at a midpoint, where the formula has no value.
Complex sum_over(const std::vector<Source>& sources, double wavenumber, double x, double y) {
    Complex wave = 0.0;
    for (const Source& source : sources) {
        const double dx = x - source.x;
        const double dy = y - source.y;
        const double r = std::sqrt(dx * dx + dy * dy);
        if (r == 0.0) return 0.0;
        const double kr = wavenumber * r;
        const double cosine = (source.nx * dx + source.ny * dy) / r;
        // ^^^ added: the C library's own Bessel functions for real arguments; H = J + i Y.
        wave += Complex(j0(kr), y0(kr)) * source.of_h0 + cosine * (Complex(j1(kr), y1(kr)) * source.of_h1);
    }
    return wave;
}

}  // namespace

extern "C" {

// ^^^ added: one call for the whole grid. NumPy's complex128 and std::complex<double> are the same two
// doubles.
void scattered_field(double kx, double ky, const double* xc, const double* yc, std::int64_t segments,
                     const double* x, std::int64_t columns, const double* y, std::int64_t rows,
                     std::complex<double>* field) {
    const std::vector<Source> sources = make_sources(kx, ky, xc, yc, segments);
    const double wavenumber = std::sqrt(kx * kx + ky * ky);
    for (std::int64_t j = 0; j < rows; ++j)
        for (std::int64_t i = 0; i < columns; ++i)
            field[j * columns + i] =
                is_inside(xc, yc, segments, x[i], y[j]) ? 0.0 : sum_over(sources, wavenumber, x[i], y[j]);
}
}
