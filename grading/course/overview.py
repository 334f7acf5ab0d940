"""Where the learner stands, without measuring anything: from the files, the kept verdicts and the history."""
from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Optional

from . import compiling, history, stub, verdicts
from .errors import Mistake
from .exercise import Exercise
from .exercise_file import load
from .exercises import misplaced
from .figures import interval, number, overall, times
from .machine import Compiler, compiler
from .statuses import status_of
from .tree import Tree, folders


@dataclass(frozen=True)
class Standing:
    """One exercise and how far it has come."""

    exercise: Exercise
    state: str  # a verdict's status, "to_do", "changed" (since the last check) or "missing"
    verdict: Optional[dict[str, Any]]  # the kept verdict, if it is still true
    best: Optional[dict[str, Any]]  # of the history

    @property
    def in_words(self) -> str:
        return status_of(self.state).short


def _kept(exercise: Exercise, known: Optional[Compiler]) -> Optional[dict[str, Any]]:
    if known is None:
        return None
    try:
        return verdicts.kept(exercise, verdicts.key_of(compiling.plan(exercise, known)))
    except Mistake:
        return None


def standing(exercise: Exercise, known: Optional[Compiler]) -> Standing:
    best = history.best(exercise)
    if not all(part.learners.is_file() for part in exercise.parts):
        return Standing(exercise, "missing", None, best)
    kept = _kept(exercise, known)
    state = str(kept["status"]) if kept else "changed"
    if stub.is_untouched(exercise) and state != "skipped":
        return Standing(exercise, "to_do", kept, best)
    return Standing(exercise, state, kept, best)


def all_standings(tree: Tree) -> tuple[list[Standing], list[str]]:
    """Every exercise's standing, and a sentence for each one that has none or whose name is none."""
    try:
        known: Optional[Compiler] = compiler()
    except Mistake:
        known = None
    standings, complaints = [], []
    for folder in folders(tree):
        try:
            standings.append(standing(load(tree, folder), known))
        except Mistake as error:
            complaints.append(str(error))
    return standings, complaints + misplaced(tree)


def best_in_words(best: Optional[dict[str, Any]]) -> str:
    """The best verdict so far: 14.2×, 9.3 points."""
    if not best:
        return ""
    speedup, points = overall(best, "speedup"), best.get("points")
    said = [times(speedup.median)] if speedup else []
    return ", ".join([*said, *([f"{points:g} points"] if isinstance(points, (int, float)) else [])])


def next_step(tree: Tree) -> tuple[str, str]:
    """What to do next, and why: what was begun first, then what is to do, then what could be better still."""
    standings, complaints = all_standings(tree)
    for each in standings:
        if status_of(each.state).is_fine:
            continue
        exercise = each.exercise
        if each.state == "missing":
            return (
                f"make reset EX={exercise.short_name}",
                f"A file in {tree.shown(exercise.folder)} is missing; this puts the starting file back."
                if exercise.extension
                else f"{tree.shown(exercise.learners_file)} is missing; this puts the starting file back.",
            )
        if each.state == "changed":
            return (
                f"make check EX={exercise.short_name}",
                f"You changed {exercise.name} and have not checked it since.",
            )
        if not status_of(each.state).is_final:
            return f"make check EX={exercise.short_name}", str((each.verdict or {}).get("sentence") or "")
        return (
            f"Go on with {tree.shown(exercise.learners_file)}, then: make check EX={exercise.short_name}",
            f"You started it ({exercise.title}), and it is {each.in_words} so far. "
            f"A hint: make hint EX={exercise.short_name}",
        )
    for each in standings:
        if each.state == "to_do":
            exercise = each.exercise
            return (
                f"Read {tree.shown(exercise.lesson)}, edit {tree.shown(exercise.learners_file)}, then: "
                f"make check EX={exercise.short_name}",
                exercise.summary,
            )
    return _when_all_is_done(standings, complaints)


def _when_all_is_done(standings: list[Standing], complaints: list[str]) -> tuple[str, str]:
    if not standings:
        return (
            "There are no exercises yet.",
            complaints[0] if complaints else "The folder exercises/ is empty.",
        )

    def p_of(each: Standing) -> float:
        p = interval((each.verdict or {}).get("p"))
        return p.median if p else 0.0

    passed = [each for each in standings if each.state == "passed"]
    skipped = len(standings) - len(passed)
    others = f", but for {skipped} that this machine skips" if skipped else ""
    if not passed:
        return "This machine skips every exercise.", "make check says of each what it lacks."
    weakest = min(passed, key=p_of)
    return (
        f"Every exercise passes{others}. Can you beat the model solutions?",
        f"The widest gap is in {weakest.exercise.name} (p = {number(p_of(weakest))}); "
        f"compare with {weakest.exercise.tree.shown(weakest.exercise.notes)}.",
    )


def as_json(standings: list[Standing]) -> list[dict[str, Any]]:
    return [
        {
            "exercise": each.exercise.name,
            "title": each.exercise.title,
            "summary": each.exercise.summary,
            "family": each.exercise.family,
            "state": each.state,
            "best": each.best,
        }
        for each in standings
    ]


def show_list(standings: list[Standing]) -> None:
    """The table of `make list`."""
    from .table import colour_of, print_table, width_of

    columns: dict[str, Any] = {"Exercise": {}, "Title": {}, "State": {}, "Best so far": {}}
    if width_of(sys.stdout) < 70:
        del columns["Title"]
    rows = []
    for each in standings:
        cells = {
            "Exercise": (each.exercise.name, ""),
            "Title": (each.exercise.title, ""),
            "State": (each.in_words, colour_of(each.state)),
            "Best so far": (best_in_words(each.best), ""),
        }
        rows.append([cells[name] for name in columns])
    print_table(columns, rows, sys.stdout)
