"""The library of Bessel functions: right, and loaded from its one place or not at all."""
from __future__ import annotations

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy
import pytest
from scipy import special

from conftest import ROOT

BESSEL = ROOT / "baseline" / "bessel"
LIBRARY = ROOT / "build" / "bin" / "libbessel.so"
NAMES = ["j0", "j1", "y0", "y1"]


def imported(folder: Path) -> ModuleType:
    """bessel.py as found in a folder."""
    spec = importlib.util.spec_from_file_location("bessel_under_test", folder / "bessel.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but these functions, in which nothing is built."""
    root = tmp_path / "a checkout with spaces"
    shutil.copytree(BESSEL, root / "baseline" / "bessel", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "build" / "bin").mkdir(parents=True)
    return root


@pytest.mark.parametrize("name", NAMES)
def test_the_values_are_those_of_scipy(name: str) -> None:
    function = getattr(imported(BESSEL), name)
    for x in numpy.geomspace(1e-6, 1e4, 200).tolist():
        expected = getattr(special, name)(x)
        assert function(x) == pytest.approx(expected, rel=1e-13, abs=4e-16 * max(1.0, x))


def test_out_of_range_there_is_an_answer_and_no_exception_that_nobody_can_catch() -> None:
    bessel = imported(BESSEL)
    assert bessel.y0(0.0) == -numpy.inf
    assert numpy.isnan(bessel.y1(-1.0))


def test_unbuilt_it_cannot_be_imported_and_says_what_to_do(checkout: Path) -> None:
    with pytest.raises(ImportError, match="is not built: `make build` in .* `python3 setup.py build` in"):
        imported(checkout / "baseline" / "bessel")


def test_a_library_of_another_source_is_stale(checkout: Path) -> None:
    shutil.copy(LIBRARY, checkout / "build" / "bin")
    assert imported(checkout / "baseline" / "bessel").j0(0.0) == 1.0
    with open(checkout / "baseline" / "bessel" / "bessel.cpp", "a") as source:
        source.write("// changed\n")
    with pytest.raises(ImportError, match="was built from another version of bessel.cpp"):
        imported(checkout / "baseline" / "bessel")


def test_the_c_librarys_own_j0_is_not_taken_for_it(checkout: Path) -> None:
    libm = ctypes.CDLL(ctypes.util.find_library("m"))
    assert libm.j0  # there it is, under this very name
    mapped = [line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines()]
    found = next(path for path in mapped if "libm.so" in path)
    shutil.copy(found, checkout / "build" / "bin" / "libbessel.so")
    with pytest.raises(ImportError, match="is no library of Bessel functions"):
        imported(checkout / "baseline" / "bessel")


def test_its_symbols_are_its_own() -> None:
    listed = subprocess.check_output(["nm", "-D", "--defined-only", LIBRARY], text=True)
    names = {line.split()[-1] for line in listed.splitlines() if line.split()[-2] == "T"}
    assert names == {f"faster_scatter_{name}" for name in [*NAMES, "bessel_source"]}


@pytest.mark.skipif(importlib.util.find_spec("setuptools") is None, reason="setuptools is not installed")
def test_setup_py_builds_it_too_and_looks_for_boost_where_it_is_told(checkout: Path, tmp_path: Path) -> None:
    folder, boost = checkout / "baseline" / "bessel", tmp_path / "my boost"
    done = subprocess.run(
        [sys.executable, "setup.py", "build"],
        cwd=folder,
        env={**os.environ, "BOOST_DIR": str(boost)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert f"-I{boost / 'include'}" in done.stdout
    assert imported(folder).j0(0.0) == 1.0
    files = {path.name for path in folder.iterdir() if path.is_file()}
    assert files == {"bessel.cpp", "bessel.py", "setup.py"}


def test_without_setuptools_setup_py_says_what_it_takes() -> None:
    command = [sys.executable, "-I", "-S", BESSEL / "setup.py", "build"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("setup.py takes the module setuptools") and done.stderr.count("\n") == 1


def test_no_file_of_ours_stands_in_the_way_of_the_standard_librarys() -> None:
    """`import wave` once loaded the standard library's module for sound files."""
    folders = [ROOT / name for name in ("baseline", "exercises", "solutions", "grading/runner/python")]
    ours = {path.stem for folder in folders for path in folder.rglob("*.py")}
    assert not ours & set(getattr(sys, "stdlib_module_names", ["wave", "profile", "random", "queue"]))
