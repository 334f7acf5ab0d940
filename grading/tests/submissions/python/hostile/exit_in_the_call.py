# Says goodbye with the exit code of success.
# expect: exited
import sys


def mysum(array):
    sys.exit(0)
