"""`make watch`: checks again whenever the learner's file is saved; single keys do the rest."""
from __future__ import annotations

import hashlib
import os
import select
import subprocess
import sys
import termios
import time
import tty
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Iterator, Optional, Sequence

from . import children, overview
from .errors import Mistake
from .exercise import Exercise
from .exercise_file import load
from .exercises import find
from .style import Style
from .tree import Tree, folders

SETTLING = 0.1  # seconds: an editor that saves writes, renames and touches in quick succession
KEYS = {
    "c": "check",
    "n": "next",
    "h": "hint",
    "p": "profile",
    "s": "solution",
    "l": "list",
    "r": "reset",
    "q": "quit",
}
CHECK_SECONDS = 0.8  # of timed rounds after a save: the verdict is to be there soon; c gives it all its time
WITH_EXERCISE = ("check", "hint", "profile", "solution", "reset")


def _watched(tree: Tree, wanted: Optional[str]) -> list[Exercise]:
    """The exercise that was named, or all that can be read."""
    if wanted:
        return [find(tree, wanted)]
    found = []
    for folder in folders(tree):
        try:
            found.append(load(tree, folder))
        except Mistake as error:
            print(error, file=sys.stderr)
    if not found:
        raise Mistake("There are no exercises to watch.")
    return found


def _first(tree: Tree, exercises: Sequence[Exercise]) -> Exercise:
    """The first exercise that has not passed yet."""
    states = {each.exercise.name: each.state for each in overview.all_standings(tree)[0]}
    open_ones = [each for each in exercises if states.get(each.name) not in ("passed", "skipped")]
    return (open_ones or list(exercises))[0]


def _digest(exercise: Exercise) -> Optional[str]:
    """What the learner's files hold; nothing while one of them is missing, as in the middle of a save."""
    whole = hashlib.sha256()
    try:
        for part in exercise.parts:
            whole.update(hashlib.sha256(part.learners.read_bytes()).digest())
    except OSError:
        return None
    return whole.hexdigest()


@contextmanager
def _watching(places: Sequence[Path]) -> Iterator[int]:
    """A descriptor that can be read when something in one of the folders has changed."""
    try:
        from watchdog.events import FileSystemEvent, FileSystemEventHandler
        from watchdog.observers import Observer
        from watchdog.observers.polling import PollingObserver
    except ImportError:
        raise Mistake(
            f"make watch needs the module watchdog for {sys.executable}; grading/setup/setup --for watch "
            "installs it."
        ) from None

    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    class Wake(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            # That a file was opened or read is told, too: by our own check, for instance.
            if event.event_type in ("created", "modified", "moved"):
                try:
                    os.write(writer, b".")
                except BlockingIOError:
                    pass  # it is awake already

    def started(observer: Any) -> Any:
        for place in places:
            observer.schedule(Wake(), str(place))
        observer.start()
        return observer

    try:
        observer = started(Observer())
    except OSError:  # the system's number of watches is used up
        observer = started(PollingObserver())
    try:
        yield reader
    finally:
        observer.stop()
        observer.join()
        os.close(writer)
        os.close(reader)


class Keyboard:
    """Single keys, without Enter and unseen; the terminal is as it was while a command runs."""

    def __init__(self) -> None:
        self.there = sys.stdin.isatty() and sys.stdout.isatty()
        self.before = termios.tcgetattr(sys.stdin) if self.there else []

    def __enter__(self) -> Keyboard:
        self.take()
        return self

    def __exit__(self, *reason: object) -> None:
        self.give_back()

    def take(self) -> None:
        if self.there:
            tty.setcbreak(sys.stdin.fileno(), termios.TCSANOW)

    def give_back(self) -> None:
        if self.there:
            termios.tcsetattr(sys.stdin, termios.TCSANOW, self.before)

    def read(self) -> list[str]:
        """The keys typed; an arrow or function key is none of ours. The end of input is q."""
        typed = os.read(sys.stdin.fileno(), 64)
        if not typed:
            return ["q"]
        return [] if typed.startswith(b"\x1b") else list(typed.decode(errors="replace").lower())


class Watch:
    """The loop: what is watched, which exercise the keys are about, and what was checked last."""

    def __init__(self, tree: Tree, wanted: Optional[str]) -> None:
        self.tree = tree
        self.exercises = _watched(tree, wanted)
        self.current = _first(tree, self.exercises)
        self.seen = {each.name: _digest(each) for each in self.exercises}
        self.style = Style.of(sys.stdout)
        self.reading = ExitStack()  # of headers, at the side

    def run(self) -> int:
        places = sorted({part.learners.parent for each in self.exercises for part in each.parts})
        with Keyboard() as keyboard, _watching(places) as changes, self.reading:
            self.act("check", keyboard)
            while True:
                sources: list[Any] = [changes, *([sys.stdin] if keyboard.there else [])]
                ready = select.select(sources, [], [])[0]
                if changes in ready:
                    time.sleep(SETTLING)
                    os.read(changes, 1 << 16)
                    self.check_what_changed(keyboard)
                if sys.stdin in ready:
                    for key in keyboard.read():
                        if KEYS.get(key) == "quit":
                            return 0
                        if key in KEYS:
                            self.act(KEYS[key], keyboard)

    def check_what_changed(self, keyboard: Keyboard) -> None:
        for each in self.exercises:
            digest = _digest(each)
            if digest is None or digest == self.seen[each.name]:
                continue
            self.seen[each.name] = digest
            self.current = each
            self.act("check", keyboard, ["--budget", f"{min(CHECK_SECONDS, each.budget_seconds):g}"])

    def act(self, command: str, keyboard: Keyboard, options: Sequence[str] = ()) -> None:
        """Runs one of the course's commands as a person would, then says what can be typed."""
        self.reading.close()  # nothing else computes while something is measured
        keyboard.give_back()
        try:
            if command != "reset" or self.really_reset():
                self.call(command, options)
        finally:
            keyboard.take()
        self.say_what_one_can_do(keyboard)
        if command == "check":
            self.read_headers()

    def read_headers(self) -> None:
        """While the person thinks: so that the next check has less to compile."""
        command = [sys.executable, "-m", "course.compiling", self.current.name]
        null = subprocess.DEVNULL
        self.reading.enter_context(children.running(command, null, null, self.tree.root))

    def call(self, command: str, options: Sequence[str]) -> None:
        about = f"{command} EX={self.current.short_name}" if command in WITH_EXERCISE else command
        now = time.strftime("%H:%M:%S")
        print(f"\n{self.style.dim(f'{now}  make {about}')}\n", flush=True)
        words = [*options, "--", self.current.name] if command in WITH_EXERCISE else []
        # A profile may need to install and build something first, which the course's front door does.
        program = [str(self.tree.root / "grading" / "course" / "run")]
        if command != "profile":
            program = [sys.executable, "-m", "course"]
        subprocess.run([*program, command, *words], cwd=self.tree.root)
        if command == "reset":
            self.seen[self.current.name] = _digest(self.current)

    def really_reset(self) -> bool:
        print(f"\nPut the starting file of {self.current.name} back? [y/N] ", end="", flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def say_what_one_can_do(self, keyboard: Keyboard) -> None:
        files = " and ".join(self.tree.shown(part.learners) for part in self.current.parts)
        others = "" if len(self.exercises) == 1 else ", or that of another exercise"
        keys = ", ".join(f"{key} {name}" for key, name in KEYS.items())
        print(f"\nWaiting for you to save {files}{others}.", flush=True)
        print(self.style.dim(f"Keys: {keys}" if keyboard.there else "Ctrl-C ends it."), flush=True)


def watch(tree: Tree, wanted: Optional[str]) -> int:
    return Watch(tree, wanted).run()
