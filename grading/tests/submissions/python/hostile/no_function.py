# Defines another function than the one that is called.
# expect: not_loadable
# says: does not define the function mysum(array); it has my_sum
def my_sum(array):
    return array.sum()
