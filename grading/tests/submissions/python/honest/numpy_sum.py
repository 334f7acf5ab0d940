# expect: passed or undecided
import numpy


def mysum(array):
    return numpy.sum(array)
