"""A call of the compiler: the words that all have in common, the limits it runs under, and how it ended."""
from __future__ import annotations

import errno
import math
import os
import re
import resource
import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence

from .. import children
from ..exercise import Exercise
from ..machine import Compiler, boost_folders, understood

SECONDS = 60.0  # of processor time: others who keep the machine busy are no fault of the file
PATIENCE = 5  # times as long may pass by the clock
MEMORY_BYTES = 4 << 30
FILE_BYTES = 512 << 20
MOST_SAID = 1 << 20  # bytes of its messages that are read
AT_ONCE = 2
ROOM_BYTES = 1 << 20  # more than what is made of an exercise
# What the compiler says where the system, not the file, keeps it from working.
REFUSED = re.compile(
    r"cannot execute [^\n]*|unable to execute [^\n]*|Resource temporarily unavailable|Too many open files"
    r"|No space left on device|Disk quota exceeded"
)
TAKES_MEMORY = "huge constexpr tables, deep templates or very large unrolled loops"

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
    def lacked_memory(self) -> bool:
        words = r"out of memory|Cannot allocate memory|virtual memory exhausted|bad_alloc"
        return re.search(words, self.output) is not None

    @property
    def was_killed(self) -> bool:
        """By the system: no limit of ours ends it in this way."""
        words = r"Killed signal|signal 9 \[Killed\]"  # of what the compiler had started
        return self.returned == -signal.SIGKILL or re.search(words, self.output) is not None

    @property
    def made_too_large_a_file(self) -> bool:
        return "File size limit exceeded" in self.output or self.returned == -signal.SIGXFSZ

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
                [*compiler.command, *understood(step.words, compiler.is_clang)],
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
    if outcome.lacked_memory:
        return (
            f"The compiler needed more than {MEMORY_BYTES >> 30} GiB of memory and was stopped; look for "
            f"{TAKES_MEMORY}."
        )
    if outcome.made_too_large_a_file:
        return (
            f"The compiled file would be larger than {FILE_BYTES >> 20} MiB; look for a huge array with "
            "initial values."
        )
    return None


def what_the_machine_refused(outcome: Outcome, seconds: float) -> Optional[str]:
    """The sentence for a compiler that failed since the machine, or the shell, gave it too little."""
    processor_time = _allowed(resource.RLIMIT_CPU)
    if (outcome.worked_too_long or outcome.was_killed) and processor_time < seconds:
        return (
            f"The compiler may work for {processor_time:.0f} s only in this shell, and was stopped; please "
            "raise ulimit -t."
        )
    if outcome.late:
        return None
    memory = _allowed(resource.RLIMIT_AS)
    if outcome.lacked_memory and memory < MEMORY_BYTES:
        return (
            f"The compiler needs more than the {memory / 2**20:.0f} MiB of memory that this shell allows; "
            "please raise ulimit -v."
        )
    if outcome.was_killed:
        return (
            "The system ended the compiler, as it does where memory runs out (a container may have less than "
            "its machine): end other programs or get more memory, and try again; if it is the file that "
            f"takes so much, look for {TAKES_MEMORY}."
        )
    if outcome.made_too_large_a_file and _allowed(resource.RLIMIT_FSIZE) < FILE_BYTES:
        return "The compiler needs larger files than this shell allows; please raise ulimit -f."
    no_room = _why_nothing_can_be_written(outcome.step.folder)
    if no_room:
        return no_room
    refused = REFUSED.search(outcome.output)
    if refused:
        return (
            f"The compiler could not do its work ({refused.group().strip()}): is it whole (make setup), and "
            "may this shell have more processes and files (ulimit -a)?"
        )
    return None


def _allowed(kind: int) -> float:
    """What this shell allows of something at most."""
    hard = resource.getrlimit(kind)[1]
    return math.inf if hard == resource.RLIM_INFINITY else hard


def _why_nothing_can_be_written(folder: Path) -> Optional[str]:
    """Where the disk is full, the compiler's messages, which say so, have no room either."""
    try:
        with open(folder / "room", "wb") as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"There is no room for what the compiler makes: {error.strerror}. Make some and try again."
    return None
