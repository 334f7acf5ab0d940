// 10-scatter-ctypes: The scattered wave in C++, called from Python
//
// TODO: Write the sum over the segments in C++, in scatter.cpp, and call it from scatter.py; then the inside
// test; then look at what the calls cost, one for each point, and make it one for all.
//
// Check it with `make check EX=10`; the lesson is README.md beside this file.

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
