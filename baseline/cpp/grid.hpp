// The grid of observer points around the obstacle.
#pragma once

#include <vector>

#include "contour.hpp"

namespace baseline {

/// The grid lines: the observer points are all (x[i], y[j]).
struct Grid {
    std::vector<double> x;
    std::vector<double> y;
};

/// nx by ny cells, some wavelengths beyond the obstacle on each side, most of them where its shadow is not.
Grid make_grid(const Contour& contour, double wavelength, long long nx, long long ny);

}  // namespace baseline
