// 12-scatter-bessel: Bessel functions at the price of a polynomial
//
// TODO: Nearly all of the time goes into four Bessel functions for each pair of point and segment. Find out
// why, and pay less.
//
// Check it with `make check EX=12`; the lesson is README.md beside this file.

#include "scatter.hpp"

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <cstddef>

namespace {

using Complex = std::complex<double>;

constexpr Complex imaginary_unit{0.0, 1.0};

struct Vector {
    double x;
    double y;
};

Vector operator-(Vector a, Vector b) {
    return {a.x - b.x, a.y - b.y};
}

double dot(Vector a, Vector b) {
    return a.x * b.x + a.y * b.y;
}

double length(Vector a) {
    return std::sqrt(dot(a, a));
}

Vector midpoint(Vector p0, Vector p1) {
    return {0.5 * (p0.x + p1.x), 0.5 * (p0.y + p1.y)};
}

/// The unit vector across a segment; it points into the obstacle because the contour runs anticlockwise.
Vector inward_normal(Vector p0, Vector p1) {
    const Vector tangent = p1 - p0;
    const double ds = length(tangent);
    return {-tangent.y / ds, tangent.x / ds};
}

/// Whether the segment along this tangent faces the wave, n·k > 0. Compared, not subtracted: of two products
/// that are equal a fused multiply-add rounds one only, and finds a difference of either sign.
bool faces_wave(Vector tangent, Vector k) {
    return tangent.x * k.y > tangent.y * k.x;
}

/// Whether p lies inside the contour: a ray from p to the right then crosses it an odd number of times.
bool is_inside(const Problem& problem, Vector p) {
    bool inside = false;
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const Vector p0 = {problem.xc[s], problem.yc[s]};
        const Vector p1 = {problem.xc[s + 1], problem.yc[s + 1]};
        const bool spans_the_ray = (p0.y > p.y) != (p1.y > p.y);
        if (spans_the_ray && p.x < p0.x + (p1.x - p0.x) * ((p.y - p0.y) / (p1.y - p0.y))) {
            inside = !inside;
        }
    }
    return inside;
}

/// The Hankel function of the first kind, H⁽¹⁾ = J + i Y.
Complex hankel(int order, double kr) {
    return {boost::math::cyl_bessel_j(order, kr), boost::math::cyl_neumann(order, kr)};
}

Complex incident_wave(Vector k, Vector p) {
    return std::exp(imaginary_unit * dot(k, p));
}

/// The incident wave's derivative along the normal of a segment.
Complex incident_gradient(Vector k, Vector normal, Vector p) {
    return imaginary_unit * dot(normal, k) * incident_wave(k, p);
}

/// The wave of a point source at distance r, Green's function g of the Helmholtz equation in two dimensions.
Complex green(Vector k, double r) {
    return imaginary_unit / 4.0 * hankel(0, length(k) * r);
}

/// The derivative of g along the normal; r is the vector from the source to the observer.
Complex green_gradient(Vector k, Vector normal, Vector r) {
    return -imaginary_unit / 4.0 * hankel(1, length(k) * length(r)) * length(k) * dot(normal, r) / length(r);
}

/// What the segment from p0 to p1 sends to the observer at p.
Complex segment_wave(Vector k, Vector p0, Vector p1, Vector p) {
    const Vector middle = midpoint(p0, p1);
    const Vector normal = inward_normal(p0, p1);
    const Vector r = p - middle;
    const double ds = length(p1 - p0);

    // The side that faces the wave reflects it; behind it the scattered wave cancels the incident one.
    const double shadow = faces_wave(p1 - p0, k) ? 1.0 : -1.0;

    return -ds * green(k, length(r)) * incident_gradient(k, normal, middle) +
           shadow * ds * green_gradient(k, normal, r) * incident_wave(k, middle);
}

/// The scattered wave at one observer point: the sum over all segments.
Complex scattered_wave(const Problem& problem, Vector p) {
    if (is_inside(problem, p)) {
        return 0.0;
    }
    const Vector k = {problem.kx, problem.ky};
    Complex wave = 0.0;
    for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
        const Vector p0 = {problem.xc[s], problem.yc[s]};
        const Vector p1 = {problem.xc[s + 1], problem.yc[s + 1]};
        if (length(p - midpoint(p0, p1)) == 0.0) {
            return 0.0;  // on the contour itself, where g is infinite: counts as inside
        }
        wave += segment_wave(k, p0, p1, p);
    }
    return wave;
}

}  // namespace

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    for (std::size_t j = 0; j < problem.y.size(); ++j) {
        for (std::size_t i = 0; i < problem.x.size(); ++i) {
            field[j * problem.x.size() + i] = scattered_wave(problem, {problem.x[i], problem.y[j]});
        }
    }
}
