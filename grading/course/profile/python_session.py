"""Recording a Python exercise: one run as it is, one under cProfile (functions), one line by line."""
from __future__ import annotations

import importlib.util
import json
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Mapping

from .. import children, compiling, python
from ..errors import Mistake
from ..exercise import Exercise
from ..files import read_json_object
from ..machine import processor
from ..progress import Progress
from . import plan
from .analysis import Spent, by_function
from .choice import CPROFILE, names
from .model import IN_WORDS, LineSpent, Profile, Side
from .recording import REPORT, ToolFailed
from .session import Order, Session, said_of
from .tools import cprofile

LINES = "line_profiler"
NO_LINES = f"There are no lines: {LINES} is not installed; grading/setup/setup --for profile installs it."
NOTES = (
    "cProfile adds to the cost of each call of a function: where many small ones are called, their shares "
    "are too large. The milliseconds are these shares of the time that a call takes without it.",
    "It does not look into compiled code (NumPy, numba, C), and knows those of its functions that are called "
    "by name: an operator like a * b counts for the line that it stands in.",
)


def _run(order: Mapping[str, Any], folder: Path, mode: str, **amount: float) -> dict[str, Any]:
    """The work in a process of its own; what it reports."""
    report = folder / REPORT
    report.unlink(missing_ok=True)
    whole = {**order, "mode": mode, "report": str(report), **amount}
    program = Path(__file__).with_name("python_work.py")
    command = [sys.executable, str(program), json.dumps(whole)]
    done = children.finished(command, plan.LONGEST, plan.end_if_endless if mode == "time" else None)
    if done.returned is None:
        raise ToolFailed(f"it {done.why_stopped}")
    if done.returned == -signal.SIGXCPU:
        raise ToolFailed(plan.NO_END)
    said = read_json_object(report)
    if done.returned != 0 or said is None:
        words = done.said.strip().splitlines() or ["it gave no account of itself"]
        raise ToolFailed(f"{words[-1]} (make check says more)")
    return said


def _dump_inputs(exercise: Exercise, folder: Path) -> dict[str, Any]:
    work = exercise.tree.build / "bin" / "work"
    if not work.is_file():
        raise Mistake(f"{exercise.tree.shown(work)} is missing; make build makes it.")
    plan.run([str(work), "--exercise", str(exercise.folder), "--dump", str(folder)])
    return read_json_object(folder / "work.json") or {}


def _recorded(
    order: Mapping[str, Any], folder: Path, seconds: float, with_lines: bool
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    took = _run(order, folder, "time", seconds=seconds)
    calls = max(1, round(0.5 * took["calls"]))
    profiled = _run(order, folder, "cprofile", calls=calls)
    lines = _run(order, folder, "lines", calls=calls) if with_lines else {}
    return took, profiled, lines


def _side(
    submission: compiling.Submission,
    source: str,
    took: Mapping[str, Any],
    profiled: Mapping[str, Any],
    lines: Mapping[str, Any],
    clock: str,
) -> Side:
    cpu, wall = (1e3 * float(took[key]) / int(took["calls"]) for key in ("cpu_seconds", "wall_seconds"))
    milliseconds = wall if clock == "wall" else cpu
    stacks = cprofile.stacks(profiled["functions"], source, str(profiled["called"]))
    whole = sum(stacks.values())
    side = Side(
        role=submission.role,
        source=source,
        text=submission.text.decode(errors="replace"),
        calls=int(took["calls"]),
        milliseconds=milliseconds,
        wall_milliseconds=wall,
        samples=0,
        complete=1.0,
        stacks={stack: spent * milliseconds / whole for stack, spent in stacks.items()} if whole else {},
    )
    side.lines = _lines(by_function(side), lines.get("lines", []))
    return side


def _lines(functions: Mapping[str, Spent], timings: list[Mapping[str, Any]]) -> dict[int, LineSpent]:
    """Each function's lines, scaled to what cProfile says of the whole function."""
    spent: dict[int, LineSpent] = {}
    for each in timings:
        whole = sum(float(seconds) for _, seconds in each["lines"])
        name = str(each["function"]).rsplit(".", 1)[-1]
        if not whole or name not in functions:
            continue
        for line, seconds in each["lines"]:
            spent[int(line)] = LineSpent(functions[name].total * float(seconds) / whole, name)
    return spent


def machine_code(exercise: Exercise, libraries: Mapping[str, Path]) -> dict[str, str]:
    """What numba made of each side's functions, as assembly."""
    with tempfile.TemporaryDirectory(prefix="profiling-", dir=exercise.tree.build) as scratch:
        folder = Path(scratch)
        _dump_inputs(exercise, folder)
        found = {}
        for role, library in libraries.items():
            words = _words(exercise, library, library.name, folder)
            assembly = said_of(role, lambda: _run(words, folder, "assembly", calls=1)["assembly"])
            found[role] = "\n".join(assembly)
        return found


def _words(exercise: Exercise, library: Path, shown: str, inputs: Path) -> dict[str, Any]:
    """What python_work.py is told of a side."""
    return {
        "runner": str(exercise.tree.python_runner.parent),
        "family": exercise.family,
        "modules": exercise.modules,
        "threads": exercise.threads,
        "clock": exercise.clock,
        "file": str(library),
        "shown": shown,
        "inputs": str(inputs),
    }


def record(order: Order, shown: Progress) -> Session:
    """The profile of a Python exercise."""
    if order.tool not in (None, CPROFILE):
        if order.tool not in names():
            raise Mistake(f"TOOL={order.tool} is none of {', '.join(names())}.")
        raise Mistake(f"TOOL={order.tool} is for the C++ exercises; for Python it is {CPROFILE}.")
    exercise = order.exercise
    lacking = python.missing_module(exercise)
    if lacking:
        raise Mistake(
            f"{exercise.name} is about {lacking}, which this Python ({sys.executable}) does not have."
        )
    compiled = compiling.plan(exercise, order.compiler, order.roles)
    compiling.build(compiled, shown.tick)
    with tempfile.TemporaryDirectory(prefix="profiling-", dir=exercise.tree.build) as scratch:
        return _sides(order, compiled, Path(scratch), shown)


def _sides(order: Order, compiled: compiling.Plan, folder: Path, shown: Progress) -> Session:
    exercise = order.exercise
    shown.step("making the inputs")
    inputs = _dump_inputs(exercise, folder)
    with_lines = importlib.util.find_spec(LINES) is not None
    sides: dict[str, Side] = {}
    for submission in compiled.submissions:
        shown.step(f"cProfile watches {IN_WORDS[submission.role]}")
        source = exercise.tree.shown(submission.source)
        words = _words(exercise, submission.library, source, folder)
        recorded = said_of(
            submission.role, lambda: _recorded(words, folder, order.seconds, with_lines)
        )
        sides[submission.role] = _side(submission, source, *recorded, exercise.clock)
    return Session(_profile(order, sides, inputs, with_lines), compiled, {})


def _profile(order: Order, sides: dict[str, Side], inputs: Mapping[str, Any], with_lines: bool) -> Profile:
    tool = "cProfile" + (" for functions and line_profiler for lines" if with_lines else "")
    return Profile(
        exercise=order.exercise.name,
        title=order.exercise.title,
        tool=CPROFILE,
        tool_in_words=tool,
        notes=[*NOTES, *([] if with_lines else [NO_LINES])],
        workload="; ".join(str(each.get("size")) for each in inputs.get("workloads", [])),
        flags=python.versions(order.exercise),
        machine=processor(),
        time=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        clock=order.exercise.clock,
        sides=sides,
    )
