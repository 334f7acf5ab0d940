# Never comes back.
# expect: hung
def mysum(array):
    while True:
        pass
