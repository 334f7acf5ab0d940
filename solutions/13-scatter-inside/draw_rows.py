"""Draws the picture of the lesson: a contour that is not convex, and where one row of the grid crosses it.
Run it from the top of the repository: it writes exercises/13-scatter-inside/rows.svg."""
from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import numpy  # noqa: E402
from matplotlib import pyplot  # noqa: E402

PICTURE = Path(__file__).resolve().parents[2] / "exercises" / "13-scatter-inside" / "rows.svg"
CORNERS = 60
ROW = 0.78


def star() -> tuple[numpy.ndarray, numpy.ndarray]:
    """Five lobes, the last corner equal to the first."""
    angle = 2 * numpy.pi * numpy.append(numpy.arange(CORNERS), 0) / CORNERS
    radius = 1 + 0.4 * numpy.cos(5 * angle + 0.9)
    return radius * numpy.cos(angle), radius * numpy.sin(angle)


def crossings(x: numpy.ndarray, y: numpy.ndarray) -> numpy.ndarray:
    """Where the row meets the contour, from left to right."""
    (which,) = numpy.nonzero((y[:-1] > ROW) != (y[1:] > ROW))
    along = (ROW - y[which]) / (y[which + 1] - y[which])
    return numpy.sort(x[which] + along * (x[which + 1] - x[which]))


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    matplotlib.rcParams.update({"svg.hashsalt": "rows", "svg.fonttype": "none"})
    x, y = star()
    met = crossings(x, y)
    points = numpy.linspace(-1.6, 1.6, 33)
    inside = numpy.searchsorted(met, points, side="right") % 2 == 1
    figure, axes = pyplot.subplots(figsize=(6, 4.4))
    axes.fill(x, y, color="0.92")
    axes.plot(x, y, color="0.35", linewidth=1, marker=".", markersize=3)
    axes.axhline(ROW, color="tab:blue", linewidth=0.8)
    for which, fill in ((~inside, "white"), (inside, "tab:blue")):
        row = numpy.full(which.sum(), ROW)
        axes.plot(points[which], row, "o", color=fill, markeredgecolor="tab:blue")
    axes.plot(met, numpy.full(met.size, ROW), "|", color="tab:red", markersize=22, markeredgewidth=2)
    for number, place in enumerate(met):
        # Each word stands on the outer side.
        word, side, shift = ("in", "right", -0.02) if number % 2 == 0 else ("out", "left", 0.02)
        axes.annotate(word, (place + shift, ROW + 0.08), ha=side, color="tab:red")
    axes.set_aspect("equal")
    axes.axis("off")
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
