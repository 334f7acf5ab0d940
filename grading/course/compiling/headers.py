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
from pathlib import Path
from typing import Optional

from . import calls
from .includes import foreign_includes, listing_includes, system_folders
from .model import Plan, digest
from .planning import copy_library, library_headers

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


def _folder(plan: Plan, lines: str) -> Path:
    # The adapter's name holds the key of all that an exercise's files have in common, but for the library.
    library = [header.read_bytes() for header in library_headers(plan.exercise)]
    key = digest(plan.adapter.name.encode(), lines.encode(), *library)
    return plan.exercise.libraries_folder / f"headers-{key}"


def ready(plan: Plan, source: Path) -> Optional[Path]:
    """The file to include first, where it has been read for such a source."""
    lines = beginning(source.read_text(encoding="utf-8", errors="replace"))
    path = _folder(plan, lines) / NAME
    return path if lines and path.with_name(f"{NAME}.gch").is_file() else None


def prepare(plan: Plan) -> None:
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
        if _are_read(plan, draft):
            _forget_others(target)
            os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _are_read(plan: Plan, folder: Path) -> bool:
    """Has the compiler read them in this folder; whether it could, and what it read may be used."""
    copy_library(plan.exercise, folder)
    common, tree = calls.words_with_interface(plan.exercise), plan.exercise.tree
    words = [*common, *listing_includes(plan.compiler), "-x", "c++-header", NAME, "-o", f"{NAME}.gch"]
    step = calls.Step(words, folder, "headers")
    (outcome,) = calls.run(plan.compiler, [step], lambda: None)
    foreign = foreign_includes(tree, folder, system_folders(plan.compiler, common), [tree.interface])
    return outcome.returned == 0 and not outcome.timed_out and not foreign


def _forget_others(target: Path) -> None:
    others = sorted(target.parent.glob("headers-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [path for path in others if "." not in path.name][KEPT - 1:]:
        shutil.rmtree(old, ignore_errors=True)
