# Asks for more memory than it may have.
# expect: too_much_memory
import numpy


def mysum(array):
    return numpy.zeros(100 * 2**30 // 8).sum() + array.sum()
