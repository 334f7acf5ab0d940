"""Compiles C++: each source to an object file, and with its family's adapter to a library of one function."""
from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Optional, Sequence

from . import calls, diagnostics, headers
from .calls import Outcome, Step, Tick
from .includes import foreign_includes, listing_includes, system_folders
from .model import Plan, Submission, keep_warnings
from .planning import copy_library
from .refusals import refuse, refuse_what_did_not_compile, refuse_what_did_not_link


def build(plan: Plan, missing: Sequence[Submission], tick: Tick, seconds: float) -> None:
    """Compiles and links, each step of at most so many seconds."""
    plan.adapter.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="compiling-", dir=plan.exercise.libraries_folder) as scratch:
        outcomes = _compile(plan, missing, Path(scratch), tick, seconds)
        _link(plan, missing, Path(scratch), tick, seconds)
    _keep_warnings(plan, missing, outcomes)


def remarks(plan: Plan, words: Sequence[str], tick: Tick = lambda: None) -> dict[str, str]:
    """What the compiler says of each submission, compiled once more with these words; nothing is kept."""
    folder = plan.exercise.libraries_folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="compiling-", dir=folder) as scratch:
        steps = [_source_step(plan, each, Path(scratch), words) for each in plan.submissions]
        outcomes = calls.run(plan.compiler, steps, tick)
        return {outcome.step.role: outcome.output for outcome in outcomes}


def _compile(
    plan: Plan, missing: Sequence[Submission], scratch: Path, tick: Tick, seconds: float
) -> list[Outcome]:
    """All missing submissions' object files, and the adapter's."""
    # On an Arm g++ would add hundreds of notes to the first warning: how it handed vectors over up to GCC 9.
    words = ["-Wall", "-Wextra", "-Wno-psabi", *listing_includes(plan.compiler)]
    if not plan.compiler.is_clang:
        words.append("-fmax-errors=20")
    steps = [_source_step(plan, each, scratch, words) for each in sorted(missing, key=_how_quick)]
    if not plan.adapter.is_file():
        steps.append(_adapter_step(plan, scratch))
    outcomes = calls.run(plan.compiler, steps, tick, seconds)
    refuse_what_did_not_compile(plan, outcomes, seconds)
    _refuse_foreign_includes(plan, missing, scratch)
    if not plan.adapter.is_file():
        os.replace(scratch / "adapter" / "object.o", plan.adapter)
    return outcomes


def _how_quick(submission: Submission) -> tuple[bool, int]:
    """What takes longest comes first, or one processor would wait for it in the end: the naive twin, for all
    of Boost's headers, then the largest file."""
    return submission.role != "baseline", -len(submission.text)


def _keep_warnings(plan: Plan, compiled: Sequence[Submission], outcomes: Sequence[Outcome]) -> None:
    said = {outcome.step.role: outcome.output for outcome in outcomes}
    for each in compiled:
        shown = plan.exercise.tree.shown(each.source)
        warned = diagnostics.warnings(said[each.role], plan.copied_name(each.role), shown)
        if each.role != "limit":  # which serves exercises with threads and without
            text = each.text.decode(errors="replace")
            ignored = diagnostics.ignored_pragmas(text, plan.exercise.flags, shown)
            warned = "\n".join(filter(None, [warned, ignored, diagnostics.fast_math(text, shown)]))
        keep_warnings(each, warned)


def _source_step(plan: Plan, submission: Submission, scratch: Path, words: Sequence[str]) -> Step:
    """Source to object file, from a copy in a folder of its own, from which ../ leads to no solution."""
    folder = scratch / submission.role
    folder.mkdir()
    copy = plan.copied_name(submission.role)
    copy_library(plan.exercise, folder)
    (folder / copy).write_bytes(submission.text)
    read = _headers_read(plan, submission, scratch)
    first = ["-include", str(read.resolve())] if read else []
    common = calls.words_with_interface(plan.exercise)
    return Step([*common, *words, *first, "-c", copy, "-o", "object.o"], folder, submission.role)


def _adapter_step(plan: Plan, scratch: Path) -> Step:
    folder = scratch / "adapter"
    folder.mkdir()
    common = calls.words_with_interface(plan.exercise)
    return Step([*common, "-c", str(plan.adapter_source.resolve()), "-o", "object.o"], folder, "adapter")


def _headers_read(plan: Plan, submission: Submission, scratch: Path) -> Optional[Path]:
    """What the compiler has read already of what the learner's file begins with."""
    copy = scratch / submission.role / plan.copied_name(submission.role)
    return headers.ready(plan, copy) if submission.role == "yours" else None


def _refuse_foreign_includes(plan: Plan, compiled: Sequence[Submission], scratch: Path) -> None:
    """An exercise is one file: what it includes by itself could be a solution, and is not part of the key."""
    tree = plan.exercise.tree
    systems = system_folders(plan.compiler, calls.words_with_interface(plan.exercise))
    for each in compiled:
        read = _headers_read(plan, each, scratch)
        allowed = [tree.interface, *([read.parent] if read else [])]
        for path in foreign_includes(tree, scratch / each.role, systems, allowed):
            sentence = f"{tree.shown(each.source)} includes {tree.shown(path)}, but an exercise is one file."
            refuse(plan, each.role, sentence)


def _link(plan: Plan, missing: Sequence[Submission], scratch: Path, tick: Tick, seconds: float) -> None:
    """Object files to a library which shows one function and reaches nothing of the judge's."""
    exports = (plan.exercise.tree.runner_sources / "exports.map").resolve()
    words = [
        *("-shared", *plan.exercise.flags, "object.o", str(plan.adapter.resolve())),
        *("-Wl,-z,defs", "-Wl,--build-id=none", "-o", "library.so"),
        *("-Xlinker", f"--version-script={exports}"),  # -Wl, would take a comma of the path for an end
    ]
    steps = [Step(words, scratch / each.role, each.role) for each in missing]
    refuse_what_did_not_link(plan, calls.run(plan.compiler, steps, tick, seconds), seconds)
    for each in missing:
        os.replace(scratch / each.role / "library.so", each.library)
