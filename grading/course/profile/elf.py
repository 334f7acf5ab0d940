"""From a place in memory to the address that a program's or library's file gives it."""
from __future__ import annotations

import re
import subprocess
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple, Optional

SEGMENT = re.compile(r"^\s*LOAD\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)", re.MULTILINE)


@lru_cache(maxsize=None)
def _segments(file: str) -> tuple[tuple[int, int, int], ...]:
    """(offset in the file, address, size) of what is loaded."""
    try:
        listed = subprocess.run(
            ["readelf", "-lW", file], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = [tuple(int(part, 16) for part in match) for match in SEGMENT.findall(listed)]
    return tuple((offset, address, size) for offset, address, size in found)


def address_of(file: str, offset: int) -> int:
    """The address of a place in the file; most often the same number."""
    for start, address, size in _segments(file):
        if start <= offset < start + size:
            return offset - start + address
    return offset


class Mapping(NamedTuple):
    """A part of a file in a process's memory."""

    begin: int
    end: int
    offset: int
    file: str


class MemoryMap:
    """Which file lies where, from the text of /proc/PID/maps."""

    def __init__(self, text: str) -> None:
        self._mappings = sorted(filter(None, map(self._parsed, text.splitlines())))
        self._begins = [mapping.begin for mapping in self._mappings]

    @staticmethod
    def _parsed(line: str) -> Optional[Mapping]:
        words = line.split(None, 5)
        if len(words) < 6 or "x" not in words[1]:
            return None
        begin, end = (int(number, 16) for number in words[0].split("-"))
        return Mapping(begin, end, int(words[2], 16), words[5].strip())

    def find(self, memory: int) -> tuple[str, int]:
        """The file and the address in it; ("", memory) where no file is."""
        index = bisect_right(self._begins, memory) - 1
        if index >= 0 and memory < self._mappings[index].end:
            mapping = self._mappings[index]
            return mapping.file, address_of(mapping.file, memory - mapping.begin + mapping.offset)
        return "", memory
