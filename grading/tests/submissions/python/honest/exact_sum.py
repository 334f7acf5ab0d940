# As exact as can be, and not fast enough.
# expect: passed or too_slow or undecided
import math


def mysum(array):
    return math.fsum(array)
