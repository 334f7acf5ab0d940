"""`make list`, `make next` and `make reset`: where one stands, and which folders are wrong."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from conftest import NAMES, ROOT, SOLUTION, Course, verdict
from course import history


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
    assert "passed" in listed and "12.1×, 10 points" in listed and "Several chains" in listed
    assert "Several chains" not in course.run("list", COLUMNS="69").stdout
    done = course.run("reset", "chains")
    again = "exercises/03-sum-chains/sum.cpp is the starting file again. Yours is kept as build/backups/03-"
    assert done.returncode == 0 and done.stdout.startswith(again)
    assert course.run("list").stdout.count("to do") == 3
    assert course.run("next").stdout.count("\n") == 2


def test_without_a_compiler_one_still_sees_where_one_stands(course: Course) -> None:
    course.edit()
    done = course.run("list", CXX="no-such-compiler")
    assert done.returncode == 0 and done.stdout.count("to do") == 2 and "not checked yet" in done.stdout


def test_best_is_the_fastest_of_what_was_right_whatever_came_later(course: Course) -> None:
    exercise = course.exercise()
    for status, p in (("passed", 0.7), ("too_slow", 0.4), ("wrong", 0.9), ("suspect", 3.0), ("to_do", 1.0)):
        history.append(exercise, verdict(status, p=p))
    assert (history.best(exercise) or {}).get("p", {}).get("median") == 0.7
    for status, p in (("undecided", 0.8), ("too_slow", 0.9)):
        history.append(exercise, verdict(status, p=p))
        assert (history.best(exercise) or {}).get("status") == status


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
