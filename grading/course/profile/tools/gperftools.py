"""gperftools' libprofiler: stacks sampled by a timer signal in the process, for where perf is forbidden."""
from __future__ import annotations

import ctypes
import os
import platform
import struct
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ... import children
from ..elf import MemoryMap
from ..recording import Place, Recording, ToolFailed

LIBRARIES = ("libprofiler.so.0", "libprofiler.so")
FREQUENCY = 499
SEEN_ENDS = ("libc.so", "ld-linux")  # where the program's and the threads' first functions are


def _library() -> Optional[str]:
    for name in LIBRARIES:
        try:
            ctypes.CDLL(name)
            return name
        except OSError:
            continue
    return None


def why_not(folder: Path) -> Optional[str]:
    """Why it cannot be used here; None if it can."""
    return None if _library() else "gperftools' libprofiler is not installed"


def _unwinder() -> dict[str, str]:
    """Its own choice on Arm goes from frame to frame, and a function that calls nobody has none there: its
    caller would be missing, and with it all that says whose work it is. x86's own choice misses nobody."""
    return {} if platform.machine() == "x86_64" else {"TCMALLOC_STACKTRACE_METHOD": "libgcc"}


def record(command: Sequence[str], folder: Path, seconds: float) -> Recording:
    """Runs the command with the library loaded into it."""
    data = folder / "gperftools.prof"
    environment = {
        **_unwinder(),
        **os.environ,
        "LD_PRELOAD": str(_library()),
        "CPUPROFILE": str(data),
        "CPUPROFILE_FREQUENCY": str(FREQUENCY),
    }
    done = children.finished(command, seconds, environment=environment)
    if done.returned is None:
        raise ToolFailed(f"the work under libprofiler {done.why_stopped}.")
    if done.returned != 0 or not data.is_file():
        last = done.said.strip().splitlines()[-1:] or ["it wrote no profile"]
        raise ToolFailed(f"libprofiler: {last[0]}.")
    content = data.read_bytes()
    data.unlink()
    return parse(content)


def _samples(words: Sequence[int], start: int) -> Iterator[tuple[int, Sequence[int]]]:
    """(count, addresses) of each record, up to the one that says it is the last."""
    place = start
    while place + 2 <= len(words):
        count, depth = words[place], words[place + 1]
        if count == 0:
            return
        first, place = place + 2, place + 2 + depth
        yield count, words[first:place]


def parse(content: bytes) -> Recording:
    """The recording in a profile: 64-bit words, then the text of /proc/self/maps.

    The words are 0, 3, 0, the sampling period in µs, 0; then for each stack its count, its depth and its
    addresses, innermost first (a caller's is the one after its call); then 0, 1, 0.
    """
    words = struct.unpack(f"<{len(content) // 8}Q", content[: len(content) // 8 * 8])
    if len(words) < 5 or words[:3] != (0, 3, 0):
        raise ToolFailed("libprofiler wrote a profile of a kind that is not known.")
    period = words[3] * 1e-6
    trailer = struct.pack("<3Q", 0, 1, 0)
    end = content.rfind(trailer)
    memory = MemoryMap(content[end:].replace(trailer, b"").decode(errors="replace"))
    recording, complete = Recording(), 0
    for count, addresses in _samples(words, 2 + words[1]):
        stack = tuple(Place(*memory.find(address), "") for address in addresses)
        recording.add(stack, count * period)
        recording.samples += count
        whole = any(end in Path(place.file).name for place in stack[-2:] for end in SEEN_ENDS)
        complete += count if whole else 0
    recording.complete = complete / recording.samples if recording.samples else 0.0
    return recording
