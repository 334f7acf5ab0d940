"""`make check` as a person and a script meet it: what is printed, and the exit code."""
from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import NAMES, ROOT, SOLUTION, Course, verdict
from course import checking, compiling, progress
from course.errors import Mistake
from course.machine import compiler


def test_an_untouched_course_is_all_to_do_and_fine(course: Course) -> None:
    course.judge_says(verdict=verdict("too_slow", p=0.02))
    done = course.run("check")
    assert done.returncode == 0
    assert done.stdout.count("to do ") == 3 and "1.06×" in done.stdout
    assert "0 of 30 points: 3 to do." in done.stdout and "[3/3] 12-scatter-bessel: " in done.stderr
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
    assert "skipped" in course.run("list", CXX=str(clang)).stdout


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
    assert "Start with the first message" in done.stdout and "compiling" in done.stderr
    assert "(kept" in course.run("check", "chains").stdout


def test_what_the_compiler_warns_of_is_shown_with_the_verdict_and_kept_with_it(course: Course) -> None:
    course.edit(text=SOLUTION + "#pragma opm simd\n")
    course.judge_says(verdict=verdict("too_slow"))
    for _ in range(2):
        assert "warning: ignoring '#pragma opm simd'" in course.run("check", "chains").stdout


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


def test_the_help_of_the_tests_starts_none_of_them(course: Course) -> None:
    done = course.run("test", "--help")
    assert done.returncode == 0 and done.stdout.startswith("usage: grading/course/run test ")
    done = course.run("test")
    assert (done.returncode, done.stderr) == (
        2,
        "The tests of the course itself are started by grading/course/run test.\n",
    )


def test_without_standard_error_the_verdict_is_there_all_the_same(course: Course) -> None:
    done = _run_by_a_shell(course, ["check", "chains"], "2>&-")
    assert done.returncode == 1 and "03-sum-chains · Several chains" in done.stdout


def test_a_mistake_of_the_course_itself_is_not_taken_for_one_of_the_learners(course: Course) -> None:
    (course.root / "grading" / "course" / "hints.py").write_text("one_more = None\n")
    done = course.run("hint", "chains")
    assert done.returncode == 2 and done.stderr.endswith("mistake (TypeError); please report it.\n")
    assert done.stderr.startswith("Traceback")


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


def test_an_edited_file_is_never_answered_with_the_stubs_verdict(course: Course) -> None:
    course.judge_says(verdict=verdict("too_slow", p=0.02))
    course.run("check", "chains")
    path = course.exercise().learners_file
    stamp = path.stat()
    course.judge_says(verdict=verdict("wrong", p=0.5))
    course.edit(text=SOLUTION)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "wrong" in course.run("check", "chains").stdout
