# expect: passed or undecided
from numba import jit


@jit(nopython=True)
def mysum(array):
    res = 0
    for i in range(len(array)):
        res += array[i]
    return res
