# Forgets to return.
# expect: crashed
# says: mysum returned nothing (None; is its `return` missing?), not a number
def mysum(array):
    array.sum()
