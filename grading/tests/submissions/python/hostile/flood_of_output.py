# Prints without end.
# expect: too_much_output
def mysum(array):
    for _ in range(10000):
        print("nothing of interest here")
    return array.sum()
