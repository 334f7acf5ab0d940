"""Draws which sources each level of the tree adds for one small tile: exercises/18-scatter-tree/levels.png.

    /usr/bin/python3 solutions/18-scatter-tree/draw_tree.py

The library itself says which: a small program asks it, for the course's obstacle and the judge's grid and
number of segments.
"""
from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy

matplotlib.use("Agg")
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402

POINTS, SEGMENTS, WAVELENGTH = 1024, 512, 0.5
PLACE = (0.87, 0.29)  # in the small tile
SEEN_NEARER = 0.35
COARSEST, LEVELS = 4, 5  # so many tiles each way, and how often they are cut
COLOURS = ["#4b2e83", "#1b6ca8", "#1d9a8a", "#6aa121", "#d08a00"]
NEAR = "#c8102e"
ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "exercises" / "18-scatter-tree" / "levels.png"

# Reads the wavenumber and the number of segments, the contour, the number of tiles, and each one's middle and
# half widths, from the largest to the smallest. Prints each far source as "level x y", and each near segment
# with the number of levels in front.
PROGRAM = """
#include <iostream>
#include "tree.hpp"

int main() {
    double k;
    std::size_t segments, tiles;
    std::cin >> k >> segments;
    std::vector<double> xc(segments + 1), yc(segments + 1), nowhere{0.0};
    for (double& x : xc) std::cin >> x;
    for (double& y : yc) std::cin >> y;
    const wave::Contour contour(Problem{xc, yc, nowhere, nowhere, k, 0.0});
    std::vector<std::size_t> pieces{wave::Contour::whole()};
    const auto print = [](std::size_t level, auto sources) {
        for (const wave::Segment& source : sources)
            std::cout << level << ' ' << source.middle.x << ' ' << source.middle.y << '\\n';
    };
    std::cin >> tiles;
    for (std::size_t level = 0; level < tiles; ++level) {
        wave::Box tile;
        std::cin >> tile.x >> tile.y >> tile.half_width_x >> tile.half_width_y;
        wave::Neighbours neighbours;
        contour.sort(tile, pieces, neighbours);
        for (const std::size_t far : neighbours.far) print(level, std::span(contour.piece(far).sources));
        pieces = neighbours.near;
    }
    for (const std::size_t near : pieces) print(tiles, contour.segments(near));
}
"""


class Box(NamedTuple):
    left: float
    right: float
    bottom: float
    top: float


def tile_around(grid: Box, parts: int) -> Box:
    """Of so many each way the one in which the place lies."""
    width, height = (grid.right - grid.left) / parts, (grid.top - grid.bottom) / parts
    left = grid.left + (PLACE[0] - grid.left) // width * width
    bottom = grid.bottom + (PLACE[1] - grid.bottom) // height * height
    return Box(left, left + width, bottom, bottom + height)


def sources_by_level(xc: numpy.ndarray, yc: numpy.ndarray, tiles: list[Box]) -> list[numpy.ndarray]:
    """Of each tile those that it adds, and last the segments near to all of them: rows of x and y."""
    numbers = [2 * numpy.pi / WAVELENGTH, SEGMENTS, *xc, *yc, len(tiles)]
    for tile in tiles:
        numbers += [(tile.left + tile.right) / 2, (tile.bottom + tile.top) / 2,
                    (tile.right - tile.left) / 2, (tile.top - tile.bottom) / 2]
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "levels.cpp", Path(folder) / "levels"
        source.write_text(PROGRAM)
        includes = [f"-I{ROOT / 'grading' / name}" for name in ("interface", "library")]
        words = ["-std=c++20", "-O2", "-march=native", *includes, str(source), "-o", str(program)]
        subprocess.run([os.environ.get("CXX", "g++"), *words], check=True)
        said = subprocess.check_output([str(program)], input=" ".join(map(str, numbers)), text=True)
    rows = numpy.array([line.split() for line in said.splitlines()], dtype=float)
    return [rows[rows[:, 0] == level, 1:] for level in range(len(tiles) + 1)]


def draw_empty(axes: Any, xc: numpy.ndarray, yc: numpy.ndarray, seen: Box) -> None:
    axes.plot(xc, yc, color="#bbbbbb", linewidth=0.8, zorder=0)
    axes.set(aspect="equal", xticks=[], yticks=[], xlim=seen[:2], ylim=seen[2:])
    for side in axes.spines.values():
        side.set_color("#bbbbbb")


def draw_tile(axes: Any, tile: Box, colour: str) -> None:
    axes.add_patch(Rectangle((tile.left, tile.bottom), tile.right - tile.left, tile.top - tile.bottom,
                             facecolor="none", edgecolor=colour, linewidth=1.4))


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    t = 2 * numpy.pi * numpy.append(numpy.arange(SEGMENTS), 0) / SEGMENTS
    xc, yc = numpy.cos(t + 0.5 * numpy.sin(t + 0.9)), numpy.sin(t)
    grid = Box(xc.min() - 5 * WAVELENGTH, xc.max() + 3 * WAVELENGTH,
               yc.min() - 3 * WAVELENGTH, yc.max() + 4 * WAVELENGTH)
    tiles = [tile_around(grid, COARSEST << level) for level in range(LEVELS)]
    *far, near = sources_by_level(xc, yc, tiles)

    figure = Figure(figsize=(10.5, 5.0), layout="constrained")
    both = whole, nearer = figure.subplots(1, 2)
    draw_empty(whole, xc, yc, grid)
    draw_empty(nearer, xc, yc, Box(PLACE[0] - SEEN_NEARER, PLACE[0] + SEEN_NEARER,
                                   PLACE[1] - SEEN_NEARER, PLACE[1] + SEEN_NEARER))

    def draw_sources(sources: numpy.ndarray, colour: str, label: str) -> None:
        whole.plot(*sources.T, ".", color=colour, markersize=3.5, label=label)
        nearer.plot(*sources.T, ".", color=colour, markersize=6)

    for level, (tile, sources, colour) in enumerate(zip(tiles, far, COLOURS)):
        lines = POINTS // (COARSEST << level)
        for axes in both:
            draw_tile(axes, tile, colour)
        draw_sources(sources, colour, f"{lines} x {lines} points: {len(sources)} sources")
    draw_sources(near, NEAR, f"at the points themselves: {len(near)} segments")
    whole.legend(loc="lower left", fontsize=9, title="A tile of", title_fontsize=9, frameon=False)
    figure.savefig(PICTURE, dpi=110, metadata={"Software": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
