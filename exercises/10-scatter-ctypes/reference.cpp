// The extension at its start: what a function has to look like that Python calls, and that fills an array.
#include <cmath>
#include <complex>
#include <cstdint>

extern "C" {

/// An example: writes the lengths of `count` segments to `ds`; the contour has one point more than segments.
void segment_lengths(const double* xc, const double* yc, std::int64_t count, double* ds) {
    for (std::int64_t s = 0; s < count; ++s)
        ds[s] = std::hypot(xc[s + 1] - xc[s], yc[s + 1] - yc[s]);
}
}
