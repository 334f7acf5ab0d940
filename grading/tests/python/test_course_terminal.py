"""What a check shows while it works, on a terminal and in a pipe, and how its tables fit."""
from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest
from conftest import NAMES, Course, verdict
from course import overview, progress, table

CONTROL = [chr(code) for code in range(32) if chr(code) != "\n"] + ["\x7f", "\x9b"]


def test_in_a_pipe_there_is_no_control_character(course: Course) -> None:
    course.edit()
    lines = [
        {"event": "cases", "done": 3, "total": 24},
        "rubbish",
        3,
        {"event": "rounds", "elapsed": 0.4, "budget": 4.0, "epochs": 5, "speedup": 3.9},
        {"event": "new"},
    ]
    course.judge_says(verdict=verdict("wrong", printed="\033[31mred\a"), lines=lines)
    for words, code, known in (
        (["check", "chains"], 1, "red"),
        (["check"], 2, "04-sum-compensated"),
        (["list"], 0, "wrong"),
        (["next"], 0, "make hint EX=03"),
    ):
        done = course.run(*words)
        assert done.returncode == code and known in done.stdout
        assert not [sign for sign in CONTROL if sign in done.stdout + done.stderr]
    assert (
        "03-sum-chains: measuring: 0.4 s of at most 4 s, 3.90× so far"
        in course.run("check", "--fresh", "chains").stderr
    )


def test_progress_names_a_budget_of_parts_of_a_second_as_it_is(course: Course) -> None:
    course.edit()
    early = {"event": "rounds", "elapsed": 0.1, "budget": 0.4, "epochs": 5, "speedup": 3.9}
    course.judge_says(verdict=verdict("wrong"), lines=[early])
    assert "measuring: 0.1 s of at most 0.4 s" in course.run("check", "--fresh", "chains").stderr


def test_progress_promises_no_time_that_has_passed(course: Course) -> None:
    course.edit()
    late = {"event": "rounds", "elapsed": 7.5, "budget": 6.0, "epochs": 5, "speedup": 3.9}
    course.judge_says(verdict=verdict("wrong"), lines=[late])
    said = course.run("check", "--fresh", "chains").stderr
    assert "measuring: 7.5 s, not enough yet, 3.90× so far" in said and "at most" not in said


def test_progress_in_a_pipe_says_a_line_when_something_begins_and_one_every_five_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said, clock = io.StringIO(), iter([100.0, 101.0, 104.9, 105.0, 106.0, 106.5])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    shown = progress.Progress(said)
    shown.begin("an exercise")
    for done in range(4):
        shown.event({"event": "cases", "done": done, "total": 9})
    shown.step("compiling")
    shown.step("compiling")
    cases = "an exercise: checking that it is right: {} of 9 cases\n"
    assert said.getvalue() == cases.format(0) + cases.format(3) + "an exercise: compiling\n"


def on_a_terminal(course: Course, *words: str, **environment: str) -> tuple[str, int]:
    """What a terminal would get."""
    main_side, other_side = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "course", *words],
        cwd=course.root,
        stdin=other_side,
        stdout=other_side,
        stderr=other_side,
        env=course.environment(TERM="xterm", **environment),
    )
    os.close(other_side)
    received = b""
    while True:
        try:
            chunk = os.read(main_side, 4096)
        except OSError:
            break
        if not chunk:
            break
        received += chunk
    os.close(main_side)
    return received.decode(), child.wait()


def test_on_a_terminal_there_is_a_live_line_and_colour_unless_declined(course: Course) -> None:
    course.edit()
    course.judge_says(verdict=verdict(), lines=[{"event": "cases", "done": 3, "total": 24}], works_for=1)
    text, code = on_a_terminal(course, "check", "chains")
    assert code == 0 and "3 of 24 cases" in text and "\033[1;32m" in text and "\033[2K" in text
    text, code = on_a_terminal(course, "check", "--fresh", "chains", NO_COLOR="1")
    assert code == 0 and "\033[1;32m" not in text and "\033[32m" not in text


@pytest.mark.parametrize("columns", ["20", "40", "60", "80", "100", "200"])
def test_the_tables_fit_any_width(
    course: Course, columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    course.edit()
    checked = io.StringIO()
    table.show([{"exercise": name, "title": NAMES[name], **verdict()} for name in NAMES], checked)
    overview.show_list(overview.all_standings(course.tree)[0])
    for shown in (checked.getvalue(), capsys.readouterr().out):
        assert all(len(line) <= int(columns) for line in shown.splitlines()), shown
        assert all(name.split("-", 1)[0] in shown for name in NAMES)
    assert "passed" in checked.getvalue() or columns == "20"


def test_a_check_of_all_asks_how_wide_its_table_may_be(course: Course) -> None:
    course.edit()
    for command in ("check", "list"):
        done = course.run(command, COLUMNS="40")
        shown = done.stdout.split("30 points:")[0].splitlines()
        shown = shown[:-1] if command == "check" else shown
        assert done.returncode == 0 and "passed" in done.stdout
        assert shown and all(len(line) <= 40 for line in shown), done.stdout


def test_a_terminal_without_unicode_gets_plain_signs(course: Course) -> None:
    course.edit()
    for words, known in (
        (["check", "chains"], "passed"),
        (["check"], "passed"),
        (["list"], "passed"),
        (["hint", "chains"], "The first hint's text."),
    ):
        done = course.run(*words, PYTHONIOENCODING="ascii")
        assert done.returncode == 0 and known in done.stdout and done.stdout.isascii()
        assert "Traceback" not in done.stderr
    event = {"event": "rounds", "speedup": 3.11}
    course.judge_says(lines=[event], verdict=verdict())
    said = course.run("check", "--fresh", "chains", PYTHONIOENCODING="ascii").stderr
    assert "3.11x so far" in said and "?" not in said
