"""For tests of the real judge: a checkout whose exercises may be changed, submissions and what they expect,
and the course's own `check`."""
from __future__ import annotations

import io
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from course import checking, machine, progress
from course.exercise import Exercise
from course.tree import Tree

SUBMISSIONS = ROOT / "grading" / "tests" / "submissions"
BUDGET_SECONDS = 2.0


def changeable(root: Path) -> Tree:
    """A checkout in this folder, which need not exist; all but the exercises is the real one."""
    root.mkdir(exist_ok=True)
    for name in ("baseline", "grading", "solutions"):
        (root / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "exercises", root / "exercises", symlinks=True)
    (root / "build").mkdir()
    (root / "build" / "bin").symlink_to(ROOT / "build" / "bin")
    _take_what_is_compiled(ROOT / "build" / "submissions", root / "build" / "submissions")
    return Tree(root)


def _take_what_is_compiled(from_folder: Path, to_folder: Path) -> None:
    """C++ libraries are known by what is in them, so that those of another checkout are as good as new."""
    for path in [*from_folder.glob("*/*.so"), *from_folder.glob("*/*.o")]:
        place = to_folder / path.relative_to(from_folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # on another disk, or gone in between: then it is compiled again
            os.link(path, place)


def headed(path: Path, key: str) -> str:
    """The value of `key: value` in a comment in a submission's heading; nothing where there is none."""
    return next(iter(each_headed(path, key)), "")


def each_headed(path: Path, key: str) -> list[str]:
    """The values where there may be several such comments."""
    return re.findall(rf"^(?://|#) {key}: (.+)$", path.read_text(), re.MULTILINE)


def submissions(kind: str, pattern: str) -> list[Any]:
    """Test parameters: the submissions of a kind whose names fit."""
    return [pytest.param(path, id=path.stem) for path in sorted((SUBMISSIONS / kind).glob(pattern))]


def assert_all_walls_stand(verdict: dict[str, Any]) -> None:
    """All that apply to this user, that is; Landlock alone may be missing, which old kernels do not have."""
    assert {"rlimits", "no_new_privs", "descriptors", "seccomp"} <= set(verdict["sandbox"]["layers"])
    assert set(verdict["sandbox"]["missing"]) <= {"landlock"}


def check(exercise: Exercise, **options: Any) -> dict[str, Any]:
    """The verdict on what stands in the exercise's folder, judged anew."""
    options = {"fresh": True, "budget": BUDGET_SECONDS, **options}
    silent = progress.Progress(io.StringIO())
    return checking.check(exercise, machine.compiler(), checking.Options(**options), silent)
