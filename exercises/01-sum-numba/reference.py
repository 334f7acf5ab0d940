"""The sum of an array, one element after the other, in plain Python."""


def mysum(array):
    """The sum of a one-dimensional array of numbers; 0 for an empty one."""
    res = 0
    for i in range(len(array)):
        res += array[i]
    return res
