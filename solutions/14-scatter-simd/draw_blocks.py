"""Draws the lesson's picture: which vectors and blocks of points have a pair that is near to one segment.

    $(cat build/python) solutions/14-scatter-simd/draw_blocks.py exercises/14-scatter-simd/blocks.png
"""
from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path as Polygon

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402

WAVELENGTH, POINTS, SEGMENTS = 0.5, 48, 64
LANES, BLOCK, STRIP = 8, 64, 8
BORDER = 10.5 * WAVELENGTH / (2 * np.pi)  # k r = 10.5: from there on the far form holds
SEGMENT = 40
FAR, BLOCK_COLOUR, MIXED = "#b8c7dc", "#f0a030", "#c02020"


def contour() -> tuple[np.ndarray, np.ndarray]:
    angle = 2 * np.pi * np.arange(SEGMENTS + 1) / SEGMENTS
    return np.cos(angle + 0.5 * np.sin(angle + 0.9)), np.sin(angle)


def points_outside(strip: int) -> np.ndarray:
    """The points outside in the program's order: strips of columns, from row to row."""
    xc, yc = contour()
    x = np.linspace(xc.min() - 5 * WAVELENGTH, xc.max() + 3 * WAVELENGTH, POINTS)
    y = np.linspace(yc.min() - 3 * WAVELENGTH, yc.max() + 4 * WAVELENGTH, POINTS)
    order = [
        (x[i], y[j])
        for first in range(0, POINTS, strip)
        for j in range(POINTS)
        for i in range(first, min(first + strip, POINTS))
    ]
    points = np.array(order)
    return points[~Polygon(np.column_stack([xc, yc])).contains_points(points)]


def draw(axes: Axes, title: str, strip: int) -> None:
    points = points_outside(strip)
    xc, yc = contour()
    ends = np.array([[xc[SEGMENT], yc[SEGMENT]], [xc[SEGMENT + 1], yc[SEGMENT + 1]]])
    middle = ends.mean(axis=0)
    near = np.hypot(*(points - middle).T) < BORDER
    number = np.arange(len(points))
    mixed = np.isin(number // LANES, number[near] // LANES)
    touched = np.isin(number // BLOCK, number[near] // BLOCK)
    for chosen, colour in ((~touched, FAR), (touched & ~mixed, BLOCK_COLOUR), (mixed, MIXED)):
        axes.scatter(*points[chosen].T, s=5, color=colour, linewidths=0)
    axes.fill(xc, yc, facecolor="#eeeeee", edgecolor="#404040", linewidth=1)
    axes.add_patch(plt.Circle(tuple(middle), BORDER, fill=False, color="#404040", linestyle="--"))
    axes.plot(*middle, "x", color="black")
    blocks = len(set(number[near] // BLOCK))
    vectors = len(set(number[near] // LANES))
    axes.set_title(f"{title}: {vectors} mixed vectors, in {blocks} blocks", fontsize=10)
    axes.set_aspect("equal")
    axes.axis("off")


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.9), layout="constrained")
    draw(left, "rows", POINTS)
    draw(right, "strips", STRIP)
    figure.savefig(Path(sys.argv[1]), dpi=110)
    return 0


if __name__ == "__main__":
    sys.exit(main())
