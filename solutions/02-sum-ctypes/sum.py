"""The sum of an array, by a function in C++."""
import ctypes
from pathlib import Path

import numpy
from numpy.ctypeslib import ndpointer

# ^^^ added: the library that was compiled from sum.cpp, by its absolute path: this file and no other.
library = ctypes.CDLL(str(Path(__file__).resolve().with_name("libsum.so")))
# ^^^ added: what the function takes and gives. ctypes cannot see it; without restype it would assume an int.
library.mysum.argtypes = [ndpointer(numpy.float64, ndim=1, flags="C_CONTIGUOUS"), ctypes.c_int64]
library.mysum.restype = ctypes.c_double


def mysum(array):
    """The sum of a one-dimensional array of numbers; 0 for an empty one."""
    return library.mysum(array, len(array))
