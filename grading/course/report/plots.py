"""The page's figures: drawn by matplotlib, as SVG that stands in the page and takes the page's colours."""
from __future__ import annotations

import io
import math
import re
import textwrap
from html import escape
from statistics import median
from typing import Any, Mapping, Optional, Sequence

import matplotlib

matplotlib.use("Agg")  # no display, and no window

from matplotlib.figure import Figure  # noqa: E402

from ..figures import (  # noqa: E402
    Interval,
    Verdict,
    as_tick,
    duration,
    mark_as_speedup,
    number,
    overall,
    times,
)
from ..palette import LIGHT  # noqa: E402
from .ceilings import Ceilings, Reading  # noqa: E402
from .data import SIDES, Climb, Measurement, Workload  # noqa: E402
from .roofline import Kernel, Roofline  # noqa: E402

WIDTH = 5.5  # inches: about a phone's width when drawn in its own size, so that the letters can be read there
RC = {
    "font.size": 10,
    "svg.fonttype": "none",
    "axes.facecolor": "none",
    "text.color": LIGHT["ink"],
    "axes.labelcolor": LIGHT["muted"],
    "axes.edgecolor": LIGHT["muted"],
    "xtick.color": LIGHT["muted"],
    "ytick.color": LIGHT["ink"],
    "legend.frameon": False,
}
MARKS = {"reference": "s", "yours": "o", "solution": "D"}
NAMES = {"reference": "start", "yours": "yours", "solution": "model solution"}
ALONG = {"xycoords": "data", "textcoords": "offset points", "fontsize": 7.5}
BESIDE = {"xycoords": "data", "textcoords": "offset points", "color": LIGHT["ink"]}
MOST_ATTEMPTS = 60
RATES = (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3))


def time_in_words(nanoseconds: float) -> str:
    return duration(1e-9 * nanoseconds)


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values between low and high: 1, 2, 5, 10 over a few decades, or else whole decades."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**decade for decade in decades for step in steps]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) <= most:
            return inside
    return inside[:: math.ceil(len(inside) / most)]


def _bare(axes: Any) -> None:
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _legend(axes: Any) -> None:
    """Above the figure, where no mark can be."""
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncol=3, fontsize=9, borderaxespad=0.2)


def _time_axis(axes: Any, values: Sequence[float]) -> None:
    """A logarithmic axis with room at both ends, three times as long as short at least."""
    low, high = min(values) / 1.3, max(values) * 1.3
    widen = max(1.0, math.sqrt(3.0 * low / high))
    axes.set_xscale("log")
    axes.set_xlim(low / widen, high * widen)
    ticks = log_ticks(*axes.get_xlim())
    axes.set_xticks(ticks, [as_tick(time_in_words(tick)) for tick in ticks])
    axes.minorticks_off()
    axes.grid(axis="x", color=LIGHT["grid"])


def climb(ladder: Climb) -> str:
    """Rungs from top to bottom; model solutions joined by a line, the learner's marks over it."""
    with matplotlib.rc_context({**RC, "svg.hashsalt": f"ladder {ladder.family}"}):
        figure = Figure(figsize=(WIDTH, 1.3 + 0.42 * len(ladder.rungs)), layout="constrained")
        axes = figure.add_subplot()
        rungs = list(enumerate(ladder.rungs))
        starts = [(rung.start, row) for row, rung in rungs if rung.start]
        models = [(rung.model, row) for row, rung in rungs if rung.model]
        yours = [(rung.yours, row) for row, rung in rungs if rung.yours]
        middles = [(own.median, row) for own, row in yours]
        ends = [end for own, _ in yours for end in (own.low, own.high)]
        _time_axis(axes, [x for x, _ in [*starts, *models]] + ends)
        axes.plot(*_both(models), color=LIGHT["solution"], linewidth=1, alpha=0.6)
        _marks(axes, "reference", starts, 40)
        _marks(axes, "solution", models, 64)
        for own, row in yours:
            axes.plot([own.low, own.high], [row, row], color=LIGHT["yours"], linewidth=4, alpha=0.5)
        axes.plot(*_both(middles), color=LIGHT["yours"], linewidth=1.5)
        _marks(axes, "yours", middles, 40)
        axes.set_yticks(
            range(len(ladder.rungs)), [textwrap.fill(rung.title, 24) for rung in ladder.rungs], fontsize=9
        )
        axes.set_ylim(len(ladder.rungs) - 0.5, -0.5)
        axes.set_xlabel(f"{ladder.what} (left is faster)", fontsize=9)
        _bare(axes)
        _legend(axes)
        return _svg(figure, f"ladder-{ladder.family}", _ladder_in_words(ladder))


def _both(places: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in places], [y for _, y in places]


def _marks(axes: Any, name: str, places: Sequence[tuple[float, float]], size: float) -> None:
    if places:
        colours = {"c": LIGHT["paper"] if name == "reference" else LIGHT[name], "edgecolors": LIGHT[name]}
        looks = {**colours, "marker": MARKS[name], "linewidths": 1.2, "zorder": 3}
        axes.scatter(*_both(places), s=size, label=NAMES[name], **looks)


def _ladder_in_words(ladder: Climb) -> str:
    known = [(rung.title, rung.yours) for rung in ladder.rungs if rung.yours]
    said = "; ".join(f"{title}: yours {time_in_words(own.median)}" for title, own in known)
    said = said or "Nothing of yours yet"
    return f"The ladder, {ladder.what}, on a logarithmic axis. {said}. The table has all."


def rate_in_words(per_second: float) -> str:
    """46.2 G, 812 M: operations or bytes in a second."""
    for unit, size in RATES:
        if per_second >= size:
            return f"{number(per_second / size)} {unit}"
    return number(per_second)


def roofline(roof: Roofline) -> str:
    """The ceilings as lines, and over each kernel's intensity its marks: start, model solution, yours."""
    kernels, ceilings = roof.kernels, roof.ceilings
    with matplotlib.rc_context({**RC, "svg.hashsalt": "roofline"}):
        figure = Figure(figsize=(WIDTH, 5.2), layout="constrained")
        axes = figure.add_subplot()
        intensities = [kernel.intensity for kernel in kernels]
        rates = [rate for kernel in kernels for rate in (kernel.start, kernel.best)]
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(min([0.05, *intensities]) / 4, max([100.0, *intensities]) * 5)
        axes.set_ylim(min([*rates, ceilings.one_chain]) / 2, max([*rates, *ceilings.arithmetic.values()]) * 3)
        for kernel in kernels:
            known = [kernel.start, kernel.solution, kernel.yours or kernel.start]
            ends = [min(known), max(known)]
            axes.plot([kernel.intensity] * 2, ends, color=LIGHT["grid"], linewidth=1, zorder=1)
        _marks(axes, "reference", [(kernel.intensity, kernel.start) for kernel in kernels], 26)
        _marks(axes, "solution", [(kernel.intensity, kernel.solution) for kernel in kernels], 40)
        _marks(axes, "yours", [(kernel.intensity, kernel.yours) for kernel in kernels if kernel.yours], 26)
        _number_kernels(axes, kernels)
        across, upwards = log_ticks(*axes.get_xlim()), log_ticks(*axes.get_ylim())
        axes.set_xticks(across, [f"{tick:,g}".replace(",", " ") for tick in across])
        axes.set_yticks(upwards, [as_tick(rate_in_words(tick)) for tick in upwards])
        axes.minorticks_off()
        axes.grid(color=LIGHT["grid"], linewidth=0.5)
        axes.set_xlabel("operations for each byte that has to be moved", fontsize=9)
        axes.set_ylabel("operations in a second", fontsize=9)
        _bare(axes)
        _legend(axes)
        _draw_ceilings(axes, ceilings)
        return _svg(figure, "roofline", _roofline_in_words(roof))


def _processors(threads: int) -> str:
    return "one processor" if threads == 1 else f"{threads} processors"


def _draw_ceilings(axes: Any, ceilings: Ceilings) -> None:
    """Solid for one processor, dashed for all; each says what it is along its line."""
    left, right = axes.get_xlim()
    looks = {"color": LIGHT["muted"], "zorder": 2}
    for threads in ceilings.distinct_threads:
        most, style = ceilings.arithmetic[threads], "-" if threads == 1 else "--"
        readings = ceilings.readings_of(threads)
        drawn = readings if threads == 1 else readings[-1:]  # of all processors only memory's
        start = most / max((each.bytes_per_second for each in drawn), default=most / left)
        axes.plot([start, right], [most, most], style, linewidth=1.2, **looks)
        said = f"arithmetic, {_processors(threads)}: {rate_in_words(most)}"
        axes.annotate(said, (right, most), (-3, 2), ha="right", va="bottom", **ALONG, **looks)
        for each in drawn:
            ends = [left, most / each.bytes_per_second]
            heights = [end * each.bytes_per_second for end in ends]
            axes.plot(ends, heights, style, linewidth=1.2, **looks)
        if threads == 1 and readings:
            _write_along(axes, readings[0], 2, "bottom")
            _write_along(axes, readings[-1], -2, "top")
    chain = ceilings.one_chain
    axes.plot([left, right], [chain, chain], ":", linewidth=1.2, **looks)
    said = f"additions, one after the other: {rate_in_words(chain)}"
    axes.annotate(said, (right, chain), (-3, 2), ha="right", va="bottom", **ALONG, **looks)


def _write_along(axes: Any, reading: Reading, offset: float, side: str) -> None:
    """The name of a line that rises, above or below it, from the figure's edge on."""
    slope = reading.bytes_per_second
    at = max(axes.get_xlim()[0], axes.get_ylim()[0] / slope) * 1.1
    axes.annotate(
        f"{reading.source}: {rate_in_words(slope)}B/s",
        (at, at * slope),
        (-offset / 2, offset),
        rotation=_angle(axes, at, slope),
        rotation_mode="anchor",
        color=LIGHT["muted"],
        va=side,
        **ALONG,
    )


def _angle(axes: Any, at: float, slope: float) -> float:
    """Of a line in the figure as it will be: the layout is made when it is drawn."""
    axes.figure.canvas.draw()
    (x0, y0), (x1, y1) = axes.transData.transform([(at, at * slope), (2 * at, 2 * at * slope)])
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def _number_kernels(axes: Any, kernels: Sequence[Kernel]) -> None:
    """Each exercise's number to the right of its highest mark, moved up where another one's is in the way."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    near, apart = 0.06 * math.log(right / left), 0.032 * math.log(top / bottom)
    written: list[tuple[float, float]] = []
    for kernel in sorted(kernels, key=lambda each: each.best):
        place, height = math.log(kernel.intensity), math.log(kernel.best)
        for other, taken in sorted(written, key=lambda each: each[1]):
            if abs(other - place) < near and abs(taken - height) < apart:
                height = taken + apart
        written.append((place, height))
        axes.annotate(
            kernel.number, (kernel.intensity, math.exp(height)), (6, 0), fontsize=8, va="center", **BESIDE
        )


def _roofline_in_words(roof: Roofline) -> str:
    ceilings = roof.ceilings
    said = "; ".join(
        f"{kernel.exercise}: {'yours' if kernel.yours else 'model solution'} "
        f"{rate_in_words(kernel.yours or kernel.solution)}"
        for kernel in roof.kernels
    )
    most = rate_in_words(ceilings.arithmetic[ceilings.most_threads])
    return (
        f"The roofline, both axes logarithmic: at most {most} operations in a second. "
        f"{said or 'No kernel was measured yet'}. The table has all."
    )


def rounds(name: str, measurement: Measurement) -> str:
    """Every epoch as a dot, a row for each side; a line at each median."""
    workloads = measurement.workloads
    with matplotlib.rc_context({**RC, "svg.hashsalt": f"rounds {name}"}):
        figure = Figure(figsize=(WIDTH, 0.5 + 1.25 * len(workloads)), layout="constrained")
        for axes, workload in zip(figure.subplots(len(workloads), squeeze=False)[:, 0], workloads):
            _draw_rounds(axes, workload)
        said = "; ".join(_rounds_in_words(workload) for workload in workloads)
        return _svg(figure, f"rounds-{name}", f"Every epoch's time of one call. {said}.")


def _draw_rounds(axes: Any, workload: Workload) -> None:
    _time_axis(axes, [value for values in workload.epochs.values() for value in values])
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
    _bare(axes)


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
    with matplotlib.rc_context({**RC, "svg.hashsalt": f"attempts {name}"}):
        figure = Figure(figsize=(WIDTH, 1.9), layout="constrained")
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
        _legend(axes)
        said = f"{len(verdicts)} attempts; the last known speedup is {times(list(known.values())[-1].median)}"
        return _svg(figure, f"attempts-{name}", said + (f", the mark {times(mark)}." if mark else "."))


def _draw_attempts(axes: Any, known: Mapping[int, Interval], without: Sequence[int]) -> None:
    for count, speed in known.items():
        axes.plot([count, count], [speed.low, speed.high], color=LIGHT["yours"], linewidth=3, alpha=0.5)
    _marks(axes, "yours", [(count, speed.median) for count, speed in known.items()], 24)
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
    _bare(axes)


def _svg(figure: Figure, name: str, description: str) -> str:
    """The figure as an element of the page: colours by name, ids of its own, and a text for it."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg"):]
    text = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    for colour, value in LIGHT.items():
        text = text.replace(value, f"var(--{colour})")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\g<1>{name}-", text)
    box = re.search(r'viewBox="[^"]*"', text)
    head = f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" {box.group() if box else ""} role="img"'
    return re.sub(r"<svg[^>]*>", lambda _: f'{head} aria-label="{escape(description)}">', text, count=1)
