"""Recording a profile: compiles, sees how long a call takes, has each side do the same work under a tool."""
from __future__ import annotations

import dataclasses
import math
import tempfile
import time
from pathlib import Path
from typing import Callable, Mapping, Optional, TypeVar

from .. import compiling
from ..errors import CourseBroken
from ..exercise import Exercise
from ..machine import Compiler, processor, processor_features
from ..progress import Progress
from . import plan
from .choice import Choice, choose
from .model import IN_WORDS, Profile, Side, side_of
from .recording import REPORT, Recording, ToolFailed

CALLGRIND_SLOWER = 250.0  # than the processor itself


class Failed(Exception):
    """A side did not do its work under the tool; one sentence."""


@dataclasses.dataclass(frozen=True)
class Order:
    """What is to be profiled, and how."""

    exercise: Exercise
    compiler: Compiler
    roles: tuple[str, ...]
    seconds: float = plan.SECONDS
    tool: Optional[str] = None


@dataclasses.dataclass
class Session:
    """A profile, and the texts, libraries and recordings that it was made from, for those who look closer."""

    profile: Profile
    compiled: compiling.Plan
    recordings: Mapping[str, Recording]
    workloads: int = 1  # so many of the exercise's, the first ones

    @property
    def exercise(self) -> Exercise:
        """With the flags that were used."""
        return self.compiled.exercise

    @property
    def libraries(self) -> Mapping[str, Path]:
        return self.compiled.libraries


@dataclasses.dataclass(frozen=True)
class FirstLook:
    """How long a call takes, with so many of the exercise's workloads, each side that can do them in time."""

    times: Mapping[str, plan.Times]
    workloads: int
    notes: list[str]


def _first_look(
    exercise: Exercise, libraries: Mapping[str, Path], folder: Path, shown: Progress
) -> FirstLook:
    """As many workloads as yours and the solution can do in seconds; the reference, if it can, too."""

    def look(role: str, workloads: int) -> plan.Times:
        shown.step(f"a first look at {IN_WORDS[role]}")
        report = folder / REPORT
        amount = ["--seconds", str(plan.TRIAL_SECONDS), "--workloads", str(workloads)]
        words = plan.command(exercise, libraries[role], report, *amount)
        return said_of(role, lambda: plan.trial(words, report))

    first = {role: look(role, 1) for role in libraries}
    able = {role: plan.workloads_within(times) for role, times in first.items()}
    workloads = min(able[role] for role in libraries if role != "reference")
    notes = []
    if workloads < len(plan.sizes_of(next(iter(first.values())))):
        notes.append("Not with all of the exercise's sizes: for the others a call would take too long.")
    if able.get("reference", workloads) < workloads:
        notes.append("Without the reference, for which a call with these sizes would take too long.")
    roles = [role for role in libraries if able[role] >= workloads]
    times = first if workloads == 1 else {role: look(role, workloads) for role in roles}
    return FirstLook({role: times[role] for role in roles}, workloads, notes)


Result = TypeVar("Result")


def said_of(role: str, action: Callable[[], Result]) -> Result:
    """The action's result; what fails is said of the side. Of the course's own it is its mistake."""
    try:
        return action()
    except ToolFailed as error:
        kind = Failed if role == "yours" else CourseBroken
        raise kind(f"{IN_WORDS[role].capitalize()}: {error}") from None


def at_least(share: float) -> str:
    """Rounded down: what is not all of it is not called 100 %."""
    return "All" if share == 1 else f"At least {math.floor(1000 * share) / 10:.1f} %"


def _notes(
    choice: Choice, recordings: Mapping[str, Recording], instead: Optional[plan.Narrower]
) -> list[str]:
    """What the tool could not see, in sentences."""
    notes = [f"Not with a better tool: {reason}." for reason in choice.instead]
    notes += choice.tool.notes
    if instead:
        notes.append(
            f"valgrind knows no {instead.unknown}: this was compiled for {instead.march} "
            f"({instead.vectors}), not for this very processor."
        )
    if choice.tool.samples_time:
        least = min(recording.complete for recording in recordings.values())
        notes.append(f"{at_least(least)} of each side's stacks reach the program's beginning.")
    if choice.tool.name == "perf" and not all(recording.kernel for recording in recordings.values()):
        notes.append("The time within the kernel is not seen (perf_event_paranoid).")
    return notes


def _shown_workload(times: Mapping[str, plan.Times]) -> str:
    workloads = next(iter(times.values())).report.get("workloads", [])
    return "; ".join(str(each.get("size")) for each in workloads)


def record(order: Order, shown: Progress) -> Session:
    """The profile of a C++ exercise. Mistake, DoesNotCompile or Failed where there is none."""
    build = order.exercise.tree.build
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="profiling-", dir=build) as scratch:
        folder = Path(scratch)
        choice = choose(order.tool, folder)
        instead = None if choice.tool.samples_time else plan.narrower(processor_features())
        exercise = plan.with_lines(order.exercise, instead)
        compiled = compiling.plan(exercise, order.compiler, order.roles)
        if not compiled.ready:
            shown.step("compiling, with line numbers")
        compiling.build(compiled, shown.tick)
        looked = _first_look(exercise, compiled.libraries, folder, shown)
        return _under_the_tool(order, exercise, choice, compiled, looked, folder, shown, instead)


def _side(
    order: Order,
    tool: str,
    submission: compiling.Submission,
    recording: Recording,
    took: plan.Times,
    calls: int,
) -> Side:
    """One side with the names of its functions and lines; Failed where the tool saw nothing of it."""
    role, source = submission.role, order.exercise.tree.shown(submission.source)
    text = submission.text.decode(errors="replace")
    side = side_of(recording, role, source, text, took.cpu, took.wall, calls)
    if not side.stacks:
        longer = f"BUDGET={3 * order.seconds:g} looks longer"
        raise Failed(f"{tool} saw nothing of {IN_WORDS[role]}; {longer}.")
    return side


def _under_the_tool(
    order: Order,
    exercise: Exercise,
    choice: Choice,
    compiled: compiling.Plan,
    looked: FirstLook,
    folder: Path,
    shown: Progress,
    instead: Optional[plan.Narrower],
) -> Session:
    tool, times = choice.tool, looked.times
    seconds = order.seconds if tool.samples_time else order.seconds / CALLGRIND_SLOWER
    calls = plan.calls_for(dict(times), seconds)
    recordings: dict[str, Recording] = {}
    sides: dict[str, Side] = {}
    for submission in compiled.submissions:
        role = submission.role
        if role not in times:
            continue
        shown.step(f"{tool.name} watches {IN_WORDS[role]}: {calls[role]} calls")
        amount = ["--calls", str(calls[role]), "--workloads", str(looked.workloads)]
        words = plan.command(exercise, submission.library, folder / REPORT, *amount)
        recordings[role] = said_of(role, lambda: tool.module.record(words, folder, plan.LONGEST))
        took = (plan.times_in(folder / REPORT) if tool.samples_time else None) or times[role]
        shown.step("putting names to addresses")
        sides[role] = _side(order, tool.name, submission, recordings[role], took, calls[role])
    profile = Profile(
        exercise=exercise.name,
        title=exercise.title,
        tool=tool.name,
        tool_in_words=tool.in_words,
        notes=[*looked.notes, *_notes(choice, recordings, instead)],
        workload=_shown_workload(times),
        flags=f"{order.compiler.short} {' '.join(exercise.flags)}",
        machine=processor(),
        time=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        clock=exercise.clock,
        sides=sides,
    )
    return Session(profile, compiled, recordings, looked.workloads)
