"""The work that all sides do, and how often: the slowest takes seconds, the quickest still has samples."""
from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from .. import compile
from ..errors import Mistake
from ..exercises import Exercise
from ..files import read_json_object
from ..machine import Compiler
from .recording import ToolFailed

SECONDS = 2.0  # of each side's work
TRIAL_SECONDS = 0.3
LONGEST = 600.0  # seconds that a side may take, in whatever tool


@dataclass(frozen=True)
class Times:
    """Milliseconds of one call, without any tool."""

    calls: int
    cpu: float
    wall: float
    report: dict[str, Any]


def with_lines(exercise: Exercise, plain_instructions: bool) -> Exercise:
    """The exercise compiled with line numbers; its code is the same, unless a tool cannot read all of it."""
    flags = list(exercise.flags)
    if plain_instructions:
        flags = ["-march=x86-64-v3" if flag == "-march=native" else flag for flag in flags]
    return replace(exercise, flags=(*flags, "-g"))


def libraries(exercise: Exercise, compiler: Compiler, roles: tuple[str, ...]) -> compile.Plan:
    return compile.plan(exercise, compiler, roles)


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


def run(words: list[str], seconds: float = LONGEST) -> None:
    """Runs a work by itself; what goes wrong in it is told in its own words."""
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise ToolFailed(f"it did not come to an end within {seconds:.0f} s") from None
    if done.returncode < 0:
        raise ToolFailed(f"it was ended by signal {-done.returncode}; make check says more")
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ToolFailed(last[0] if last else f"it ended with exit code {done.returncode}")


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
    run(words)
    times = times_in(report)
    if times is None:
        raise ToolFailed("the work gave no account of itself; please try again")
    return times


def calls_for(times: dict[str, Times], seconds: float) -> dict[str, int]:
    """How many calls each side makes: a fixed number, and the quick ones that work several times over."""
    slowest = max(each.wall for each in times.values())
    fixed = max(1, round(1e3 * seconds / slowest))
    return {
        role: fixed * max(1, round(1e3 * seconds / (fixed * each.wall))) for role, each in times.items()
    }
