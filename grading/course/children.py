"""Child processes that do not outlive us: each heads a group of its own, which is ended as a whole."""
from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Callable, Iterator, Optional, Sequence, Union

Output = Union[int, IO[Any], None]  # None: where our own goes
SAID_BYTES = 1 << 20  # of messages: no program that does its work has so many


def limits(memory_bytes: int, file_bytes: int, cpu_seconds: float) -> Callable[[], None]:
    """What a child does before it starts: gives up the right to more memory, larger files or longer work."""
    most_of = {
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_FSIZE: (file_bytes, file_bytes),
        # The first of the two is told by a signal with a name of its own (SIGXCPU), the second by SIGKILL.
        resource.RLIMIT_CPU: (math.ceil(cpu_seconds), math.ceil(cpu_seconds) + 2),
    }

    def apply() -> None:
        for kind, wanted in most_of.items():
            hard = resource.getrlimit(kind)[1]
            soft, most = (each if hard == resource.RLIM_INFINITY else min(each, hard) for each in wanted)
            try:
                resource.setrlimit(kind, (soft, most))
            except (ValueError, OSError):
                pass  # a system without this limit

    return apply


def _gone(child: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def end(child: subprocess.Popen[bytes], patience: float = 2.0) -> None:
    """Asks the child's group to end, and after `patience` makes it."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
        try:
            os.killpg(child.pid, number)
        except (ProcessLookupError, PermissionError):
            pass
        if _gone(child, seconds) and number == signal.SIGKILL:
            return


def _begin(before: Optional[Callable[[], None]]) -> None:
    """At the head of a group. Not of a session: Linux shares the processors out among sessions first
    (autogroup), and all that the judge compares would be one against any program that is left running."""
    os.setpgid(0, 0)
    if before:
        before()


@contextmanager
def running(
    command: Sequence[Union[str, Path]],
    stdout: Output,
    stderr: Output,
    cwd: Optional[Path] = None,
    before: Optional[Callable[[], None]] = None,
    environment: Optional[dict[str, str]] = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that is ended, with all its own children, when the block is left in whatever way."""
    child = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        preexec_fn=lambda: _begin(before),
        env=environment,
    )
    try:
        yield child
    finally:
        end(child)  # one that has ended may have left children of its own
        if child.stdout:
            child.stdout.close()


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP leave the program the way Ctrl-C does, through every `finally`; what is
    ignored from the beginning, as under nohup, stays ignored."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    heeded = [each for each in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) != signal.SIG_IGN]
    before = {number: signal.signal(number, leave) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_with_parent() -> None:
    """SIGTERM for us when our parent ends: a signal for make alone ends its shell, and would leave us."""
    with suppress(AttributeError, OSError):  # Linux has this, other systems do not
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def give_a_temporary_folder() -> None:
    """TMPDIR as children can use it: some, such as valgrind, end at once where nothing can be written to that
    folder, or without one to /tmp."""
    with suppress(OSError):
        usable = tempfile.gettempdir()
        if usable != os.environ.get("TMPDIR", "/tmp"):
            os.environ["TMPDIR"] = usable


def deadline(seconds: float) -> float:
    return time.monotonic() + seconds


def over(end: float) -> bool:
    return time.monotonic() > end


def ended(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ends within so many seconds."""
    return _gone(child, seconds)


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said on standard error in the end."""

    returned: Optional[int]  # none where it was stopped
    said: str
    why_stopped: str = ""  # a sentence's end, after "it"
    process: int = field(default=0, compare=False)  # its number: files are told apart by it


def finished(
    command: Sequence[Union[str, Path]],
    seconds: float,
    before: Optional[Callable[[], None]] = None,
    environment: Optional[dict[str, str]] = None,
    tick: Callable[[], None] = lambda: None,
    most_said: int = SAID_BYTES,
    cwd: Optional[Path] = None,
) -> Done:
    """Waits for the command itself, not for what it leaves running: that is ended. One that is not done after
    so many seconds, or says more than so many bytes, is stopped. Its standard output goes nowhere."""
    with tempfile.TemporaryFile() as said:
        over_at, returned, why = deadline(seconds), None, ""
        with running(command, subprocess.DEVNULL, said, cwd, before, environment) as child:
            while not why and not ended(child, 0.1):
                tick()
                if os.fstat(said.fileno()).st_size > most_said:
                    why = "prints on and on"
                elif over(over_at):
                    why = f"did not come to an end within {seconds:.0f} s"
            returned = None if why else child.poll()
        said.seek(max(0, said.seek(0, os.SEEK_END) - most_said))
        return Done(returned, said.read(most_said).decode(errors="replace"), why, child.pid)
