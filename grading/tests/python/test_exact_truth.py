"""References and solutions of the C++ sums, histograms and inside tests, against exact arithmetic."""
from __future__ import annotations

import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pytest
from calling import built, call
from conftest import ROOT
from course.exercise import Exercise
from course.exercise_file import load
from course.tree import Tree, folders

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TREE = Tree(ROOT)
UNIT_ROUNDOFF = 2.0**-53
COUNTS = (0, 1, 2, 7, 8, 9, 31, 63, 65, 1009, 20011)


def in_cpp(family: str) -> list[Any]:
    """Test parameters: reference and solution of each exercise of the family."""
    everyone = [load(TREE, folder) for folder in folders(TREE)]
    mine = [each for each in everyone if each.family == family and each.language.name == "c++"]
    roles = ("reference", "solution")
    return [pytest.param(each, role, id=f"{each.name}-{role}") for each in mine for role in roles]


def values(count: int) -> Any:
    """Numbers of both signs and of sizes that differ by a factor of a million."""
    random = numpy.random.default_rng(count)
    return random.uniform(-1, 1, count) * 10.0 ** random.uniform(-3, 3, count)


def allowed(exercise: Exercise, summands: Any) -> float:
    """The exercise's tolerance for a sum of these, as its formula has it."""
    tolerance = tomllib.loads(exercise.toml.read_text(encoding="utf-8"))["tolerance"]
    n = len(summands)
    share = UNIT_ROUNDOFF + n * UNIT_ROUNDOFF**2
    if tolerance.get("bound") != "compensated":
        share = max(n - 1, 0) * UNIT_ROUNDOFF
    return float(tolerance["factor"]) * share * math.fsum(abs(summands))


@pytest.mark.parametrize("exercise, role", in_cpp("sum"))
def test_a_sum_is_as_near_to_the_exact_one_as_its_bound_says(exercise: Exercise, role: str) -> None:
    library = built(exercise, role)
    for count in COUNTS:
        summands, total = values(count), numpy.full(1, numpy.nan)
        call(library, [summands], total)
        error = abs(Fraction(float(total[0])) - sum(map(Fraction, summands.tolist())))
        assert error <= allowed(exercise, summands), count


@pytest.mark.parametrize("exercise, role", in_cpp("histogram"))
@pytest.mark.parametrize("bins", [1, 5, 256, 5000, 1600000])  # for the last the solution keeps no copies
def test_a_bin_is_as_near_to_its_exact_sum_as_its_bound_says(
    exercise: Exercise, role: str, bins: int
) -> None:
    library = built(exercise, role)
    for count in COUNTS:
        summands, totals = values(count), numpy.full(bins, numpy.nan)
        numbers = numpy.random.default_rng(bins).integers(0, bins, count, dtype=numpy.uint32)
        call(library, [numbers, summands], totals)
        assert not totals[numpy.setdiff1d(numpy.arange(bins), numbers)].any()
        for number in numpy.unique(numbers)[:300]:
            mine = summands[numbers == number]
            error = abs(Fraction(float(totals[number])) - sum(map(Fraction, mine.tolist())))
            assert error <= allowed(exercise, mine), (count, number)


def clockwise_terraces() -> tuple[list[float], list[float]]:
    """A contour with level and upright edges and a notch, whose corners lie on lines of the grid."""
    corners = [(0, 0), (0, 6), (2, 6), (2, 3), (3, 5), (4, 3), (4, 6), (6, 5), (5, 3), (6, 0), (3, 1), (0, 0)]
    return [x / 4 for x, _ in corners], [y / 4 for _, y in corners]


def whereabouts(xc: list[float], yc: list[float], px: float, py: float) -> str:
    """Inside, outside or on the contour, without any rounding."""
    x, y = Fraction(px), Fraction(py)
    corners = [(Fraction(a), Fraction(b)) for a, b in zip(xc, yc)]
    crossings = 0
    for (x0, y0), (x1, y1) in zip(corners, corners[1:]):
        turn = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        if turn == 0 and min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1):
            return "on the contour"
        if (y0 > y) != (y1 > y) and (turn > 0) == (y1 > y0):
            crossings += 1
    return "inside" if crossings % 2 else "outside"


def check_mask(library: Path, xc: list[float], yc: list[float], lines: Any) -> None:
    """That the mask is the exact one, but for points on the contour, for the contour either way round."""
    mask = numpy.full(-(-len(lines) ** 2 // 8) * 8, 7, dtype=numpy.uint8)
    for contour in ((xc, yc), (xc[::-1], yc[::-1])):
        call(library, [numpy.array(side) for side in (*contour, lines, lines)], mask)
        found = mask[: len(lines) ** 2].reshape(len(lines), len(lines))
        for j, py in enumerate(lines.tolist()):
            for i, px in enumerate(lines.tolist()):
                where = whereabouts(xc, yc, px, py)
                if where != "on the contour":
                    assert found[j, i] == (where == "inside"), (px, py)


@pytest.mark.parametrize("exercise, role", in_cpp("inside"))
@pytest.mark.parametrize("step", [0.25, 0.125, 0.09])
def test_a_mask_is_the_exact_one_on_lines_through_corners_and_along_edges(
    exercise: Exercise, role: str, step: float
) -> None:
    check_mask(built(exercise, role), *clockwise_terraces(), numpy.arange(-0.25, 1.9, step))


@pytest.mark.parametrize("exercise, role", in_cpp("inside"))
@pytest.mark.parametrize("width", [1.0, 0.6])  # 0.6 of the smallest number is rounded to all of it
def test_a_mask_is_the_exact_one_beside_an_edge_that_is_almost_level(
    exercise: Exercise, role: str, width: float
) -> None:
    smallest = 2.0**-1074
    lines = numpy.array([-0.75, -0.2, 0.0, 0.3, 0.5, 0.8, 1.5])
    check_mask(built(exercise, role), [0.0, width, 0.5, 0.0], [0.0, smallest, 1.0, 0.0], lines)
