"""Makes what a plan names and is not there yet, and forgets what has not been used for long."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import interpreted, native
from .calls import SECONDS, Tick
from .model import WARNINGS, Plan, Submission

KEPT = 8  # libraries of one role kept, so that going back to an earlier text costs nothing


def build(plan: Plan, tick: Tick = lambda: None, seconds: float = SECONDS) -> None:
    """Compiles and links what is not there yet. DoesNotCompile for the learner's file, else CourseBroken."""
    missing = [each for each in plan.submissions if not each.library.is_file()]
    if not missing:
        return
    folder = plan.exercise.libraries_folder
    folder.mkdir(parents=True, exist_ok=True)
    if plan.exercise.language.name == "python":
        interpreted.build(plan, missing, tick, seconds)
    else:
        new = [each for each in missing if not _take_what_is_compiled(each)]
        if new:
            native.build(plan, new, tick, seconds)
    for each in missing:
        _forget_old(folder, each)


def _take_what_is_compiled(submission: Submission) -> bool:
    """Takes over what was compiled of the same text: of a model solution put in the exercise's place, say, or
    of the naive twin for another exercise. Not where there are warnings, as they name the other file."""
    path = submission.library
    for other in path.parent.parent.glob(f"*/{path.name.replace(submission.role, '*', 1)}"):
        if other.with_name(f"{other.name}{WARNINGS}").exists():
            continue
        try:
            os.link(other, path)
        except OSError:  # gone in between, or no links here: it is compiled
            continue
        return True
    return False


def _forget_old(folder: Path, submission: Submission) -> None:
    def age(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0

    made = [path for path in folder.glob(f"{submission.role}-*") if path.suffix != WARNINGS]
    made.sort(key=age, reverse=True)
    for old in made[KEPT:]:
        if old.name == submission.key:
            continue
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)
            old.with_name(f"{old.name}{WARNINGS}").unlink(missing_ok=True)
