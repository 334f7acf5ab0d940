# Writes to an address where nothing is, as compiled code with an index far out of bounds does.
# expect: crashed
# says: SIGSEGV
# advises: boundscheck=True finds an index out of bounds (not within prange
import ctypes


def mysum(array):
    ctypes.memset(1 << 45, 0, 8)
    return 0.0
