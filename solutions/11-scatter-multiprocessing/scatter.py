"""The scattered wave by a pool of processes, each of which computes whole rows of the grid."""
import math
import multiprocessing
import os

import numpy
from scipy.special import hankel1

MOST_PROCESSES = 8


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


# ^^^ added: the work of one process at a time. It stands at the top level of the file, where the processes
# find it by its name: what is sent to them is that name, and the arguments.
def scattered_row(k, xc, yc, x, y):
    """The scattered wave at the points of one row."""
    row = [scattered_wave(k, xc, yc, numpy.array([x[i], y])) for i in range(len(x))]
    return numpy.array(row, dtype=numpy.complex128)  # an array is sent back at a twentieth of the cost


_pool = []  # ^^^ added: made once and kept, since starting processes takes as long as many a call


def pool():
    """The pool: as many processes as there are processors for us."""
    if not _pool:
        count = min(MOST_PROCESSES, len(os.sched_getaffinity(0)))
        _pool.append(multiprocessing.get_context("fork").Pool(count))
    return _pool[0]


def scattered_field(k, xc, yc, x, y):
    """The scattered wave at all points: field[j, i] belongs to (x[i], y[j])."""
    # ^^^ changed: a task for each row. Rows through the obstacle are quicker than others; handed out one by
    # one, they keep all processes busy to the end.
    tasks = [(k, xc, yc, x, y[j]) for j in range(len(y))]
    return numpy.array(pool().starmap(scattered_row, tasks, chunksize=1))
