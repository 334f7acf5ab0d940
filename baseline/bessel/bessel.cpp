// Boost's Bessel functions behind a C interface: what Python calls through ctypes, and numba from compiled
// code.
//
// The names are our own. j0, y0 and the like are functions of the C library, too, and a program that looks up
// "j0" anywhere will find one: perhaps not the one that it means.
#include <boost/math/special_functions/bessel.hpp>

namespace {

namespace policies = boost::math::policies;

// Out of range they return NaN or infinity. An exception must not leave a C interface: nobody could catch it.
using Silent = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::evaluation_error<policies::ignore_error>>;

}  // namespace

#pragma GCC visibility push(default)  // everything else is hidden, see -fvisibility
extern "C" {

double faster_scatter_j0(double x) {
    return boost::math::cyl_bessel_j(0, x, Silent());
}

double faster_scatter_j1(double x) {
    return boost::math::cyl_bessel_j(1, x, Silent());
}

double faster_scatter_y0(double x) {
    return boost::math::cyl_neumann(0, x, Silent());
}

double faster_scatter_y1(double x) {
    return boost::math::cyl_neumann(1, x, Silent());
}

/// The SHA-256 of the source that this library was built from; whoever loads it can tell whether it is stale.
const char* faster_scatter_bessel_source() {
    return BESSEL_SOURCE;
}
}
#pragma GCC visibility pop
