"""What stands at an address: the function, those inlined into it, and their source lines (addr2line)."""
from __future__ import annotations

import os
import re
import subprocess
from bisect import bisect_right
from functools import lru_cache
from typing import Iterable, NamedTuple, Optional, Sequence

from .names import short
from .recording import Place

AT_ONCE = 2000  # addresses in one call


class Frame(NamedTuple):
    """A function at work, and at which line."""

    function: str  # short
    file: str  # the source file; empty where nobody knows
    line: int
    library: str  # the program's or library's file name


def _addr2line(file: str, addresses: Sequence[int]) -> dict[int, list[tuple[str, str, int]]]:
    """(function, source file, line) at each address, the innermost first; nothing where nothing is known."""
    command = ["addr2line", "-a", "-i", "-f", "-C", "-e", file, *(hex(address) for address in addresses)]
    try:
        told = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=120,
            env={**os.environ, "LC_ALL": "C"},
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[int, list[tuple[str, str, int]]] = {}
    current: list[tuple[str, str, int]] = []
    lines = iter(told)
    for line in lines:
        if re.fullmatch(r"0x[0-9a-f]+", line):
            current = found.setdefault(int(line, 16), [])
            continue
        place = re.match(r"(.*):(\d+|\?)(?: \(discriminator \d+\))?$", next(lines, ""))
        if line != "??" and place:
            number = int(place.group(2)) if place.group(2) != "?" else 0
            current.append((line, "" if place.group(1) == "??" else place.group(1), number))
    return found


@lru_cache(maxsize=None)
def _exported(file: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Addresses and names of a library's exported functions: better than nothing where it was stripped."""
    try:
        told = subprocess.run(
            ["nm", "-D", "-C", "--defined-only", file],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=60,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return (), ()
    found = re.findall(r"^([0-9a-f]+) [TtWwiV] (.+)$", told, re.MULTILINE)
    listed = sorted((int(address, 16), name) for address, name in found)
    return tuple(address for address, _ in listed), tuple(name for _, name in listed)


def _nearest_export(file: str, address: int) -> str:
    addresses, names = _exported(file)
    index = bisect_right(addresses, address) - 1
    return names[index] if index >= 0 else ""


class Symbols:
    """All places of some stacks, looked up together: a call for each file instead of one for each address."""

    def __init__(self, stacks: Iterable[Sequence[Place]]) -> None:
        wanted: dict[str, set[int]] = {}
        for stack in stacks:
            for depth, place in enumerate(stack):
                if place.file and place.address:
                    wanted.setdefault(place.file, set()).add(self._looked_up(place, depth))
        self._known: dict[tuple[str, int], list[tuple[str, str, int]]] = {}
        for file, addresses in wanted.items():
            if not os.path.isfile(file):
                continue
            listed = sorted(addresses)
            for start in range(0, len(listed), AT_ONCE):
                end = start + AT_ONCE
                for address, told in _addr2line(file, listed[start:end]).items():
                    self._known[file, address] = told

    @staticmethod
    def _looked_up(place: Place, depth: int) -> int:
        """A caller's address is where it goes on: its call is the byte before."""
        return place.address if depth == 0 else place.address - 1

    def frames(self, place: Place, depth: int) -> list[Frame]:
        """The functions at a place, the innermost first."""
        library = os.path.basename(place.file)
        told = self._known.get((place.file, self._looked_up(place, depth)))
        if told:
            return [Frame(short(name), file, line, library) for name, file, line in told]
        name: Optional[str] = place.name
        if not name and place.file.startswith("/"):
            name = _nearest_export(place.file, place.address)
        return [Frame(short(name) if name else "(no name)", "", 0, library)]
