# Adds in place.
# expect: crashed
# says: read-only
def mysum(array):
    for i in range(1, len(array)):
        array[i] += array[i - 1]
    return array[-1] if len(array) else 0.0
