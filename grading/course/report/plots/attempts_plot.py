"""The figures of one exercise: every measurement of a check as a dot, and the speedup of every attempt."""
from __future__ import annotations

import math
from statistics import median
from typing import Any, Mapping, Optional, Sequence

from ...figures import Interval, Verdict, mark_as_speedup, overall, time_in_words, times
from ...palette import LIGHT
from ..data import SIDES, Measurement, Workload
from .drawing import MARKS, NAMES, bare, legend, log_ticks, marks, new_figure, svg, time_axis

MOST_ATTEMPTS = 60


def rounds(name: str, measurement: Measurement) -> str:
    """Every epoch as a dot, a row for each side; a line at each median."""
    workloads = measurement.workloads
    with new_figure(f"rounds {name}", 0.5 + 1.25 * len(workloads)) as figure:
        for axes, workload in zip(figure.subplots(len(workloads), squeeze=False)[:, 0], workloads):
            _draw_rounds(axes, workload)
        said = "; ".join(_rounds_in_words(workload) for workload in workloads)
        return svg(figure, f"rounds-{name}", f"Every epoch's time of one call. {said}.")


def _draw_rounds(axes: Any, workload: Workload) -> None:
    time_axis(axes, [value for values in workload.epochs.values() for value in values])
    for row, side in enumerate(SIDES):
        values = workload.epochs[side]
        heights = [row + 0.11 * (index % 5 - 2) for index in range(len(values))]  # so that all can be seen
        axes.vlines(median(values), row - 0.38, row + 0.38, color=LIGHT[side], linewidth=1.6)
        looks = {"color": LIGHT[side], "marker": MARKS[side], "alpha": 0.65, "linewidths": 0, "zorder": 3}
        axes.scatter(values, heights, s=16, **looks)
    axes.set_yticks(range(len(SIDES)), [NAMES[side] for side in SIDES], fontsize=9)
    axes.set_ylim(len(SIDES) - 0.4, -0.6)
    clock = "wall time" if workload.clock == "wall" else "processor time"
    axes.set_xlabel(f"{workload.name}: {clock} of one call", fontsize=9)
    bare(axes)


def _rounds_in_words(workload: Workload) -> str:
    medians = ", ".join(f"{NAMES[side]} {time_in_words(median(workload.epochs[side]))}" for side in SIDES)
    return f"{workload.name}: medians {medians}"


def attempts(name: str, verdicts: Sequence[Verdict]) -> Optional[str]:
    """The speedup of every attempt with its interval, and the mark; a cross where there was none."""
    recent = list(enumerate(verdicts, 1))[-MOST_ATTEMPTS:]
    speeds = {count: overall(verdict, "speedup") for count, verdict in recent}
    known = {count: speed for count, speed in speeds.items() if speed}
    if not known:
        return None
    marks = [mark for mark in (mark_as_speedup(verdict) for _, verdict in recent) if mark]
    mark = marks[-1] if marks else None
    with new_figure(f"attempts {name}", 1.9) as figure:
        axes = figure.add_subplot()
        ends = [end for speed in known.values() for end in (speed.low, speed.high)]
        _speed_axis(axes, [*ends, *([mark] if mark else [])])
        if mark:
            axes.axhline(mark, color=LIGHT["solution"], linewidth=1.2, linestyle="--", label="the mark")
        _draw_attempts(axes, known, [count for count in speeds if count not in known])
        axes.set_xlim(recent[0][0] - 0.6, recent[-1][0] + 0.6)
        counts = [count for count, _ in recent]
        axes.set_xticks(counts[::math.ceil(len(counts) / 12)])
        axes.set_xlabel("attempt", fontsize=9)
        legend(axes)
        said = f"{len(verdicts)} attempts; the last known speedup is {times(list(known.values())[-1].median)}"
        return svg(figure, f"attempts-{name}", said + (f", the mark {times(mark)}." if mark else "."))


def _draw_attempts(axes: Any, known: Mapping[int, Interval], without: Sequence[int]) -> None:
    for count, speed in known.items():
        axes.plot([count, count], [speed.low, speed.high], color=LIGHT["yours"], linewidth=3, alpha=0.5)
    marks(axes, "yours", [(count, speed.median) for count, speed in known.items()], 24)
    if without:
        bottom = [axes.get_ylim()[0]] * len(without)
        axes.scatter(
            without, bottom, s=36, color=LIGHT["bad"], marker="x", label="no speedup", clip_on=False, zorder=4
        )


def _speed_axis(axes: Any, values: Sequence[float]) -> None:
    low, high = min([1.0, *values]) / 1.15, max([2.0, *values]) * 1.15
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    ticks = log_ticks(low, high, 5)
    axes.set_yticks(ticks, [f"{tick:g}×" for tick in ticks])
    axes.minorticks_off()
    axes.grid(axis="y", color=LIGHT["grid"])
    bare(axes)
