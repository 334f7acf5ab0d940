# 01-sum-numba: A sum compiled by numba
#
# TODO: The interpreter costs a hundred times more than the addition. Have numba compile this very loop; then
# let its additions run side by side.
#
# Check it with `make check EX=01`; the lesson is README.md beside this file.

def mysum(array):
    """The sum of a one-dimensional array of numbers; 0 for an empty one."""
    res = 0
    for i in range(len(array)):
        res += array[i]
    return res
