"""A verdict is kept while everything that it depends on stays the same."""
from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Optional

from . import python, questionnaire
from .compiling import Plan
from .errors import Mistake
from .exercise import Exercise
from .files import read_json_object, write_json
from .machine import processor_identity


def _path(exercise: Exercise) -> Path:
    return exercise.tree.build / "verdicts" / f"{exercise.name}.json"


def runner_files(exercise: Exercise) -> list[Path]:
    """What makes up the runner, apart from an interpreter and its modules."""
    tree = exercise.tree
    if exercise.language.name == "c++":
        return [tree.runner]
    if exercise.language.name == "questions":
        return sorted(questionnaire.measuring_program(exercise).parent.glob("*.py"))
    runner = sorted(tree.python_runner.parent.rglob("*.py"))
    return [tree.runner_walls, *runner, *python.own_files(exercise)]


def key_of(plan: Plan) -> str:
    """A hash over all that the verdict depends on; a submission's key stands for its source and its tools."""
    exercise = plan.exercise
    whole = hashlib.sha256(processor_identity().encode())
    for each in plan.submissions:
        whole.update(each.key.encode())
    judge = () if exercise.language.name == "questions" else (exercise.tree.judge,)
    for path in (exercise.toml, *judge, *runner_files(exercise)):
        try:
            content = path.read_bytes()
        except OSError:
            raise Mistake(f"{exercise.tree.shown(path)} is missing; make build makes it anew.") from None
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()


def kept(exercise: Exercise, key: str) -> Optional[dict[str, Any]]:
    """The verdict for this very key, if there is one and it is whole. If it is not final, it is only good for
    saying where the learner stands."""
    stored = read_json_object(_path(exercise))
    if not stored or stored.get("key") != key or not isinstance(stored.get("verdict"), dict):
        return None
    verdict: dict[str, Any] = stored["verdict"]
    return verdict if isinstance(verdict.get("status"), str) else None


def keep(exercise: Exercise, key: str, verdict: dict[str, Any]) -> None:
    write_json(_path(exercise), {"key": key, "verdict": verdict})
