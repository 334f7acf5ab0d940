"""perf: stacks sampled by the processor's clock, unwound with the debugging information (DWARF)."""
from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ... import children
from ...files import read_json_object
from ..elf import MemoryMap, address_of
from ..recording import REPORT, Place, Recording, ToolFailed

FREQUENCY = 499  # a prime, so that no loop runs in step with it
STACK_BYTES = 16384  # copied for each sample, unwound later: nothing needs frame pointers
LARGEST_STACK_BYTES = 65528  # that perf copies; arrays in a function's own memory lie on the stack, too
MOST = 0.9  # of the stacks reach the program's beginning, or they were larger than what was copied
BEGINNINGS = {"_start", "clone", "clone3", "__clone", "__clone3", "start_thread", "main"}
HEADER = re.compile(r"^\s*(\d+)/(\d+)\s+(\d+):?\s*$")
FRAME = re.compile(r"^\s+([0-9a-f]+) (.*) \(([^()]*(?:\([^()]*\))?[^()]*)\)$")


KERNEL = Place("the kernel", 0, "(kernel)")
NOWHERE = (1 << 64) - 1  # what perf puts at the end of a stack that it could not follow to its beginning


def how(stack_bytes: int = STACK_BYTES) -> list[str]:
    """perf record's options: what is sampled, how often, and how much of the stack is kept of each sample."""
    return ["-e", "cpu-clock", "-F", str(FREQUENCY), "--call-graph", f"dwarf,{stack_bytes}"]


def _environment() -> dict[str, str]:
    """Plain English, and no search for debugging information in the network."""
    return {**{k: v for k, v in os.environ.items() if k != "DEBUGINFOD_URLS"}, "LC_ALL": "C"}


def _complaint(said: str, returned: int) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip(" :\t") not in ("", "Error")]
    telling = [line for line in lines if re.search(r"error|denied|permitted|limited|not found", line, re.I)]
    return (telling or lines or [f"it ended with exit code {returned}"])[0].rstrip(".")


def why_not(folder: Path) -> Optional[str]:
    """Why perf cannot be used here, found out by using it; None if it can."""
    if not shutil.which("perf"):
        return "perf is not installed"
    data = folder / "trial.data"
    done = _run(["perf", "record", "-q", "-N", *how(), "-o", str(data), "--", "true"], 60)
    data.unlink(missing_ok=True)
    if done.returncode == 0:
        return None
    if "perf not found for kernel" in done.stderr:  # Ubuntu's `perf` only looks for the one of this kernel
        package = f"linux-tools-{platform.release()}"
        return f"perf is not installed for this kernel (Ubuntu's package is {package}, if there is one)"
    level = f"kernel.perf_event_paranoid is {_paranoia()}; " if "paranoid" in done.stderr else ""
    return f"perf is not allowed here ({level}{_complaint(done.stderr, done.returncode)})"


def _run(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=seconds,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"it did not end within {seconds:.0f} s")
    except OSError as error:
        return subprocess.CompletedProcess(command, 1, "", str(error.strerror))


def _paranoia() -> int:
    """What the system allows an ordinary user: all up to 0, not the kernel from 2 on, nothing from 3 on."""
    try:
        return int(Path("/proc/sys/kernel/perf_event_paranoid").read_text())
    except (OSError, ValueError):
        return 2


def _sees_kernel() -> bool:
    return os.geteuid() == 0 or _paranoia() <= 1


def record(command: Sequence[str], folder: Path, seconds: float) -> Recording:
    """Runs the command under perf; once more, with all that perf can copy, where many stacks are larger."""
    recording = _recorded(command, folder, seconds, STACK_BYTES)
    if recording.complete < MOST:
        recording = _recorded(command, folder, seconds, LARGEST_STACK_BYTES)
    return recording


def _recorded(command: Sequence[str], folder: Path, seconds: float, stack_bytes: int) -> Recording:
    """`folder` takes the large file that perf writes."""
    data = folder / "perf.data"
    words = ["perf", "record", "-q", "-N", *how(stack_bytes), "-o", str(data), "--", *command]
    done = children.finished(words, seconds, environment=_environment())
    if done.returned is None:
        raise ToolFailed(f"the work under perf {done.why_stopped}.")
    if done.returned != 0 or not data.is_file():
        raise ToolFailed(f"perf record: {_complaint(done.said, done.returned)}.")
    try:
        script = ["perf", "script", "-i", str(data), "--no-inline", "-F", "pid,tid,period,ip,sym,dso"]
        told = _run(script, 300)
    finally:
        data.unlink(missing_ok=True)
    if told.returncode != 0:
        raise ToolFailed(f"perf script: {_complaint(told.stderr, told.returncode)}.")
    report = read_json_object(folder / REPORT) or {}
    recording = parse(told.stdout, MemoryMap(str(report.get("memory_map", ""))))
    recording.kernel = _sees_kernel()
    return recording


def _place(line: str, memory: MemoryMap) -> Optional[Place]:
    found = FRAME.match(line)
    if not found:
        return None
    number, name, file = int(found.group(1), 16), found.group(2), found.group(3)
    name = re.sub(r"\+0x[0-9a-f]+$", "", name)
    name = "" if name == "[unknown]" else name
    if number == NOWHERE:
        return None
    if number >= 1 << 63:
        return KERNEL
    if file.startswith("["):
        return Place(file, 0, name)
    file = file.replace(" (deleted)", "")
    inside, address = memory.find(number)
    if inside == file:  # an older or newer perf, which prints addresses as they were in memory
        return Place(file, address, name)
    return Place(file, address_of(file, number), name)


def _samples(text: str) -> Iterator[tuple[float, list[str]]]:
    """(period, lines of the stack) of each sample."""
    period, lines = 0.0, []
    for line in text.splitlines():
        header = HEADER.match(line)
        if header:
            if lines:
                yield period, lines
            period, lines = float(header.group(3)), []
        elif line.strip():
            lines.append(line)
    if lines:
        yield period, lines


def parse(text: str, memory: MemoryMap) -> Recording:
    """The recording in perf script's output."""
    recording, total, complete = Recording(), 0.0, 0.0
    for period, lines in _samples(text):
        stack = tuple(place for place in (_place(line, memory) for line in lines) if place)
        if not stack:
            continue
        inside = sum(place is KERNEL for place in stack)  # its own functions are no business of ours
        stack = (KERNEL, *stack[inside:]) if inside else stack
        recording.add(stack, period * 1e-9)
        recording.samples += 1
        total += period
        complete += period if any(place.name.split("@")[0] in BEGINNINGS for place in stack[-3:]) else 0.0
    recording.complete = complete / total if total else 0.0
    return recording
