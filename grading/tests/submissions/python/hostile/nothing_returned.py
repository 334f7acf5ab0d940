# Forgets to return.
# expect: crashed
# says: mysum returned NoneType, not a number
def mysum(array):
    array.sum()
