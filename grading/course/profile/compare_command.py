"""`make compare`: yours and the solution, from close by."""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Optional

from .. import compiling, progress
from ..compiling import DoesNotCompile
from ..errors import NOT_PASSED
from ..exercise import Exercise
from ..files import write_json
from ..style import Style
from . import assembly, comparison, counters, plan, python_session, vectorised
from .command import complaint, path_of, recorded, show
from .comparison import CloseLook
from .model import as_json
from .session import Failed, Session
from .symbols import Symbols

WHAT = "-compare"
COUNTED_SECONDS = 0.3


def compare(exercise: Exercise, tool: Optional[str], seconds: Optional[float], json_wanted: bool) -> int:
    """Exit code 1 where yours does not compile or does not come to its end."""
    try:
        found = recorded(exercise, tool, seconds, ("yours", "solution"))
        looks = _looks(exercise, found)
    except (DoesNotCompile, Failed) as error:
        print(complaint(error), file=sys.stderr)
        return NOT_PASSED
    document = {**as_json(found.profile), "close": comparison.as_json(looks)}
    write_json(path_of(exercise, WHAT), document)
    if json_wanted:
        print(json.dumps(document, indent=1))
    else:
        show(exercise, found.profile, "solution", sys.stdout, WHAT)
        _show_close(exercise, looks, Style.of(sys.stdout))
    return 0


def _looks(exercise: Exercise, found: Session) -> list[CloseLook]:
    """What there is to see of compiled code."""
    with progress.for_stream() as shown:
        shown.begin(exercise.name)
        if exercise.language.name == "python":
            shown.step("looking for machine code")
            return _python_looks(found)
        shown.step("asking the compiler for its remarks")
        return _cpp_looks(found, shown)


def _cpp_looks(found: Session, shown: progress.Progress) -> list[CloseLook]:
    exercise = found.exercise
    said = compiling.remarks(found.compiled, vectorised.words(found.compiled.compiler.is_clang), shown.tick)
    looks = []
    for role, side in found.profile.sides.items():
        library = found.libraries[role]
        amount = ["--seconds", str(COUNTED_SECONDS), "--workloads", str(found.workloads)]
        work = plan.command(exercise, library, Path("/dev/null"), *amount)
        looks.append(
            CloseLook(
                side=side,
                hot=assembly.hot(found.recordings[role], Symbols([])),
                instructions=assembly.whole(str(library)),
                remarks=vectorised.parse(said[role], Path(side.source).name),
                counts=counters.count(work, plan.LONGEST),
            )
        )
    return looks


def _python_looks(found: Session) -> list[CloseLook]:
    """What numba compiled; NumPy's own machine code is no one's to change."""
    if "numba" not in found.exercise.modules:
        return []
    compiled = python_session.machine_code(found.exercise, found.libraries)
    return [
        CloseLook(side, None, assembly.parse_source(compiled[role]), [], None)
        for role, side in found.profile.sides.items()
    ]


def _show_close(exercise: Exercise, looks: list[CloseLook], style: Style) -> None:
    sections = [comparison.machine_code(look, style) for look in looks if look.hot]
    if looks:
        sections.append(comparison.arithmetic(looks, style))
    if any(look.hot for look in looks):
        sections += [comparison.remarks(looks, style), comparison.counted(looks, style)]
    for part in exercise.parts:
        sections.append(comparison.difference(part, exercise.tree, style))
    for section in sections:
        print("\n" + "\n".join(section))
