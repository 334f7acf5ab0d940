"""The ladder as a picture: one line of marks for each size, on a logarithmic scale, as SVG and PNG."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # no display, and no window

from matplotlib.figure import Figure  # noqa: E402

from .ladder import Ladder  # noqa: E402

COLOURS = ("#1b6ca8", "#d1495b", "#2e8b57", "#8d6a9f", "#c98b2b")
MARKS = "osDv^"
TICKS = {  # short and far apart: they stand side by side, with up to eleven decades between the ends
    "10 µs": 1e-5,
    "100 µs": 1e-4,
    "1 ms": 1e-3,
    "10 ms": 1e-2,
    "100 ms": 0.1,
    "1 s": 1.0,
    "10 s": 10.0,
    "1 min": 60.0,
    "10 min": 600.0,
    "1 h": 3600.0,
    "10 h": 36e3,
    "10 d": 864e3,
    "100 d": 864e4,
}


def draw(ladder: Ladder) -> Figure:
    """Rungs from top to bottom in the course's order; hollow marks are times that were not measured."""
    figure = Figure(figsize=(9.0, 1.6 + 0.42 * len(ladder.rungs)), layout="constrained")
    axes = figure.add_subplot()
    for index, size in enumerate(ladder.sizes):
        _draw_size(axes, ladder, size, COLOURS[index % len(COLOURS)], MARKS[index % len(MARKS)])
    axes.set_xscale("log")
    seconds = [timing.seconds for rung in ladder.rungs for timing in rung.timings.values()]
    low, high = min(seconds) / 2.0, max(seconds) * 3.0
    axes.set_xlim(low, high)
    ticks = {name: tick for name, tick in TICKS.items() if low <= tick <= high}
    axes.set_xticks(list(ticks.values()), list(ticks))
    axes.minorticks_off()
    axes.set_yticks(range(len(ladder.rungs)), [rung.title for rung in ladder.rungs])
    axes.invert_yaxis()
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    title = "Wall time for the scattered wave; hollow: scaled from a smaller size"
    axes.set_title(title, fontsize=11, loc="left")
    axes.legend(title="nx = ny = nc", loc="lower right", frameon=True)
    machine = ladder.machine
    note = f"{machine['processor']}, {machine['processors']} processors, {machine['compiler']}"
    axes.set_xlabel(note, fontsize=8, color="#666666")
    return figure


def _draw_size(axes: Any, ladder: Ladder, size: int, colour: str, mark: str) -> None:
    rows = [row for row, rung in enumerate(ladder.rungs) if size in rung.timings]
    times = [ladder.rungs[row].timings[size] for row in rows]
    seconds = [timing.seconds for timing in times]
    axes.plot(seconds, rows, color=colour, linewidth=1.0, alpha=0.5, zorder=1)
    faces = [colour if timing.is_measured(size) else "white" for timing in times]
    axes.scatter(seconds, rows, s=36, c=faces, edgecolors=colour, marker=mark, label=str(size), zorder=2)


def save(ladder: Ladder, folder: Path) -> list[Path]:
    """ladder.svg and ladder.png; the same figures give the same SVG, so that a change in git is one."""
    figure = draw(ladder)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "ladder.svg", folder / "ladder.png"]
    with matplotlib.rc_context({"svg.hashsalt": "ladder", "svg.fonttype": "path"}):
        figure.savefig(files[0], metadata={"Date": None})
    figure.savefig(files[1], dpi=130, metadata={"Software": None})
    return files
