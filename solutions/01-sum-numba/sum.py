"""A sum compiled by numba, its additions in any order."""
from numba import jit


# ^^^ added: machine code for the loop below, made when it is first called, for the type of array it gets.
# fastmath names what vectors need, another order of the additions ("reassoc"), and that the sign of a zero
# does not matter ("nsz"); it does not promise that no value is NaN or infinite.
@jit(nopython=True, fastmath={"reassoc", "nsz"})
def mysum(array):
    """The sum of a one-dimensional array of numbers; 0 for an empty one."""
    res = 0.0  # ^^^ changed: a float from the start, so that the total has one type throughout
    for i in range(len(array)):
        res += array[i]
    return res
