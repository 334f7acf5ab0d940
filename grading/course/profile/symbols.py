"""What stands at an address: the function, those inlined into it, and their source lines (addr2line)."""
from __future__ import annotations

import os
import re
import subprocess
import tempfile
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import Iterable, NamedTuple, Sequence

from .names import short
from .recording import Place

OPENMP = "(within OpenMP: waiting, sharing out)"
OPENMP_LIBRARIES = ("libgomp", "libomp", "libiomp5")
AT_ONCE = 2000  # addresses in one call
SYSTEM_LIBRARIES = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")


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


class _Nameless:
    """Copies of files without their tables of names, for addr2line.

    Where a function has no linker's name, such as one in an unnamed namespace, addr2line takes the name at
    the address from that table, which is the function that all others were inlined into, and gives it to the
    innermost. Without the table it takes all names from the debugging information: each has its own there.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="symbols-")
        self._copies: dict[str, str] = {}

    def copy_of(self, file: str) -> str:
        """The copy's path; the file itself where it cannot be made."""
        if file not in self._copies:
            copy = str(Path(self._folder.name) / str(len(self._copies)))
            try:
                command = ["objcopy", "-w", "-N", "*", file, copy]
                made = subprocess.run(command, capture_output=True, timeout=120).returncode == 0
            except (OSError, subprocess.SubprocessError):
                made = False
            self._copies[file] = copy if made else file
        return self._copies[file]


@lru_cache(maxsize=None)
def _sized(file: str) -> tuple[list[tuple[int, int, str]], list[int]]:
    """Address, size and name of each function that a file names, in order."""
    found: list[tuple[str, str, str]] = []
    for table in ([], ["-D"]):
        try:
            told = subprocess.run(
                ["nm", "-S", "-C", "--defined-only", *table, file],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                errors="replace",
                timeout=60,
            ).stdout
        except (OSError, subprocess.SubprocessError):
            continue
        found += re.findall(r"^([0-9a-f]+) ([0-9a-f]+) [TtWwiV] (.+)$", told, re.MULTILINE)
    listed = sorted((int(address, 16), int(size, 16), name) for address, size, name in found)
    return listed, [address for address, _, _ in listed]


def sized_functions(file: str) -> list[tuple[int, int, str]]:
    """Address, size and name of the functions that a file names."""
    return _sized(file)[0]


def _function_at(file: str, address: int) -> str:
    """The function that really holds the address, or else which library it is within."""
    listed, addresses = _sized(file)
    index = bisect_right(addresses, address) - 1
    if index >= 0 and address < listed[index][0] + listed[index][1]:
        return listed[index][2]
    library = os.path.basename(file).split(".so")[0]
    return OPENMP if library in OPENMP_LIBRARIES else f"(within {library})"


class Symbols:
    """All places of some stacks, looked up together: a call for each file instead of one for each address."""

    def __init__(self, stacks: Iterable[Sequence[Place]]) -> None:
        wanted: dict[str, set[int]] = {}
        for stack in stacks:
            for depth, place in enumerate(stack):
                if place.file and place.address:
                    wanted.setdefault(place.file, set()).add(self._looked_up(place, depth))
        self._known: dict[tuple[str, int], list[tuple[str, str, int]]] = {}
        self._nameless = _Nameless()
        for file, addresses in wanted.items():
            if not os.path.isfile(file):
                continue
            listed = sorted(addresses)
            for start in range(0, len(listed), AT_ONCE):
                end = start + AT_ONCE
                for address, told in self._told(file, listed[start:end]).items():
                    self._known[file, address] = told

    def _told(self, file: str, addresses: Sequence[int]) -> dict[int, list[tuple[str, str, int]]]:
        return _addr2line(self._nameless.copy_of(file), addresses)

    @staticmethod
    def _looked_up(place: Place, depth: int) -> int:
        """A caller's address is where it goes on: its call is the byte before."""
        return place.address if depth == 0 else place.address - 1

    def at(self, file: str, address: int) -> list[Frame]:
        """The functions at one address, the innermost first; looked up now if it has not been."""
        if (file, address) not in self._known:
            self._known.update({(file, each): told for each, told in self._told(file, [address]).items()})
        return self.frames(Place(file, address, ""), 0)

    def frames(self, place: Place, depth: int) -> list[Frame]:
        """The functions at a place, the innermost first; of a system library the outermost only.

        What was inlined there is the library's affair: perf and every manual know `__sincos_fma`, and nobody
        the `libc_feholdsetround_sse_ctx` within it.
        """
        library = os.path.basename(place.file)
        told = self._known.get((place.file, self._looked_up(place, depth)))
        if told and place.file.startswith(SYSTEM_LIBRARIES):
            told = told[-1:]
        if told and told[-1][2]:
            return [Frame(short(name), file, line, library) for name, file, line in told]
        # Without a line, a name is that of whatever function lies before, in a library that was stripped.
        name = _function_at(place.file, place.address) if os.path.isfile(place.file) else place.name
        return [Frame(short(name) if name else "(no name)", "", 0, library)]
