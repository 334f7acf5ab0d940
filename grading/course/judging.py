"""Asking the judge: runs it, follows its progress, gives it up when it hangs, and reads what it decided."""
from __future__ import annotations

import errno
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Union

from . import children
from .errors import JudgeFailed
from .exercise import Exercise
from .files import read_json_object

Event = Callable[[Mapping[str, Any]], None]
PATIENCE = (
    90.0  # seconds without a word from the judge; a submission that hangs it ends by itself long before
)


def runner(exercise: Exercise) -> list[Union[str, Path]]:
    """The program that holds the submissions, and its arguments."""
    tree = exercise.tree
    if exercise.language.name == "c++":
        return [tree.runner]
    words = [exercise.family, str(exercise.threads), *exercise.modules]
    return [sys.executable, tree.python_runner, tree.runner_walls, *words]


def _command(
    exercise: Exercise,
    libraries: Mapping[str, Path],
    results: Path,
    seed: Optional[int],
    budget: Optional[float],
    untouched: bool,
) -> list[Union[str, Path]]:
    tree = exercise.tree
    command: list[Union[str, Path]] = [tree.judge, "--exercise", exercise.folder]
    program, *arguments = runner(exercise)
    command += ["--runner", program]
    for argument in arguments:
        command += ["--runner-argument", argument]
    for role, library in libraries.items():
        command += [f"--{role}", library]
    if seed is not None:
        command += ["--seed", str(seed)]
    if budget is not None:
        command += ["--budget", str(budget)]
    command += ["--json", results, "--junit", results.with_suffix(".xml")]
    return [*command, "--untouched"] if untouched else command


def _tell(line: bytes, event: Event) -> None:
    try:
        progress = json.loads(line)
    except (ValueError, RecursionError):
        return  # a stray line is not worth losing a verdict
    if isinstance(progress, dict):
        event(progress)


def _follow(judge: subprocess.Popen[bytes], event: Event, tick: Callable[[], None], patience: float) -> None:
    """Reads the judge's progress lines until it closes its output; JudgeFailed after too long a silence."""
    assert judge.stdout
    descriptor = judge.stdout.fileno()
    pending, heard = b"", time.monotonic()
    while True:
        if select.select([descriptor], [], [], 0.1)[0]:
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                return
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                _tell(line, event)
            heard = time.monotonic()
        if time.monotonic() - heard > patience:
            raise JudgeFailed(
                f"The judge said nothing for {patience:g} s and was stopped. Please try again; if it "
                "happens again, it is a mistake in the judge."
            )
        tick()


def _failure(returned: int, complaint: str) -> JudgeFailed:
    last = complaint.strip().splitlines()[-1].strip() if complaint.strip() else ""
    if returned == -signal.SIGXFSZ:  # shared memory counts as a file
        return JudgeFailed("The judge needs larger files than this shell allows; please raise ulimit -f.")
    if returned == -signal.SIGKILL:
        return JudgeFailed(
            "The system ended the judge, as it does where memory runs out (a container may have less than "
            "its machine), or with ulimit -t. End other programs or get more memory, and try again."
        )
    if os.strerror(errno.EMFILE) in last:
        return JudgeFailed("The judge needs more open files than this shell allows; please raise ulimit -n.")
    if returned < 0:
        try:
            name = signal.Signals(-returned).name
        except ValueError:
            name = f"signal {-returned}"
        return JudgeFailed(
            f"The judge itself was ended by {name}; that is its mistake, not your code's."
            + (f" It said: {last}" if last else "")
        )
    return JudgeFailed(last or f"The judge gave up with exit code {returned} and did not say why.")


def _environment() -> dict[str, str]:
    """Without the person's settings for GoogleTest, which are meant for tests of their own: a filter, say."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GTEST_")}


def judge(
    exercise: Exercise,
    libraries: Mapping[str, Path],
    event: Event,
    tick: Callable[[], None],
    seed: Optional[int] = None,
    budget: Optional[float] = None,
    untouched: bool = False,
    patience: float = PATIENCE,
) -> dict[str, Any]:
    """The judge's verdict; raises JudgeFailed with one sentence where there is none."""
    results = exercise.tree.build / "measurements" / f"{exercise.name}.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    results.unlink(missing_ok=True)
    command = _command(exercise, libraries, results, seed, budget, untouched)
    with tempfile.TemporaryFile() as complaints:
        try:
            with children.running(command, subprocess.PIPE, complaints, environment=_environment()) as child:
                _follow(child, event, tick, patience)
                returned = child.wait(patience)
        except OSError as error:
            raise JudgeFailed(
                f"The judge cannot be started: {error.strerror}: {exercise.tree.shown(exercise.tree.judge)}. "
                "Try: make build"
            ) from None
        except subprocess.TimeoutExpired:
            raise JudgeFailed("The judge did not come to an end and was stopped. Please try again.") from None
        complaints.seek(0)
        complaint = complaints.read(1 << 16).decode(errors="replace")
    if returned != 0:
        raise _failure(returned, complaint)
    written = read_json_object(results)
    verdict = written.get("verdict") if written else None
    if not isinstance(verdict, dict) or not isinstance(verdict.get("status"), str):
        raise JudgeFailed(f"The judge wrote no verdict to {exercise.tree.shown(results)}. Please try again.")
    context = written.get("context") if written else None
    if isinstance(context, dict):
        verdict["machine"] = context.get("cpu_model")
    return verdict
