"""References and solutions of the C++ scatter exercises against the formula itself, in 30 digits."""
from __future__ import annotations

import ctypes
import math
import struct
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
from conftest import ROOT
from course import compile as compiling
from course.exercises import Exercise, find, folders, load
from course.machine import compiler
from course.tree import Tree

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


def problem() -> dict[str, Any]:
    """A kite, which is not convex, some waves wide, and a wave that comes from aslant."""
    angle = 2 * math.pi * numpy.arange(SEGMENTS + 1) / SEGMENTS
    angle[-1] = 0.0
    xc = numpy.cos(angle) + 0.65 * numpy.cos(2 * angle) - 0.65
    yc = 1.5 * numpy.sin(angle)
    x = numpy.linspace(xc.min() - 2.5, xc.max() + 1.5, POINTS)
    y = numpy.linspace(yc.min() - 1.5, yc.max() + 2.0, POINTS)
    k = 2 * math.pi / 0.5 * numpy.array([math.cos(0.4), math.sin(0.4)])
    return {"xc": xc, "yc": yc, "x": x, "y": y, "k": k}


def answer(library: Path, given: dict[str, Any]) -> Any:
    """The field, through the one function that a submission's library shows: grading/interface/batch.hpp."""
    arrays = [numpy.ascontiguousarray(given[name], dtype=float) for name in ("xc", "yc", "x", "y", "k")]
    field = numpy.full((len(given["y"]), len(given["x"])), numpy.nan, dtype=complex)
    start = struct.calcsize("3Q") + 6 * struct.calcsize("2Q")
    places, data = [], b""
    for array in arrays:
        places.append((start + len(data), array.size))
        data += array.tobytes()
    places.append((0, 2 * field.size))
    table = b"".join(struct.pack("2Q", *place) for place in places)
    inputs = ctypes.create_string_buffer(struct.pack("3Q", 1, 5, 1) + table + data)
    run = ctypes.CDLL(str(library)).faster_scatter_run
    run(ctypes.cast(inputs, ctypes.c_void_p), ctypes.c_void_p(field.ctypes.data))
    return field


def truth(given: dict[str, Any], px: float, py: float) -> complex:
    """The formula of docs/problem.md at one point outside."""
    mp = mpmath.mp
    mp.dps = 30
    kx, ky = (mp.mpf(float(component)) for component in given["k"])
    k = mp.sqrt(kx**2 + ky**2)
    total = mp.mpc(0)
    corners = [(mp.mpf(float(a)), mp.mpf(float(b))) for a, b in zip(given["xc"], given["yc"])]
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


def allowed(exercise: Exercise, field: Any) -> float:
    """Of the field's largest value: the exercise's own factor, ten of it where it counts contributions."""
    tolerance = tomllib.loads(exercise.toml.read_text(encoding="utf-8"))["tolerance"]
    share = float(tolerance["factor"]) * (1.0 if tolerance.get("bound") == "field" else 10.0)
    return share * float(numpy.abs(field).max())


@pytest.fixture(scope="module")
def expected() -> list[tuple[int, int, complex]]:
    """The truth at some points, half of them next to the contour; points inside are left out later."""
    given, random = problem(), numpy.random.default_rng(20)
    chosen: list[tuple[int, int, complex]] = []
    while len(chosen) < COMPARED:
        i, j = int(random.integers(POINTS)), int(random.integers(POINTS))
        px, py = float(given["x"][i]), float(given["y"][j])
        nearest = numpy.hypot(given["xc"] - px, given["yc"] - py).min()
        if len(chosen) % 2 == 0 or nearest < 0.4:
            chosen.append((i, j, truth(given, px, py)))
    return chosen


@pytest.mark.parametrize("role", ["reference", "solution"])
@pytest.mark.parametrize("name", NAMES)
def test_it_agrees_with_the_formula_in_thirty_digits(
    name: str, role: str, expected: list[tuple[int, int, complex]]
) -> None:
    exercise = find(TREE, name)
    plan = compiling.plan(exercise, compiler(), (role,))
    compiling.build(plan)
    field = answer(plan.libraries[role], problem())
    assert numpy.isfinite(field).all()
    outside = [(i, j, value) for i, j, value in expected if field[j, i] != 0]
    assert len(outside) >= COMPARED // 2
    worst = max(abs(field[j, i] - value) for i, j, value in outside)
    assert worst <= allowed(exercise, field)
