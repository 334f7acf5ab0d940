"""Questionnaires: answers are compared with a measurement, here one that the test makes up."""
from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import ROOT, Course
from course import exercises, questionnaire, stub
from course.errors import CourseBroken
from course.exercise import Exercise
from course.exercise_file import parsed
from course.style import Style
from course.tree import Tree
from course.verdict_text import render

TOML = """title = "Questions"
summary = "What is it, and how much?"
language = "questions"
task = "Find out."
family = "sum"
file = "answers.toml"
measure = "baseline/measure.py"
[grade]
mark = 0.6
[[questions]]
key = "name"
look = "Look at the name."
[[questions]]
key = "share"
tolerance = 10
look = "Look at the share."
[[questions]]
key = "calls"
tolerance = 0
look = "Look at the calls."
[advice]
start = "Begin."
half = "Go on."
passed = "Well."
beyond = "Better."
"""
TRUTH = {"name": "slow", "share": 40.0, "calls": 12}
RIGHT = 'name = "slow"\nshare = 45\ncalls = 12\n'


@pytest.fixture
def exercise(course: Course) -> Exercise:
    folder = course.root / "exercises" / "07-sum-questions"
    folder.mkdir()
    (folder / "exercise.toml").write_text(TOML)
    (folder / "README.md").write_text("# Questions\n")
    (folder / "reference.toml").write_text('# The form.\n\nname = ""\nshare = ""\ncalls = ""\n')
    (course.root / "baseline").mkdir(exist_ok=True)
    measure = course.root / "baseline" / "measure.py"
    measure.write_text(f"print({json.dumps(json.dumps(TRUTH))})\n")
    found = exercises.find(course.tree, "questions")
    stub.reset(found)
    return found


def answered(exercise: Exercise, text: str) -> dict[str, Any]:
    exercise.learners_file.write_text(text)
    return questionnaire.judge(exercise, text.encode(), lambda: None)


def test_right_answers_pass_within_their_tolerance(exercise: Exercise) -> None:
    verdict = answered(exercise, RIGHT)
    assert verdict["status"] == "passed" and verdict["points"] == 10.0
    assert answered(exercise, RIGHT.replace("45", "51"))["points"] == 6.7
    assert answered(exercise, RIGHT.replace("45", "nan"))["points"] == 6.7


def test_a_name_may_be_given_as_the_profile_has_it_or_as_a_call(exercise: Exercise) -> None:
    assert answered(exercise, RIGHT.replace('"slow"', '"sum.py:12(slow)"'))["points"] == 10.0
    assert answered(exercise, RIGHT.replace('"slow"', '"slow()"'))["points"] == 10.0
    assert answered(exercise, RIGHT.replace('"slow"', '"slower"'))["points"] == 6.7


def test_a_wrong_answer_says_where_to_look_and_not_what_is_right(exercise: Exercise) -> None:
    verdict = answered(exercise, 'name = "fast"\nshare = 80\ncalls = 12\n')
    assert verdict["status"] == "wrong" and verdict["points"] == 3.3
    assert verdict["advice"] == "Look at the name."
    text = render(exercise, {**verdict, "exercise": exercise.name}, Style(False, True))
    assert "1 of 3 answers" in text and "Look at the name." in text and "Look at the share." in text
    assert "slow" not in text and "40" not in text


@pytest.mark.parametrize(
    "line, told",
    [
        ("name = 3", ["name", "this answer has to be a word, in quotes."]),
        ('share = "45"', ["share", "this answer has to be one number, without quotes."]),
        ("calls = [12]", ["calls", "this answer has to be one number, without quotes."]),
        ("calls = true", ["calls", "this answer has to be one number, without quotes."]),
    ],
)
def test_an_answer_of_the_wrong_kind_is_told_what_it_has_to_be(
    exercise: Exercise, line: str, told: list[str]
) -> None:
    key = line.split(" ")[0]
    others = [one for one in RIGHT.splitlines() if not one.startswith(key)]
    assert answered(exercise, "\n".join([line, *others]))["answers"]["wrong"] == [told]


def test_a_misspelt_key_is_named(exercise: Exercise) -> None:
    verdict = answered(exercise, RIGHT.replace("calls", "cals"))
    assert verdict["answers"]["wrong"] == [["calls", "no answer yet"], ["cals", "no question has this key."]]


def test_what_is_no_toml_is_told_with_its_line(exercise: Exercise) -> None:
    verdict = answered(exercise, "name = = 3\n")
    assert verdict["status"] == "not_loadable" and "line 1" in verdict["sentence"]


def test_a_mark_at_the_files_beginning_is_no_part_of_it(exercise: Exercise) -> None:
    assert answered(exercise, "\ufeff" + RIGHT)["points"] == 10.0


@pytest.mark.parametrize("answer, said", [("1" + 5000 * "0", "many digits"), (5000 * "[", "brackets")])
def test_an_answer_beyond_all_measure_is_told_in_one_sentence(
    exercise: Exercise, answer: str, said: str
) -> None:
    verdict = answered(exercise, RIGHT.replace("12", answer))
    assert said in verdict["sentence"] and len(verdict["sentence"]) < 200


def test_a_number_that_no_measurement_can_give_is_wrong(exercise: Exercise) -> None:
    assert answered(exercise, RIGHT.replace("45", "1" + 400 * "0"))["points"] == 6.7


@pytest.mark.parametrize("text", ["", "# nothing\n", 'name = ""\n'])
def test_without_any_answer_it_is_to_do(course: Course, exercise: Exercise, text: str) -> None:
    exercise.learners_file.write_text(text)
    said = course.run("check", "questions").stdout
    assert "to do" in said and "nothing is answered yet" in said and "wrong" not in said


@pytest.mark.parametrize("text", ["share = 32 %", "calls = 64,000", "name = slow", "calls = 1\ncalls = 2"])
def test_what_is_no_answer_in_toml_is_told_how_it_should_look(exercise: Exercise, text: str) -> None:
    verdict = answered(exercise, text)
    assert verdict["status"] == "not_loadable"
    for word in ("only one", "in quotes", "without % or comma"):
        assert word in verdict["advice"]


def test_an_untouched_form_is_to_do_and_nothing_is_measured(course: Course, exercise: Exercise) -> None:
    (course.root / "baseline" / "measure.py").write_text("raise SystemExit('should not run')\n")
    done = course.run("check", "questions")
    assert done.returncode == 1 and "to do" in done.stdout and "no answer yet" in done.stdout


def test_a_verdict_is_kept_until_the_answers_change(course: Course, exercise: Exercise) -> None:
    exercise.learners_file.write_text(RIGHT)
    assert course.run("check", "questions").returncode == 0
    assert "kept" in course.run("check", "questions").stdout
    exercise.learners_file.write_text(RIGHT + "# changed\n")
    assert "kept" not in course.run("check", "questions").stdout
    assert "10 points" in course.run("list").stdout


def test_a_measurement_that_fails_is_the_courses_fault(course: Course, exercise: Exercise) -> None:
    (course.root / "baseline" / "measure.py").write_text("raise SystemExit('broken here')\n")
    exercise.learners_file.write_text(RIGHT)
    done = course.run("check", "questions")
    assert done.returncode == 2 and "broken here" in done.stderr


def test_a_measurement_that_does_not_end_is_given_up(course: Course, exercise: Exercise) -> None:
    (course.root / "baseline" / "measure.py").write_text("import time\ntime.sleep(5)\n")
    with pytest.raises(CourseBroken, match="baseline/measure.py took more than 0 s"):
        questionnaire.measured(exercise, lambda: None, seconds=0.2)


def test_there_is_nothing_to_bench(course: Course, exercise: Exercise) -> None:
    done = course.run("bench", "questions")
    assert done.returncode == 2 and "has no code" in done.stderr


def test_the_courses_own_answers_are_right_on_this_machine() -> None:
    real = exercises.find(Tree(ROOT), "07-scatter-profile")
    truth = questionnaire.measured(real, lambda: None)
    given = parsed(real.solution, "answers.toml")
    for one in questionnaire.questions(real):
        assert questionnaire.is_right(one, given[one.key], truth[one.key]), (one.key, truth)
