"""An extension in C++ that a Python submission calls through ctypes: how it is compiled, and handed over."""
from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Sequence

from ..exercise import Exercise
from .calls import common_words

LIBRARY = "library.so"


def sources(exercise: Exercise) -> dict[str, Path]:
    """The C++ file of each role; the reference has none, since it is plain Python."""
    if not exercise.extension:
        return {}
    extension = exercise.parts[1]
    return {"yours": extension.learners, "solution": extension.solution}


def compile_words(exercise: Exercise, name: str, others: Sequence[str]) -> list[str]:
    return [*common_words(exercise), "-Wall", "-Wextra", *others, "-c", name, "-o", "object.o"]


def link_words(exercise: Exercise) -> list[str]:
    return ["-shared", *exercise.flags, "object.o", "-Wl,-z,defs", "-Wl,--build-id=none", "-o", LIBRARY]


def library_name(source: Path) -> str:
    """Not sum.so: Python would take that for a compiled module `sum`, and prefer it to sum.py."""
    return f"lib{source.stem}.so"


def packed(source: Path, library: Path, folder: Path) -> Path:
    """Both in one file, which is what a runner is given: sum.py, and libsum.so beside it."""
    package = folder / "package.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(source, source.name)
        archive.write(library, library_name(source))
    return package
