"""The processor's own counters (perf stat), in plain words; many virtual machines have none."""
from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Optional, Sequence

from .. import children
from ..figures import number

COUNTED = ("instructions", "cycles", "cache-references", "cache-misses", "branches", "branch-misses")
EVENTS = ",".join(f"{event}:u" for event in COUNTED)


WAITING, BUSY = 1.0, 2.5  # instructions per cycle


@dataclass(frozen=True)
class Counts:
    """What was counted, of a whole run."""

    instructions: float
    cycles: float
    cache_references: Optional[float] = None
    cache_misses: Optional[float] = None
    branches: Optional[float] = None
    branch_misses: Optional[float] = None


def parse(text: str) -> Optional[Counts]:
    """perf stat's lines `value,unit,event,...`; None where instructions or cycles are not counted."""
    values: dict[str, float] = {}
    for line in text.splitlines():
        parts = line.split(",")
        try:
            values[parts[2].removesuffix(":u").replace("-", "_")] = float(parts[0])
        except (IndexError, ValueError):
            continue  # <not supported>, <not counted>, or no line of the table
    if not values.get("instructions") or not values.get("cycles"):
        return None
    return Counts(**values)


def count(command: Sequence[str], seconds: float) -> Optional[Counts]:
    """Counts while the command runs; None where that cannot be done."""
    if not shutil.which("perf"):
        return None
    try:
        done = children.finished(["perf", "stat", "-x", ",", "-e", EVENTS, "--", *command], seconds)
    except OSError:
        return None
    return parse(done.said) if done.returned == 0 else None


def why_none() -> str:
    if not shutil.which("perf"):
        return "perf, which reads them, is not installed."
    return "This machine does not let us read them (most virtual machines do not)."


def _share(part: Optional[float], whole: Optional[float]) -> str:
    return f"{100 * part / whole:.1f} %" if part is not None and whole else ""


def in_words(counts: Counts) -> list[str]:
    """Sentences: instructions per cycle, and what was waited for."""
    per_cycle = counts.instructions / counts.cycles
    busy = "is half busy" if per_cycle < BUSY else "is kept busy"
    pace = "waits most of the time" if per_cycle < WAITING else busy
    said = [f"{number(per_cycle)} instructions per cycle: the processor {pace}"]
    missed = _share(counts.cache_misses, counts.cache_references)
    if missed:
        said.append(f"{missed} of what the nearer caches did not have came from memory")
    mispredicted = _share(counts.branch_misses, counts.branches)
    if mispredicted:
        said.append(f"{mispredicted} of the branches were guessed wrong")
    return said
