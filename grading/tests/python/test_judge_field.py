"""The real judge on scattered fields that look right: each mistake here has gone unnoticed somewhere."""
from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy
import pytest

from conftest import ROOT
from course import exercises, python
from course.tree import Tree
from judging import changeable, check


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return changeable(tmp_path_factory.mktemp("a course of fields"))


def judged(course: Tree, name: str, text: str) -> dict[str, Any]:
    exercise = exercises.find(course, name)
    exercise.learners_file.write_text(text)
    return check(exercise, budget=0.1)  # what is looked at here comes out in the cases


def right_field() -> str:
    return exercises.find(Tree(ROOT), "08-scatter-numpy").solution.read_text()


# What each makes of the right field: the sum of |field|² stays the same to the last digits.
CHANGES = {
    "conjugated": "numpy.conj(field)",
    "negated": "-field",
    "in another phase": "field * numpy.exp(0.1j)",
    "upside down": "field[::-1]",
    "turned round": "field[:, ::-1]",
    "moved by a point": "numpy.roll(field, 1, axis=1)",
}


def with_change(change: str) -> str:
    """A submission that changes the right field."""
    return f"""{right_field()}

right = scattered_field


def scattered_field(k, xc, yc, x, y):
    field = right(k, xc, yc, x, y)
    return {change}
"""


def loaded(text: str, folder: Path) -> ModuleType:
    path = folder / "changed.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("changed", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_numpy_says_of_the_runners_own_copying_is_no_word_of_the_learners(course: Tree) -> None:
    too_large = "numpy.full(field.shape, numpy.longdouble(10) ** 4000)"
    verdict = judged(course, "08-scatter-numpy", with_change(too_large))
    assert verdict["status"] == "wrong" and "Warning" not in verdict.get("printed", "")


@pytest.mark.parametrize("change", list(CHANGES.values()), ids=list(CHANGES))
def test_a_field_with_the_right_checksum_is_wrong_all_the_same(
    course: Tree, change: str, tmp_path: Path
) -> None:
    module = loaded(with_change(change), tmp_path)
    t = 2.0 * numpy.pi * numpy.arange(25) / 24
    xc, yc = numpy.cos(t + 0.5 * numpy.sin(t + 0.9)), numpy.sin(t)
    xc[-1], yc[-1] = xc[0], yc[0]
    lines = numpy.linspace(-3.0, 3.0, 9), numpy.linspace(-2.0, 3.0, 8)
    k = numpy.array([4.0 * numpy.pi, 1.0])
    right, changed = (getattr(module, name)(k, xc, yc, *lines) for name in ("right", "scattered_field"))
    checksums = [numpy.sum(numpy.abs(field) ** 2) for field in (right, changed)]
    assert checksums[0] == pytest.approx(checksums[1], rel=1e-12)
    assert judged(course, "08", with_change(change))["status"] == "wrong"


def test_the_incident_wave_is_no_part_of_the_field(course: Tree) -> None:
    incident = "field + numpy.exp(1j * (k[0] * x + k[1] * y[:, None]))"
    assert judged(course, "08", with_change(incident))["status"] == "wrong"


def test_an_inside_test_for_convex_contours_only_is_wrong(course: Tree) -> None:
    left_of_all = '''


def are_inside(xc, yc, x, y):
    px, py = x[None, :, None], y[:, None, None]
    return ((numpy.diff(xc) * (py - yc[:-1]) - numpy.diff(yc) * (px - xc[:-1])) > 1e-10).all(axis=2)
'''
    verdict = judged(course, "08", right_field() + left_of_all)
    assert verdict["status"] == "wrong" and "kite" in verdict["failure"]["case"]


needs_numba = pytest.mark.skipif(
    python.missing_module(exercises.find(Tree(ROOT), "09-scatter-numba")) is not None,
    reason="numba is not installed",
)


@needs_numba
def test_a_global_that_numba_has_frozen_is_wrong(course: Tree) -> None:
    solution = exercises.find(course, "09").solution.read_text()
    text = solution.replace("(k, xc, yc, x[i], y[j])", "(xc, yc, x[i], y[j])")
    text = text.replace("def scattered_wave(k, xc", "def scattered_wave(xc")
    text = text.replace("segment_wave(k[0], k[1], ", "segment_wave(kx, ky, ")
    text = text.replace("def scattered_field(k, ", "def whole_field(").replace(", parallel=True", "")
    text = text.replace("\n\n\n# ^^^ added, here", "\n\nkx = ky = 0.0\n\n\n# ^^^ added, here", 1)
    text += """

def scattered_field(k, xc, yc, x, y):
    global kx, ky
    kx, ky = k
    return whole_field(xc, yc, x, y)
"""
    verdict = judged(course, "09", text)
    assert verdict["status"] == "wrong", verdict["sentence"]
    assert verdict["cases"]["passed"] >= 1  # the first one compiled it
    assert verdict["failure"]["smell"] == "kept"
    interpreted = re.sub(r"^@jit.*\n", "", text, flags=re.MULTILINE)
    cases = judged(course, "09", interpreted)["cases"]
    assert cases["passed"] == cases["total"]  # it is the freezing that is wrong


@needs_numba
def test_recursion_without_end_in_one_of_numbas_threads_has_used_up_its_stack(course: Tree) -> None:
    solution = exercises.find(course, "09").solution.read_text()
    once_more = "    wave = 0.5 * scattered_wave(k, xc, yc, x, y)\n"
    verdict = judged(course, "09", solution.replace("    wave = 0.0\n", once_more))
    assert verdict["status"] == "crashed" and "used up its stack" in verdict["sentence"]
    assert "calls itself on and on" in verdict["advice"]


@needs_numba
def test_a_missing_decorator_below_is_told_by_the_line_that_calls_it(course: Tree) -> None:
    text = exercises.find(course, "09").reference.read_text()
    text = text.replace("def scattered_field", "@numba.jit(nopython=True)\ndef scattered_field")
    verdict = judged(course, "09", text.replace("import numpy\n", "import numba\nimport numpy\n"))
    assert verdict["status"] == "crashed"
    assert "TypingError: Untyped global name 'scattered_wave'" in verdict["sentence"]


def lessons_program(name: str, program: str) -> str:
    """A program as the lesson prints it."""
    lesson = exercises.find(Tree(ROOT), name).lesson.read_text(encoding="utf-8")
    found = re.search(rf'```python\n("""{re.escape(program)}: .*?)```', lesson, re.DOTALL)
    assert found
    return found.group(1)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_lessons_pool_works_with_every_start_method(tmp_path: Path, method: str) -> None:
    program = tmp_path / "pool.py"
    program.write_text(lessons_program("11", "pool.py").replace("200_000", "200"))
    done = subprocess.run([sys.executable, program, method], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.count("by the pool") == 1, done.stderr


def test_without_its_guard_a_spawned_pool_runs_the_program_anew(tmp_path: Path) -> None:
    program = tmp_path / "pool.py"
    text = lessons_program("11", "pool.py").replace("200_000", "200")
    program.write_text(text.replace('if __name__ == "__main__":', "if True:"))
    arguments = [sys.executable, program, "spawn"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr
        complaint = next((line for line in child.stderr if "bootstrapping phase" in line), "")
        child.terminate()
    assert complaint


def test_numbas_gpu_example_runs_on_its_simulator(tmp_path: Path) -> None:
    if python.missing_module(exercises.find(Tree(ROOT), "01-sum-numba")) is not None:
        pytest.skip("numba is not installed")
    program = tmp_path / "gpu.py"
    program.write_text(lessons_program("01", "gpu.py"))
    environment = {"PATH": "/usr/bin:/bin", "NUMBA_ENABLE_CUDASIM": "1"}
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, env=environment)
    assert done.stdout == "49950.0 49950.0\n", done.stderr


SMALLER_IN_PLACE_OF_LARGER = {
    "17": ("std::max(half_width_of(x(tile), k_), ", "std::min(half_width_of(x(tile), k_), "),
    "18": ("x.half_width, y.half_width}", "y.half_width, y.half_width}"),
}


@pytest.mark.parametrize("name", SMALLER_IN_PLACE_OF_LARGER)
def test_a_tile_is_not_as_small_as_it_is_narrow(course: Tree, name: str) -> None:
    """On a grid as high as wide, tiles are so, too, and it does not matter which width is taken."""
    larger, smaller = SMALLER_IN_PLACE_OF_LARGER[name]
    text = exercises.find(course, name).solution.read_text()
    assert text.count(larger) == 1
    verdict = judged(course, name, text.replace(larger, smaller))
    assert verdict["status"] == "wrong", verdict["sentence"]


def test_only_the_first_of_some_rows_at_a_time_is_wrong(course: Tree) -> None:
    every, first = "range(0, len(y), rows)", "range(0, min(rows, len(y)), rows)"
    assert right_field().count(every) == 1
    verdict = judged(course, "08", right_field().replace(every, first))
    assert verdict["status"] == "wrong", verdict["sentence"]
