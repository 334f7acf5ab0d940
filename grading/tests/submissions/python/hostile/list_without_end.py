# Takes all memory bit by bit.
# expect: too_much_memory
def mysum(array):
    kept = []
    while True:
        kept.append(bytearray(10**6))
