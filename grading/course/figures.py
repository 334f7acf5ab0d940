"""Figures that several texts need: a verdict's speedups and mark, and numbers as a person says them."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from .files import read_json_object
from .exercise import Exercise

Verdict = Mapping[str, Any]
FULL = 10  # points of one exercise
UNITS = (
    ("days", 86400.0),
    ("hours", 3600.0),
    ("minutes", 60.0),
    ("s", 1.0),
    ("ms", 1e-3),
    ("µs", 1e-6),
    ("ns", 1e-9),
)
RATES = (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3))


@dataclass(frozen=True)
class Interval:
    """A median and where the true value very likely lies."""

    median: float
    low: float
    high: float


def interval(value: Any) -> Optional[Interval]:
    """The interval in a verdict's field; None where it has none (or a damaged one)."""
    if not isinstance(value, Mapping):
        return None
    numbers = [value.get(key) for key in ("median", "low", "high")]
    if not isinstance(numbers[0], (int, float)):
        return None
    median, low, high = (float(n) if isinstance(n, (int, float)) else float(numbers[0]) for n in numbers)
    return Interval(median, low, high)


def timed(verdict: Verdict) -> list[Mapping[str, Any]]:
    workloads = verdict.get("timed")
    return [each for each in workloads if isinstance(each, Mapping)] if isinstance(workloads, list) else []


def overall(verdict: Verdict, key: str) -> Optional[Interval]:
    """The geometric mean over the timed workloads; of the interval's ends too, so rather too wide."""
    each = [interval(workload.get(key)) for workload in timed(verdict)]
    known = [one for one in each if one and min(one.median, one.low, one.high) > 0]
    if not known or len(known) < len(each):
        return None

    def mean(values: list[float]) -> float:
        return math.exp(sum(map(math.log, values)) / len(values))

    return Interval(
        mean([one.median for one in known]),
        mean([one.low for one in known]),
        mean([one.high for one in known]),
    )


def p_of_each(verdict: Verdict) -> dict[str, float]:
    """p = log(yours) / log(the solution's), of each timed workload by itself, where it has one."""
    each = {}
    for workload in timed(verdict):
        yours, solution = interval(workload.get("speedup")), interval(workload.get("solution_speedup"))
        if yours and solution and yours.median > 0 and solution.median > 1:
            each[str(workload.get("name"))] = math.log(yours.median) / math.log(solution.median)
    return each


def mark_as_speedup(verdict: Verdict) -> Optional[float]:
    """The speedup that the mark asks for here: p = log(yours) / log(solution's).

    None with several workloads: p is the mean over them, and the same p may come of many speedups.
    """
    solution, mark = overall(verdict, "solution_speedup"), verdict.get("mark")
    if solution is None or not isinstance(mark, (int, float)) or len(timed(verdict)) != 1:
        return None
    return float(solution.median**mark)


def over_python(exercise: Exercise, verdict: Verdict) -> Optional[float]:
    """How much faster than the original Python, by its time for one unit at a small size; a remark only."""
    figures = read_json_object(exercise.tree.python_baseline_figures)
    python = (figures or {}).get(exercise.family)
    workloads = timed(verdict)
    if not isinstance(python, Mapping) or not workloads or figures is None:
        return None
    ours, theirs = workloads[-1].get("nanoseconds_per_unit"), python.get("nanoseconds_per_unit")
    if python.get("unit") != workloads[-1].get("unit"):
        return None
    if not (isinstance(ours, (int, float)) and isinstance(theirs, (int, float)) and ours > 0 and theirs > 0):
        return None
    return theirs / ours


def number(value: float) -> str:
    """Three digits that mean something: 0.27, 3.92, 15.8, 820."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.3g}")
    decimals = max(0, 2 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{decimals}f}".replace(",", " ")


def duration(seconds: float) -> str:
    """A time as a person says it: 0.270 ns, 5.71 ms, 34.1 s, 1.85 days."""
    for unit, length in UNITS:
        if seconds >= (2.0 if length > 1.0 else 1.0) * length * (1 - 1e-9):
            break
    return f"{number(seconds / length)} {unit}"


def time_in_words(nanoseconds: float) -> str:
    return duration(1e-9 * nanoseconds)


def rate_in_words(per_second: float) -> str:
    """46.2 G, 812 M: operations or bytes in a second."""
    for unit, size in RATES:
        if per_second >= size:
            return f"{number(per_second / size)} {unit}"
    return number(per_second)


def as_tick(text: str) -> str:
    """A figure and its unit at an axis, without digits that say nothing there: 10 ms, not 10.0 ms."""
    value, _, unit = text.rpartition(" ")
    return f"{float(value.replace(' ', '')):g} {unit}"


def times(value: float) -> str:
    return f"{number(value)}×"


def with_interval(value: Interval) -> str:
    return f"{times(value.median)} ({number(value.low)} … {number(value.high)})"
