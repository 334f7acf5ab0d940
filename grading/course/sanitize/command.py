"""The command: reference, solution and learner's file on all cases, under every sanitizer there is."""
from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable, Optional, Sequence

from .. import compiling, progress
from ..errors import CourseBroken, Mistake
from ..exercise import Exercise
from ..exercise_file import load
from ..exercises import find
from ..lock import only_one
from ..machine import compiler
from ..tree import Tree, folders
from . import kinds, program
from .findings import Finding
from .kinds import Sanitizer
from .program import NotLookedAt

ROLES = ("reference", "solution", "yours")


def sanitize(tree: Tree, wanted: Optional[str]) -> int:
    """`make sanitize`: 1 when the learner's file has a finding, CourseBroken when the course's own has."""
    exercises = [find(tree, wanted)] if wanted else [load(tree, folder) for folder in folders(tree)]
    compiled = [each for each in exercises if each.language.name == "c++"]
    if not compiled:
        raise Mistake(f"make sanitize is for the C++ exercises; {exercises[0].name} is none of them.")
    threads = kinds.threads()
    if not threads and any(each.threads > 1 for each in compiled):
        lacking = "it needs clang++, its runtime and LLVM's OpenMP (clang, libclang-rt-dev, libomp-dev)"
        print(f"Without ThreadSanitizer: {lacking}.", file=sys.stderr)
    values = kinds.values()
    if not values:
        print("Without memcheck, which looks for memory without a value: it needs valgrind.", file=sys.stderr)
    totals = dict.fromkeys(ROLES, 0)
    with only_one(tree.build / "lock"), progress.for_stream() as shown:
        for each in compiled:
            shown.begin(each.name)
            for role, count in _check(each, threads, values, shown).items():
                totals[role] += count
    if sum(totals.values()) > totals["yours"]:
        raise CourseBroken("A sanitizer found something in the course's own files; see above.")
    return 1 if totals["yours"] else 0


def _check(
    exercise: Exercise,
    threads: Optional[Sanitizer],
    values: Optional[Sanitizer],
    shown: progress.Progress,
) -> dict[str, int]:
    """Looks at each source with each sanitizer; counts the findings by role."""
    compiling.plan(exercise, compiler(), ROLES)  # a source that is missing is told here, in one sentence
    findings = dict.fromkeys(ROLES, 0)
    sources = {role: exercise.sides[role] for role in ROLES}
    if not _compiles(exercise, shown):
        findings["yours"] = 1
        del sources["yours"]
    with tempfile.TemporaryDirectory(prefix="sanitize-", dir=exercise.tree.build) as scratch:
        folder = Path(scratch)
        shown.step("making the cases' inputs")
        inputs = program.dumped_inputs(exercise, folder)
        for sanitizer in kinds.of_exercise(exercise, threads, values):
            for role, source in sources.items():
                if sanitizer is values and findings[role]:
                    continue
                look = Look(exercise, role, source, folder, shown)
                findings[role] += look.finds_something(sanitizer, inputs)
    return findings


def _compiles(exercise: Exercise, shown: progress.Progress) -> bool:
    """Whether the learner's file compiles as it does for a check; says why it does not."""
    plan = compiling.plan(exercise, compiler(), ("yours",))
    if not plan.ready:
        shown.step("compiling yours")
    try:
        compiling.build(plan, shown.tick)
    except compiling.DoesNotCompile as error:
        print(f"{exercise.name}, yours: {error.in_full}", flush=True)
        return False
    return True


@dataclass(frozen=True)
class Look:
    """At one source: whose it is, the folder in which it is compiled, and where one sees that it goes on."""

    exercise: Exercise
    role: str
    source: Path
    folder: Path
    shown: progress.Progress

    def finds_something(self, sanitizer: Sanitizer, inputs: Sequence[str]) -> bool:
        """Prints a line on what is found; whether that is anything."""
        said_of = f"{self.exercise.name}, {self.role}, {sanitizer.name}"
        try:
            found, seen = self._finding(sanitizer, inputs)
        except (Mistake, NotLookedAt) as error:
            no_answer = isinstance(error, NotLookedAt)
            if self.role != "yours" and not no_answer:
                raise
            print(f"{said_of}: not looked at. {error}", flush=True)
            return not no_answer
        cases = len(inputs) // 2
        clean = "clean" if seen == cases else f"clean in {seen} of {cases} cases, for which there was time"
        print(f"{said_of}: {f'{found.what}, at {found.where}' if found else clean}", flush=True)
        return found is not None

    def _finding(self, sanitizer: Sanitizer, inputs: Sequence[str]) -> tuple[Optional[Finding], int]:
        """What is found, if anything, and in how many cases it was looked for."""
        built, place = self.folder / "program", self.exercise.tree.shown(self.source)
        program.build(self.exercise, self.source, sanitizer, built, self._step(sanitizer, "compiling"))
        step = self._step(sanitizer, "running")
        found = program.run(built, inputs, sanitizer, self.source, place, step)
        if found:
            return found, 0
        seen = program.answered(built)
        others = inputs[2 * seen:]
        if not others or not sanitizer.then:
            return None, seen
        try:
            found, more = self._finding(sanitizer.then, others)
        except NotLookedAt:
            return None, seen
        return found, seen + more

    def _step(self, sanitizer: Sanitizer, doing: str) -> Callable[[], None]:
        """Shows it, and is what shows again, while that lasts, that it goes on."""
        step = partial(self.shown.step, f"{sanitizer.name}: {doing} {self.role}")
        step()
        return step
