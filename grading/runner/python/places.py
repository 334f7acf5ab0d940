"""Where the small objects of a call lie: by chance, anew for each call.

CPython gives an object of up to 32 bytes (an int, a NumPy number) the block that was freed last, and every
second block of that size spans two cache lines. A loop over an array uses a few of them all the time; which
ones, the length of a comment may decide when the file is loaded. One and the same text was up to 6 % slower
than itself, in all calls of a process: no interval would have shown it.
"""
from __future__ import annotations

from random import Random

BITS = 6  # of how many blocks: with 3, two files that differ in their comments were still 2 % apart


def taken_by_chance(chance: Random) -> list[int]:
    """Objects of that size, in less than a microsecond. While somebody holds them, others lie elsewhere."""
    return list(range(1 << 32, (1 << 32) + chance.getrandbits(BITS)))
