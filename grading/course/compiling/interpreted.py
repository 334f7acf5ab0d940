"""Takes in a Python file, once the interpreter finds no mistake in its grammar, with its extension in C++."""
from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Sequence

from .. import python
from . import calls, diagnostics, extension
from .calls import Outcome, Step, Tick
from .includes import foreign_includes, listing_includes, system_folders
from .model import Plan, Submission, keep_warnings
from .refusals import refuse, refuse_if_stopped


def build(plan: Plan, missing: Sequence[Submission], tick: Tick, seconds: float) -> None:
    """Nothing to compile, apart from an extension: what is kept is a copy."""
    for each in sorted(missing, key=lambda one: one.role == "yours"):
        folder = plan.exercise.libraries_folder
        with tempfile.TemporaryDirectory(prefix="reading-", dir=folder) as scratch:
            copy = _read_copy(plan, each, Path(scratch), tick, seconds)
            if each.extension:
                library = _build_extension(plan, each, Path(scratch), tick, seconds)
                copy = extension.packed(copy, library, Path(scratch))
            each.library.parent.mkdir(parents=True, exist_ok=True)
            os.replace(copy, each.library)


def _read_copy(plan: Plan, submission: Submission, scratch: Path, tick: Tick, seconds: float) -> Path:
    """A copy of the file in which the interpreter finds no mistake."""
    copy = scratch / submission.source.name
    copy.write_bytes(submission.text)
    shown = plan.exercise.tree.shown(submission.source)
    step = Step(python.check_syntax(copy.name, shown), scratch, submission.role)
    (outcome,) = calls.run(python.as_compiler(), [step], tick, seconds)
    refuse_if_stopped(plan, outcome, seconds)
    if outcome.returned != 0:
        refuse(plan, submission.role, "It is not valid Python.", outcome.output.strip())
    return copy


def _build_extension(
    plan: Plan, submission: Submission, scratch: Path, tick: Tick, seconds: float
) -> Path:
    """A shared library of the second file, which shows whatever that declares extern "C"."""
    assert submission.extension
    tree, role = plan.exercise.tree, submission.role
    shown, name = tree.shown(submission.extension), submission.extension.name
    folder = scratch / "extension"
    folder.mkdir()
    (folder / name).write_bytes(submission.extension_text)

    def step(words: list[str]) -> Outcome:
        (outcome,) = calls.run(plan.compiler, [Step(words, folder, role)], tick, seconds)
        refuse_if_stopped(plan, outcome, seconds)
        return outcome

    compiled = step(extension.compile_words(plan.exercise, name, listing_includes(plan.compiler)))
    if compiled.returned != 0:
        messages = diagnostics.of_compiler(compiled.output, name, shown)
        refuse(plan, role, f"{shown} does not compile.", messages)
    systems = system_folders(plan.compiler, calls.common_words(plan.exercise))
    for path in foreign_includes(tree, folder, systems):
        refuse(plan, role, f"{shown} includes {path}, but it must stand by itself.")
    linked = step(extension.link_words(plan.exercise))
    if linked.returned != 0:
        messages = diagnostics.of_linker(linked.output, shown, None)
        refuse(plan, role, f"{shown} compiles, but does not link.", messages)
    keep_warnings(submission, diagnostics.warnings(compiled.output, name, shown))
    return folder / extension.LIBRARY
