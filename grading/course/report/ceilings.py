"""What this machine can do at best, by build/bin/ceilings: measured once for each machine, then kept."""
from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional

from ..files import read_json_object, write_json
from ..machine import processor_identity
from ..tree import Tree

SECONDS = 60.0
SAME = 0.15  # a cache that is so little faster than what lies behind it is no ceiling of its own


@dataclass(frozen=True)
class Reading:
    """How fast an array can be read from one place."""

    source: str
    threads: int
    bytes_per_second: float


@dataclass(frozen=True)
class Ceilings:
    """Operations and bytes in a second: the first by the number of threads, the second fastest first."""

    one_chain: float
    arithmetic: Mapping[int, float]
    readings: tuple[Reading, ...]
    date: str

    @property
    def was_busy(self) -> bool:
        """Several processors that do less than one: something else had them meanwhile."""
        return self.arithmetic[self.most_threads] < (1 - SAME) * self.arithmetic[1]

    @property
    def most_threads(self) -> int:
        return max(self.arithmetic)

    @property
    def distinct_threads(self) -> list[int]:
        """One, and all of them where that is more than one processor's."""
        most = self.most_threads
        return [1, most] if self.arithmetic[most] > (1 + SAME) * self.arithmetic[1] else [1]

    def readings_of(self, threads: int) -> list[Reading]:
        """Those that differ, the fastest first; memory is always among them."""
        found: list[Reading] = []
        for reading in sorted(self.readings, key=lambda each: each.bytes_per_second):
            if reading.threads != threads:
                continue
            if not found or reading.bytes_per_second > (1 + SAME) * found[-1].bytes_per_second:
                found.append(reading)
            elif reading.source == "memory":
                found[-1] = reading
        return found[::-1]

    def roof(self, intensity: float, threads: int) -> float:
        """What can be reached with so many operations for each byte, from the fastest place that was read."""
        fastest = max(
            (each.bytes_per_second for each in self.readings if each.threads == threads), default=0.0
        )
        return min(self.arithmetic[threads], intensity * fastest)


class Unknown(Exception):
    """Why nothing is known of the machine, in a sentence."""


def _read(document: Optional[Mapping[str, Any]]) -> Optional[Ceilings]:
    """None where anything is missing or not a number."""
    try:
        found = (document or {})["ceilings"]
        readings = tuple(
            Reading(str(each["from"]), int(each["threads"]), float(each["bytes_per_second"]))
            for each in found["reading"]
        )
        arithmetic = {
            int(each["threads"]): float(each["operations_per_second"]) for each in found["arithmetic"]
        }
        ceilings = Ceilings(float(found["one_chain"]), arithmetic, readings, str((document or {})["date"]))
    except (KeyError, TypeError, ValueError):
        return None
    speeds = [ceilings.one_chain, *arithmetic.values(), *(each.bytes_per_second for each in readings)]
    return ceilings if readings and 1 in arithmetic and min(speeds) > 0 else None


def of_this_machine(tree: Tree, fresh: bool, measuring: Callable[[], None]) -> Ceilings:
    """The kept ones, unless they are another machine's; Unknown where they cannot be measured."""
    path = tree.build / "ceilings.json"
    kept = read_json_object(path) or {}
    known = _read(kept) if kept.get("machine") == processor_identity() else None
    if known and not fresh:
        return known
    program = tree.build / "bin" / "ceilings"
    if not program.is_file():
        raise Unknown(f"{tree.shown(program)}, which measures them, is missing; make build makes it.")
    measuring()
    patient = {**os.environ, "OMP_WAIT_POLICY": "passive"}  # threads that wait for others leave them room
    try:
        done = subprocess.run(
            [program], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True, env=patient
        )
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Unknown(f"{tree.shown(program)} did not measure them: {error}") from None
    date = time.strftime("%Y-%m-%d %H:%M")
    document = {"machine": processor_identity(), "date": date, "ceilings": found}
    measured = _read(document)
    if not measured:
        raise Unknown(f"{tree.shown(program)} gave no figures.")
    if not measured.was_busy:
        write_json(path, document)
    return measured
