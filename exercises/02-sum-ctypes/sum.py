# 02-sum-ctypes: A sum in C++, called from Python
#
# TODO: The interpreter costs a hundred times more than the addition. Write mysum in C++, in sum.cpp, with a C
# interface, and call it from sum.py through ctypes.
#
# Check it with `make check EX=02`; the lesson is README.md beside this file.

def mysum(array):
    """The sum of a one-dimensional array of numbers; 0 for an empty one."""
    res = 0
    for i in range(len(array)):
        res += array[i]
    return res
