// The grid of observer points around the obstacle.
#include "grid.hpp"

#include <algorithm>

namespace baseline {
namespace {

/// Points at equal distances, the first and the last one exact. The same arithmetic as numpy.linspace.
std::vector<double> equally_spaced(double first, double last, long long cells) {
    std::vector<double> points(static_cast<std::size_t>(cells) + 1);
    const double step = (last - first) / static_cast<double>(cells);
    for (std::size_t i = 0; i < points.size(); ++i) {
        points[i] = static_cast<double>(i) * step + first;
    }
    points.back() = last;
    return points;
}

}  // namespace

Grid make_grid(const Contour& contour, double wavelength, long long nx, long long ny) {
    const auto [left, right] = std::minmax_element(contour.x.begin(), contour.x.end());
    const auto [bottom, top] = std::minmax_element(contour.y.begin(), contour.y.end());
    return {equally_spaced(*left - 5.0 * wavelength, *right + 3.0 * wavelength, nx),
            equally_spaced(*bottom - 3.0 * wavelength, *top + 4.0 * wavelength, ny)};
}

}  // namespace baseline
