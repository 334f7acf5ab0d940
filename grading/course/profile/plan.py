"""The work that all sides do, and how often: the slowest takes seconds, the quickest still has samples."""
from __future__ import annotations

import resource
import signal
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Optional

from .. import children
from ..errors import Mistake
from ..exercise import Exercise
from ..files import read_json_object
from .recording import ToolFailed

SECONDS = 2.0  # of each side's work
TRIAL_SECONDS = 0.3
MOSTLY_WAITING = 10.0  # times as long by the clock as the processor works, on a busy machine or by itself
LONGEST = 600.0  # seconds that a side may take, in whatever tool
ENDLESS = 60  # seconds of processor time after which a first look is given up
LONGEST_CALL = 20.0  # seconds that one call of a side may take, for all workloads together
NO_END = f"one call worked for {ENDLESS} s and had not come to an end; look for a loop that never ends"


@dataclass(frozen=True)
class Times:
    """Milliseconds of one call, without any tool."""

    calls: int
    cpu: float
    wall: float
    report: dict[str, Any]


@dataclass(frozen=True)
class Narrower:
    """What a file is compiled for where valgrind does not know this processor's widest vectors."""

    unknown: str
    march: str
    vectors: str


NARROWER = {  # by the feature's name in /proc/cpuinfo
    "avx512f": Narrower("AVX-512", "x86-64-v3", "AVX2"),
    "sve": Narrower("SVE", "armv8-a", "NEON"),
}


def narrower(features: str) -> Optional[Narrower]:
    """What valgrind needs on a processor with these features; None where it knows all of them."""
    return next((instead for name, instead in NARROWER.items() if name in features.split()), None)


def with_lines(exercise: Exercise, instead: Optional[Narrower]) -> Exercise:
    """The exercise compiled with line numbers; its code is the same, unless a tool cannot read all of it."""
    flags = list(exercise.flags)
    if instead:
        flags = [f"-march={instead.march}" if flag == "-march=native" else flag for flag in flags]
    return replace(exercise, flags=(*flags, "-g"))


def command(exercise: Exercise, library: Path, report: Path, *amount: str) -> list[str]:
    """The fixed work on one library."""
    work = exercise.tree.build / "bin" / "work"
    if not work.is_file():
        raise Mistake(f"{exercise.tree.shown(work)} is missing; make build makes it.")
    return [
        str(work),
        "--exercise",
        str(exercise.folder),
        "--library",
        str(library),
        "--report",
        str(report),
        *amount,
    ]


def end_if_endless() -> None:
    """What the process of a first look does before it starts: it will be stopped by SIGXCPU."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = ENDLESS if hard == resource.RLIM_INFINITY else min(ENDLESS, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def run(words: list[str], before: Optional[Callable[[], None]] = None) -> None:
    """Runs a work by itself; what goes wrong in it is told in its own words."""
    done = children.finished(words, LONGEST, before)
    if done.returned is None:
        raise ToolFailed(f"it {done.why_stopped}")
    if done.returned == -signal.SIGXCPU:
        raise ToolFailed(NO_END)
    if done.returned < 0:
        raise ToolFailed(f"it was ended by signal {-done.returned}; make check says more")
    if done.returned != 0:
        last = done.said.strip().splitlines()[-1:]
        said = last or [f"it ended with exit code {done.returned}"]
        raise ToolFailed(said[0].removeprefix("work: "))


def times_in(report: Path) -> Optional[Times]:
    """What the work said about itself."""
    said = read_json_object(report)
    try:
        assert said is not None
        calls = int(said["calls"])
        cpu, wall = float(said["cpu_seconds"]), float(said["wall_seconds"])
    except (AssertionError, KeyError, TypeError, ValueError):
        return None
    return Times(calls, 1e3 * cpu / calls, 1e3 * wall / calls, said)


def trial(words: list[str], report: Path) -> Times:
    """How long one call takes."""
    run(words, end_if_endless)
    times = times_in(report)
    if times is None:
        raise ToolFailed("the work gave no account of itself; please try again")
    return times


def sizes_of(first: Times) -> list[float]:
    """Each workload's units, those that were left out, too."""
    return [float(each["units"]) for key in ("workloads", "left_out") for each in first.report.get(key, [])]


def workloads_within(first: Times) -> int:
    """How many workloads one call can take in turn, at as long for each unit as with the first alone."""
    sizes = sizes_of(first)
    seconds = 1e-3 * _telling(first)
    count = 1
    while count < len(sizes) and seconds * sum(sizes[: count + 1]) / sizes[0] <= LONGEST_CALL:
        count += 1
    return count


def calls_for(times: dict[str, Times], seconds: float) -> dict[str, int]:
    """How many calls each side makes: a fixed number, and the quick ones that work several times over."""
    slowest = max(map(_telling, times.values()))
    fixed = max(1, round(1e3 * seconds / slowest))
    return {
        role: fixed * max(1, round(1e3 * seconds / (fixed * _telling(each)))) for role, each in times.items()
    }


def _telling(times: Times) -> float:
    """Milliseconds of a call in which there is something to see; one that mostly waits must end, too."""
    return max(times.cpu, times.wall / MOSTLY_WAITING)
