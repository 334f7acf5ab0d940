# Asks for a cache, which there is not; and prints.
# expect: passed or undecided
from numba import njit

print("summing")


@njit(cache=True)
def mysum(array):
    res = 0.0
    for value in array:
        res += value
    return res
