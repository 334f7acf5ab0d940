"""One source made into a program that answers all cases by itself, and run under a sanitizer."""
from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Callable, Optional, Sequence

from .. import children
from ..compiling import diagnostics
from ..errors import CourseBroken, Mistake
from ..exercise import Exercise
from ..machine import boost_folders, understood
from .findings import IN_PLAIN_WORDS, Finding, read, without_copies_for_tasks
from .kinds import Sanitizer

SECONDS = 300.0
SAID_BYTES = 64 << 20  # a report is much shorter; one that prints on and on would fill the disk
SHARED_MEMORY = Path("/dev/shm")
ANSWERED = "answered"  # a file beside the program, which grading/runner/sanitized.cpp makes in the end
CANNOT_START = re.compile(
    r"ReserveShadowMemoryRange failed|ThreadSanitizer: CHECK failed: sanitizer_allocator"
    r"|Valgrind's memory management: out of memory|valgrind: Unable to start up"
)
MAY_NOT_WATCH = "LeakSanitizer has encountered a fatal error"  # all else has been looked for by then
UNKNOWN_INSTRUCTION = re.compile("unrecognised instruction|unhandled instruction", re.IGNORECASE)


class NotLookedAt(Exception):
    """It does not say anything about a program, for once; one sentence."""


def dumped_inputs(exercise: Exercise, folder: Path) -> list[str]:
    """The cases' inputs as files: the arguments of the sanitized program."""
    program = exercise.tree.build / "bin" / "work"
    call = [program, "--exercise", exercise.folder, "--dump", folder, "--cases"]
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode != 0:
        raise CourseBroken(done.stderr.strip() or f"{exercise.tree.shown(program)} gave no inputs.")
    batches = json.loads((folder / "work.json").read_text())["batches"]
    return [
        word
        for each in batches
        for batch in each
        for word in (str(folder / batch["file"]), str(batch["output_size"]))
    ]


def build(
    exercise: Exercise, source: Path, sanitizer: Sanitizer, program: Path, tick: Callable[[], None]
) -> None:
    """Compiles the source; the second way is for intrinsics that the first way's processor does not have."""
    try:
        _compile(exercise, source, sanitizer, program, tick)
    except Mistake:
        if not sanitizer.or_flags:
            raise
    else:
        return
    try:
        _compile(exercise, source, replace(sanitizer, flags=sanitizer.or_flags), program, tick)
    except Mistake:
        raise NotLookedAt("It does not compile for the processors that valgrind knows.") from None


def _compile(
    exercise: Exercise,
    source: Path,
    sanitizer: Sanitizer,
    program: Path,
    tick: Callable[[], None] = lambda: None,
) -> None:
    tree = exercise.tree
    places = [tree.interface, tree.library, *boost_folders()]
    command = [
        *sanitizer.compiler,
        "-std=c++20",
        *understood(exercise.flags, "clang" in sanitizer.compiler[-1]),
        "-O1",
        "-g1",  # lines, but no variables: to follow those takes g++ minutes where much is inlined
        *sanitizer.flags,
        *(word for place in places for word in ("-I", str(place))),
        str(source),
        str(tree.families / f"{exercise.family}.cpp"),
        str(tree.runner_sources / "sanitized.cpp"),
        "-o",
        str(program),
    ]
    shown = tree.shown(source)
    returned, output = _ended(command, {**os.environ, "LC_ALL": "C"}, tick)
    if returned is None:
        raise Mistake(
            f"The compiler was not done with {shown} after {SECONDS:.0f} s and was stopped: the machine is "
            "very busy, or something in the file makes the compiler work on and on."
        )
    if returned != 0:
        said = diagnostics.of_compiler(output, str(source), shown)
        raise Mistake(f"{shown} does not compile with {sanitizer.name} ({sanitizer.compiler[-1]}).\n{said}")


def run(
    program: Path,
    inputs: Sequence[str],
    sanitizer: Sanitizer,
    source: Path,
    shown: str,
    tick: Callable[[], None] = lambda: None,
) -> Optional[Finding]:
    """What is to be said against it, if anything: what was complained of, or how it ended too early. Files
    that it writes are left in the program's folder."""
    environment = {**os.environ, **dict(sanitizer.environment)}
    answered = program.with_name(ANSWERED)
    answered.unlink(missing_ok=True)
    command = [*sanitizer.under, str(program), str(answered), str(sanitizer.seconds), *inputs]
    returned, report = _ended(command, environment, tick, _say_no_end, program.parent)
    if sanitizer.under and (returned is None or UNKNOWN_INSTRUCTION.search(report)):
        raise NotLookedAt(
            f"A case took more than {SECONDS:.0f} s."
            if returned is None
            else "It does not know an instruction that the compiler used."
        )
    if returned == -signal.SIGKILL:
        raise Mistake(f"{shown}: the system ended {sanitizer.name}, as it does where memory runs out.")
    if CANNOT_START.search(report):
        raise Mistake(
            f"{shown}: {sanitizer.name} cannot work here: it needs far more addresses than there is memory "
            "(ulimit -v unlimited), and valgrind a folder for files of its own (TMPDIR)."
        )
    found = read(without_copies_for_tasks(report), source, shown)
    if returned is None and not found:
        return Finding(f"no answer within {SECONDS:.0f} s (make check tells in which case)", shown)
    if not found and MAY_NOT_WATCH in report and answered.exists():
        print(
            f"{shown}: memory that nobody frees is not looked for, as the system lets nobody watch another "
            "process here (ptrace, which a container may allow).",
            file=sys.stderr,
        )
        return None
    if found or (returned == 0 and answered.exists()):
        return found
    if returned < 0:
        name = signal.Signals(-returned).name
        why = f" ({IN_PLAIN_WORDS[name]})" if name in IN_PLAIN_WORDS else ""
        return Finding(f"it was ended by {name}{why}", shown)
    when = "after" if answered.exists() else "before"
    return Finding(f"it ended the program, with exit code {returned}, {when} all answers were there", shown)


def _ended(
    command: Sequence[str],
    environment: dict[str, str],
    tick: Callable[[], None] = lambda: None,
    before: Optional[Callable[[], None]] = None,
    cwd: Optional[Path] = None,
) -> tuple[Optional[int], str]:
    """The exit code and what was said on standard error; no code when it took too long and was ended."""
    done = children.finished(command, SECONDS, before, environment, tick, SAID_BYTES, cwd)
    # LLVM's OpenMP enters each of its programs there, and one that crashes or is ended does not sign off.
    (SHARED_MEMORY / f"__KMP_REGISTERED_LIB_{done.process}_{os.getuid()}").unlink(missing_ok=True)
    return done.returned, done.said


def _say_no_end() -> None:
    """What a child does before it starts: it will be stopped by SIGXFSZ when it prints on and on."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    soft = SAID_BYTES if hard == resource.RLIM_INFINITY else min(SAID_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def answered(program: Path) -> int:
    """How many cases a program has answered in which nothing was found."""
    return int(program.with_name(ANSWERED).read_text())
