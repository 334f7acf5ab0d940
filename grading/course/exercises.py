"""The exercises: found in their folders, called by number, name or a part of it."""
from __future__ import annotations

import difflib
import os
from pathlib import Path

from .errors import Mistake
from .exercise import Exercise
from .exercise_file import load
from .tree import FOLDER, Tree, folders

LONGEST_NAME = 60  # of what somebody typed, in a sentence about it


def misplaced(tree: Tree) -> list[str]:
    """A sentence for each folder that nobody would find as it is called, and for each number given twice."""
    complaints = []
    for path in sorted(tree.exercises.iterdir()):
        is_meant = os.path.exists(path / "exercise.toml") and not path.name.startswith((".", "_"))
        if is_meant and not FOLDER.fullmatch(path.name):
            complaints.append(
                f"{tree.shown(path)!r} is no exercise's name and is left out: rename it to two digits and "
                "lower-case words with hyphens, as in 03-sum-chains."
            )
    by_number: dict[str, list[str]] = {}
    for folder in folders(tree):
        by_number.setdefault(folder.name.split("-", 1)[0], []).append(tree.shown(folder))
    for number, names in by_number.items():
        if len(names) > 1:
            complaints.append(f"{' and '.join(names)} have the same number, {number}: rename all but one.")
    return complaints


def _fits(wanted: str, name: str) -> list[bool]:
    """How well `wanted` names an exercise: the best way first."""
    number, rest = name.split("-", 1)
    return [
        wanted == name,
        wanted.lstrip("0") == number.lstrip("0"),
        wanted == rest,
        wanted in rest.split("-"),
        name.startswith(wanted) or rest.startswith(wanted),
        any(part.startswith(wanted) for part in rest.split("-")),
        len(wanted) >= 3 and wanted in rest,
    ]


def resolve(tree: Tree, wanted: str) -> Path:
    """The folder that EX= means: 12, 12-scatter-bessel, bessel, or a path into it."""
    names = [folder.name for folder in folders(tree)]
    asked = wanted.strip()
    parts = [part for part in asked.lower().split("/") if part]
    key = next((part for part in parts if FOLDER.fullmatch(part)), parts[-1] if parts else "")
    if not key:
        raise Mistake(
            "EX= is empty; say which exercise, for example EX=" + (names[0] if names else "03") + "."
        )
    for fits in zip(*(_fits(key, name) for name in names)):
        found = [name for name, fit in zip(names, fits) if fit]
        if len(found) == 1:
            return tree.exercises / found[0]
        if found:
            raise Mistake(f"EX={asked} could mean {', '.join(found[:-1])} or {found[-1]}: say which.")
    called = asked if len(asked) <= LONGEST_NAME else f"{asked[:LONGEST_NAME]}…"
    raise Mistake(f"There is no exercise '{called}'. {_nearest(key[:LONGEST_NAME], names)}")


def _nearest(key: str, names: list[str]) -> str:
    called = {name: name for name in names}
    for name in names:
        for part in [name.split("-", 1)[1], *name.split("-")[1:]]:
            called.setdefault(part, name)
    close = difflib.get_close_matches(key, called, n=3, cutoff=0.6)
    if close:
        return "Do you mean " + " or ".join(dict.fromkeys(called[word] for word in close)) + "?"
    return "make list shows those that there are."


def find(tree: Tree, wanted: str) -> Exercise:
    return load(tree, resolve(tree, wanted))
