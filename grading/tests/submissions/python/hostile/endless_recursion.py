# Calls itself.
# expect: crashed
# says: RecursionError
def mysum(array):
    return mysum(array)
