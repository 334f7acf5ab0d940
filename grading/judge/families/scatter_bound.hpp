// How far off the values of a scattered field may be; where a point lies to the obstacle and in the wave.
#pragma once

#include <complex>
#include <optional>
#include <span>
#include <vector>

#include "../geometry.hpp"
#include "../workload.hpp"

namespace grading {

/// A segment of the contour, as the bounds see it.
struct ContourSegment {
    Point start, end, midpoint;
    double length;
    Point normal;  ///< inward, of length 1
};

/// The value at a point of a field, whose real and imaginary parts lie one after the other.
inline std::complex<double> value_at(std::span<const double> field, std::size_t point) {
    return {field[2 * point], field[2 * point + 1]};
}

/// For one problem of a batch.
class ScatterBound {
  public:
    ScatterBound(const Tolerance& tolerance, const BatchView& truth, const BatchView& got, std::size_t item);

    /// "field": `factor` times the largest value of the field. Where `expected` is larger, as it is beside a
    /// midpoint, `factor` times that, and what the rounding of coordinates costs there. Otherwise the sum of
    /// the contributions' tolerances, since both rounding errors and an approximation's are relative to the
    /// contributions, which may cancel in the field.
    [[nodiscard]] double at(Point observer, std::complex<double> expected) const;

    [[nodiscard]] double distance_to_contour(Point observer) const;
    [[nodiscard]] double wavelength() const;
    [[nodiscard]] std::complex<double> incident_wave(Point observer) const;

  private:
    [[nodiscard]] double largest_value(const BatchView& truth, std::size_t item, bool excerpt) const;

    double factor_;
    Point wave_vector_;
    std::vector<ContourSegment> segments_;
    double farthest_corner_;  ///< from the origin
    std::optional<double> largest_;
};

}  // namespace grading
