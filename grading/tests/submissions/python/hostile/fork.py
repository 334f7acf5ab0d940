# Starts a process that could work while others are timed.
# expect: forbidden
import os


def mysum(array):
    os.fork()
    return array.sum()
