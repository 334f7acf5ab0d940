# Comes back from every case, and from the first calls of the timed rounds.
# expect: hung
# says: The case is a timed batch
import numpy

timed_calls = 0


def mysum(array):
    global timed_calls
    timed_calls += len(array) == 25000
    while timed_calls > 40:
        pass
    return numpy.sum(array)
