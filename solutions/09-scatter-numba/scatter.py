"""The scattered wave compiled by numba: every function, plain numbers inside, and the rows in parallel."""
import cmath
import math

import numpy
from bessel import j0, j1, y0, y1
from numba import jit, prange


# ^^^ added, here and below: machine code for this function, made when its types are known.
# ^^^ changed, here and below: x and y as plain numbers. A small array asks for memory in compiled code, too.
@jit(nopython=True)
def is_inside(xc, yc, x, y):
    """Whether (x, y) lies inside the contour: a ray to the right then crosses it an odd number of times."""
    inside = False
    for s in range(len(xc) - 1):
        spans_the_ray = (yc[s] > y) != (yc[s + 1] > y)
        if spans_the_ray and x < xc[s] + (xc[s + 1] - xc[s]) * ((y - yc[s]) / (yc[s + 1] - yc[s])):
            inside = not inside
    return inside


@jit(nopython=True)
def hankel0(x):
    """The Hankel function of the first kind, order 0."""
    return complex(j0(x), y0(x))


@jit(nopython=True)
def hankel1(x):
    """The Hankel function of the first kind, order 1."""
    return complex(j1(x), y1(x))


@jit(nopython=True)
def segment_wave(kx, ky, x0, y0, x1, y1, x, y):
    """What the segment from (x0, y0) to (x1, y1) sends to the observer at (x, y)."""
    tx, ty = x1 - x0, y1 - y0
    mx, my = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
    ds = math.sqrt(tx * tx + ty * ty)
    nx, ny = -ty / ds, tx / ds
    dx, dy = x - mx, y - my
    r = math.sqrt(dx * dx + dy * dy)
    wavenumber = math.sqrt(kx * kx + ky * ky)
    green = 0.25j * hankel0(wavenumber * r)
    green_gradient = -0.25j * hankel1(wavenumber * r) * wavenumber * (nx * dx + ny * dy) / r
    n_dot_k = nx * kx + ny * ky
    shadow = 1.0 if n_dot_k > 0.0 else -1.0
    incident = cmath.exp(1j * (kx * mx + ky * my))  # ^^^ changed: once; its gradient is a product of it
    return (- ds * green * 1j * n_dot_k * incident + shadow * ds * green_gradient * incident)


@jit(nopython=True)
def scattered_wave(k, xc, yc, x, y):
    """The scattered wave at (x, y): the sum over all segments, or 0 inside the obstacle."""
    if is_inside(xc, yc, x, y):
        return 0.0
    wave = 0.0
    for s in range(len(xc) - 1):
        if x == 0.5 * (xc[s] + xc[s + 1]) and y == 0.5 * (yc[s] + yc[s + 1]):
            return 0.0  # on the contour itself, where g is infinite: counts as inside
        wave += segment_wave(k[0], k[1], xc[s], yc[s], xc[s + 1], yc[s + 1], x, y)
    return wave


# ^^^ added: parallel=True, and prange for a loop whose turns may run side by side: each writes its own row.
@jit(nopython=True, parallel=True)
def scattered_field(k, xc, yc, x, y):
    """The scattered wave at all points: field[j, i] belongs to (x[i], y[j])."""
    field = numpy.zeros((len(y), len(x)), dtype=numpy.complex128)
    for j in prange(len(y)):
        for i in range(len(x)):
            field[j, i] = scattered_wave(k, xc, yc, x[i], y[j])
    return field
