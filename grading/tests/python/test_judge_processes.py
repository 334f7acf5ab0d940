"""The real judge on a submission that has processes of its own: what they may do, and that none is left."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from course import exercises
from course.exercise import Exercise
from judging import changeable, check

NAME = "11-scatter-multiprocessing"

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    """The exercise in a checkout of its own."""
    return exercises.find(changeable(tmp_path / "a course with spaces"), NAME)


def judged(exercise: Exercise, old: str, new: str) -> dict[str, Any]:
    """The verdict on the model solution with one change."""
    text = exercise.solution.read_text()
    assert old in text
    exercise.learners_file.write_text(text.replace(old, new))
    return check(exercise, budget=0.1)  # what is looked at here has come out before anything is timed


def in_each_task(exercise: Exercise, line: str) -> dict[str, Any]:
    start = "    row = [scattered_wave("
    return judged(exercise, start, f"    {line}\n{start}")


def in_the_function(exercise: Exercise, *lines: str) -> dict[str, Any]:
    start = "    tasks = [("
    return judged(exercise, start, "".join(f"    {line}\n" for line in lines) + start)


def processes_of(exercise: Exercise) -> list[str]:
    """The processes that this checkout's runner, or a fork of it, still has."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(exercise.tree.runner_walls) in line:
            found.append(line)
    return found


def test_a_pool_gives_right_answers_and_nothing_of_it_is_left(exercise: Exercise) -> None:
    verdict = judged(exercise, "MOST_PROCESSES = 8", "MOST_PROCESSES = 7")
    assert verdict["status"] in ("passed", "undecided", "skipped", "too_slow"), verdict["sentence"]
    assert verdict["cases"]["passed"] == verdict["cases"]["total"]
    assert processes_of(exercise) == []


def test_processes_may_share_memory_and_pipes(exercise: Exercise) -> None:
    shared = '_shared = multiprocessing.Array("d", 1000)\n_pool = []'
    verdict = judged(exercise, "_pool = []", shared)
    assert verdict["cases"]["passed"] == verdict["cases"]["total"], verdict["sentence"]
    verdict = in_each_task(exercise, "a, b = multiprocessing.Pipe(); a.send(3); b.recv()")
    assert verdict["cases"]["passed"] == verdict["cases"]["total"], verdict["sentence"]


def test_shared_memory_with_a_name_is_told_what_to_use_and_that_works(exercise: Exercise) -> None:
    name = f"of-the-test-{os.getpid()}"
    named = f"from multiprocessing.shared_memory import SharedMemory; SharedMemory('{name}', True, 8)"
    verdict = in_the_function(exercise, named)
    assert verdict["status"] == "crashed" and "use multiprocessing.RawArray" in verdict["sentence"]
    assert not Path("/dev/shm", name).exists()
    verdict = judged(exercise, "_pool = []", '_shared = multiprocessing.RawArray("d", 1000)\n_pool = []')
    assert verdict["cases"]["passed"] == verdict["cases"]["total"], verdict["sentence"]


def test_an_exception_in_a_task_is_shown_with_its_own_line(exercise: Exercise) -> None:
    verdict = in_each_task(exercise, "x = x / None")
    assert verdict["status"] == "crashed"
    assert "TypeError: unsupported operand" in verdict["sentence"] and "`x = x / None`" in verdict["sentence"]
    assert "and in another process:" in verdict["printed"]


def test_a_task_that_ends_its_process_is_told_at_once(exercise: Exercise) -> None:
    """The pool itself would wait for ever."""
    verdict = in_each_task(exercise, "os._exit(3)")
    assert verdict["status"] == "crashed"
    assert "a process of the pool ended (exit code 3) before its task was done" in verdict["sentence"]
    verdict = in_each_task(exercise, "raise SystemExit")
    assert verdict["status"] == "crashed" and "`raise SystemExit`" in verdict["sentence"]
    assert processes_of(exercise) == []


def test_a_pool_made_before_the_function_is_told_so(exercise: Exercise) -> None:
    verdict = judged(exercise, "_pool = []", '_pool = [multiprocessing.get_context("fork").Pool(2)]')
    assert verdict["cases"]["passed"] == verdict["cases"]["total"]  # at that place all functions are there
    text = exercise.solution.read_text().replace("pool().starmap", "early.starmap")
    early = 'MOST_PROCESSES = 8\nearly = multiprocessing.get_context("fork").Pool(2)'
    exercise.learners_file.write_text(text.replace("MOST_PROCESSES = 8", early))
    verdict = check(exercise, budget=0.1)
    assert verdict["status"] == "not_loadable"
    assert "the pool was made before it: make it in a function" in verdict["sentence"]
    assert "ForkPoolWorker" not in verdict["printed"]


def test_what_cannot_be_sent_is_told_with_the_reason(exercise: Exercise) -> None:
    verdict = judged(exercise, "starmap(scattered_row", "starmap(lambda *all: scattered_row(*all)")
    assert verdict["status"] == "crashed"
    assert "a pool finds functions at the top level only (line " in verdict["sentence"]


def test_a_pool_may_be_given_new_processes_now_and_then(exercise: Exercise) -> None:
    verdict = judged(exercise, "Pool(count)", "Pool(count, maxtasksperchild=3)")
    assert verdict["cases"]["passed"] == verdict["cases"]["total"], verdict["sentence"]


def test_a_crash_in_a_task_is_a_crash(exercise: Exercise) -> None:
    verdict = in_each_task(exercise, "import ctypes; ctypes.string_at(8)")
    assert verdict["status"] == "crashed" and "SIGSEGV" in verdict["sentence"]
    assert processes_of(exercise) == []


@pytest.mark.parametrize("parent, status", [("os._exit(3)", "exited"), ("while True: pass", "hung")])
def test_what_a_process_has_forked_behind_pythons_back_ends_with_it(
    exercise: Exercise, parent: str, status: str
) -> None:
    fork = "import ctypes; child = ctypes.CDLL(None).fork() == 0"
    verdict = in_the_function(exercise, fork, "while child: pass", parent)
    assert verdict["status"] == status, verdict["sentence"]
    assert ("processes wait for one another" in verdict["advice"]) == (status == "hung")
    assert processes_of(exercise) == []


def test_a_fork_that_comes_back_from_the_function_too_is_told_to_end(exercise: Exercise) -> None:
    verdict = in_the_function(exercise, "os.fork()")
    assert verdict["status"] == "crashed", verdict["sentence"]
    assert "came back from the function: end it with os._exit" in verdict["sentence"]
    assert processes_of(exercise) == []


def test_a_manager_which_wants_a_folder_to_write_to_is_told_what_to_use(exercise: Exercise) -> None:
    verdict = in_the_function(exercise, "multiprocessing.get_context('fork').Manager()")
    assert verdict["status"] == "crashed"
    assert "use RawArray, or " in verdict["sentence"]


@pytest.mark.alone  # a hundred processes or more
def test_a_pool_of_thousands_is_told_how_many_are_needed(exercise: Exercise) -> None:
    verdict = judged(exercise, "Pool(count)", "Pool(2000)")
    assert verdict["status"] == "crashed"
    assert "a pool needs as many as there are processors (line" in verdict["sentence"]
    assert processes_of(exercise) == []


def test_a_process_too_many_is_told_whatever_there_was_too_little_of(exercise: Exercise) -> None:
    """Which it is, descriptors or processes, differs between machines."""
    verdict = in_the_function(exercise, "raise BlockingIOError(11, os.strerror(11))")
    assert verdict["status"] == "crashed" and "temporarily unavailable; so many" in verdict["sentence"]


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_other_start_methods_are_told_what_to_use(exercise: Exercise, method: str) -> None:
    verdict = judged(exercise, '"fork"', f'"{method}"')
    assert verdict["status"] == "crashed"
    assert 'use multiprocessing.get_context("fork")' in verdict["sentence"]


@pytest.mark.alone
def test_an_avalanche_of_processes_is_stopped(exercise: Exercise) -> None:
    verdict = in_each_task(exercise, "while True: os.fork()")
    assert verdict["status"] in ("crashed", "hung"), verdict["sentence"]
    assert processes_of(exercise) == []


def test_another_program_cannot_be_run(exercise: Exercise) -> None:
    verdict = in_each_task(exercise, "os.execv('/usr/bin/true', ['true'])")
    assert verdict["status"] == "forbidden" and "another program" in verdict["sentence"]


def test_another_program_that_is_asked_for_is_refused_with_the_line(exercise: Exercise) -> None:
    verdict = in_the_function(exercise, "__import__('subprocess').run(['true'])")
    assert verdict["status"] == "crashed"
    assert "no other program can be started here (line" in verdict["sentence"]


def test_nobody_is_killed_but_one_process_at_a_time(exercise: Exercise) -> None:
    verdict = in_each_task(exercise, "os.kill(-1, 9)")
    assert verdict["status"] == "crashed" and "PermissionError" in verdict["sentence"]


def test_a_file_is_written_nowhere_else(exercise: Exercise) -> None:
    place = Path(f"/tmp/from-a-submission-{os.getpid()}")
    assert not place.exists()
    verdict = in_each_task(exercise, f"open('{place}', 'w')")
    assert verdict["status"] == "crashed" and "PermissionError" in verdict["sentence"]
    assert not place.exists()


@pytest.mark.parametrize("command", ["F_SETSIG, 18", "F_NOTIFY, 1"])
def test_no_file_has_a_signal_sent_which_could_wake_up_who_is_stopped(
    exercise: Exercise, command: str
) -> None:
    verdict = in_the_function(exercise, "import fcntl", f"fcntl.fcntl(3, fcntl.{command})")
    assert verdict["status"] == "crashed" and "PermissionError" in verdict["sentence"], verdict["sentence"]
