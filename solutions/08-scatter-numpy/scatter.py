"""The scattered wave as operations on whole arrays, with axes for rows, columns and segments."""
import numpy
from scipy.special import j0, j1, y0, y1

PAIRS_AT_ONCE = 1 << 15  # 256 KiB for each temporary array


# ^^^ changed: one function for all points of some rows. The axes are y, x, segment; `None` makes a new one.
def are_inside(xc, yc, x, y):
    """Which points lie inside the contour: rays from them to the right cross it an odd number of times."""
    y = y[:, None]
    spans_the_ray = (yc[:-1] > y) != (yc[1:] > y)
    with numpy.errstate(divide="ignore", invalid="ignore"):  # level segments, which span no ray
        crossing = xc[:-1] + numpy.diff(xc) * ((y - yc[:-1]) / numpy.diff(yc))
    crosses = spans_the_ray[:, None, :] & (x[:, None] < crossing[:, None, :])
    return numpy.logical_xor.reduce(crosses, axis=2)


# ^^^ added: all that depends on the segments alone, once instead of once for each point.
def make_sources(k, xc, yc):
    """The segments: midpoints, normals, and the factors of H0 and of H1 n.(p - m)/r in what they send."""
    tx, ty = numpy.diff(xc), numpy.diff(yc)
    ds = numpy.hypot(tx, ty)
    nx, ny = -ty / ds, tx / ds
    mx, my = 0.5 * (xc[:-1] + xc[1:]), 0.5 * (yc[:-1] + yc[1:])
    n_dot_k = nx * k[0] + ny * k[1]
    incident = numpy.exp(1j * (k[0] * mx + k[1] * my))
    shadow = numpy.where(n_dot_k > 0.0, 1.0, -1.0)
    of_h0 = 0.25 * ds * n_dot_k * incident
    of_h1 = -0.25j * shadow * ds * numpy.hypot(k[0], k[1]) * incident
    return mx, my, nx, ny, of_h0, of_h1


def rows_of_field(wavenumber, sources, xc, yc, x, y):
    """The scattered wave at all points of some rows."""
    mx, my, nx, ny, of_h0, of_h1 = sources
    dx, dy = x[:, None] - mx, (y[:, None] - my)[:, None, :]
    r = numpy.sqrt(dx * dx + dy * dy)
    with numpy.errstate(divide="ignore", invalid="ignore"):  # at a midpoint: set to 0 below
        cosine = (nx * dx + ny * dy) / r
        kr = wavenumber * r
        # ^^^ changed: for real arguments J and Y have functions of their own, far cheaper than hankel1's.
        # Real and imaginary part by themselves: j0 + 1j * y0 would need more and larger arrays at a time,
        # though each product makes a complex copy of its table. The sum over the segments is a product of a
        # matrix and a vector.
        field = j0(kr) @ of_h0 + 1j * (y0(kr) @ of_h0)
        field += (j1(kr) * cosine) @ of_h1 + 1j * ((y1(kr) * cosine) @ of_h1)
    field[are_inside(xc, yc, x, y) | (r == 0.0).any(axis=2)] = 0.0
    return field


def scattered_field(k, xc, yc, x, y):
    """The scattered wave at all points: field[j, i] belongs to (x[i], y[j])."""
    sources = make_sources(k, xc, yc)
    wavenumber = numpy.hypot(k[0], k[1])
    field = numpy.empty((len(y), len(x)), dtype=complex)
    # ^^^ added: some rows at a time, so that the temporary arrays stay small however large the grid is.
    rows = max(1, PAIRS_AT_ONCE // (len(x) * (len(xc) - 1)))
    for first in range(0, len(y), rows):
        some = slice(first, first + rows)
        field[some] = rows_of_field(wavenumber, sources, xc, yc, x, y[some])
    return field
