# numba cannot type this.
# expect: crashed
# says: Unknown attribute 'total' of type readonly array
from numba import njit


@njit
def mysum(array):
    return array.total()
