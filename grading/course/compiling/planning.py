"""Plans what is compiled: which files take part, and the key of each, a hash of all that it depends on."""
from __future__ import annotations

import os
import platform
import re
import shutil
from pathlib import Path
from typing import Optional, Sequence

from .. import python, stub
from ..errors import CourseBroken
from ..exercise import Exercise
from ..machine import Compiler, processor_kind
from ..tree import Tree
from . import extension
from .calls import common_words
from .model import Plan, Submission, digest

WITHOUT_THE_LIBRARY = ("baseline", "limit")  # roles whose files include the interface alone


def _read(tree: Tree, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseBroken(f"{tree.shown(path)} cannot be read: {error.strerror}.") from None


def _twin(exercise: Exercise) -> Path:
    return exercise.tree.baseline / "cpp" / f"{exercise.family}.cpp"


def reference_is_the_twin(exercise: Exercise) -> bool:
    """Is the exercise's reference the course's naive program itself?"""
    twin = _twin(exercise)
    return twin.is_file() and os.path.realpath(exercise.reference) == os.path.realpath(twin)


def _sources(exercise: Exercise) -> dict[str, Path]:
    """What takes part: the naive twin only where the reference is not that very file."""
    tree = exercise.tree
    sources = exercise.sides
    if _twin(exercise).is_file() and not reference_is_the_twin(exercise):
        sources["baseline"] = _twin(exercise)
    if exercise.limit:
        sources["limit"] = tree.runner_sources / "limits" / f"{exercise.limit}.cpp"
    return sources


def library_headers(exercise: Exercise) -> list[Path]:
    """The headers of the course's library that the exercise names, and those that these include."""
    tree = exercise.tree
    found: list[Path] = []
    waiting = list(exercise.library)
    while waiting:
        path = tree.library / waiting.pop()
        if path.is_file() and path not in found:
            found.append(path)
            waiting += re.findall(r'^#include "([^"]+)"', _read(tree, path).decode(), re.MULTILINE)
    return sorted(found)


def copy_library(exercise: Exercise, folder: Path) -> None:
    """Puts the headers that it may include beside a copy of its file."""
    for header in library_headers(exercise):
        shutil.copy2(header, folder / header.name)  # of the same date: for `#pragma once` it is the same file


def plan(exercise: Exercise, compiler: Compiler, roles: Optional[Sequence[str]] = None) -> Plan:
    """What is to be compiled, and under which names; nothing is compiled yet."""
    if roles is None or "yours" in roles:
        stub.must_be_there(exercise)
    if exercise.language.name == "questions":
        return _answers_plan(exercise, compiler)
    if exercise.language.name == "python":
        return _python_plan(exercise, compiler, roles)
    return _native_plan(exercise, compiler, roles)


def _native_plan(exercise: Exercise, compiler: Compiler, roles: Optional[Sequence[str]]) -> Plan:
    """A C++ submission is a library; what its exercise's libraries have in common is the adapter's key."""
    tree = exercise.tree

    def named(headers: Sequence[Path]) -> list[bytes]:
        return [part for path in headers for part in (path.name.encode(), _read(tree, path))]

    common = digest(
        compiler.version.encode(),
        processor_kind().encode(),
        " ".join((*compiler.command, *common_words(exercise))).encode(),
        _read(tree, tree.families / f"{exercise.family}.cpp"),
        *named(sorted(tree.interface.glob("*.hpp"))),
    )
    library = named(library_headers(exercise))
    version_script = _read(tree, tree.runner_sources / "exports.map")
    submissions = []
    for role, source in _sources(exercise).items():
        if roles is None or role in roles:
            text = _read(tree, source)
            used = () if role in WITHOUT_THE_LIBRARY else library
            key = digest(common.encode(), version_script, exercise.file.encode(), text, *used)
            name = f"{role}-{key}.so"
            submissions.append(Submission(role, source, text, exercise.libraries_folder / name, name))
    adapter_object = tree.build / "submissions" / "adapters" / f"{exercise.family}-{common}.o"
    return Plan(exercise, compiler, adapter_object, tuple(submissions))


def _answers_plan(exercise: Exercise, compiler: Compiler) -> Plan:
    """Answers are no library: what a verdict depends on, and nothing to build."""
    path = exercise.learners_file
    machine = f"{processor_kind()}|{platform.python_version()}"
    text = _read(exercise.tree, path)
    key = digest(machine.encode(), text)
    return Plan(exercise, compiler, exercise.tree.build, (Submission("yours", path, text, path, key),))


def _python_plan(exercise: Exercise, compiler: Compiler, roles: Optional[Sequence[str]]) -> Plan:
    """A Python submission is a copy of its file, in folders that give it its name: exercises/NN-name/…"""
    tree = exercise.tree
    common = [processor_kind().encode(), python.versions(exercise).encode(), exercise.file.encode()]
    if exercise.extension:
        words = [extension.library_name(exercise.learners_file), compiler.version, *compiler.command]
        common += [word.encode() for word in (*words, *exercise.flags)]
    seconds = extension.sources(exercise)
    submissions = []
    for role, source in exercise.sides.items():
        if roles is None or role in roles:
            second = seconds.get(role)
            text, second_text = _read(tree, source), _read(tree, second) if second else b""
            key = f"{role}-{digest(*common, text, *([second_text] if second else []))}"
            place = exercise.libraries_folder / key / Path(tree.shown(source))
            submissions.append(Submission(role, source, text, place, key, second, second_text))
    return Plan(exercise, compiler, tree.build, tuple(submissions))
