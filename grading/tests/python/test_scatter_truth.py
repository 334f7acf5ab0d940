"""References and solutions of the C++ scatter exercises against the formula itself, in 30 digits."""
from __future__ import annotations

import math
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Callable, NamedTuple

import numpy
import pytest
from calling import built, call
from conftest import ROOT
from course import machine
from course.exercise import Exercise
from course.exercise_file import load
from course.exercises import find
from course.tree import Tree, folders

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

mpmath = pytest.importorskip("mpmath")
TREE = Tree(ROOT)
SEGMENTS, POINTS, COMPARED = 40, 90, 12
NAMES = [
    exercise.name
    for exercise in (load(TREE, folder) for folder in folders(TREE))
    if exercise.family == "scatter" and exercise.language.name == "c++"
]


def on_the_kite(angle: Any) -> tuple[Any, Any]:
    """Not convex."""
    return numpy.cos(angle) + 0.65 * numpy.cos(2 * angle) - 0.65, 1.5 * numpy.sin(angle)


def on_the_ellipse(angle: Any) -> tuple[Any, Any]:
    return 1.3 * numpy.cos(angle), 0.7 * numpy.sin(angle)


def on_the_flat_ellipse(angle: Any) -> tuple[Any, Any]:
    return numpy.cos(angle), 0.4 * numpy.sin(angle)


def on_the_star(angle: Any) -> tuple[Any, Any]:
    radius = 1 + 0.3 * numpy.cos(5 * angle)
    return radius * numpy.cos(angle), radius * numpy.sin(angle)


CONTOURS = {
    "some waves": (on_the_kite, 0.5),
    "a long wave": (on_the_ellipse, 30.0),
    "a short wave": (on_the_ellipse, 0.06),
    "a wave far shorter than the grid's spacing": (on_the_ellipse, 0.002),
    "next to a segment": (on_the_kite, 0.5),
}


def problem(name: str) -> dict[str, Any]:
    """A contour in a wave that comes from aslant."""
    contour, wavelength = CONTOURS[name]
    angle = 2 * math.pi * numpy.arange(SEGMENTS + 1) / SEGMENTS
    angle[-1] = 0.0
    xc, yc = contour(angle)
    x = numpy.linspace(xc.min() - 2.5, xc.max() + 1.5, POINTS)
    y = numpy.linspace(yc.min() - 1.5, yc.max() + 2.0, POINTS)
    if name == "next to a segment":
        x[POINTS // 2], y[POINTS // 2] = (xc[3] + xc[4]) / 2 + 3e-7, (yc[3] + yc[4]) / 2 + 2e-7
        x.sort()
        y.sort()
    k = 2 * math.pi / wavelength * numpy.array([math.cos(0.4), math.sin(0.4)])
    return {"xc": xc, "yc": yc, "x": x, "y": y, "k": k}


class View(NamedTuple):
    """A part of the field: the contour and its segments, the wave and where it runs to, and the grid."""

    contour: Callable[[Any], tuple[Any, Any]]
    segments: int
    wavelength: float
    direction: float
    points: tuple[int, int]
    middle: tuple[float, float]
    width: tuple[float, float]

    def problem(self) -> dict[str, Any]:
        angle = 2 * math.pi * numpy.arange(self.segments + 1) / self.segments
        angle[-1] = 0.0
        xc, yc = self.contour(angle)
        x, y = (
            middle + width * numpy.linspace(-0.5, 0.5, points)
            for middle, width, points in zip(self.middle, self.width, self.points)
        )
        k = 2 * math.pi / self.wavelength * numpy.array([math.cos(self.direction), math.sin(self.direction)])
        return {"xc": xc, "yc": yc, "x": x, "y": y, "k": k}


VIEWS = {
    "a window far away": View(on_the_star, 144, 0.0802, 2.489, (60, 40), (16.64, 73.15), (0.08, 0.32)),
    "a window next to the obstacle": View(
        on_the_flat_ellipse, 13, 0.3481, 5.716, (80, 50), (1.248, -2.698), (0.1843, 0.1829)
    ),
    "a coarse grid far away": View(on_the_kite, 10, 0.1248, 2.198, (63, 73), (369, 237), (1.906, 0.636)),
    "a strip many waves long": View(on_the_kite, 40, 0.9456, 6.206, (240, 162), (-311, -238), (0.24, 281)),
    "a strip and a long wave": View(on_the_star, 3, 17.32, 0.0, (90, 80), (-3.8, -5.9), (0.32, 27.2)),
    "a wide strip and a long wave": View(
        on_the_flat_ellipse, 12, 34.45, 0.049, (120, 150), (1.92, 4.55), (128, 4.3)
    ),
    "a window in the kite's bay": View(on_the_kite, 51, 5.144, 0.1928, (90, 80), (-0.346, -1.5), (0.1, 0.56)),
    "a window smaller than a segment": View(
        on_the_kite, 80, 1.389, 4.818, (160, 90), (-1.465, 1.38), (0.05205, 0.01155)
    ),
}


def answer(library: Path, given: dict[str, Any]) -> Any:
    arrays = [numpy.ascontiguousarray(given[name], dtype=float) for name in ("xc", "yc", "x", "y", "k")]
    field = numpy.full((len(given["y"]), len(given["x"])), numpy.nan, dtype=complex)
    call(library, arrays, field)
    return field


Floats = tuple[float, ...]


def truth(given: dict[str, Any], px: float, py: float) -> complex:
    """The formula of docs/problem.md at one point outside."""
    return _truth(*(tuple(map(float, given[name])) for name in ("xc", "yc", "k")), px, py)


@cache  # most points are asked for once for each of the exercises
def _truth(xc: Floats, yc: Floats, wave_vector: Floats, px: float, py: float) -> complex:
    mp = mpmath.mp
    mp.dps = 30
    kx, ky = map(mp.mpf, wave_vector)
    k = mp.sqrt(kx**2 + ky**2)
    total = mp.mpc(0)
    corners = [(mp.mpf(a), mp.mpf(b)) for a, b in zip(xc, yc)]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:]):
        ds = mp.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
        nx, ny = -(y1 - y0) / ds, (x1 - x0) / ds
        mx, my = (x0 + x1) / 2, (y0 + y1) / 2
        dx, dy = mp.mpf(px) - mx, mp.mpf(py) - my
        r = mp.sqrt(dx**2 + dy**2)
        facing = nx * kx + ny * ky
        wave = mp.expj(kx * mx + ky * my)
        g = mp.mpc(0, 0.25) * mp.hankel1(0, k * r)
        dg = -mp.mpc(0, 0.25) * mp.hankel1(1, k * r) * k * (nx * dx + ny * dy) / r
        total += ds * wave * (-g * mp.mpc(0, 1) * facing + (1 if facing > 0 else -1) * dg)
    return complex(total)


def away_from_midpoints(given: dict[str, Any]) -> Any:
    """Whether a point is, to the judge, for which beside is what is closer than an eighth of the segment."""
    away = numpy.full((len(given["y"]), len(given["x"])), True)
    for x0, x1, y0, y1 in zip(given["xc"], given["xc"][1:], given["yc"], given["yc"][1:]):
        distances = numpy.hypot(given["x"] - (x0 + x1) / 2, given["y"][:, None] - (y0 + y1) / 2)
        away &= distances >= math.hypot(x1 - x0, y1 - y0) / 8
    return away


def allowed(exercise: Exercise, field: Any) -> float:
    """Of the field's largest value: the exercise's own factor, ten of it where it counts contributions."""
    tolerance = tomllib.loads(exercise.toml.read_text(encoding="utf-8"))["tolerance"]
    share = float(tolerance["factor"]) * (1.0 if tolerance.get("bound") == "field" else 10.0)
    return share * float(numpy.abs(field).max())


@pytest.fixture(scope="module", params=CONTOURS)
def given(request: pytest.FixtureRequest) -> dict[str, Any]:
    return problem(request.param)


@pytest.fixture(scope="module")
def expected(given: dict[str, Any]) -> list[tuple[int, int, complex]]:
    """The truth at some points, half of them next to the contour, the nearest of all among them; points
    inside are left out later."""
    middle_x, middle_y = ((given[side][1:] + given[side][:-1]) / 2 for side in ("xc", "yc"))
    distances = numpy.min(
        numpy.hypot(given["x"][None, :, None] - middle_x, given["y"][:, None, None] - middle_y), axis=2
    )
    nearest = numpy.unravel_index(distances.argmin(), distances.shape)
    places = [(int(nearest[1]), int(nearest[0]))]
    random = numpy.random.default_rng(20)
    while len(places) < COMPARED:
        i, j = int(random.integers(POINTS)), int(random.integers(POINTS))
        if len(places) % 2 == 0 or distances[j, i] < 0.4:
            places.append((i, j))
    return [(i, j, truth(given, float(given["x"][i]), float(given["y"][j]))) for i, j in places]


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_it_agrees_with_the_formula_in_thirty_digits(
    name: str, role: str, given: dict[str, Any], expected: list[tuple[int, int, complex]]
) -> None:
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    assert numpy.isfinite(field).all()
    outside = [(i, j, value) for i, j, value in expected if field[j, i] != 0]
    assert len(outside) >= COMPARED // 2
    worst = max(abs(field[j, i] - value) for i, j, value in outside)
    assert worst <= allowed(exercise, field)


@pytest.mark.skipif("avx" not in machine.processor_features().split(), reason="is for a processor with AVX")
def test_it_is_as_right_where_vectors_of_doubles_are_wider_than_those_of_integers() -> None:
    """As on a processor with AVX but not AVX2: a solution that has both doubles and floats in vectors."""
    given = problem("some waves")
    exercise = find(TREE, "15-scatter-accuracy")
    flags = tuple(flag.replace("-march=native", "-march=sandybridge") for flag in exercise.flags)
    assert flags != exercise.flags
    field = answer(built(replace(exercise, flags=flags), "solution"), given)
    for i, j in ((0, 0), (POINTS // 2, POINTS - 1), (POINTS // 5, POINTS // 2)):
        expected = truth(given, float(given["x"][i]), float(given["y"][j]))
        assert abs(field[j, i] - expected) <= allowed(exercise, field)


@pytest.fixture(scope="module", params=VIEWS)
def view(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Any]:
    """A problem, and the whole field to twelve digits: where it was compared, it agrees with the formula."""
    given = VIEWS[request.param].problem()
    nx, ny = len(given["x"]), len(given["y"])
    field = answer(built(find(TREE, "14-scatter-simd"), "solution"), given)
    for i, j in ((0, 0), (nx // 2, ny // 2), (nx // 3, ny - 1), (nx - 1, ny // 5)):
        expected = truth(given, float(given["x"][i]), float(given["y"][j]))
        assert field[j, i] == 0 or abs(field[j, i] - expected) <= 1e-10 * abs(field).max()
    return given, field


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_right_wherever_the_grid_looks(name: str, role: str, view: tuple[dict[str, Any], Any]) -> None:
    given, expected = view
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    assert numpy.abs(field - expected).max() <= allowed(exercise, field)


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_the_digits_of_a_single_point_where_the_waves_cancel(name: str, role: str) -> None:
    given = problem("a short wave")
    given["x"], given["y"] = numpy.array([2.96]), numpy.array([-0.59])
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    assert abs(field[0, 0] - truth(given, 2.96, -0.59)) <= allowed(exercise, field)


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_a_value_beside_a_midpoint_excuses_no_error_elsewhere(name: str, role: str) -> None:
    """Three strong sources nearly cancel along a line, but for one point, whose value is a million."""
    angle = 0.4 + 2 * math.pi * numpy.array([0, 1, 2, 0]) / 3
    xc, yc = on_the_flat_ellipse(angle)
    middle_x, middle_y = ((corners[1:] + corners[:-1]) / 2 for corners in (xc, yc))
    y = numpy.linspace(yc.min() - 0.1, yc.max() + 0.1, 41)
    y[abs(y - middle_y[0]).argmin()] = middle_y[0] + 1e-7
    k = 2 * math.pi / 0.43 * numpy.array([math.cos(4.03), math.sin(4.03)])
    given = {"xc": xc, "yc": yc, "x": middle_x[:1] - 1e-7, "y": y, "k": k}
    counts = away_from_midpoints(given)
    expected = answer(built(find(TREE, "14-scatter-simd"), "solution"), given)
    assert abs(expected).max() > 1e6 and abs(expected[counts]).max() < 1
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    assert numpy.abs(field - expected)[counts].max() <= allowed(exercise, field[counts])


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_right_through_a_window_around_a_midpoint(name: str, role: str) -> None:
    """Where the wave of one source grows from less than 1 to nearly 200 within a tile or two, and each value
    that is larger than all those away from it has as many digits as these."""
    view = View(on_the_star, 300, 6.372, 5.741, (64, 150), (0.58745, 0.82575), (0.005628, 0.004706))
    given = view.problem()
    counts = away_from_midpoints(given)
    expected = answer(built(find(TREE, "14-scatter-simd"), "solution"), given)
    largest = abs(expected[counts]).max()
    assert abs(expected).max() > 100 * largest
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    errors = abs(field - expected) / numpy.maximum(abs(expected) / largest, 1.0)
    assert errors.max() <= allowed(exercise, expected[counts])


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_the_digits_on_an_axis_of_symmetry_where_long_waves_cancel(name: str, role: str) -> None:
    given = problem("a long wave")
    given["k"] = numpy.array([2 * math.pi / 1000, 0.0])
    given["x"], given["y"] = numpy.array([0.0]), numpy.linspace(0.75, 2.5, 800)
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    worst = max(abs(field[j, 0] - truth(given, 0.0, float(given["y"][j]))) for j in range(0, 800, 40))
    assert worst <= allowed(exercise, field)


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_lines_that_hardly_differ_see_the_same_wave(name: str, role: str) -> None:
    given, groups = problem("a long wave"), 5
    for axis in ("x", "y"):
        lines = numpy.repeat(given[axis][:: POINTS // groups], POINTS // groups)
        lines[abs(lines) == abs(lines).min()] = 0.0  # what differs least from it is the smallest number
        second_half = numpy.arange(POINTS) % (POINTS // groups) >= POINTS // groups // 2
        given[axis] = numpy.where(second_half, numpy.nextafter(lines, numpy.inf), lines)
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    grouped = field.reshape(groups, -1, groups, POINTS // groups)
    assert numpy.abs(grouped - grouped[:, :1, :, :1]).max() <= allowed(exercise, field)


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_a_segment_along_the_wave_does_not_face_it(name: str, role: str) -> None:
    diamond = {"xc": [1.1, 0.0, -1.1, 0.0, 1.1], "yc": [0.0, 1.1, 0.0, -1.1, 0.0]}
    points = {"x": numpy.array([0.9, 1.7]), "y": numpy.array([-1.9, 0.8])}
    exercise = find(TREE, name)
    for k in ([7.3, 7.3], [-7.3, 7.3], [8.9, 8.9], [-8.9, 8.9]):
        given = {**diamond, **points, "k": k}
        field = answer(built(exercise, role), given)
        for j, py in enumerate(given["y"]):
            for i, px in enumerate(given["x"]):
                expected = truth(given, float(px), float(py))
                assert abs(field[j, i] - expected) <= allowed(exercise, field)


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width, left, right", [(1.0, 0.0, 2.0**-1074), (0.6, 2.0**-1074, 0.0)])
def test_points_level_with_an_edge_that_is_almost_level_are_outside(
    name: str, role: str, width: float, left: float, right: float
) -> None:
    given = {"xc": [0.0, width, 0.5, 0.0], "yc": [left, right, 1.0, left], "k": [5.0, 3.0]}
    given["x"], given["y"] = numpy.array([-0.75, width + 0.2, 1.5]), numpy.array([0.0])
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    for i, px in enumerate(given["x"]):
        assert abs(field[0, i] - truth(given, float(px), 0.0)) <= allowed(exercise, field)


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_the_field_is_the_same_in_any_unit_of_length(name: str, role: str) -> None:
    given = problem("a long wave")
    given["x"], given["y"] = 3 * given["x"], 3 * given["y"]  # to where half of the contour is far
    exercise = find(TREE, name)
    field = answer(built(exercise, role), given)
    for unit in (1e-100, 1e100):
        scaled = {key: numpy.asarray(given[key]) * unit for key in ("xc", "yc", "x", "y")}
        scaled["k"] = given["k"] / unit
        assert numpy.abs(answer(built(exercise, role), scaled) - field).max() <= allowed(exercise, field)
