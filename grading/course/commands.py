"""The commands but for check: each takes what the person asked for and returns the exit code."""
from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Optional, Sequence

from . import checking, children, compiling, hints, overview, progress, solution, stub
from .baseline import measuring
from .errors import NOT_PASSED, Mistake
from .exercise import Exercise
from .exercise_file import load
from .exercises import find, misplaced
from .lock import only_one
from .machine import Compiler, compiler
from .tree import Tree, folders


def build(tree: Tree) -> int:
    """`make build`, once the judge is there: what checks would have to compile, so that none has to wait. 2
    when something of the course's own could not be built; the rest is."""
    known = compiler()
    complaints = []
    all_folders = folders(tree)
    with only_one(tree.build / "lock"), progress.for_stream() as shown:
        for position, folder in enumerate(all_folders, 1):
            shown.begin(f"[{position}/{len(all_folders)}] {folder.name}")
            try:
                _build_one(load(tree, folder), known, shown)
            except Mistake as error:
                complaints.append(str(error))
    complaints += misplaced(tree)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return Mistake.exit_code if complaints else 0


def _build_one(exercise: Exercise, known: Compiler, shown: progress.Progress) -> None:
    if checking.unfit(exercise, known):
        return
    plan = compiling.plan(exercise, known)
    if not plan.ready:
        shown.step("compiling")
    try:
        compiling.build(plan, shown.tick)
    except compiling.DoesNotCompile as error:
        shown.step(f"{error.sentence} make check EX={exercise.short_name} shows why.")


def show_list(tree: Tree, as_json: bool) -> int:
    standings, complaints = overview.all_standings(tree)
    if as_json:
        print(json.dumps({"exercises": overview.as_json(standings), "complaints": complaints}, indent=1))
    else:
        overview.show_list(standings)
        for complaint in complaints:
            print(complaint, file=sys.stderr)
    return Mistake.exit_code if complaints else 0


def show_next(tree: Tree) -> int:
    what, why = overview.next_step(tree)
    print(f"{what}\n{why}")
    return 0


def _named(tree: Tree, wanted: Optional[str], command: str) -> Exercise:
    if not wanted:
        raise Mistake(f"Which exercise? Say so with EX=: make {command} EX=03. make list shows them.")
    return find(tree, wanted)


def show_hint(tree: Tree, wanted: Optional[str]) -> int:
    print(hints.one_more(_named(tree, wanted, "hint")))
    return 0


def profile(
    tree: Tree, name: str, wanted: Optional[str], tool: Optional[str], seconds: Optional[float], as_json: bool
) -> int:
    """`make profile` and `make compare`."""
    from .profile import command, compare_command

    act = {"profile": command.profile, "compare": compare_command.compare}[name]
    return act(_program(tree, wanted, name), tool, seconds, as_json)


def sanitize(tree: Tree, wanted: Optional[str]) -> int:
    from .sanitize.command import sanitize as look_for_errors

    return look_for_errors(tree, wanted)


def watch(tree: Tree, wanted: Optional[str]) -> int:
    from .watch import watch as until_quit

    return until_quit(tree, wanted)


def report(tree: Tree, fresh: bool) -> int:
    from .report import command

    return command.write(tree, fresh)


def show_solution(tree: Tree, wanted: Optional[str], force: bool) -> int:
    """`make solution EX=…`; 1 where the person would rather not see it yet."""
    exercise = _named(tree, wanted, "solution")
    if not force and not solution.may_be_shown(exercise):
        return NOT_PASSED
    solution.show(exercise)
    return 0


def reset(tree: Tree, wanted: Optional[str]) -> int:
    exercise = _named(tree, wanted, "reset")
    with only_one(tree.build / "lock"):
        backups = stub.reset(exercise)
    files = " and ".join(tree.shown(part.learners) for part in exercise.parts)
    again = "are the starting files" if len(exercise.parts) > 1 else "is the starting file"
    kept = " and ".join(tree.shown(backup) for backup in backups)
    print(
        f"{files} {again} again."
        + (f" Yours is kept as {kept}" if backups else " There was nothing of yours in it.")
    )
    return 0


def _words(text: Optional[str]) -> list[str]:
    try:
        return shlex.split(text or "")
    except ValueError:
        raise Mistake(f"The quotes in ARGS={text} do not match.") from None


def _built(tree: Tree, name: str) -> Path:
    program = tree.build / "bin" / name
    if not program.is_file():
        raise Mistake(f"{tree.shown(program)} is missing; make build makes it.")
    return program


def scatter(tree: Tree, arguments: Optional[str]) -> int:
    """Replaces this process, so that the program's exit code and signals are its own."""
    words = _words(arguments)
    program = _built(tree, "scatter")
    sys.stdout.flush()
    os.execv(program, [str(program), *words])


def _program(tree: Tree, wanted: Optional[str], command: str) -> Exercise:
    """An exercise that is about code of one's own."""
    exercise = _named(tree, wanted, command)
    if exercise.language.name == "questions":
        raise Mistake(f"{exercise.name} has no code; its lesson says what to run.")
    return exercise


def bench(tree: Tree, wanted: Optional[str], arguments: Optional[str]) -> int:
    exercise, words = _program(tree, wanted, "bench"), _words(arguments)
    if exercise.language.name == "python":
        raise Mistake(
            f"make bench is for the C++ exercises; {exercise.tree.shown(exercise.lesson)} says how to "
            f"explore {exercise.name}."
        )
    known = compiler()
    try:
        with only_one(tree.build / "lock"), progress.for_stream() as shown:
            shown.begin(exercise.name)
            plan = compiling.plan(exercise, known, ("reference", "yours", "solution"))
            if not plan.ready:
                shown.step("compiling")
            compiling.build(plan, shown.tick)
    except compiling.DoesNotCompile as error:
        print(error.in_full, file=sys.stderr)
        return NOT_PASSED
    call = ["--exercise", str(exercise.folder)]
    for role, library in plan.libraries.items():
        call += [f"--{role}", str(library)]
    return _explore(tree, exercise, [*call, *words])


def _explore(tree: Tree, exercise: Exercise, arguments: Sequence[str]) -> int:
    """Google Benchmark's exit code; 1 with a sentence where it was ended by what it ran."""
    with children.running([_built(tree, "bench"), *arguments], None, None) as child:
        returned = child.wait()
    if returned >= 0:
        return returned
    print(
        f"What ran next crashed ({signal.Signals(-returned).name}). make sanitize EX={exercise.short_name} "
        "looks for the reason.",
        file=sys.stderr,
    )
    return NOT_PASSED


def climb_ladder(tree: Tree, arguments: Optional[str]) -> int:
    from . import ladder_command

    return ladder_command.main(tree, _words(arguments))


def baseline(tree: Tree, arguments: Optional[str]) -> int:
    call = measuring(tree)
    tree.build.mkdir(exist_ok=True)
    with only_one(tree.build / "lock"):
        return subprocess.run([*call, *_words(arguments)]).returncode
