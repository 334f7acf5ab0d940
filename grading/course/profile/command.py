"""`make profile`: records, writes build/profile/, and says on the terminal what it means."""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Optional, TextIO

from .. import progress
from ..compiling import DoesNotCompile
from ..errors import NOT_PASSED
from ..exercise import Exercise
from ..figures import number
from ..files import write_atomically, write_json
from ..lock import only_one
from ..machine import compiler
from ..style import Style
from . import plan, python_session, sentences, session, table
from .choice import CPROFILE
from .model import ROLES, Profile, as_json
from .session import Failed, Order, Session


def path_of(exercise: Exercise, what: str = "") -> Path:
    return exercise.tree.build / "profile" / f"{exercise.name}{what}.json"


def recorded(
    exercise: Exercise, tool: Optional[str], seconds: Optional[float], roles: tuple[str, ...]
) -> Session:
    order = Order(exercise, compiler(), roles, seconds or plan.SECONDS, tool)
    with only_one(exercise.tree.build / "lock"), progress.for_stream() as shown:
        shown.begin(exercise.name)
        if exercise.language.name == "python":
            return python_session.record(order, shown)
        return session.record(order, shown)


def profile(exercise: Exercise, tool: Optional[str], seconds: Optional[float], json_wanted: bool) -> int:
    """All three sides; exit code 1 where yours does not compile or does not come to its end."""
    try:
        found = recorded(exercise, tool, seconds, ROLES)
    except (DoesNotCompile, Failed) as error:
        print(complaint(error), file=sys.stderr)
        return NOT_PASSED
    document = as_json(found.profile)
    write_json(path_of(exercise), document)
    page = _write_page(exercise, found.profile)
    if json_wanted:
        print(json.dumps(document, indent=1))
    else:
        against = "reference" if "reference" in found.profile.sides else "solution"
        show(exercise, found.profile, against, sys.stdout)
        print(page)
    return 0


def _write_page(exercise: Exercise, profile: Profile) -> str:
    """Writes the page and says where it is, or why there is none."""
    try:
        from .page.render import render
    except ModuleNotFoundError as error:
        return f"No page: Python's {error.name} is not installed (grading/setup/setup --for profile)."
    path = path_of(exercise).with_suffix(".html")
    write_atomically(path, render(profile).encode())
    return f"Flame graphs: {exercise.tree.shown(path)}"


def complaint(error: Exception) -> str:
    return error.in_full if isinstance(error, DoesNotCompile) else str(error)


def _clock_in_words(profile: Profile) -> str:
    if profile.clock == "cpu":
        return "processor time of one call"
    if profile.tool == CPROFILE:
        return "wall time of one call, most of which may be waiting for other processes"
    wall = [f"{role} {number(side.wall_milliseconds)} ms" for role, side in profile.sides.items()]
    return f"processor time of one call, of all threads together\nWall time of one call: {', '.join(wall)}"


def show(exercise: Exercise, profile: Profile, against: str, out: TextIO, what: str = "") -> None:
    """The table, the two sentences, and what the figures rest on."""
    style = Style.of(out)
    print(style.bold(f"{profile.exercise} · {profile.title}"), file=out)
    print(f"{profile.workload}; {_clock_in_words(profile)}\n", file=out)
    table.show(profile, "yours", against, out)
    print("\n" + "\n".join(sentences.two(profile)), file=out)
    print(style.dim(f"\nWith {profile.tool_in_words}; {profile.flags}."), file=out)
    for note in profile.notes:
        print(style.dim(note), file=out)
    print(style.dim(f"All of it: {exercise.tree.shown(path_of(exercise, what))}"), file=out)
