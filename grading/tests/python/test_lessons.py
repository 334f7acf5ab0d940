"""What the lessons and the handbook say about the course's traps, looked at."""
from __future__ import annotations

import cProfile
import os
import pstats
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy
import pytest

from conftest import ROOT
from course import compiling
from course.exercise_file import load
from course.exercises import find
from course.machine import compiler
from course.tree import Tree, folders

TREE = Tree(ROOT)
BUILT = ROOT / "build" / "bin"
WITH_THREADS = [
    exercise.name
    for exercise in (load(TREE, folder) for folder in folders(TREE))
    if exercise.language.name == "c++" and "-fopenmp" in exercise.flags
]
COUNTER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

typedef void (*parallel)(void (*)(void*), void*, unsigned, unsigned);
static unsigned long teams;

void GOMP_parallel(void (*function)(void*), void* data, unsigned threads, unsigned flags) {
    ++teams;
    ((parallel)dlsym(RTLD_NEXT, "GOMP_parallel"))(function, data, threads, flags);
}

__attribute__((destructor)) static void tell(void) { fprintf(stderr, "%lu teams\\n", teams); }
"""

NUMBAS_TRAPS = """
import sys, warnings
import numba, numpy

warnings.simplefilter("ignore")  # of object mode, and that it is to go

def filled(array, turns):
    for i in numba.prange(turns):
        array[i] = 1.0

def lifted(array):
    names = {"a": 1, 3: [1, "x"]}  # what compiled code cannot have
    total = 0.0
    for i in range(len(array)):
        total += array[i]
    return total

def error_of(function, *arguments):
    try:
        function(*arguments)
    except IndexError as error:
        return error

for parallel in (False, True):
    function = numba.jit(nopython=True, boundscheck=True, parallel=parallel)(filled)
    print("parallel" if parallel else "in turn", error_of(function, numpy.zeros(10), 1000))
if numba.version_info.short < (0, 59):
    function = numba.jit(lifted)
    assert function(numpy.ones(10)) == 10.0
    print("lifted", len(function.overloads[function.signatures[0]].lifted))
print(*numba.config.THREADING_LAYER_PRIORITY)
"""


def test_the_checksum_has_not_converged_at_128_segments() -> None:
    """The handbook's table, up to 256 segments."""
    text = (ROOT / "docs" / "problem.md").read_text(encoding="utf-8")
    table = re.search(r"^\| nc \|(.*)\|\n.*\n\| Σ \\\|scattered\\\|² \|(.*)\|$", text, re.MULTILINE)
    assert table
    said = dict(zip(table[1].split("|"), table[2].split("|")))
    found = {}
    for segments in (" 64 ", " 128 ", " 256 "):
        command = [BUILT / "scatter", "--nx", "64", "--ny", "64", "--nc", segments.strip(), "--checksum"]
        printed = subprocess.check_output(command, text=True)
        found[segments] = float(printed.split("checksum:")[1])
        assert f"{found[segments]:.1f}" == said[segments].strip()
    assert abs(found[" 128 "] - found[" 256 "]) > 0.01 * found[" 256 "]


def test_the_handbook_names_every_function_that_an_exercise_defines() -> None:
    text = (ROOT / "docs" / "new-exercise.md").read_text(encoding="utf-8")
    for family in TREE.families_in("c++").glob("*.cpp"):
        assert f"\n   | `{family.stem}` | `{family.stem}`, as in " in text
    for family in TREE.families_in("python").glob("[!_]*.py"):
        signature = re.search(r'^SIGNATURE = "(.+)"$', family.read_text(), re.MULTILINE)
        assert signature and f"| `{signature[1]}` gives " in text


def test_cprofile_books_a_ufunc_as_its_callers_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy")
    monkeypatch.syspath_prepend(str(ROOT / "baseline" / "python"))
    import scattered_field as plain

    k, p0, p1, p = (numpy.array(pair) for pair in ([12.0, 0.0], [1.0, 0.0], [1.0, 0.1], [3.0, 0.0]))
    original = plain.hankel1

    def seen() -> set[str]:
        profile = cProfile.Profile()
        profile.runcall(plain.segment_wave, k, p0, p1, p)
        return {name for _, _, name in pstats.Stats(profile).stats}  # type: ignore[attr-defined]

    assert "segment_wave" in seen() and not any("hankel" in name for name in seen())
    monkeypatch.setattr(plain, "hankel1", lambda order, x: original(order, x))
    assert "<lambda>" in seen()


def test_a_product_with_complex_factors_makes_a_real_table_complex_first() -> None:
    table, factors = numpy.ones((256, 256)), numpy.full(256, 1j)

    def bytes_needed(matrix: Any) -> int:
        tracemalloc.start()
        matrix @ factors
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert bytes_needed(table.astype(complex)) < table.nbytes / 10
    assert bytes_needed(table) >= 2 * table.nbytes
    said = "Of a real table that meets complex factors it makes a complex copy first."
    assert said in lesson("08-scatter-numpy")


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that counts how often a program has OpenMP make a team of threads."""
    folder = tmp_path_factory.mktemp("counter")
    (folder / "counter.c").write_text(COUNTER)
    command = ["gcc", "-shared", "-fPIC", "-Wl,--no-as-needed", "counter.c", "-o", "counter.so", "-fopenmp"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "counter.so"


@pytest.mark.skipif(compiler().is_clang, reason="counts GCC's OpenMP")
@pytest.mark.parametrize("name", WITH_THREADS)
def test_a_solution_makes_its_team_a_few_times_a_call_and_not_once_a_point(name: str, counter: Path) -> None:
    """Threads that meet at each of thousands of points collapse beside one busy program."""
    exercise = find(TREE, name)
    plan = compiling.plan(exercise, compiler(), ["solution"])
    compiling.build(plan)
    command = [BUILT / "work", "--exercise", exercise.folder, "--library", plan.libraries["solution"]]
    environment = {**os.environ, "LD_PRELOAD": str(counter)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    teams = int(done.stderr.split(" teams")[0])
    assert 0 < teams <= 20


def test_the_bessel_library_is_found_from_any_folder(tmp_path: Path) -> None:
    folder = str(ROOT / "baseline" / "bessel")
    program = f"import sys; sys.path.append({folder!r}); import bessel; print(bessel.j0(0.0))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "1.0\n", done.stderr


def test_numbas_traps_are_as_lessons_01_and_09_tell_them() -> None:
    pytest.importorskip("numba")
    environment = {**os.environ, "NUMBA_THREADING_LAYER": "workqueue"}
    command = [sys.executable, "-c", NUMBAS_TRAPS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = done.stdout.splitlines()
    assert found[:2] == ["in turn index is out of bounds", "parallel None"]
    assert found[2:-1] in (["lifted 1"], [])
    sums, waves = (lesson(name) for name in ("01-sum-numba", "09-scatter-numba"))
    assert '(but for a loop that compiles by itself, which they "lift" out)' in sums
    assert "an exception within such a loop can be lost" in waves
    assert "`tbb`, `omp` and `workqueue`, and takes the first that is there" in waves
    assert found[-1] == "tbb omp workqueue"


@pytest.mark.parametrize("name", ["08-scatter-numpy", "09-scatter-numba", "10-scatter-ctypes"])
def test_who_passes_by_some_steps_or_by_all_is_asked_which_are_done(name: str) -> None:
    """As all that the verdict knows is that it is fast enough."""
    assert find(TREE, name).advice["passed"].split()[0] in ("Is", "Are")


def lesson(name: str) -> str:
    """Its text, as one line."""
    return " ".join((ROOT / "exercises" / name / "README.md").read_text(encoding="utf-8").split())
