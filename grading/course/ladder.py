"""The ladder: what each lesson's solution takes for the course's own problem, from plain Python upwards.

Its rungs stand in the exercises' own folders ([ladder] rung in exercise.toml), in the course's order; the
lowest ones are the two baseline programs. The times are plain ones, for a table and a picture: grades are
the judge's.
"""
from __future__ import annotations

import json
import platform
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from . import children, compiling, judging, python
from .baseline import measuring
from .errors import CourseBroken, Mistake
from .exercise import Exercise
from .exercise_file import load
from .files import read_json_object
from .figures import duration, number
from .machine import Compiler, processor, processor_count
from .progress import Progress
from .tree import Tree, folders

FAMILY = "scatter"
TRIED_FIRST = 32  # a size at which nobody takes long, to know who would at the others
PYTHON_RUNG = "the original Python"
TWIN_RUNG = "the naive C++ twin"
Result = Mapping[str, Any]  # a line of the program that times: size, seconds, checksum, interactions, calls
SAME_FIELD = 1e-4  # how far the checksums may lie apart, relatively: some rungs need no more than six digits


@dataclass(frozen=True)
class Timing:
    """One rung at one size."""

    seconds: float
    measured_at: int  # the size that was measured; another one means that the work's growth was counted in

    def is_measured(self, size: int) -> bool:
        return self.measured_at == size


@dataclass(frozen=True)
class Rung:
    """One step of the ladder, and its times by size."""

    title: str
    exercise: Optional[str]
    timings: Mapping[int, Timing]


@dataclass(frozen=True)
class Ladder:
    """All rungs that could be timed here, the others with their reason, and the machine."""

    sizes: tuple[int, ...]
    rungs: tuple[Rung, ...]
    left_out: tuple[str, ...]
    machine: Mapping[str, str] = field(default_factory=dict)
    broken: tuple[str, ...] = ()  # left out, too, but for a mistake of the course's own


@dataclass(frozen=True)
class Step:
    """What is to be timed: an exercise's solution, or its reference where that is the twin."""

    title: str
    exercise: Exercise
    role: str

    @property
    def lacks(self) -> Optional[str]:
        """A module that this Python does not have, where the exercise needs it."""
        return python.missing_module(self.exercise)


def _readable(tree: Tree, complaints: Optional[list[str]]) -> Iterator[Exercise]:
    """The exercises; one that cannot be read is a complaint, or ends it all where none are taken."""
    for folder in folders(tree):
        try:
            yield load(tree, folder)
        except Mistake as error:
            if complaints is None:
                raise
            complaints.append(str(error))


def steps(tree: Tree, complaints: Optional[list[str]] = None) -> list[Step]:
    """The solutions that call themselves a rung, and the naive C++ twin before the first one in C++."""
    found: list[Step] = []
    for exercise in _readable(tree, complaints):
        if exercise.family != FAMILY:
            continue
        if compiling.reference_is_the_twin(exercise) and all(step.role != "reference" for step in found):
            found.append(Step(TWIN_RUNG, exercise, "reference"))
        if exercise.rung:
            found.append(Step(exercise.rung, exercise, "solution"))
    return found


def scaled(
    measured: Mapping[int, float], interactions: Mapping[int, float], sizes: Sequence[int]
) -> dict[int, Timing]:
    """A time for each size: the measured one, or the nearest smaller size's (else the smallest one's) by the
    number of interactions."""
    timings = {}
    for size in sizes if measured else ():
        base = max((other for other in measured if other <= size), default=min(measured))
        timings[size] = Timing(measured[base] * (interactions[size] / interactions[base]), base)
    return timings


def _command(
    step: Step, library: Path, sizes: Sequence[int], limit: float, field: Optional[Path]
) -> list[str]:
    exercise = step.exercise
    program, *arguments = judging.runner(exercise)
    command = [str(exercise.tree.build / "bin" / "rung"), "--exercise", str(exercise.folder)]
    command += ["--runner", str(program), "--library", str(library), "--limit", f"{limit:g}"]
    for argument in arguments:
        command += ["--runner-argument", str(argument)]
    for size in sizes:
        command += ["--size", str(size)]
    if field:
        command += ["--field", str(field)]
    return command


def _lines(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    assert child.stdout
    for line in child.stdout:
        yield json.loads(line)


def timed(
    step: Step,
    library: Path,
    sizes: Sequence[int],
    limit: float,
    progress: Progress,
    field: Optional[Path] = None,
) -> dict[int, Result]:
    """What was measured, by size; the sizes beyond the limit are missing. The last one's field goes there."""
    results: dict[int, Result] = {}
    with tempfile.TemporaryFile() as complaints:
        command = _command(step, library, sizes, limit, field)
        with children.running(command, subprocess.PIPE, complaints) as child:
            progress.step(f"timing, nx = ny = nc = {sizes[0]}", "timing")
            for result in _lines(child):
                results[int(result["size"])] = result
                larger = [size for size in sizes if size > int(result["size"])]
                if larger:
                    progress.step(f"timing, nx = ny = nc = {larger[0]}", str(larger[0]))
            returned = child.wait()
        complaints.seek(0)
        complaint = complaints.read(1 << 16).decode(errors="replace").strip()
    if returned != 0:  # whatever it answered before: what takes too long is no failure of it
        failed_at = next((size for size in sizes if size not in results), sizes[-1])
        said = complaint or f"exit code {returned}"
        raise Mistake(f"{step.exercise.name} cannot be timed at {failed_at}: {said}.")
    return results


def _original_python(tree: Tree, progress: Progress) -> float:
    """Seconds for each interaction, from a small problem; the figures of `make baseline`, made if need be."""
    figures = read_json_object(tree.python_baseline_figures)
    if not figures or figures.get("machine") != processor():
        progress.step("timing at a small size")
        done = subprocess.run(measuring(tree), stdin=subprocess.DEVNULL, capture_output=True)
        figures = read_json_object(tree.python_baseline_figures)
        if done.returncode != 0 or not figures:
            said = done.stderr.decode(errors="replace").strip().splitlines() or ["it says nothing"]
            raise CourseBroken(f"The original Python cannot be timed: {said[-1]}")
    return 1e-9 * float(figures[FAMILY]["nanoseconds_per_unit"])


def _must_agree(title: str, results: Mapping[int, Result], known: dict[int, float]) -> None:
    """A rung that computes something else is no rung."""
    for size, result in results.items():
        checksum = float(result["checksum"])
        first = known.setdefault(size, checksum)
        if not abs(checksum - first) <= SAME_FIELD * abs(first):
            raise CourseBroken(f"{title} computes another field at {size}: {checksum:.8g}, not {first:.8g}.")


def _machine(known: Compiler, wall: float) -> dict[str, str]:
    return {
        "processor": processor(),
        "processors": str(processor_count()),
        "compiler": known.short,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "date": time.strftime("%Y-%m-%d", time.localtime(wall)),
    }


def _measured(
    step: Step, known: Compiler, sizes: Sequence[int], limit: float, progress: Progress
) -> dict[int, Result]:
    plan = compiling.plan(step.exercise, known, (step.role,))
    if not plan.ready:
        progress.step("compiling")
    compiling.build(plan, progress.tick)
    return timed(step, plan.libraries[step.role], sizes, limit, progress)


def climb(
    tree: Tree, known: Compiler, sizes: Sequence[int], limit: float, progress: Progress, whole: bool = True
) -> Ladder:
    """Times every rung; one that cannot be timed here is left out, with its reason. So is one that is broken,
    unless the ladder must be whole."""
    tried = [*([TRIED_FIRST] if min(sizes) > TRIED_FIRST else []), *sizes]
    measured: list[tuple[Step, Mapping[int, Result]]] = []
    left_out: list[str] = []
    broken: list[str] = []
    checksums: dict[int, float] = {}
    for step in steps(tree, None if whole else broken):
        progress.begin(step.title)
        if step.lacks:
            left_out.append(f"{step.title}: this Python does not have {step.lacks}")
            continue
        try:
            results = _measured(step, known, tried, limit, progress)
        except Mistake as error:
            if whole:
                raise
            broken.append(f"{step.title}: {str(error).splitlines()[0]}")
            continue
        _must_agree(step.title, results, checksums)
        measured.append((step, results))
    interactions = _interactions(measured, tried)
    progress.begin(PYTHON_RUNG)
    per_interaction = _original_python(tree, progress)
    original = {size: Timing(per_interaction * interactions[size], 0) for size in sizes}
    rungs = [Rung(PYTHON_RUNG, None, original)]
    for step, results in measured:
        seconds = {size: float(result["seconds"]) for size, result in results.items()}
        name = step.exercise.name if step.role == "solution" else None
        rungs.append(Rung(step.title, name, scaled(seconds, interactions, sizes)))
    machine = _machine(known, time.time())
    return Ladder(tuple(sizes), tuple(rungs), tuple(left_out), machine, tuple(broken))


def _interactions(
    measured: Sequence[tuple[Step, Mapping[int, Result]]], sizes: Sequence[int]
) -> dict[int, float]:
    """The pairs of points outside and segments, by size: counted by whichever rung got that far, or else as a
    cube."""
    counted = {
        size: float(result["interactions"]) for _, results in measured for size, result in results.items()
    }
    if not counted:
        raise Mistake("No rung could be timed; make check shows what is the matter.")
    largest = max(counted)
    return {size: counted.get(size, counted[largest] * (size / largest) ** 3) for size in sizes}


def shown(rung: Rung, size: int) -> str:
    """One cell of the table; ≈ where the time was not measured at that size."""
    timing = rung.timings.get(size)
    if timing is None:
        return "–"
    return ("" if timing.is_measured(size) else "≈ ") + duration(timing.seconds)


def remarks(ladder: Ladder) -> list[str]:
    """What one has to know to read the table."""
    machine = ladder.machine
    return [
        f"{machine['processor']}, {machine['processors']} processors, {machine['compiler']}, Python "
        f"{machine['python']}, {machine['system']}; {machine['date']}.",
        "nx = ny = nc as given; wall time of one call, the least of several. ≈: not measured at that size "
        "but scaled by the number of interactions (points outside of the obstacle times segments) from a "
        f"smaller one; {PYTHON_RUNG} always from the small grid of make baseline.",
        *(f"Left out: {reason.removesuffix('.')}." for reason in (*ladder.left_out, *ladder.broken)),
    ]


def as_markdown(ladder: Ladder, write: Callable[[str], str] = str) -> str:
    """The table, for docs/ and for whoever likes to read it in a terminal."""
    top = ladder.rungs[0]
    last = ladder.sizes[-1]
    lines = ["| rung | " + " | ".join(map(str, ladder.sizes)) + f" | speedup at {last} |"]
    lines.append("|---" * (len(ladder.sizes) + 2) + "|")
    for rung in ladder.rungs:
        cells = [shown(rung, size) for size in ladder.sizes]
        both = (top.timings.get(last), rung.timings.get(last))
        speedup = f"{number(both[0].seconds / both[1].seconds)}×" if both[0] and both[1] else "–"
        lines.append("| " + " | ".join([write(rung.title), *cells, speedup]) + " |")
    return "\n".join([*lines, "", *(f"{remark}\n" for remark in remarks(ladder))])


def as_json(ladder: Ladder) -> dict[str, Any]:
    """All figures, for other programs."""
    return {
        "machine": dict(ladder.machine),
        "sizes": list(ladder.sizes),
        "left_out": [*ladder.left_out, *ladder.broken],
        "rungs": [
            {
                "title": rung.title,
                "exercise": rung.exercise,
                "seconds": {str(size): timing.seconds for size, timing in rung.timings.items()},
                "measured": [size for size, timing in rung.timings.items() if timing.is_measured(size)],
            }
            for rung in ladder.rungs
        ],
    }
