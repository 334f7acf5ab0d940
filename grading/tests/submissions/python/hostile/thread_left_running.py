# Starts a thread, which could compute the next answer while nobody looks.
# expect: forbidden
import threading


def mysum(array):
    threading.Thread(target=array.sum, daemon=True).start()
    return array.sum()
