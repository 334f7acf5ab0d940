# numba cannot type this.
# expect: crashed
# says: TypingError: Unknown attribute 'total' of type readonly array(float64, 1d, C)
# says: (line 10 of exercises/01-sum-numba/sum.py: `return array.total()`)
from numba import njit


@njit
def mysum(array):
    return array.total()
