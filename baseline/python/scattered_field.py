"""The wave that an obstacle scatters, in plain Python: the formula as it stands, for each pair anew.

A plane wave exp(i k.p) meets an obstacle whose contour is a closed, anticlockwise polygon of nc segments. The
scattered wave at a point p outside is the sum, over the segments, of

    - ds g i (n.k) exp(i k.m)  +  shadow ds dg/dn exp(i k.m)

m  the segment's midpoint, ds its length, n its normal, pointing into the obstacle
g  Green's function i/4 H0(k r), r = |p - m|; H0 and H1 are Hankel functions of the first kind
dg/dn  its derivative along the normal, -i/4 H1(k r) k n.(p - m)/r
shadow  1 on the side that faces the wave, -1 on the other, where the scattered wave cancels the incident one

Source: P. M. Morse and H. Feshbach, Methods of Theoretical Physics (1953), p. 1551 ff.
"""
import math

import numpy
from scipy.special import hankel1


def is_inside(xc, yc, p):
    """Whether p lies inside the contour: a ray from p to the right then crosses it an odd number of times."""
    inside = False
    for s in range(len(xc) - 1):
        spans_the_ray = (yc[s] > p[1]) != (yc[s + 1] > p[1])
        if spans_the_ray and p[0] < xc[s] + (xc[s + 1] - xc[s]) * ((p[1] - yc[s]) / (yc[s + 1] - yc[s])):
            inside = not inside
    return inside


def incident_wave(k, p):
    """The plane wave at p."""
    return numpy.exp(1j * k.dot(p))


def incident_gradient(k, normal, p):
    """The plane wave's derivative along a normal."""
    return 1j * normal.dot(k) * incident_wave(k, p)


def segment_wave(k, p0, p1, p):
    """What the segment from p0 to p1 sends to the observer at p."""
    tangent = p1 - p0
    middle = 0.5 * (p0 + p1)
    ds = math.sqrt(tangent.dot(tangent))
    normal = numpy.array([-tangent[1], tangent[0]]) / ds
    from_middle = p - middle
    r = math.sqrt(from_middle.dot(from_middle))
    wavenumber = math.sqrt(k.dot(k))
    green = 0.25j * hankel1(0, wavenumber * r)
    green_gradient = -0.25j * hankel1(1, wavenumber * r) * wavenumber * normal.dot(from_middle) / r
    shadow = 1.0 if normal.dot(k) > 0.0 else -1.0
    return (- ds * green * incident_gradient(k, normal, middle)
            + shadow * ds * green_gradient * incident_wave(k, middle))


def scattered_wave(k, xc, yc, p):
    """The scattered wave at p: the sum over all segments, or 0 inside the obstacle."""
    if is_inside(xc, yc, p):
        return 0.0
    wave = 0.0
    for s in range(len(xc) - 1):
        p0 = numpy.array([xc[s], yc[s]])
        p1 = numpy.array([xc[s + 1], yc[s + 1]])
        if numpy.array_equal(p, 0.5 * (p0 + p1)):
            return 0.0  # on the contour itself, where g is infinite: counts as inside
        wave += segment_wave(k, p0, p1, p)
    return wave


def scattered_field(k, xc, yc, x, y):
    """The scattered wave at all points: field[j, i] belongs to (x[i], y[j]).

    k is the wave vector (2 numbers), (xc[s], yc[s]) are the contour's points, the last equal to the first.
    """
    field = numpy.zeros((len(y), len(x)), dtype=numpy.complex128)
    for j in range(len(y)):
        for i in range(len(x)):
            field[j, i] = scattered_wave(k, xc, yc, numpy.array([x[i], y[j]]))
    return field
