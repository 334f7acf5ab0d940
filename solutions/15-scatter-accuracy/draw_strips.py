"""Draws the lesson's picture: the points that share a vector, in strips of four rows beside the obstacle.

    $(cat build/python) solutions/15-scatter-accuracy/draw_strips.py exercises/15-scatter-accuracy/strips.png
"""
from __future__ import annotations

import sys

import matplotlib
import numpy as np
from matplotlib.path import Path as Polygon

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402

WAVELENGTH, SEGMENTS, STRIP, LANES = 0.5, 96, 4, 16
COLUMNS, ROWS = 128, 64  # of the exercise's grid, of which the picture shows a part
SHOWN_X, SHOWN_Y = (-2.1, 0.3), (-0.05, 1.35)
COLOURS = ["#2f6db3", "#e08a1e", "#3f9c5a", "#b0417a"]


def contour() -> tuple[np.ndarray, np.ndarray]:
    angle = 2 * np.pi * np.arange(SEGMENTS + 1) / SEGMENTS
    return np.cos(angle + 0.5 * np.sin(angle + 0.9)), np.sin(angle)


def vectors(x: np.ndarray, y: np.ndarray, obstacle: Polygon) -> list[np.ndarray]:
    """The points of each vector, in the program's order, without the copies that fill one up."""
    found: list[np.ndarray] = []
    for first in range(0, len(y), STRIP):
        rows = y[first:first + STRIP]
        run: list[tuple[float, float]] = []
        for column in [*x, None]:
            points = [] if column is None else [(column, row) for row in rows]
            outside = [point for point in points if not obstacle.contains_point(point)]
            run += outside
            while len(run) >= LANES or (run and not outside):
                found.append(np.array(run[:LANES]))
                run = run[LANES:]
    return found


def main(picture: str) -> None:
    xc, yc = contour()
    x = np.linspace(xc.min() - 5 * WAVELENGTH, xc.max() + 3 * WAVELENGTH, COLUMNS)
    y = np.linspace(yc.min() - 3 * WAVELENGTH, yc.max() + 4 * WAVELENGTH, ROWS)
    figure, axes = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    axes.fill(xc, yc, facecolor="#eeeeee", edgecolor="#404040")
    for number, points in enumerate(vectors(x, y, Polygon(np.column_stack([xc, yc])))):
        axes.scatter(*points.T, s=16, color=COLOURS[number % len(COLOURS)], linewidths=0)
    axes.set(xlim=SHOWN_X, ylim=SHOWN_Y, aspect="equal", xlabel="x", ylabel="y")
    axes.set_title("Points of one colour, side by side: a vector", fontsize=10)
    figure.savefig(picture)


if __name__ == "__main__":
    main(sys.argv[1])
