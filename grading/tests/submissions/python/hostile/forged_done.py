# Tells the judge that it is done, and only then computes.
# expect: wrong or broken_protocol
import os
import struct


def mysum(array):
    os.write(3, struct.pack("=IIq240s", 3, 0, 0, b""))
    return sum(array)
