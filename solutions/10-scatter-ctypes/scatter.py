"""The scattered wave, by one call of a function in C++."""
import ctypes
from pathlib import Path

import numpy
from numpy.ctypeslib import ndpointer

library = ctypes.CDLL(str(Path(__file__).resolve().with_name("libscatter.so")))
# ^^^ added: what the function takes. The field is the only array that it writes to.
numbers = ndpointer(numpy.float64, ndim=1, flags="C_CONTIGUOUS")
complex_table = ndpointer(numpy.complex128, ndim=2, flags="C_CONTIGUOUS, WRITEABLE")
library.scattered_field.argtypes = [
    ctypes.c_double, ctypes.c_double, numbers, numbers, ctypes.c_int64, numbers, ctypes.c_int64, numbers,
    ctypes.c_int64, complex_table,
]
library.scattered_field.restype = None


def scattered_field(k, xc, yc, x, y):
    """The scattered wave at all points: field[j, i] belongs to (x[i], y[j])."""
    # ^^^ changed: one call for the whole grid, not one for each point.
    field = numpy.empty((len(y), len(x)), dtype=numpy.complex128)
    library.scattered_field(k[0], k[1], xc, yc, len(xc) - 1, x, len(x), y, len(y), field)
    return field
