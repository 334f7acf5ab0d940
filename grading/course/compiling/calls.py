"""A call of the compiler: the words that all have in common, the limits it runs under, and how it ended."""
from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence

from .. import children
from ..exercise import Exercise
from ..machine import Compiler, boost_folders

SECONDS = 60.0  # of processor time: others who keep the machine busy are no fault of the file
PATIENCE = 5  # times as long may pass by the clock
MEMORY_BYTES = 4 << 30
FILE_BYTES = 512 << 20
MOST_SAID = 1 << 20  # bytes of its messages that are read
AT_ONCE = 2

Tick = Callable[[], None]


def common_words(exercise: Exercise) -> list[str]:
    """What the compiler is told of every file of an exercise."""
    words = ["-std=c++20", *exercise.flags, "-fPIC"]
    for place in boost_folders():
        words += ["-isystem", place]
    return words


def words_with_interface(exercise: Exercise) -> list[str]:
    """The same for a file that is compiled against its family's interface."""
    return [*common_words(exercise), "-I", str(exercise.tree.interface.resolve())]


@dataclass(frozen=True)
class Step:
    """One call of the compiler: where it runs, and what it makes."""

    words: list[str]
    folder: Path
    role: str


@dataclass(frozen=True)
class Outcome:
    step: Step
    output: str
    returned: int
    late: bool  # by the clock, whatever it had worked until then

    @property
    def worked_too_long(self) -> bool:
        return self.returned == -signal.SIGXCPU or "CPU time limit exceeded" in self.output

    @property
    def timed_out(self) -> bool:
        return self.late or self.worked_too_long


def _environment(scratch: Path) -> dict[str, str]:
    """Plain English, whatever the terminal speaks, and nothing left behind when the compiler is stopped."""
    return {**os.environ, "LC_ALL": "C", "GCC_COLORS": "", "TMPDIR": str(scratch.resolve())}


class _Active:
    """A step whose compiler is at work."""

    def __init__(self, compiler: Compiler, step: Step, seconds: float, all_children: ExitStack) -> None:
        self.step = step
        self.log = step.folder / f"{step.role}.log"
        self.end = children.deadline(PATIENCE * seconds)
        self.child = all_children.enter_context(
            children.running(
                [*compiler.command, *step.words],
                all_children.enter_context(open(self.log, "wb")),
                subprocess.STDOUT,
                step.folder,
                children.limits(MEMORY_BYTES, FILE_BYTES, seconds),
                _environment(step.folder),
            )
        )

    def look(self) -> Optional[Outcome]:
        """How it ended, if it has; one that is late is ended. (Where all stood still, as under a closed lid,
        the end may be past and the compiler done: then it was not late.)"""
        late = self.child.poll() is None and children.over(self.end)
        if self.child.returncode is None and not late:
            return None
        if late:
            children.end(self.child, patience=0.2)
        said = self.log.read_bytes()[:MOST_SAID].decode(errors="replace")
        return Outcome(self.step, said, self.child.returncode, late)


def run(
    compiler: Compiler, steps: Sequence[Step], tick: Tick, seconds: float = SECONDS
) -> list[Outcome]:
    """Runs the steps, two at a time, each within its limits; tells them in the order in which they ended."""
    waiting = list(steps)
    outcomes: list[Outcome] = []
    with ExitStack() as all_children:
        active: list[_Active] = []
        while waiting or active:
            while waiting and len(active) < AT_ONCE:
                active.append(_Active(compiler, waiting.pop(0), seconds, all_children))
            looked_at = [(each, each.look()) for each in active]
            outcomes += [outcome for _, outcome in looked_at if outcome]
            active = [each for each, outcome in looked_at if not outcome]
            if active:
                tick()
                time.sleep(0.01)
    return outcomes


def why_stopped(outcome: Outcome, seconds: float) -> Optional[str]:
    """The sentence for a compiler that was stopped, not one that found a mistake."""
    if outcome.worked_too_long:
        return (
            f"The compiler was stopped after {seconds:.0f} s: the machine is very busy, or something in the "
            "file makes it work on and on; look for deep templates, huge unrolled loops or constexpr "
            "computations."
        )
    if outcome.late:
        return (
            f"The compiler was stopped: {PATIENCE * seconds:.0f} s had passed, of which it had worked less "
            f"than {seconds:.0f} s. The machine is too busy with other things; please try again."
        )
    memory = re.search(
        r"out of memory|Cannot allocate memory|virtual memory exhausted|bad_alloc|Killed signal",
        outcome.output,
    )
    if memory or outcome.returned == -signal.SIGKILL:
        return (
            f"The compiler needed more than {MEMORY_BYTES >> 30} GiB of memory and was stopped; look for "
            "huge constexpr tables, deep templates or very large unrolled loops."
        )
    if "File size limit exceeded" in outcome.output or outcome.returned == -signal.SIGXFSZ:
        return (
            f"The compiled file would be larger than {FILE_BYTES >> 20} MiB; look for a huge array with "
            "initial values."
        )
    return None
