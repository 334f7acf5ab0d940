# NaN compares unequal to everything, also to a tolerance.
# expect: wrong
def mysum(array):
    return float("nan")
