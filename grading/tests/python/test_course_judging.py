"""A check and its judge: one that fails, falls silent or is interrupted, and two checks at once."""
from __future__ import annotations

import itertools
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT, Course, line_with, verdict
from course import exercises, judging
from course.errors import JudgeFailed
from course.tree import Tree


def judge(course: Course, patience: float = 20.0) -> dict[str, Any]:
    return judging.judge(
        course.exercise(), {"yours": Path("a.so")}, lambda event: None, lambda: None, patience=patience
    )


@pytest.mark.parametrize(
    "orders, sentence",
    [
        ({"exit": 3, "stderr": "warning\nThe arena does not fit."}, "The arena does not fit."),
        ({"exit": 2}, "The judge gave up with exit code 2"),
        ({"signal": 11}, "ended by SIGSEGV; that is its mistake, not your code's.$"),
        ({"signal": 11, "stderr": "Out of arenas."}, "ended by SIGSEGV; .* It said: Out of arenas."),
        ({"signal": 40}, "ended by signal 40;"),
        ({"signal": signal.SIGKILL}, "as it does where memory runs out .* ulimit -t"),
        ({"exit": 3, "stderr": "judge: pipe: Too many open files"}, "please raise ulimit -n"),
        ({"signal": signal.SIGXFSZ}, "please raise ulimit -f"),
        ({}, "The judge wrote no verdict"),
        ({"text": '{"verdict": '}, "The judge wrote no verdict"),
        ({"text": "[]"}, "The judge wrote no verdict"),
        ({"text": '{"verdict": {}}'}, "The judge wrote no verdict"),
    ],
)
def test_a_judge_that_gives_no_verdict_is_told_in_one_sentence(
    course: Course, orders: dict[str, Any], sentence: str
) -> None:
    course.judge_says(**orders)
    with pytest.raises(JudgeFailed, match=sentence):
        judge(course)


def test_what_the_judge_prints_beside_its_progress_costs_no_verdict(course: Course) -> None:
    progress = {"event": "cases", "done": 1, "total": 2}
    course.judge_says(lines=["a stray line", "[1]", 10000 * "[", progress], verdict=verdict())
    events: list[Any] = []
    said = judging.judge(course.exercise(), {"yours": Path("a.so")}, events.append, lambda: None)
    assert said["status"] == "passed" and events == [progress]


def test_an_older_runs_results_are_not_taken_for_this_ones(course: Course) -> None:
    judge(course)
    course.judge_says()
    with pytest.raises(JudgeFailed, match="no verdict"):
        judge(course)


def test_a_judge_that_falls_silent_is_stopped(course: Course) -> None:
    course.judge_says(hang=True, verdict=verdict())
    with pytest.raises(JudgeFailed, match="said nothing for 0.5 s"):
        judge(course, patience=0.5)


def test_a_judge_that_has_said_all_and_does_not_end_is_stopped(course: Course) -> None:
    course.judge_says(closes_output=True, hang=True, verdict=verdict())
    with pytest.raises(JudgeFailed, match="did not come to an end"):
        judge(course, patience=0.5)


def test_a_judge_may_take_long_if_it_goes_on_saying_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time after most of the patience for it; and a line may come in pieces."""
    reading, writing = os.pipe()
    said, clock, events = [b'{"event": 1}\n{"ev', b'ent": 2}\n', b'{"event": 3}\n'], itertools.count(), []
    waited = 0.0

    def tick() -> None:
        nonlocal waited
        waited += 80.0
        if said:
            os.write(writing, said.pop(0))
        else:
            os.close(writing)

    monkeypatch.setattr(judging.time, "monotonic", lambda: waited + next(clock))
    os.write(writing, b"\n")
    with os.fdopen(reading) as stdout:
        judging._follow(SimpleNamespace(stdout=stdout), events.append, tick, patience=90.0)  # type: ignore
    assert events == [{"event": 1}, {"event": 2}, {"event": 3}]


def test_a_python_runner_is_told_how_many_threads_there_may_be() -> None:
    exercise = exercises.find(Tree(ROOT), "09")
    words = [exercise.family, str(exercise.threads), *exercise.modules]
    assert judging.runner(exercise)[-len(words):] == words and exercise.threads > 1


def test_a_missing_judge_is_told_with_the_command_that_builds_it(course: Course) -> None:
    course.edit()
    course.tree.judge.unlink()
    done = course.run("check", "chains")
    assert done.returncode == 2 and done.stderr == "build/bin/judge is missing; make build makes it anew.\n"


def test_a_judge_that_cannot_be_started_is_told_with_the_command_that_builds_it(course: Course) -> None:
    course.tree.judge.chmod(0o644)
    with pytest.raises(JudgeFailed, match="Permission denied: build/bin/judge. Try: make build"):
        judge(course)


def running_judges(course: Course) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(course.tree.judge) in command and "course\0" not in command:
            found.append(command)
    return found


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_check_leaves_no_judge_behind(course: Course, number: int, code: int) -> None:
    course.edit()
    course.judge_says(hang=True, lines=[{"event": "cases", "done": 1, "total": 2}], verdict=verdict())
    child = subprocess.Popen(
        [sys.executable, "-m", "course", "check", "chains"],
        cwd=course.root,
        env=course.environment(),
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    line_with(child.stderr, "cases")
    child.send_signal(number)
    _, said = child.communicate(timeout=20)
    assert child.returncode == code and b"Traceback" not in said
    assert not running_judges(course)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of a parent's end")
def test_a_check_under_make_ends_with_makes_shell(course: Course) -> None:
    course.edit()
    course.judge_says(hang=True, lines=[{"event": "cases", "done": 1, "total": 2}], verdict=verdict())
    child = subprocess.Popen(
        ["sh", "-c", f"{shlex.quote(sys.executable)} -m course check chains; true"],
        cwd=course.root,
        env=course.environment(MAKELEVEL="1"),
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    line_with(child.stderr, "cases")
    child.kill()
    child.communicate(timeout=20)  # to the end of what was said: the check's, too
    assert not running_judges(course)


def test_a_check_under_nohup_outlives_its_terminal(course: Course, tmp_path: Path) -> None:
    course.edit()
    signalled, begun = tmp_path / "signalled", [{"event": "cases", "done": 1, "total": 2}]
    course.judge_says(waits_for=str(signalled), lines=begun, verdict=verdict())
    child = subprocess.Popen(
        ["nohup", sys.executable, "-m", "course", "check", "chains"],
        cwd=course.root,
        env=course.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    line_with(child.stderr, "cases")
    child.send_signal(signal.SIGHUP)
    signalled.touch()
    said, _ = child.communicate(timeout=20)
    assert child.returncode == 0 and b"passed" in said


def test_two_checks_at_once_take_turns_and_say_so(course: Course) -> None:
    course.edit()
    course.judge_says(hang=True, lines=[{"event": "cases", "done": 1, "total": 2}])
    first = subprocess.Popen(
        [sys.executable, "-m", "course", "check", "chains"],
        cwd=course.root,
        env=course.environment(),
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    line_with(first.stderr, "cases")
    course.judge_says(verdict=verdict())
    second = subprocess.Popen(
        [sys.executable, "-m", "course", "check", "chains"],
        cwd=course.root,
        env=course.environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    line_with(second.stderr, "Another check is running in this checkout")
    time.sleep(0.3)
    assert second.poll() is None and len(course.judge_calls()) == 1
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=20)
    assert second.wait(20) == 0
    second.communicate()
