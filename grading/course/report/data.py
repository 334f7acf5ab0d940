"""What the page tells, collected from the files in build/; nothing is measured here."""
from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Mapping, Optional, Sequence
from urllib.parse import quote

from .. import history
from ..exercise import Exercise
from ..figures import Interval, Verdict, interval, overall, timed
from ..files import read_json_object
from ..overview import Standing
from ..tree import Tree

SIDES = ("reference", "yours", "solution")


@dataclass(frozen=True)
class Workload:
    """One timed workload of the last measurement: nanoseconds of a call, epoch by epoch, on each side."""

    name: str
    clock: str
    epochs: Mapping[str, tuple[float, ...]]

    @property
    def spread(self) -> Optional[float]:
        """How far the reference's epochs lie apart, the middle half of them, as a share of their median."""
        values = sorted(self.epochs.get("reference", ()))
        if len(values) < 4:
            return None
        quarter = len(values) // 4
        return (values[-1 - quarter] - values[quarter]) / median(values)


@dataclass(frozen=True)
class Measurement:
    """The judge's file for an exercise: when and where it was measured, and its workloads."""

    context: Mapping[str, Any]
    workloads: tuple[Workload, ...]

    @property
    def spread(self) -> Optional[float]:
        known = [each.spread for each in self.workloads if each.spread is not None]
        return max(known) if known else None


@dataclass(frozen=True)
class Entry:
    """One exercise on the page."""

    standing: Standing
    attempts: tuple[Verdict, ...]  # of the learner's own code, the oldest first
    latest: Optional[Verdict]  # the untouched file's, if nothing else was checked yet
    measurement: Optional[Measurement]

    @property
    def exercise(self) -> Exercise:
        return self.standing.exercise

    @property
    def begun(self) -> bool:
        return self.standing.state != "to_do" and bool(self.latest) and not _is_to_do(self.latest)

    @property
    def points(self) -> Optional[float]:
        return _number((self.latest or {}).get("points")) if self.begun else None

    @property
    def passed(self) -> bool:
        """Like the points by the latest verdict: what was before `make reset` counts for its stars alone."""
        return self.begun and (self.latest or {}).get("status") == "passed"

    @property
    def stars(self) -> int:
        """Of the attempt with the most of them: none that comes later takes one away."""
        return max(map(_stars, self.attempts), default=0)


def _stars(attempt: Verdict) -> int:
    """One for passing, one for all points, one for the model solution's speed."""
    if attempt.get("status") != "passed":
        return 0
    p = interval(attempt.get("p"))
    return 1 + int((_number(attempt.get("points")) or 0.0) >= 10.0) + int(p is not None and p.high >= 1.0)


def _number(value: Any) -> Optional[float]:
    is_one = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_one else None


def _is_to_do(verdict: Optional[Verdict]) -> bool:
    return (verdict or {}).get("status") == "to_do"


def _epochs(runs: Sequence[Any], name: str, clock: str) -> tuple[float, ...]:
    """The repetitions of one side, in nanoseconds; the medians that stand in the file too are none."""
    key = "real_time" if clock == "wall" else "cpu_time"
    values = [
        _number(run.get(key))
        for run in runs
        if isinstance(run, Mapping) and run.get("run_type") == "iteration" and run.get("name") == name
    ]
    return tuple(value for value in values if value is not None and value > 0)


def _measurement(exercise: Exercise) -> Optional[Measurement]:
    """None where nothing was timed, or by another exercise's name."""
    path = exercise.tree.build / "measurements" / f"{exercise.name}.json"
    document = read_json_object(path) or {}
    runs, verdict, context = document.get("benchmarks"), document.get("verdict"), document.get("context")
    if not isinstance(runs, list) or not isinstance(verdict, Mapping):
        return None
    workloads = []
    for each in timed(verdict):
        name, clock = str(each.get("name")), str(each.get("clock"))
        epochs = {side: _epochs(runs, f"{exercise.name}/{name}/{side}", clock) for side in SIDES}
        if all(epochs.values()):
            workloads.append(Workload(name, clock, epochs))
    if not workloads:
        return None
    return Measurement(context if isinstance(context, Mapping) else {}, tuple(workloads))


def entry(standing: Standing) -> Entry:
    past = history.read(standing.exercise)
    attempts = tuple(verdict for verdict in past if not _is_to_do(verdict))
    latest = standing.verdict or (past[-1] if past else None)
    if standing.state != "to_do" and _is_to_do(latest) and attempts:
        latest = attempts[-1]
    return Entry(standing, attempts, latest, _measurement(standing.exercise))


@dataclass(frozen=True)
class Rung:
    """One step of a ladder, in nanoseconds: where the exercise begins, its solution, and the learner."""

    title: str
    start: Optional[float]
    model: Optional[float]
    yours: Optional[Interval]


@dataclass(frozen=True)
class Climb:
    """A ladder: what its times are times of, and where they are from."""

    family: str
    what: str
    source: str
    rungs: tuple[Rung, ...]

    @property
    def leads_somewhere(self) -> bool:
        return len(self.rungs) > 1 or any(rung.yours for rung in self.rungs)

    @property
    def top(self) -> Optional[float]:
        """What the first rung takes, to compare the others with."""
        return self.rungs[0].model if self.rungs else None


def climbs(tree: Tree, entries: Sequence[Entry]) -> list[Climb]:
    """A ladder for each family of which something is known; the one that was timed as a whole first."""
    whole = _timed_ladder(tree, entries)
    families = dict.fromkeys(each.exercise.family for each in entries)
    rest = [family for family in families if not whole or family != whole.family]
    found = [whole, *(_from_verdicts(tree, family, entries) for family in rest)]
    return [climb for climb in found if climb and climb.leads_somewhere]


def _timed_ladder(tree: Tree, entries: Sequence[Entry]) -> Optional[Climb]:
    """`make ladder`'s rungs; yours is as far from the solution's as the judge found."""
    document = read_json_object(tree.build / "ladder" / "ladder.json") or {}
    sizes, listed = document.get("sizes"), document.get("rungs")
    if not isinstance(sizes, list) or not sizes or not isinstance(listed, list):
        return None
    size = str(sizes[-1])
    by_name = {each.exercise.name: each for each in entries}
    rungs = []
    for rung in listed:
        seconds = rung.get("seconds") if isinstance(rung, Mapping) else None
        time = _number(seconds.get(size)) if isinstance(seconds, Mapping) else None
        if time is not None and time > 0:
            beside = by_name.get(str(rung.get("exercise")))
            rungs.append(_rung_beside(str(rung.get("title")), 1e9 * time, beside))
    if not rungs:
        return None
    what = f"time of one computation with nx = ny = nc = {size}"
    source = (
        "Model solutions: make ladder on this machine. Yours and the starting points: the same time, times "
        "the ratio that the latest check measured at its own size."
    )
    return Climb("scatter", what, source, tuple(rungs))


def _rung_beside(title: str, model: float, beside: Optional[Entry]) -> Rung:
    if beside is None or beside.latest is None:
        return Rung(title, None, model, None)
    solution, speedup = overall(beside.latest, "solution_speedup"), overall(beside.latest, "speedup")
    if solution is None or speedup is None:
        return Rung(title, None, model, None)
    start = model * solution.median
    yours = Interval(start / speedup.median, start / speedup.high, start / speedup.low)
    return Rung(title, start, model, yours if beside.begun else None)


def _from_verdicts(tree: Tree, family: str, entries: Sequence[Entry]) -> Optional[Climb]:
    """The verdicts' own times of one unit, and plain Python's if `make baseline` has measured it."""
    of_family = [each for each in entries if each.exercise.family == family and each.latest]
    workloads = [timed(each.latest or {}) for each in of_family]
    units = [each[-1].get("unit") for each in workloads if each]
    python = (read_json_object(tree.python_baseline_figures) or {}).get(family)
    python = python if isinstance(python, Mapping) else {}
    unit = python.get("unit") or (units[0] if units else None)
    rungs = [rung for rung in (_own_rung(each, unit) for each in of_family) if rung]
    if not rungs:
        return None
    plain = _number(python.get("nanoseconds_per_unit"))
    if plain and plain > 0:
        rungs.insert(0, Rung("the original Python", None, plain, None))
    source = "From the latest checks, each at its own size" + (
        "; the original Python at a small size, by make baseline."
        if plain
        else ". The original Python comes from make baseline."
    )
    if family == "scatter":
        source += " All solutions at one size: make ladder."
    return Climb(family, f"time for one {unit}", source, tuple(rungs))


def _own_rung(each: Entry, unit: Any) -> Optional[Rung]:
    workloads = timed(each.latest or {})
    if not workloads or workloads[-1].get("unit") != unit:
        return None
    last = workloads[-1]
    start = _number(last.get("reference_nanoseconds_per_unit"))
    time = _number(last.get("nanoseconds_per_unit"))
    solution, speedup = interval(last.get("solution_speedup")), interval(last.get("speedup"))
    if not start or not solution or start <= 0 or solution.median <= 0:
        return None
    yours = None
    if each.begun and time and time > 0 and speedup and min(speedup.low, speedup.high) > 0:
        middle = speedup.median
        yours = Interval(time, time * middle / speedup.high, time * middle / speedup.low)
    title = each.exercise.rung or each.exercise.title
    return Rung(title, start, start / solution.median, yours)


def relative(target: Path, page: Path) -> str:
    """A link from the page to another file of the checkout, whatever signs stand in its path."""
    return quote(os.path.relpath(target, page.parent))
