"""Draws the tiles of the solution around the contour: exercises/17-scatter-tiles/tiles.png.

    /usr/bin/python3 solutions/17-scatter-tiles/draw_tiles.py

The rule is that of scatter.cpp, on a grid of 256 x 256 points, so that single tiles can be seen.
"""
from __future__ import annotations

import math
from pathlib import Path

import matplotlib
import numpy

matplotlib.use("Agg")
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.path import Path as Polygon  # noqa: E402

POINTS, SEGMENTS, WAVELENGTH = 256, 256, 0.5
FAR_ENOUGH, SMALLEST = 1.5, 16
PICTURE = Path(__file__).resolve().parents[2] / "exercises" / "17-scatter-tiles" / "tiles.png"


def nodes_needed(k_half_width: float) -> int:
    return math.ceil(max(11.0, 9.0 + 1.5 * k_half_width))


def nodes_in(lines: numpy.ndarray, k: float) -> numpy.ndarray:
    middle, half_width = (lines[0] + lines[-1]) / 2, (lines[-1] - lines[0]) / 2
    count = nodes_needed(k * half_width)
    return middle - half_width * numpy.cos((numpy.arange(count) + 0.5) * math.pi / count)


def main() -> None:
    k = 2 * math.pi / WAVELENGTH
    t = 2 * math.pi * numpy.arange(SEGMENTS + 1) / SEGMENTS
    xc, yc = numpy.cos(t + 0.5 * numpy.sin(t + 0.9)), numpy.sin(t)
    middle_x, middle_y = (xc[1:] + xc[:-1]) / 2, (yc[1:] + yc[:-1]) / 2
    x = numpy.linspace(xc.min() - 5 * WAVELENGTH, xc.max() + 3 * WAVELENGTH, POINTS)
    y = numpy.linspace(yc.min() - 3 * WAVELENGTH, yc.max() + 4 * WAVELENGTH, POINTS)
    polygon = Polygon(numpy.column_stack([xc, yc]))

    figure = Figure(figsize=(7.5, 7.0), layout="constrained")
    axes = figure.add_subplot()

    def draw(columns: slice, rows: slice) -> None:
        tile_x, tile_y = x[columns], y[rows]
        corners = [(a, b) for a in (tile_x[0], tile_x[-1]) for b in (tile_y[0], tile_y[-1])]
        dx = numpy.maximum(0, numpy.maximum(tile_x[0] - middle_x, middle_x - tile_x[-1]))
        dy = numpy.maximum(0, numpy.maximum(tile_y[0] - middle_y, middle_y - tile_y[-1]))
        distance = numpy.hypot(dx, dy).min()
        if distance > 0 and polygon.contains_points(corners).all():
            return
        half_width = max(tile_x[-1] - tile_x[0], tile_y[-1] - tile_y[0]) / 2
        far = distance >= FAR_ENOUGH * half_width
        if far and nodes_needed(k * half_width) ** 2 < len(tile_x) * len(tile_y):
            nodes = numpy.meshgrid(nodes_in(tile_x, k), nodes_in(tile_y, k))
            axes.plot(nodes[0].ravel(), nodes[1].ravel(), ".", color="#1b6ca8", markersize=1.6)
            draw_box(tile_x, tile_y, "none")
        elif max(len(tile_x), len(tile_y)) <= SMALLEST:
            draw_box(tile_x, tile_y, "#f3c9cd")
        else:
            for half_columns in halves(columns):
                for half_rows in halves(rows):
                    draw(half_columns, half_rows)

    def halves(lines: slice) -> list[slice]:
        middle = lines.start + (lines.stop - lines.start + 1) // 2
        return [slice(lines.start, middle), slice(middle, lines.stop)]

    def draw_box(tile_x: numpy.ndarray, tile_y: numpy.ndarray, colour: str) -> None:
        step_x, step_y = x[1] - x[0], y[1] - y[0]
        axes.fill(
            [tile_x[0], tile_x[-1] + step_x, tile_x[-1] + step_x, tile_x[0]],
            [tile_y[0], tile_y[0], tile_y[-1] + step_y, tile_y[-1] + step_y],
            facecolor=colour, edgecolor="#999999", linewidth=0.6, zorder=0,
        )

    draw(slice(0, POINTS), slice(0, POINTS))
    axes.plot(xc, yc, color="#222222", linewidth=1.4)
    axes.set_aspect("equal")
    axes.set_axis_off()
    figure.savefig(PICTURE, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
