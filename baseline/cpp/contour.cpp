// The obstacle's contour and what may be wrong with it.
#include "contour.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "command_line.hpp"
#include "expression.hpp"

namespace baseline {
namespace {

double extent(const std::vector<double>& values) {
    const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
    return *highest - *lowest;
}

/// The parameter t of a point, for messages.
double t_of(const Contour& contour, std::size_t point) {
    return static_cast<double>(point) / static_cast<double>(contour.x.size() - 1);
}

/// Each point has to be a finite one, and the obstacle as large as arithmetic with squares allows.
void check_values(const Contour& contour) {
    double largest = 0.0;
    for (std::size_t i = 0; i < contour.x.size(); ++i) {
        if (!std::isfinite(contour.x[i]) || !std::isfinite(contour.y[i])) {
            throw UsageError(sentence("the contour is not finite at t = ", t_of(contour, i), ": x = ",
                                      contour.x[i], ", y = ", contour.y[i], "; change --xc or --yc."));
        }
        largest = std::max({largest, std::abs(contour.x[i]), std::abs(contour.y[i])});
    }
    if (!(largest > 1e-100 && largest < 1e100)) {
        throw UsageError(sentence("the contour's largest coordinate is ", largest,
                                  "; it must lie between 1e-100 and 1e100."));
    }
}

/// The contour has to end where it starts, up to rounding.
void check_closed(const Contour& contour, double size) {
    const double gap = std::hypot(contour.x.back() - contour.x.front(), contour.y.back() - contour.y.front());
    if (gap > 1e-9 * size) {
        throw UsageError(sentence("the contour is not closed: it starts at (", contour.x.front(), ", ",
                                  contour.y.front(), ") and ends at (", contour.x.back(), ", ",
                                  contour.y.back(), "); --xc and --yc must be the same at t = 0 and t = 1."));
    }
}

/// A segment needs a length, or it has no normal.
void check_segments(const Contour& contour, double size) {
    for (std::size_t s = 0; s + 1 < contour.x.size(); ++s) {
        const double ds = std::hypot(contour.x[s + 1] - contour.x[s], contour.y[s + 1] - contour.y[s]);
        if (ds <= 1e-12 * size) {
            throw UsageError(
                sentence("the contour has a segment without length: the points at t = ", t_of(contour, s),
                         " and t = ", t_of(contour, s + 1), " are the same; change --xc, --yc or --nc."));
        }
    }
}

/// The distance of a point of the contour from segment s.
double distance(const Contour& contour, std::size_t point, std::size_t s) {
    const double tx = contour.x[s + 1] - contour.x[s];
    const double ty = contour.y[s + 1] - contour.y[s];
    const double px = contour.x[point] - contour.x[s];
    const double py = contour.y[point] - contour.y[s];
    const double along = std::clamp((px * tx + py * ty) / (tx * tx + ty * ty), 0.0, 1.0);
    return std::hypot(px - along * tx, py - along * ty);
}

/// Whether a point of the contour lies to the left of the line through segment s.
bool is_left(const Contour& contour, std::size_t point, std::size_t s) {
    const double tx = contour.x[s + 1] - contour.x[s];
    const double ty = contour.y[s + 1] - contour.y[s];
    return tx * (contour.y[point] - contour.y[s]) - ty * (contour.x[point] - contour.x[s]) > 0.0;
}

/// Whether segments a and b have a point in common, other than the one that neighbours share.
bool segments_meet(const Contour& contour, std::size_t a, std::size_t b, double tolerance) {
    const std::size_t nc = contour.x.size() - 1;
    if (nc == 3) {
        return false;  // a triangle can only be flat, and then its area tells
    }
    if ((b + 1) % nc == a) {
        std::swap(a, b);
    }
    if ((a + 1) % nc == b) {
        // Neighbours meet again only where the second one folds back on the first.
        return distance(contour, b + 1, a) <= tolerance || distance(contour, a, b) <= tolerance;
    }
    if (is_left(contour, b, a) != is_left(contour, b + 1, a) &&
        is_left(contour, a, b) != is_left(contour, a + 1, b)) {
        return true;
    }
    return std::min({distance(contour, b, a), distance(contour, b + 1, a), distance(contour, a, b),
                     distance(contour, a + 1, b)}) <= tolerance;
}

/// No segment may cross or touch another one. The segments are sorted by their left ends, so that each is
/// compared only with those that begin before it ends.
void check_crossings(const Contour& contour, double size) {
    const double tolerance = 1e-12 * size;
    const std::vector<double>& x = contour.x;
    const std::vector<double>& y = contour.y;
    std::vector<std::size_t> order(x.size() - 1);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto left = [&x](std::size_t s) { return std::min(x[s], x[s + 1]); };
    std::stable_sort(order.begin(), order.end(),
                     [&left](std::size_t a, std::size_t b) { return left(a) < left(b); });

    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::size_t a = order[i];
        const double right = std::max(x[a], x[a + 1]) + tolerance;
        const double low = std::min(y[a], y[a + 1]) - tolerance;
        const double high = std::max(y[a], y[a + 1]) + tolerance;
        check_interrupted();
        for (std::size_t j = i + 1; j < order.size() && left(order[j]) <= right; ++j) {
            const std::size_t b = order[j];
            if (std::max(y[b], y[b + 1]) < low || std::min(y[b], y[b + 1]) > high) {
                continue;
            }
            if (segments_meet(contour, a, b, tolerance)) {
                throw UsageError(sentence("the contour crosses or touches itself: the segments at t = ",
                                          t_of(contour, std::min(a, b)),
                                          " and t = ", t_of(contour, std::max(a, b)),
                                          " meet; change --xc, --yc or --nc."));
            }
        }
    }
}

/// The contour has to run anticlockwise (its area, taken with a sign, is then positive).
void check_direction(const Contour& contour, double size) {
    const double x0 = contour.x.front();
    const double y0 = contour.y.front();
    double area = 0.0;
    for (std::size_t s = 0; s + 1 < contour.x.size(); ++s) {
        area += 0.5 * ((contour.x[s] - x0) * (contour.y[s + 1] - y0) -
                       (contour.x[s + 1] - x0) * (contour.y[s] - y0));
    }
    if (std::abs(area) <= 1e-12 * size * size) {
        throw UsageError("the contour encloses no area; change --xc, --yc or --nc.");
    }
    if (area < 0.0) {
        throw UsageError(
            "the contour runs clockwise; put (1 - t) for t in --xc and --yc to make it anticlockwise.");
    }
}

}  // namespace

double size_of(const Contour& contour) {
    return std::max(extent(contour.x), extent(contour.y));
}

Contour checked(Contour contour) {
    check_values(contour);
    const double size = size_of(contour);
    check_closed(contour, size);
    contour.x.back() = contour.x.front();
    contour.y.back() = contour.y.front();
    check_segments(contour, size);
    check_crossings(contour, size);
    check_direction(contour, size);
    return contour;
}

Contour make_contour(const std::string& x_text, const std::string& y_text, int nc) {
    std::vector<double> t;
    for (int i = 0; i <= nc; ++i) {
        t.push_back(static_cast<double>(i) / nc);
    }
    return checked({evaluate("--xc", x_text, t), evaluate("--yc", y_text, t)});
}

}  // namespace baseline
