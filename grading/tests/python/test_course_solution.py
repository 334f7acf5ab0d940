"""`solution` shows the solution and its notes, and asks whoever has not passed yet."""
from __future__ import annotations

import os
import pty
import subprocess
import sys

from conftest import SOLUTION, Course
from course import history


def passes(course: Course) -> None:
    history.append(course.exercise(), {"status": "passed"})


def test_after_a_pass_the_solution_and_its_notes_are_shown(course: Course) -> None:
    passes(course)
    done = course.run("solution", "chains")
    assert done.returncode == 0 and done.stderr == ""
    assert SOLUTION in done.stdout and "Why it is fast." in done.stdout
    assert "\033" not in done.stdout


def test_in_a_pipe_it_stays_hidden_until_it_has_passed_or_is_forced(course: Course) -> None:
    history.append(course.exercise(), {"status": "too_slow"})
    done = course.run("solution", "chains")
    assert done.returncode == 1 and done.stdout == ""
    assert "has not passed yet" in done.stderr and "FORCE=1" in done.stderr
    forced = course.run("solution", "chains", "--force")
    assert forced.returncode == 0 and SOLUTION in forced.stdout


def ask_on_a_terminal(course: Course, answer: bytes) -> tuple[int, str]:
    """What is printed when the command's three streams are one terminal, and somebody types an answer."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "course", "solution", "chains"],
        env=course.environment(TERM="xterm"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, answer)
    text = b""
    while True:
        try:
            chunk = os.read(ours, 1 << 16)
        except OSError:  # the terminal's other end is closed
            break
        if not chunk:
            break
        text += chunk
    os.close(ours)
    return child.wait(30), text.decode()


def test_on_a_terminal_the_person_decides(course: Course) -> None:
    code, text = ask_on_a_terminal(course, b"\n")
    assert code == 1 and "[y/N]" in text and "whole" not in text
    code, text = ask_on_a_terminal(course, b"y\n")
    assert code == 0 and "[y/N]" in text and "whole" in text and "Why it is fast." in text


def test_a_solution_that_cannot_be_read_is_a_mistake(course: Course) -> None:
    course.exercise().solution.write_bytes(b"// \xff\n")
    for _ in range(2):
        done = course.run("solution", "chains", "--force")
        assert done.returncode == 2 and "solutions/03-sum-chains/sum.cpp cannot be read" in done.stderr
        course.exercise().solution.unlink(missing_ok=True)


def test_what_the_terminal_has_no_sign_for_is_shown_as_a_question_mark(course: Course) -> None:
    course.exercise().notes.write_text("3× as fast.\n", encoding="utf-8")
    done = course.run("solution", "chains", "--force", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "3? as fast." in done.stdout
