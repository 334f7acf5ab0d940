# Leaves one element out, far from both ends.
# expect: wrong
def mysum(array):
    total = float(array.sum())
    return total - array[len(array) // 2] if len(array) > 1000 else total
