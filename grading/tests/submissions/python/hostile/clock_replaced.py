# Replaces the clocks: the judge reads its own.
# expect: too_slow
import time

time.perf_counter = time.process_time = time.monotonic = lambda: 0.0


def mysum(array):
    total = 0
    for i in range(len(array)):
        total += array[i]
    return total
