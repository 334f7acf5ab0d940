# Adds in place.
# expect: crashed
# says: the inputs are read-only: change a copy (line 6 of
def mysum(array):
    for i in range(1, len(array)):
        array[i] += array[i - 1]
    return array[-1] if len(array) else 0.0
