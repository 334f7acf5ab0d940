"""Exercises without code: a questionnaire, its answers compared with what is measured on this machine."""
from __future__ import annotations

import json
import math
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Union

from . import children
from .errors import CourseBroken, Mistake
from .exercise import Exercise
from .exercise_file import parsed, parsed_text
from .figures import FULL

SECONDS = 120.0
FORM = (
    "Each key has one line, and only one: key = answer. "
    "A word stands in quotes, a number without % or comma."
)
CALLED = re.compile(r"\((\w+)\)\s*$")  # file.py:41(name), as a profile has it

Answer = Union[str, int, float]


@dataclass(frozen=True)
class Question:
    """One key of the learner's file: how far an answer may be off, and where to look if it is."""

    key: str
    tolerance: Optional[float]  # none where the answer is a word
    look: str


def questions(exercise: Exercise) -> list[Question]:
    listed = parsed(exercise.toml, exercise.tree.shown(exercise.toml)).get("questions", [])
    try:
        return [Question(str(one["key"]), one.get("tolerance"), str(one["look"])) for one in listed]
    except (KeyError, TypeError, AttributeError):
        shown = exercise.tree.shown(exercise.toml)
        raise CourseBroken(f"{shown}: each of [[questions]] needs a key and where to look.") from None


def measuring_program(exercise: Exercise) -> Path:
    """Prints the answers as JSON, as they are on the machine where it runs."""
    content = parsed(exercise.toml, exercise.tree.shown(exercise.toml))
    program = exercise.tree.root / str(content.get("measure", ""))
    if not program.is_file():
        raise CourseBroken(f"{exercise.name}: its 'measure' names no program that there is.")
    return program


def measured(exercise: Exercise, tick: Callable[[], None], seconds: float = SECONDS) -> Mapping[str, Answer]:
    """What the questions ask for, measured now."""
    program = measuring_program(exercise)
    with tempfile.TemporaryFile() as said:
        with children.running([sys.executable, program], said, said) as child:
            end = children.deadline(seconds)
            while not children.ended(child, 0.1):
                tick()
                if children.over(end):
                    raise CourseBroken(f"{exercise.tree.shown(program)} took more than {seconds:.0f} s.")
        said.seek(0)
        text = said.read().decode(errors="replace")
    try:
        answers = json.loads(text)
    except ValueError:
        last = (text.strip().splitlines() or ["it says nothing"])[-1]
        raise CourseBroken(f"{exercise.tree.shown(program)} does not work here: {last}") from None
    return dict(answers)


def is_number(given: Any) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool)


def is_right(question: Question, given: Any, true: Answer) -> bool:
    if isinstance(true, str):
        if not isinstance(given, str):
            return False
        named = CALLED.search(given)
        return (named.group(1) if named else given.strip().removesuffix("()")) == true
    return is_number(given) and _difference(given, true) <= (question.tolerance or 0.0)


def _difference(given: Union[int, float], true: Union[int, float]) -> float:
    try:
        return abs(given - true)
    except OverflowError:  # a whole number of hundreds of digits is no floating-point number
        return math.inf


def is_blank(given: Any) -> bool:
    return given is None or given == ""


def what_is_wrong(question: Question, given: Any) -> str:
    """A sentence on an answer that is not right; what is of the wrong kind was not compared."""
    if is_blank(given):
        return "no answer yet"
    if question.tolerance is None:
        fits, kind = isinstance(given, str), "a word, in quotes"
    else:
        fits, kind = is_number(given), "one number, without quotes"
    return f"not as measured here. {question.look}" if fits else f"this answer has to be {kind}."


def judge(exercise: Exercise, answers: bytes, tick: Callable[[], None]) -> dict[str, Any]:
    """The verdict on the learner's file: points for right answers, and for each wrong one where to look."""
    shown = exercise.tree.shown(exercise.learners_file)
    try:
        given = parsed_text(answers, shown)
    except Mistake as error:
        return _verdict("not_loadable", str(error), FORM)
    asked = questions(exercise)
    if all(is_blank(each) for each in given.values()):
        return _nothing_yet(asked)
    truth = measured(exercise, tick)
    wrong = [one for one in asked if not is_right(one, given.get(one.key), truth[one.key])]
    right = len(asked) - len(wrong)
    share = right / len(asked)
    rows = [[one.key, what_is_wrong(one, given.get(one.key))] for one in wrong]
    rows += [[key, "no question has this key."] for key in given if key not in {one.key for one in asked}]
    return {
        **_verdict(
            "passed" if share >= exercise.mark else "wrong",
            f"{right} of {len(asked)} answers are right.",
            wrong[0].look if wrong else "",
        ),
        "points": round(FULL * share, 1),
        "p": {"median": share, "low": share, "high": share},
        "answers": {"right": right, "total": len(asked), "wrong": rows},
    }


def _nothing_yet(asked: list[Question]) -> dict[str, Any]:
    rows = [[one.key, what_is_wrong(one, None)] for one in asked]
    return {
        **_verdict("to_do", "Nothing is answered yet.", asked[0].look),
        "answers": {"right": 0, "total": len(asked), "wrong": rows},
    }


def _verdict(status: str, sentence: str, advice: str) -> dict[str, Any]:
    return {
        "status": status,
        "sentence": sentence,
        "advice": advice,
        "points": 0.0,
        "p": None,
        "timed": [],
        "failure": None,
        "printed": "",
    }
