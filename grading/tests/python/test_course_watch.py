"""`make watch` in a terminal of its own: saves are checked, keys do what they say, nothing is left behind."""
from __future__ import annotations

import errno
import fcntl
import io
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Iterator

import pytest
from conftest import NAMES, SOLUTION, Course, line_with, verdict
from course import watch
from course.errors import Mistake

pytest.importorskip("watchdog", reason="make watch needs watchdog, which this Python does not have")
PATIENCE = 30.0


class Terminal:
    """`make watch` as a person meets it."""

    def __init__(self, course: Course, *words: str) -> None:
        self.master, slave = pty.openpty()
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course", "watch", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=course.root,
            env=course.environment(TERM="dumb"),
            start_new_session=True,
        )

    def until(self, wanted: str, times: int = 1) -> str:
        """What was printed, once `wanted` stands in it that many times."""
        end = time.monotonic() + PATIENCE
        while len(re.findall(wanted, self.text)) < times:
            assert time.monotonic() < end, f"no {wanted!r} in {self.text}"
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 1 << 16).decode(errors="replace").replace("\r", "")
        return self.text

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def close(self) -> int:
        self.type("q")
        return self.process.wait(PATIENCE)


@contextmanager
def watching(course: Course, *words: str) -> Iterator[Terminal]:
    shown = Terminal(course, *words)
    shown.until("Waiting for you")
    yield shown
    if shown.process.poll() is None:
        shown.process.kill()
        shown.process.wait()
    os.close(shown.master)
    os.close(shown.slave)


@pytest.fixture
def terminal(course: Course) -> Iterator[Terminal]:
    with watching(course, "chains") as shown:
        yield shown


def test_it_checks_at_once_and_again_after_each_save(course: Course, terminal: Terminal) -> None:
    assert "to do" in terminal.text
    course.edit()
    assert "passed, 10 of 10 points" in terminal.until("Waiting for you", times=2)
    at_once, after_a_save = course.judge_calls()
    assert "--budget" not in at_once and after_a_save[after_a_save.index("--budget") + 1] == "0.8"
    assert terminal.close() == 0


def test_an_editor_that_saves_by_renaming_is_seen(course: Course, terminal: Terminal) -> None:
    file = course.exercise().learners_file
    other = file.with_name("sum.cpp.new")
    other.write_text(SOLUTION)
    file.unlink()
    other.rename(file)
    terminal.until("passed, 10 of 10 points")
    assert terminal.close() == 0


def test_it_survives_a_file_that_does_not_compile(course: Course, terminal: Terminal) -> None:
    course.edit(text="no C++ at all\n")
    terminal.until("does not compile")
    terminal.until("Waiting for you", times=2)
    course.edit()
    terminal.until("passed, 10 of 10 points")


def test_a_save_that_changes_nothing_is_no_reason_to_check(course: Course, terminal: Terminal) -> None:
    calls = len(course.judge_calls())
    file = course.exercise().learners_file
    file.write_text(file.read_text())
    terminal.type("l")
    terminal.until("Waiting for you", times=2)
    assert len(course.judge_calls()) == calls and terminal.text.count("make check") == 1
    course.edit()
    terminal.until("passed, 10 of 10 points")
    assert len(course.judge_calls()) == calls + 1 and terminal.text.count("make check") == 2


def test_keys_do_what_they_say_and_others_do_nothing(course: Course, terminal: Terminal) -> None:
    terminal.type("x\x1b[Ah")
    terminal.type("h")
    terminal.until("make hint EX=03", times=2)
    terminal.type("n")
    terminal.until("make next")
    assert terminal.close() == 0


def test_each_key_is_a_command_and_what_needs_an_exercise_is_told_which(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []
    watched = watch.Watch(course.tree, "chains")
    only_noted = SimpleNamespace(run=lambda call, **_: calls.append([str(word) for word in call]))
    monkeypatch.setattr(watch, "subprocess", only_noted)
    for command in watch.KEYS.values():
        watched.call(command, ())
    about_it = {"check", "hint", "profile", "solution", "reset"}
    named = ["--", "03-sum-chains"]
    wanted = [[command, *(named if command in about_it else [])] for command in watch.KEYS.values()]
    assert [call[call.index(command):] for call, command in zip(calls, watch.KEYS.values())] == wanted
    front_door = [call[0].endswith("grading/course/run") for call in calls]
    assert front_door == [command == "profile" for command in watch.KEYS.values()]


def test_what_is_saved_during_a_check_is_checked_next_and_what_reset_puts_back_is_not(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    watched, keyboard = watch.Watch(course.tree, "chains"), watch.Keyboard()
    monkeypatch.setattr(watch.Watch, "act", lambda self, command, *_: done.append(command))
    for command, checks in (("check", ["check"]), ("reset", [])):
        saved = SimpleNamespace(run=lambda *_, **__: course.edit(text=f"// saved during {command}\n"))
        monkeypatch.setattr(watch, "subprocess", saved)
        watched.call(command, ())
        watched.check_what_changed(keyboard)
        assert done == checks
        done.clear()


@pytest.mark.parametrize("typed, does", [("y", True), ("Yes", True), ("n", False), ("", False)])
def test_reset_wants_a_yes(course: Course, monkeypatch: pytest.MonkeyPatch, typed: str, does: bool) -> None:
    watched = watch.Watch(course.tree, "chains")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
    assert watched.really_reset() == does


def test_the_solution_is_shown_only_after_asking(course: Course, terminal: Terminal) -> None:
    terminal.type("s")
    terminal.until("Show the solution all the same")
    terminal.type("n\n")
    terminal.until("Waiting for you", times=2)
    assert "Why it is fast." not in terminal.text


def test_reset_asks_and_keeps_a_backup(course: Course, terminal: Terminal) -> None:
    started = course.exercise().learners_file.read_text()
    course.edit()
    terminal.until("Waiting for you", times=2)
    terminal.type("r")
    terminal.until("Put the starting file")
    terminal.type("y\n")
    terminal.until("Yours is kept as")
    assert course.exercise().learners_file.read_text() == started


def test_a_resized_window_does_not_end_it(course: Course, terminal: Terminal) -> None:
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 50, 0, 0))
    terminal.process.send_signal(signal.SIGWINCH)
    course.edit()
    terminal.until("passed, 10 of 10 points")
    terminal.until("Waiting for you", times=2)
    terminal.text = ""
    terminal.type("l")
    table = terminal.until("Waiting for you").split("make list", 1)[1].split("Waiting for you")[0]
    assert "passed" in table and all(len(line) <= 50 for line in table.splitlines()), table


def test_without_an_exercise_it_follows_the_one_that_is_saved(course: Course) -> None:
    with watching(course) as terminal:
        assert "make check EX=03" in terminal.text
        course.edit("bessel")
        terminal.until("passed, 10 of 10 points")
        terminal.until("to save exercises/12-scatter-bessel/sum.cpp, or that of another exercise")
        terminal.type("h")
        terminal.until("make hint EX=12")
        assert terminal.text.count("make check") == 2 and "make check EX=12" in terminal.text
        assert terminal.close() == 0


def test_it_begins_with_the_first_exercise_that_has_not_passed(course: Course) -> None:
    course.edit()
    assert watch.Watch(course.tree, None).current.name == "03-sum-chains"
    assert course.run("check", "chains").returncode == 0
    assert watch.Watch(course.tree, None).current.name == "04-sum-compensated"
    course.judge_says(verdict=verdict("skipped"))
    course.run("check", "compensated")
    assert watch.Watch(course.tree, None).current.name == "12-scatter-bessel"


def test_a_broken_exercise_is_told_and_the_others_are_watched(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    course.exercise("03").toml.write_text("=")
    assert [each.name for each in watch.Watch(course.tree, None).exercises] == [*NAMES][1:]
    assert "03-sum-chains/exercise.toml is not valid TOML" in capsys.readouterr().err
    for name in [*NAMES][1:]:
        course.exercise(name).toml.write_text("=")
    with pytest.raises(Mistake, match="There are no exercises to watch."):
        watch.Watch(course.tree, None)


def test_where_the_system_watches_no_more_folders_they_are_looked_at_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    observers = pytest.importorskip("watchdog.observers")

    def start(self: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(observers.Observer, "start", start)
    with watch._watching([tmp_path]) as changes:
        (tmp_path / "sum.cpp").write_text("saved")
        assert select.select([changes], [], [], 20.0)[0]


def test_a_file_that_is_gone_is_waited_for_and_one_that_is_there_checked_once(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    monkeypatch.setattr(watch.Watch, "act", lambda self, command, *_: done.append(command))
    watched, keyboard = watch.Watch(course.tree, "chains"), watch.Keyboard()
    course.exercise().learners_file.unlink()
    watched.check_what_changed(keyboard)
    assert not done
    course.edit()
    for _ in range(2):
        watched.check_what_changed(keyboard)
    assert done == ["check"]


def test_an_arrow_is_no_letter_and_the_end_of_input_is_q(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with open(reader) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        for typed, keys in ((b"C", ["c"]), (b"\x1b[C", [])):
            os.write(writer, typed)
            assert watch.Keyboard().read() == keys
        os.close(writer)
        assert watch.Keyboard().read() == ["q"]


def test_the_terminal_is_left_as_it_was(terminal: Terminal) -> None:
    assert not termios.tcgetattr(terminal.slave)[3] & termios.ICANON
    assert terminal.close() == 0
    assert termios.tcgetattr(terminal.slave)[3] == terminal.before[3]


def test_without_a_terminal_it_watches_until_it_is_interrupted(course: Course) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "course", "watch", "chains"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        cwd=course.root,
        env=course.environment(),
    ) as process:
        line_with(process.stdout, "Ctrl-C ends it")
        course.edit()
        line_with(process.stdout, "passed")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130


def test_an_unknown_exercise_is_a_mistake_in_the_call(course: Course) -> None:
    done = course.run("watch", "nothing-like-it")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert not Path(course.root / "build" / "lock").exists()
