# Keeps seven digits.
# expect: wrong
import numpy


def mysum(array):
    return float(array.astype(numpy.float32).sum())
