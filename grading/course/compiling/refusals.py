"""Says why something was not compiled: the learner's mistake in their own file, the course's in any other."""
from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NoReturn, Sequence

from ..errors import CourseBroken, Mistake
from . import diagnostics
from .calls import Outcome, what_the_machine_refused, why_stopped
from .model import DoesNotCompile, Plan
from .planning import library_headers

MISSING = re.compile(
    r"^(?P<where>[^\n]+?):\d+:\d+: fatal error: '?(?P<name>[^\s':]+)(?:: No such file|' file not found)",
    re.MULTILINE,
)
# Of the standard library, but not of each: <format> came with g++ 13, the others with C++23 and later.
NEWER_HEADERS = frozenset(
    "expected flat_map flat_set format generator hazard_pointer inplace_vector linalg mdspan print rcu simd "
    "spanstream stacktrace stdfloat text_encoding".split()
)


def refuse(plan: Plan, role: str, sentence: str, messages: str = "", lasting: bool = True) -> NoReturn:
    """A failure is the learner's where it is their file, and the course's own where it is any other."""
    if role == "yours":
        raise DoesNotCompile(sentence, messages, lasting)
    raise CourseBroken(
        f"{plan.exercise.name}: the course's own {role} does not compile with "
        f"{plan.compiler.short}. {sentence}" + (f"\n{messages}" if messages else "")
    )


def refuse_if_stopped(plan: Plan, outcome: Outcome, seconds: float) -> None:
    """For a compiler that came to no end; busy as the machine may be, that need not happen again."""
    if outcome.late or outcome.returned != 0:
        refused = what_the_machine_refused(outcome, seconds)
        if refused:
            raise Mistake(f"{plan.exercise.tree.shown(plan.source_of(outcome.step.role))}: {refused}")
    stopped = why_stopped(outcome, seconds)
    if stopped:
        refuse(plan, outcome.step.role, stopped, lasting=not outcome.timed_out)


def _failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The course's own first: beside one of them, the learner's file is not to blame."""
    failed = [each for each in outcomes if each.timed_out or each.returned != 0]
    return sorted(failed, key=lambda each: each.step.role == "yours")


def refuse_what_did_not_compile(plan: Plan, outcomes: Sequence[Outcome], seconds: float) -> None:
    for outcome in _failures(outcomes):
        refuse_if_stopped(plan, outcome, seconds)
        role = outcome.step.role
        shown = plan.exercise.tree.shown(plan.source_of(role))
        if any(each.role == role and _is_utf_16(each.text) for each in plan.submissions):
            refuse(plan, role, f"{shown} is in UTF-16; save it as UTF-8.")
        messages = diagnostics.of_compiler(outcome.output, plan.copied_name(role), shown)
        refuse(plan, role, _why_not_compiled(plan, outcome.output), messages)


def refuse_what_did_not_link(plan: Plan, outcomes: Sequence[Outcome], seconds: float) -> None:
    tree = plan.exercise.tree
    header = tree.interface / f"{plan.exercise.family}.hpp"
    for outcome in _failures(outcomes):
        refuse_if_stopped(plan, outcome, seconds)
        role = outcome.step.role
        messages = diagnostics.of_linker(outcome.output, tree.shown(plan.source_of(role)), header)
        refuse(plan, role, "It compiles, but does not link.", messages)


def _is_utf_16(text: bytes) -> bool:
    """Where the letters are those of a program, every other byte is 0: the compiler stumbles over each."""
    return text.count(0) > len(text) // 4


def _why_not_compiled(plan: Plan, output: str) -> str:
    """The sentence for what the compiler refuses; the course knows better why a file is not there."""
    exercise = plan.exercise
    missing = MISSING.search(output)
    if not missing:
        return "It does not compile."
    name = missing["name"]
    headers = [path.name for path in library_headers(exercise)]
    if name in headers:  # it lies beside the learner's file, but not beside what that includes
        other = exercise.tree.shown(Path(os.path.realpath(missing["where"])))
        return f"It does not compile: {exercise.file} includes {other}, but an exercise is one file."
    if (exercise.tree.library / name).is_file():
        return (
            f"It does not compile: {name} is part of the course's library, of which this exercise may "
            f"include {', '.join(headers) or 'nothing'}."
        )
    if (exercise.folder / name).is_file():
        return (
            f"It does not compile: an exercise is one file, and {name} is not taken along; put what "
            f"you need of it into {exercise.file}."
        )
    if name in NEWER_HEADERS:
        return (
            f"It does not compile: {plan.compiler.short} has no <{name}> in C++20, the course's language; do "
            "without it."
        )
    return "It does not compile."
