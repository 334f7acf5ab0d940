// The obstacle's contour: from two expressions in t to a polygon that is known to be sound.
#pragma once

#include <string>
#include <vector>

namespace baseline {

/// A closed polygon that runs anticlockwise and does not cross itself; the last point is the first one.
struct Contour {
    std::vector<double> x;
    std::vector<double> y;
};

/// The points at t = 0, 1/nc, ..., 1. Throws a UsageError that says what is wrong with them.
Contour make_contour(const std::string& x_text, const std::string& y_text, int nc);

/// The contour itself when it is sound, its end made equal to its start to the last bit; otherwise throws a
/// UsageError.
Contour checked(Contour contour);

/// The longer side of the contour's bounding box.
double size_of(const Contour& contour);

}  // namespace baseline
