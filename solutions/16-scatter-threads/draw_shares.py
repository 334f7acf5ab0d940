"""Draws which thread computes which rows, and how much work that is: exercises/16-scatter-threads/shares.png.

    /usr/bin/python3 solutions/16-scatter-threads/draw_shares.py

It prints the lesson's table of schedules, too. The work is counted, not timed: it is the number of points
outside of the course's obstacle, on a grid of 128 x 64 points.
"""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import matplotlib
import numpy

matplotlib.use("Agg")
from matplotlib.colors import ListedColormap  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.path import Path as Polygon  # noqa: E402

ROWS, COLUMNS, SEGMENTS = 64, 128, 96
WAVELENGTH, THREADS = 0.05, 8  # of the picture
PICTURE = Path(__file__).resolve().parents[2] / "exercises" / "16-scatter-threads" / "shares.png"
COLOURS = ["#4b2e83", "#1b6ca8", "#1d9a8a", "#6aa121", "#d0b800", "#d08a00", "#c8102e", "#8a4b2a"]


def outside_points(wavelength: float) -> numpy.ndarray:
    """Whether a point lies outside, row by row."""
    t = 2 * numpy.pi * numpy.append(numpy.arange(SEGMENTS), 0) / SEGMENTS
    xc, yc = numpy.cos(t + 0.5 * numpy.sin(t + 0.9)), numpy.sin(t)
    x = numpy.linspace(xc.min() - 5 * wavelength, xc.max() + 3 * wavelength, COLUMNS)
    y = numpy.linspace(yc.min() - 3 * wavelength, yc.max() + 4 * wavelength, ROWS)
    points = numpy.column_stack([grid.ravel() for grid in numpy.meshgrid(x, y)])
    return ~Polygon(numpy.column_stack([xc, yc])).contains_points(points).reshape(ROWS, COLUMNS)


def schedules(outside: numpy.ndarray, threads: int) -> dict[str, numpy.ndarray]:
    """The thread of each row. Dynamically it is the one that is the first to be free."""
    rows = numpy.arange(ROWS)
    dynamic, load = [], [0] * threads
    for work in outside.sum(axis=1):
        dynamic.append(load.index(min(load)))
        load[dynamic[-1]] += work
    return {"static": rows // (ROWS // threads), "static, 1": rows % threads, "dynamic": numpy.array(dynamic)}


def work_of(threads: numpy.ndarray, outside: numpy.ndarray) -> numpy.ndarray:
    """Of each thread, over the average."""
    work = numpy.bincount(threads, weights=outside.sum(axis=1))
    return work / work.mean()


def draw(grid: Any, bars: Any, schedule: str, threads: numpy.ndarray, outside: numpy.ndarray) -> None:
    whose = numpy.where(outside, threads[:, None], numpy.nan)
    colours = ListedColormap(COLOURS)
    grid.imshow(whose, origin="lower", aspect=COLUMNS / ROWS, cmap=colours, vmin=0, vmax=THREADS - 1,
                interpolation="nearest")
    grid.set(xticks=[], yticks=[], title=f"schedule({schedule})")
    work = work_of(threads, outside)
    bars.barh(numpy.arange(THREADS), work, color=COLOURS)
    bars.axvline(1.0, color="#222222", linewidth=0.8)
    bars.set(yticks=numpy.arange(THREADS), ylabel="thread", xlim=(0, 2.1), xlabel="work, over the average",
             title=f"the most: {work.max():.2f}")
    for side in ("top", "right"):
        bars.spines[side].set_visible(False)


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print("threads  wave  inside  " + "  ".join(schedules(outside_points(WAVELENGTH), THREADS)))
    for wavelength in (0.5, 0.05):
        outside = outside_points(wavelength)
        for threads in (2, 8):
            most = [work_of(rows, outside).max() for rows in schedules(outside, threads).values()]
            figures = "  ".join(f"{each:.2f}" for each in most)
            print(f"{threads}  {wavelength}  {1 - outside.mean():.0%}  {figures}")

    outside = outside_points(WAVELENGTH)
    shares = schedules(outside, THREADS)
    figure = Figure(figsize=(10.5, 3.4), layout="constrained")
    axes = figure.subplots(1, 4, width_ratios=[1.3, 1, 1.3, 1])
    draw(axes[0], axes[1], "static", shares["static"], outside)
    draw(axes[2], axes[3], "static, 1", shares["static, 1"], outside)
    figure.savefig(PICTURE, dpi=110, metadata={"Software": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
