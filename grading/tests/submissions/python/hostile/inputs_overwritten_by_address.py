# Writes to the inputs past NumPy's back.
# expect: crashed
# says: the inputs, which are read-only
import ctypes


def mysum(array):
    ctypes.memset(array.ctypes.data, 0, array.nbytes)
    return 0.0
