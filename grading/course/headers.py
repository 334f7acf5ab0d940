"""The headers that a C++ file begins with, read by the compiler once and kept (a precompiled header).

Reading Boost's or the standard library's headers takes most of the time that a small file's compilation
does. `make watch` has them read while the person thinks; from then on every compilation of a file that
begins with the same #include lines is that much quicker. What is kept is known by content: the lines, the
headers of the course, the compiler and its flags. Only g++ is helped, which takes no notice of one that
does not fit.
"""
from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Optional

from . import compile
from .children import ended_by_signals
from .exercises import find
from .machine import compiler
from .tree import Tree

NAME = "headers.hpp"
KEPT = 2  # for each exercise: they are large


def beginning(text: str) -> str:
    """The #include lines that come before anything but comments."""
    lines = []
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("#include"):
            lines.append(bare)
        elif bare and not bare.startswith("//"):
            break
    return "".join(f"{line}\n" for line in lines)


def _folder(plan: compile.Plan, lines: str) -> Path:
    # The adapter's name holds the key of all that an exercise's files have in common.
    key = compile.digest(plan.adapter.name.encode(), lines.encode())
    return plan.exercise.tree.build / "submissions" / plan.exercise.name / f"headers-{key}"


def ready(plan: compile.Plan, source: Path) -> Optional[Path]:
    """The file to include first, where it has been read for such a source."""
    lines = beginning(source.read_text(encoding="utf-8", errors="replace"))
    path = _folder(plan, lines) / NAME
    return path if lines and path.with_name(f"{NAME}.gch").is_file() else None


def prepare(plan: compile.Plan) -> None:
    """Has the headers of the learner's file read; nothing happens where that cannot be."""
    source = plan.exercise.learners_file
    lines = beginning(source.read_text(encoding="utf-8", errors="replace"))
    if plan.compiler.is_clang or plan.exercise.language.name != "c++" or not lines or ready(plan, source):
        return
    target = _folder(plan, lines)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        (draft / NAME).write_text(lines, encoding="utf-8")
        if compile.read_headers(plan, draft, NAME):
            _forget_others(target)
            os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _forget_others(target: Path) -> None:
    others = sorted(target.parent.glob("headers-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [path for path in others if "." not in path.name][KEPT - 1:]:
        shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    os.nice(10)
    with ended_by_signals():
        prepare(compile.plan(find(Tree(Path(__file__).resolve().parents[2]), sys.argv[1]), compiler(), ()))
