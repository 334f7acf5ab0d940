# Has itself interrupted later.
# expect: forbidden
import signal


def mysum(array):
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    return array.sum()
