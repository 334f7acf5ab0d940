"""The roofline's figure: what the machine can do at most, and how far below it each kernel is."""
from __future__ import annotations

import math
from typing import Any, Sequence

from ...figures import as_tick, rate_in_words
from ...palette import LIGHT
from ..ceilings import Ceilings, Reading
from ..roofline import Kernel, Roofline
from .drawing import bare, legend, log_ticks, marks, new_figure, svg

ALONG = {"xycoords": "data", "textcoords": "offset points", "fontsize": 7.5}


def roofline(roof: Roofline) -> str:
    """The ceilings as lines, and over each kernel's intensity its marks: start, model solution, yours."""
    kernels, ceilings = roof.kernels, roof.ceilings
    with new_figure("roofline", 5.2) as figure:
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
        marks(axes, "reference", [(kernel.intensity, kernel.start) for kernel in kernels], 26)
        marks(axes, "solution", [(kernel.intensity, kernel.solution) for kernel in kernels], 40)
        marks(axes, "yours", [(kernel.intensity, kernel.yours) for kernel in kernels if kernel.yours], 26)
        _number_kernels(axes, kernels)
        across, upwards = log_ticks(*axes.get_xlim()), log_ticks(*axes.get_ylim())
        axes.set_xticks(across, [f"{tick:,g}".replace(",", " ") for tick in across])
        axes.set_yticks(upwards, [as_tick(rate_in_words(tick)) for tick in upwards])
        axes.minorticks_off()
        axes.grid(color=LIGHT["grid"], linewidth=0.5)
        axes.set_xlabel("operations for each byte that has to be moved", fontsize=9)
        axes.set_ylabel("operations in a second", fontsize=9)
        bare(axes)
        legend(axes)
        _draw_ceilings(axes, ceilings)
        return svg(figure, "roofline", _roofline_in_words(roof))


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
    """Each exercise's number beside its highest mark: to the right, or where that is free."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    wide, high = 0.05 * math.log(right / left), 0.032 * math.log(top / bottom)
    taken = [
        (math.log(kernel.intensity), math.log(rate))
        for kernel in kernels
        for rate in (kernel.start, kernel.solution, kernel.yours)
        if rate
    ]

    def is_free(place: tuple[float, float]) -> bool:
        return not any(abs(x - place[0]) < 0.6 * wide and abs(y - place[1]) < high for x, y in taken)

    for kernel in sorted(kernels, key=lambda each: each.best):
        x, y = math.log(kernel.intensity), math.log(kernel.best)
        places = [(x + side * 0.7 * wide, y + up * high) for up in range(len(kernels)) for side in (1, -1)]
        place = next(filter(is_free, places), places[0])
        taken.append(place)
        where = map(math.exp, place)
        axes.text(*where, kernel.number, ha="center", va="center", fontsize=8, color=LIGHT["ink"])


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
