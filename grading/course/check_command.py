"""`make check`: asks for the verdicts, of one exercise or of all, and shows them."""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Sequence

from . import checking, overview, progress
from .checking import Options, Verdict
from .errors import NOT_PASSED, CourseBroken, Mistake
from .exercise_file import load
from .exercises import find, misplaced
from .figures import FULL
from .lock import only_one
from .machine import Compiler, compiler
from .statuses import status_of
from .style import Style
from .tree import Tree, folders


def check_one(tree: Tree, wanted: str, options: Options, as_json: bool) -> int:
    """`make check EX=…`: the full verdict; exit code 0 only if it passes."""
    exercise, known = find(tree, wanted), compiler()
    with only_one(tree.build / "lock"), progress.for_stream() as shown:
        shown.begin(exercise.name)
        verdict = checking.check(exercise, known, options, shown)
    if as_json:
        print(_document([verdict]))
    else:
        from .verdict_text import render

        print(render(exercise, verdict, Style.of(sys.stdout)))
    return 0 if verdict["status"] == "passed" else NOT_PASSED


def _checked(
    tree: Tree, folder: Path, known: Compiler, options: Options, shown: progress.Progress
) -> Verdict:
    """The verdict, or why there is none: one exercise's trouble is not to stop the others."""
    title = ""
    try:
        exercise = load(tree, folder)
        title = exercise.title
        return checking.check(exercise, known, options, shown)
    except Mistake as error:
        return checking.not_judged(folder.name, title, error)
    except OSError as error:
        return checking.not_judged(folder.name, title, Mistake(f"{folder.name}: {error}."))
    except Exception as error:
        sentence = f"The course itself made a mistake ({type(error).__name__}: {error}); please report it."
        return checking.not_judged(folder.name, title, CourseBroken(sentence))


def _check_each(tree: Tree, known: Compiler, options: Options) -> list[Verdict]:
    """Every exercise's verdict, whatever becomes of the others."""
    verdicts = []
    all_folders = folders(tree)
    with only_one(tree.build / "lock"), progress.for_stream() as shown:
        for position, folder in enumerate(all_folders, 1):
            shown.begin(f"[{position}/{len(all_folders)}] {folder.name}")
            verdicts.append(_checked(tree, folder, known, options, shown))
    return verdicts


def check_all(tree: Tree, options: Options, as_json: bool) -> int:
    """`make check`: the table; 1 when one that was started does not pass, 2 when one has no verdict."""
    verdicts = _check_each(tree, compiler(), options)
    complaints = misplaced(tree)
    if as_json:
        print(_document(verdicts, complaints))
    else:
        _show_all(tree, verdicts, complaints)
    statuses = [verdict["status"] for verdict in verdicts]
    if "not_judged" in statuses or complaints:
        return Mistake.exit_code
    return 0 if all(status_of(status).is_fine for status in statuses) else NOT_PASSED


def _show_all(tree: Tree, verdicts: Sequence[Verdict], complaints: Sequence[str]) -> None:
    from . import table

    if not verdicts:
        print("\n".join(["There are no exercises in exercises/ yet.", *complaints]))
        return
    table.show(verdicts)
    statuses = [verdict["status"] for verdict in verdicts]
    counts = [
        (statuses.count("passed"), "passed"),
        (statuses.count("to_do"), "to do"),
        (statuses.count("skipped"), "skipped"),
        (statuses.count("not_judged"), "not judged"),
    ]
    rest = len(statuses) - sum(count for count, _ in counts)
    said = [f"{count} {word}" for count, word in [*counts, (rest, "not passed yet")] if count]
    print(f"{_points(verdicts):g} of {FULL * len(verdicts)} points: {', '.join(said)}.")
    for verdict in verdicts:
        if verdict["status"] == "not_judged":
            print(f"{verdict['exercise']}: {verdict['sentence']}")
    for complaint in complaints:
        print(complaint)
    what, why = overview.next_step(tree)
    print(f"\nNext: {what}\n      {why}")


def _document(verdicts: Sequence[Verdict], complaints: Sequence[str] = ()) -> str:
    """The one JSON document of JSON=1."""
    document = {
        "exercises": list(verdicts),
        "points": _points(verdicts),
        "points_possible": FULL * len(verdicts),
        "complaints": list(complaints),
    }
    return json.dumps(document, indent=1)


def _points(verdicts: Sequence[Verdict]) -> float:
    given = [verdict.get("points") for verdict in verdicts]
    return round(sum(points for points in given if isinstance(points, (int, float))), 1)
