# Finds the runner's own functions and changes them: no answer, and no good time, comes of it.
# expect: wrong or crashed or broken_protocol
import sys


def mysum(array):
    frame = sys._getframe(1)
    frame.f_globals["FUNCTION"] = "another"
    for value in frame.f_locals.values():
        if type(value).__name__ == "Batch":
            type(value).output = lambda self, place: [0.0]
    return array.sum()
