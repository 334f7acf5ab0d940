"""How fast it is: the speedups with their mark and bar, and the remarks beside them."""
from __future__ import annotations

import math
from typing import Any, Mapping, Optional

from ..compiling import reference_is_the_twin
from ..exercise import Exercise
from ..figures import (
    Interval,
    Verdict,
    interval,
    mark_as_speedup,
    number,
    over_python,
    overall,
    timed,
    times,
    with_interval,
)
from ..style import Style
from .bar import bar
from .rows import row

NOTICEABLE_SECONDS = 0.02  # a first call that takes so much longer has compiled or started something


def _p(value: float, digits: int = 2) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f}"  # + 0.0: no -0.00


def _p_beside(mark: float, p: Interval) -> str:
    """p and its interval, with more digits where one that is below the mark would read as if it were not."""
    values = (p.median, p.low, p.high)
    digits = 2
    while digits < 5 and any(value < mark <= round(value, digits) for value in values):
        digits += 1
    median, low, high = (_p(value, digits) for value in values)
    return f"p = {median} ({low} … {high})"


def _as_p(speedup: float) -> str:
    return f"p = {_p(math.log(speedup))}"


def _speed_at_one_size(workload: Mapping[str, Any]) -> Optional[str]:
    """Yours beside the solution's: where the two lie farthest apart, there is most to gain."""
    yours, solution = interval(workload.get("speedup")), interval(workload.get("solution_speedup"))
    if not yours:
        return None
    other = f", solution {times(solution.median)}" if solution else ""
    name, size = str(workload.get("name")), str(workload.get("size"))
    which = size if size.startswith(name) else f"{name}: {size}"
    return f"{with_interval(yours)}{other}, {which}"


def _bar(verdict: Verdict, yours: Interval, solution: Interval, style: Style) -> list[str]:
    """Over several sizes there is no one speedup to pass with: then the bar shows p."""
    as_speedup, mark, p = mark_as_speedup(verdict), verdict.get("mark"), interval(verdict.get("p"))
    if as_speedup:
        return bar(yours.median, as_speedup, solution.median, unicode=style.unicode)
    if p and isinstance(mark, (int, float)) and solution.median > 1.0:
        return bar(math.exp(p.median), math.exp(mark), math.e, unicode=style.unicode, called=_as_p)
    return []


def _mark(verdict: Verdict, mark: float) -> str:
    p, as_speedup = interval(verdict.get("p")), mark_as_speedup(verdict)
    reached = f"{_p_beside(mark, p)}; " if p else ""
    here = f", here {times(as_speedup)}" if as_speedup else ", the mean over the sizes"
    return f"{reached}to pass: p = {mark:.2f}{here}"


def speeds(verdict: Verdict, style: Style) -> list[str]:
    """Speedups, mark and bar; nothing where nothing was timed."""
    yours, solution = overall(verdict, "speedup"), overall(verdict, "solution_speedup")
    if yours is None:
        return []
    workloads, mark = timed(verdict), verdict.get("mark")
    only_size = workloads[0].get("size") if len(workloads) == 1 else None
    over = f"{style.bold(with_interval(yours))} over the reference" + (f", {only_size}" if only_size else "")
    rows = [row(style, "speedup", over)]
    if len(workloads) > 1:
        rows += [row(style, "", line) for line in map(_speed_at_one_size, workloads) if line]
    if solution is None or not isinstance(mark, (int, float)):
        return rows
    rows.append(row(style, "solution", f"{with_interval(solution)}, in the same rounds"))
    rows.append(row(style, "mark", _mark(verdict, mark)))
    return rows + [row(style, "", line) for line in _bar(verdict, yours, solution, style)]


def over_the_baselines(exercise: Exercise, verdict: Verdict) -> Optional[str]:
    """The speedup over the baselines: a remark, never the grade."""
    twin, python = overall(verdict, "baseline_speedup"), over_python(exercise, verdict)
    if not timed(verdict):
        return None
    if exercise.language.name == "python":
        return "the reference is plain Python itself"
    said = []
    if reference_is_the_twin(exercise):
        said.append("the reference is the naive C++ twin itself")
    elif twin:
        said.append(f"{times(twin.median)} over the naive C++ twin")
    if python:
        said.append(f"about {number(python)}× over the original Python")
    elif (exercise.tree.baseline / "python" / f"{exercise.family}.py").is_file():
        said.append("make baseline times the original Python, to compare with")
    return "; ".join(said) or None


def times_per_unit(verdict: Verdict) -> list[str]:
    """The time for one element or pair, and how near that is to what the machine can do."""
    said = []
    for each in timed(verdict):
        per_unit = each.get("nanoseconds_per_unit")
        if not isinstance(per_unit, (int, float)):
            continue
        text = f"{number(per_unit)} ns per {each.get('unit', 'unit')}"
        share = each.get("share_of_limit")
        if isinstance(share, (int, float)):
            text += f", {100 * share:.0f} % of this machine's limit ({each.get('limit')})"
        said.append(text if len(timed(verdict)) == 1 else f"{text}: {each.get('name')}")
    return said


def excerpts(verdict: Verdict) -> list[str]:
    """Where the reference would have taken too long for whole inputs."""
    said = []
    for each in timed(verdict):
        excerpt = each.get("excerpt")
        if not isinstance(excerpt, Mapping):
            continue
        who = "the reference and yours are" if excerpt.get("yours_too") else "the reference is"
        name = f"{each.get('name')}: " if len(timed(verdict)) > 1 else ""
        said.append(f"{name}{who} timed on {excerpt.get('size')}, drawn anew each time, and scaled")
    return said


def first_call(verdict: Verdict) -> Optional[str]:
    """What compiling or starting processes took: no part of the speedup, and when it has paid."""
    first = verdict.get("first_call")
    extra = first.get("extra_seconds") if isinstance(first, Mapping) else None
    if not isinstance(extra, (int, float)) or extra < NOTICEABLE_SECONDS:
        return None
    assert isinstance(first, Mapping)
    calls = first.get("paid_back_after_calls")
    paid = f"paid back after {calls:.0f} calls" if isinstance(calls, (int, float)) else "never paid back"
    return f"took {number(extra)} s longer, {paid}; the speedup is that of the calls after it"


def processors(verdict: Verdict) -> Optional[str]:
    """How many processors it kept busy, where it was busiest."""
    busy = [each.get("processors_busy") for each in timed(verdict)]
    known = [value for value in busy if isinstance(value, (int, float))]
    if not known:
        return None
    quota = verdict.get("quota")
    allowed = f"; a quota allows {number(quota)} on average" if isinstance(quota, (int, float)) else ""
    return f"{max(known):.2f} kept busy{allowed}"
