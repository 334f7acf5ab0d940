"""`make check` as a person and a script meet it: what is printed, and the exit code."""
from __future__ import annotations

import io
import json
import os
import pty
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import NAMES, ROOT, SOLUTION, Course, line_with, verdict
from course import checking, compiling, history, judging, overview, progress, table
from course.errors import JudgeFailed, Mistake
from course.machine import compiler

CONTROL = [chr(code) for code in range(32) if chr(code) != "\n"] + ["\x7f", "\x9b"]


def judge(course: Course, patience: float = 20.0) -> dict[str, Any]:
    return judging.judge(
        course.exercise(), {"yours": Path("a.so")}, lambda event: None, lambda: None, patience=patience
    )


def test_an_untouched_course_is_all_to_do_and_fine(course: Course) -> None:
    course.judge_says(verdict=verdict("too_slow", p=0.02))
    done = course.run("check")
    assert done.returncode == 0
    assert done.stdout.count("to do ") == 3 and "1.06×" in done.stdout
    assert "0 of 30 points: 3 to do." in done.stdout
    assert "Next: Read exercises/03-sum-chains/README.md" in done.stdout


def test_a_second_check_keeps_the_verdicts_and_asks_the_judge_nothing(course: Course) -> None:
    course.run("check")
    calls = len(course.judge_calls())
    done = course.run("check")
    assert len(course.judge_calls()) == calls == 3
    assert done.stdout.count("(kept)") == 3 and done.stderr == ""


def test_a_mistake_of_the_course_in_one_exercise_leaves_the_others_their_verdicts(course: Course) -> None:
    module = course.root / "grading" / "course" / "history.py"
    odd = "def append(exercise, verdict):\n    assert '04' not in exercise.name, 'odd'\n\n\ndef _append("
    module.write_text(module.read_text().replace("def append(", odd))
    done = course.run("check")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "04-sum-compensated: The course itself made a mistake (AssertionError: odd)" in done.stdout
    assert "2 to do, 1 not judged" in done.stdout


def test_fresh_grades_anew(course: Course) -> None:
    course.run("check", "chains")
    assert "(kept" in course.run("check", "chains").stdout
    done = course.run("check", "--fresh", "chains")
    assert "(kept" not in done.stdout and len(course.judge_calls()) == 2


def test_a_started_exercise_that_does_not_pass_is_exit_code_1(course: Course) -> None:
    course.edit()
    course.judge_says(**{"verdict": verdict("too_slow", p=0.3)})
    done = course.run("check")
    assert done.returncode == 1 and "too slow" in done.stdout
    assert "Next: Go on with exercises/03-sum-chains/sum.cpp" in done.stdout


@pytest.mark.parametrize(
    "status, code",
    [
        ("passed", 0),
        ("too_slow", 1),
        ("undecided", 1),
        ("suspect", 1),
        ("wrong", 1),
        ("crashed", 1),
        ("hung", 1),
        ("forbidden", 1),
        ("skipped", 1),
    ],
)
def test_with_an_exercise_only_a_pass_is_exit_code_0(course: Course, status: str, code: int) -> None:
    course.edit()
    course.judge_says(verdict=verdict(status))
    assert course.run("check", "chains").returncode == code


@pytest.mark.parametrize("status, code", [("passed", 0), ("skipped", 0), ("undecided", 1), ("wrong", 1)])
def test_over_the_whole_course_a_skipped_exercise_is_neither(course: Course, status: str, code: int) -> None:
    course.edit()
    course.judge_says(verdict=verdict("too_slow"), **{"03-sum-chains": {"verdict": verdict(status)}})
    assert course.run("check").returncode == code


def test_an_untouched_exercise_named_by_the_person_is_to_do_with_exit_code_1(course: Course) -> None:
    course.judge_says(verdict=verdict("too_slow", p=0.02))
    done = course.run("check", "chains")
    assert done.returncode == 1
    assert "To do: open exercises/03-sum-chains/sum.cpp" in done.stdout
    assert "1.06×" in done.stdout and "Advice: begin with two sums." in done.stdout
    assert "(kept" in course.run("check", "chains").stdout


@pytest.mark.parametrize("status", ["wrong", "crashed", "hung"])
def test_an_untouched_exercise_that_is_not_right_is_a_mistake_of_the_course(
    course: Course, status: str
) -> None:
    course.judge_says(verdict=verdict(status))
    done = course.run("check", "chains")
    assert done.returncode == 2 and done.stdout == ""
    (said,) = [line for line in done.stderr.splitlines() if "untouched" in line]
    assert said.startswith(f"exercises/03-sum-chains/sum.cpp is untouched, and yet: Sentence: {status}.")
    assert "no mistake of yours" in said and "SEED=4711" in said
    everything = course.run("check")
    assert everything.returncode == 2 and "3 not judged" in everything.stdout


@pytest.mark.parametrize("lasting", [True, False])
def test_an_untouched_exercise_that_does_not_compile_is_no_mistake_of_the_learner(
    course: Course, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    def refuse(*_: Any) -> None:
        raise compiling.DoesNotCompile("The compiler was stopped.", lasting=lasting)

    monkeypatch.setattr(compiling, "build", refuse)
    with pytest.raises(Mistake) as caught:
        checking.check(course.exercise(), compiler(), checking.Options(), progress.for_stream())
    said = str(caught.value)
    assert "03-sum-chains/sum.cpp is" in said and "The compiler was stopped." in said
    assert ("no mistake of yours" in said and "EX=03 repeats it" in said) == lasting


def test_openmp_by_clang_is_skipped_with_the_way_out(course: Course, tmp_path: Path) -> None:
    clang = tmp_path / "clang++"
    clang.write_text("#!/bin/sh\necho Debian clang version 14.0.6\n")
    clang.chmod(0o755)
    description = course.exercise().folder / "exercise.toml"
    description.write_text(description.read_text().replace('["-O0"]', '["-O0", "-fopenmp"]'))
    done = course.run("check", "chains", CXX=str(clang))
    assert done.returncode == 1 and "skipped" in done.stdout
    assert "make check EX=03 CXX=g++" in done.stdout
    assert not course.judge_calls()


def test_vectors_by_clang_are_refused_only_where_the_library_gets_them_wrong(course: Course) -> None:
    with_vectors = replace(course.exercise(), library=("lanes.hpp",))
    assert "AVX-512" in checking._against_clang(with_vectors, "fma avx2 avx512f avx512dq")
    assert not checking._against_clang(with_vectors, "fma avx2")
    assert not checking._against_clang(course.exercise(), "fma avx2 avx512f")


def test_a_given_budget_is_not_answered_with_a_kept_verdict(course: Course) -> None:
    course.run("check", "chains")
    assert "(kept" not in course.run("check", "--budget=1", "chains").stdout
    assert len(course.judge_calls()) == 2


@pytest.mark.parametrize("status", ["undecided", "suspect", "skipped"])
def test_what_a_quieter_machine_may_decide_is_judged_anew(course: Course, status: str) -> None:
    course.edit()
    course.judge_says(verdict=verdict(status))
    course.run("check", "chains")
    course.run("check", "chains")
    assert len(course.judge_calls()) == 2


def test_the_seed_and_the_budget_reach_the_judge_and_a_given_seed_is_not_kept(course: Course) -> None:
    course.edit()
    course.run("check", "--seed", "4711", "--budget=2.5", "chains")
    call = course.judge_calls()[0]
    assert call[call.index("--seed") + 1] == "4711" and call[call.index("--budget") + 1] == "2.5"
    assert "(kept" not in course.run("check", "chains").stdout


def test_the_judge_is_told_what_is_untouched(course: Course) -> None:
    course.run("check", "chains")
    course.edit()
    course.run("check", "chains")
    untouched, edited = course.judge_calls()
    assert "--untouched" in untouched and "--untouched" not in edited


def test_every_verdict_goes_into_the_history_once(course: Course) -> None:
    course.edit()
    for _ in range(3):
        course.run("check", "chains")
    course.run("check", "--fresh", "chains")
    lines = (course.root / "build" / "history" / "03-sum-chains.jsonl").read_text().splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["passed", "passed"]


def test_one_exercises_trouble_does_not_stop_the_others(course: Course) -> None:
    for name in NAMES:
        course.edit(name)
    (course.root / "exercises" / "12-scatter-bessel" / "exercise.toml").write_text("[")
    course.judge_says(
        **{
            "03-sum-chains": {"exit": 3, "stderr": "There is no memory left."},
            "04-sum-compensated": {"verdict": verdict()},
        }
    )
    done = course.run("check")
    assert done.returncode == 2
    assert "03-sum-chains: There is no memory left." in done.stdout
    assert "passed" in done.stdout and "12-scatter-bessel/exercise.toml is not valid TOML" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "profile", "compare", "bench", "sanitize", "build"])
def test_a_missing_file_is_one_sentence_that_says_how_to_get_it_back(course: Course, command: str) -> None:
    course.exercise().learners_file.unlink()
    done = course.run(command, *([] if command == "build" else ["chains"]))
    assert done.returncode == 2 and done.stdout == ""
    said = [line for line in done.stderr.splitlines() if not line.startswith(("03-", "[", "Without"))]
    assert said == [
        "exercises/03-sum-chains/sum.cpp is missing; make reset EX=03 puts the starting file there."
    ]


def test_a_file_that_does_not_compile_is_a_verdict_and_is_kept(course: Course) -> None:
    course.edit(text="nonsense;\n")
    done = course.run("check", "chains")
    assert done.returncode == 1 and "does not compile" in done.stdout
    assert "exercises/03-sum-chains/sum.cpp:1:1: error:" in done.stdout
    assert not course.judge_calls()
    assert "(kept" in course.run("check", "chains").stdout


def test_json_is_exactly_one_document(course: Course) -> None:
    course.edit()
    everything = json.loads(course.run("check", "--json").stdout)
    assert [each["exercise"] for each in everything["exercises"]] == list(NAMES)
    assert [each["points"] for each in everything["exercises"]] == [10.0, 0.0, 0.0]  # the edited one alone
    assert everything["points"] == 10.0
    one = json.loads(course.run("check", "--json", "chains").stdout)["exercises"][0]
    assert one["status"] == "passed" and one["kept"] is True and one["machine"] == "A Test Processor"
    described = (ROOT / "docs" / "judge.md").read_text(encoding="utf-8")
    fields = {*everything, *everything["exercises"][2], *one}
    assert {"complaints", "judged", "warnings"} < fields
    assert not [field for field in fields if f"`{field}`" not in described]


@pytest.mark.parametrize(
    "words",
    [
        ["sum"],
        ["nothing-like-it"],
        ["--seed", "many", "chains"],
        ["--budget=-1", "chains"],
        ["--no-such-option"],
        ["chains", "bessel"],
    ],
)
def test_a_mistake_in_the_call_is_json_too_and_exit_code_2(course: Course, words: list[str]) -> None:
    done = course.run("check", "--json", *words)
    assert done.returncode == 2
    assert list(json.loads(done.stdout)) == ["error"]
    plain = course.run("check", *words)
    assert plain.returncode == 2 and plain.stdout == "" and plain.stderr.count("\n") == 1


def _run_by_a_shell(course: Course, words: list[str], end: str) -> subprocess.CompletedProcess[str]:
    """The command with something behind it that only a shell does."""
    call = shlex.join([sys.executable, "-m", "course", *words])
    return subprocess.run(
        ["sh", "-c", f"{call} {end}"],
        cwd=course.root,
        env=course.environment(),
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("words", [["check", "chains"], ["check", "--json", "chains"], ["list"], ["next"]])
@pytest.mark.parametrize(
    "end, said", [(">/dev/full", "No space left on device."), (">&-", "There is no standard output")]
)
def test_where_nothing_can_be_written_that_is_one_sentence_and_exit_code_2(
    course: Course, words: list[str], end: str, said: str
) -> None:
    course.run("check", "chains")
    done = _run_by_a_shell(course, words, end)
    assert done.returncode == 2 and done.stderr.startswith(said) and done.stderr.count("\n") == 1


def test_without_standard_error_the_verdict_is_there_all_the_same(course: Course) -> None:
    done = _run_by_a_shell(course, ["check", "chains"], "2>&-")
    assert done.returncode == 1 and "03-sum-chains · Several chains" in done.stdout


def test_a_mistake_of_the_course_itself_is_not_taken_for_one_of_the_learners(course: Course) -> None:
    (course.root / "grading" / "course" / "hints.py").write_text("one_more = None\n")
    done = course.run("hint", "chains")
    assert done.returncode == 2 and done.stderr.endswith("mistake (TypeError); please report it.\n")


@pytest.mark.parametrize(
    "word, said",
    [
        ("--budget=0.05", "BUDGET is in seconds, from 0.1 to 600, not '0.05'"),
        ("--budget=601", "BUDGET is in seconds, from 0.1 to 600, not '601'"),
        ("--budget=nan", "BUDGET is in seconds, from 0.1 to 600, not 'nan'"),
        ("--seed=abc", "SEED is a whole number from 0 to 2^64 - 1, not 'abc'"),
        ("--seed=-7", "SEED is a whole number from 0 to 2^64 - 1, not '-7'"),
    ],
)
def test_a_number_that_is_none_is_told_in_the_persons_own_terms(course: Course, word: str, said: str) -> None:
    assert said in course.run("check", word, "chains").stderr


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


@pytest.mark.parametrize(
    "orders, sentence",
    [
        ({"exit": 3, "stderr": "warning\nThe arena does not fit."}, "The arena does not fit."),
        ({"exit": 2}, "The judge gave up with exit code 2"),
        ({"signal": 11}, "ended by SIGSEGV"),
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


def test_an_older_runs_results_are_not_taken_for_this_ones(course: Course) -> None:
    judge(course)
    course.judge_says()
    with pytest.raises(JudgeFailed, match="no verdict"):
        judge(course)


def test_a_judge_that_falls_silent_is_stopped(course: Course) -> None:
    course.judge_says(hang=True, verdict=verdict())
    with pytest.raises(JudgeFailed, match="said nothing for 0.5 s"):
        judge(course, patience=0.5)


def test_a_missing_judge_is_told_with_the_command_that_builds_it(course: Course) -> None:
    course.edit()
    course.tree.judge.unlink()
    done = course.run("check", "chains")
    assert done.returncode == 2 and done.stderr == "build/bin/judge is missing; make build makes it anew.\n"


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


@pytest.mark.parametrize("command", ["check", "reset"])
def test_a_folder_in_the_files_place_is_told_with_the_way_out(course: Course, command: str) -> None:
    path = course.exercise().learners_file
    path.unlink()
    path.mkdir()
    done = course.run(command, "chains")
    assert done.returncode == 2 and done.stdout == ""
    assert "exercises/03-sum-chains/sum.cpp is a folder, where a file should be; move it" in done.stderr


def test_reset_list_and_next_go_together(course: Course) -> None:
    course.edit()
    assert "changed, not checked yet" in course.run("list").stdout
    assert course.run("next").stdout.startswith("make check EX=03\nYou changed 03-sum-chains")
    course.run("check", "chains")
    listed = course.run("list").stdout
    assert "passed" in listed and "12.1×, 10 points" in listed
    done = course.run("reset", "chains")
    assert done.returncode == 0 and "kept as build/backups/03-sum-chains/" in done.stdout
    assert course.run("list").stdout.count("to do") == 3
    assert course.run("next").stdout.count("\n") == 2


def test_best_is_the_fastest_of_what_was_right_whatever_came_later(course: Course) -> None:
    exercise = course.exercise()
    for status, p in (("passed", 0.7), ("too_slow", 0.4), ("wrong", 0.9), ("suspect", 3.0), ("to_do", 1.0)):
        history.append(exercise, verdict(status, p=p))
    assert (history.best(exercise) or {}).get("p", {}).get("median") == 0.7
    history.append(exercise, verdict("undecided", p=0.8))
    assert (history.best(exercise) or {}).get("status") == "undecided"


def test_list_says_which_exercise_is_broken_and_shows_the_others(course: Course) -> None:
    course.exercise("03").toml.write_text("title = ")
    done = course.run("list")
    assert done.returncode == 2 and done.stdout.count("to do") == 2
    assert "03-sum-chains/exercise.toml is not valid TOML" in done.stderr and done.stderr.count("\n") == 1
    listed = course.run("list", "--json")
    assert listed.returncode == 2
    (complaint,) = json.loads(listed.stdout)["complaints"]
    assert "03-sum-chains/exercise.toml is not valid TOML" in complaint


@pytest.mark.parametrize("command", ["list", "check"])
def test_a_reference_that_links_to_itself_leaves_the_others_usable(course: Course, command: str) -> None:
    (course.tree.baseline / "cpp").mkdir(parents=True)
    (course.tree.baseline / "cpp" / "sum.cpp").write_text(SOLUTION)
    course.exercise("03").reference.unlink()
    course.exercise("03").reference.symlink_to("reference.cpp")
    done = course.run(command)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert len([line for line in done.stdout.splitlines() if line[1:3] in ("04", "12")]) == 2
    sentence = "exercises/03-sum-chains/reference.cpp cannot be read: Too many levels of symbolic links."
    assert sentence in done.stdout + done.stderr and "please report" not in done.stdout


def add_exercise(course: Course, name: str) -> None:
    for place in ("exercises", "solutions"):
        shutil.copytree(course.root / place / "03-sum-chains", course.root / place / name)


@pytest.mark.parametrize(
    "command, name",
    [("list", "sum-x"), ("list", "25-Sum_X"), ("list", "7-sum"), ("check", "119-sum"), ("build", "25-sum-")],
)
def test_a_folder_that_nobody_would_find_is_told_with_a_name_that_would_do(
    course: Course, command: str, name: str
) -> None:
    add_exercise(course, name)
    done = course.run(command)
    said = (done.stdout if command == "check" else done.stderr).splitlines()
    (complaint,) = [line for line in said if "is no exercise's name" in line]
    assert done.returncode == 2
    assert complaint.startswith(f"'exercises/{name}' ") and complaint.endswith("as in 03-sum-chains.")


def test_what_is_plainly_no_exercise_is_left_alone(course: Course) -> None:
    for name in ("__pycache__", ".git", "pictures"):
        (course.tree.exercises / name).mkdir()
    add_exercise(course, ".25-sum-x")
    assert course.run("list").returncode == 0
    assert json.loads(course.run("check", "--json").stdout)["complaints"] == []


def test_two_exercises_of_one_number_are_told_and_next_calls_them_by_their_names(course: Course) -> None:
    add_exercise(course, "03-sum-chunks")
    sentence = "exercises/03-sum-chains and exercises/03-sum-chunks have the same number, 03: rename all but"
    listed = course.run("list")
    assert listed.returncode == 2 and sentence in listed.stderr and listed.stdout.count("\n") > 4
    checked = course.run("check", "--json")
    assert checked.returncode == 2 and sentence in json.loads(checked.stdout)["complaints"][0]
    assert "make check EX=03-sum-chains\n" in course.run("next").stdout


def test_list_and_next_know_of_a_missing_file(course: Course) -> None:
    course.exercise("04").learners_file.unlink()
    assert course.run("list").stdout.count("file missing") == 1
    assert course.run("next").stdout == (
        "make reset EX=04\n"
        "exercises/04-sum-compensated/sum.cpp is missing; this puts the starting file back.\n"
    )


def test_output_that_nobody_reads_any_longer_is_no_complaint(course: Course) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "course", "list"],
        cwd=course.root,
        env=course.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout
    child.stdout.close()
    _, said = child.communicate(timeout=60)
    assert child.returncode == 141 and said == b""


def test_next_praises_when_everything_passes(course: Course) -> None:
    for name in NAMES:
        course.edit(name)
    course.run("check")
    assert "Every exercise passes." in course.run("next").stdout


def test_next_does_not_praise_for_what_this_machine_skips(course: Course) -> None:
    for name in NAMES:
        course.edit(name)
    course.judge_says(
        **{
            "03-sum-chains": {"verdict": {**verdict("skipped"), "p": None, "points": None}},
            "04-sum-compensated": {"verdict": verdict(p=0.7)},
            "12-scatter-bessel": {"verdict": verdict(p=0.8)},
        }
    )
    course.run("check")
    said = course.run("next").stdout
    assert "Every exercise passes, but for 1 that this machine skips." in said
    assert "The widest gap is in 04-sum-compensated (p = 0.700)" in said
    course.judge_says(verdict={**verdict("skipped"), "p": None, "points": None})
    course.run("check", "--fresh")
    assert course.run("next").stdout.startswith("This machine skips every exercise.")


def test_next_goes_on_from_an_untouched_exercise_that_this_machine_skips(course: Course) -> None:
    course.judge_says(
        verdict=verdict("too_slow"),
        **{"03-sum-chains": {"verdict": {**verdict("skipped"), "p": None, "points": None}}},
    )
    course.run("check")
    assert course.run("next").stdout.startswith("Read exercises/04-sum-compensated/README.md")
    states = [each["state"] for each in json.loads(course.run("list", "--json").stdout)["exercises"]]
    assert states == ["skipped", "to_do", "to_do"]


def test_next_and_list_know_what_was_undecided(course: Course) -> None:
    course.edit()
    course.judge_says(verdict=verdict("undecided"))
    course.run("check", "chains")
    assert course.run("next").stdout == "make check EX=03\nSentence: undecided.\n"
    assert "undecided" in course.run("list").stdout


def test_list_is_json_when_asked(course: Course) -> None:
    listed = json.loads(course.run("list", "--json").stdout)
    assert [each["state"] for each in listed["exercises"]] == ["to_do"] * 3
    described = (ROOT / "docs" / "judge.md").read_text(encoding="utf-8")
    assert not [field for field in {*listed, *listed["exercises"][0]} if f"`{field}`" not in described]


@pytest.mark.parametrize("command", ["hint", "solution", "reset", "bench"])
def test_a_command_that_needs_an_exercise_says_so(course: Course, command: str) -> None:
    done = course.run(command)
    assert done.returncode == 2 and f"make {command} EX=03" in done.stderr


def test_bench_hands_the_libraries_and_the_arguments_to_the_program_and_its_exit_code_back(
    course: Course,
) -> None:
    program = course.root / "build" / "bin" / "bench"
    program.write_text("#!/bin/sh\nprintf '[%s]\\n' \"$@\"\nexit 7\n")
    program.chmod(0o755)
    done = course.run("bench", "--args=--benchmark_filter='a b'", "chains")
    assert done.returncode == 7
    words = done.stdout.splitlines()
    assert words[-1] == "[--benchmark_filter=a b]" and "[--solution]" in words and "[--yours]" in words


def test_bench_says_of_what_crashed_how_to_look_for_the_reason(course: Course) -> None:
    program = course.root / "build" / "bin" / "bench"
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    program.chmod(0o755)
    done = course.run("bench", "chains")
    assert done.returncode == 1 and "crashed (SIGSEGV). make sanitize EX=03" in done.stderr


def test_bench_ends_what_the_program_leaves_running(course: Course) -> None:
    program = course.root / "build" / "bin" / "bench"
    program.write_text("#!/bin/sh\nsleep 600 &\necho measured\nexit 3\n")
    program.chmod(0o755)
    done = course.run("bench", "chains")  # comes back only when nobody holds its output any longer
    assert done.returncode == 3 and done.stdout == "measured\n"


def test_bench_says_what_does_not_compile(course: Course) -> None:
    course.edit(text="nonsense;\n")
    done = course.run("bench", "chains")
    assert done.returncode == 1 and "error:" in done.stderr


def test_scatter_hands_the_arguments_to_the_program_and_its_exit_code_back(course: Course) -> None:
    program = course.root / "build" / "bin" / "scatter"
    program.write_text("#!/bin/sh\nprintf '[%s]\\n' \"$@\"\nexit 7\n")
    program.chmod(0o755)
    done = course.run("scatter", "--args=--nx 4 --xc='a b'")
    assert done.returncode == 7 and done.stdout.splitlines() == ["[--nx]", "[4]", "[--xc=a b]"]


def test_quotes_in_args_that_do_not_match_are_a_mistake(course: Course) -> None:
    done = course.run("scatter", "--args='half")
    assert done.returncode == 2 and "do not match" in done.stderr


def test_baseline_hands_the_place_of_its_figures_to_the_program(course: Course) -> None:
    program = course.root / "baseline" / "python" / "measure.py"
    program.parent.mkdir(parents=True)
    program.write_text("import sys; print(sys.argv[1:]); sys.exit(1)\n")
    done = course.run("baseline", "--args=--quick")
    assert done.returncode == 1 and "baseline.json', '--quick']" in done.stdout


def test_an_edited_file_is_never_answered_with_the_stubs_verdict(course: Course) -> None:
    course.judge_says(verdict=verdict("too_slow", p=0.02))
    course.run("check", "chains")
    path = course.exercise().learners_file
    stamp = path.stat()
    course.judge_says(verdict=verdict("wrong", p=0.5))
    course.edit(text=SOLUTION)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "wrong" in course.run("check", "chains").stdout
