"""Where the small objects of a call lie: by chance, anew for each call.

CPython gives an object of up to 32 bytes (an int, a NumPy number) the block that was freed last, and every
second block of that size spans two cache lines. A loop over an array uses a few of them all the time; which
ones, the length of a comment may decide when the file is loaded. One and the same text was up to 6 % slower
than itself, in all calls of a process: no interval would have shown it.
"""
from __future__ import annotations

from random import Random

MOST_BLOCKS = 8  # they take less than a microsecond


def taken_by_chance(chance: Random) -> list[int]:
    """A few objects of that size. While somebody holds them, those that are made next lie elsewhere."""
    return [chance.getrandbits(40) for _ in range(chance.randrange(MOST_BLOCKS))]
