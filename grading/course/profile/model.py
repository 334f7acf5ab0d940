"""A profile: for each side how long a call takes, and which functions and lines that time is spent in."""
from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple, Optional

from .recording import ENTRY, Recording
from .symbols import OPENMP, Frame, Symbols

IN_WORDS = {"reference": "the reference", "yours": "yours", "solution": "the solution"}
ROLES = tuple(IN_WORDS)
CLEARLY = 1.05  # of two calls that differ by less, neither is said to take longer
SCRATCH = re.compile(r"/compiling-[^/]*/\w+/")  # where course/compiling/ compiles a copy of a source
# The headers of std::experimental::simd, and of std::plus and the like; then the course's packs of vectors.
ARITHMETIC = re.compile(r"/experimental/bits/simd|/bits/stl_function\.h$")
PACKS, OF_PACKS = "/lanes.hpp", re.compile(r"Pack::|operator")
# What takes an element out of a container; what makes the container grow has a line of its own.
CONTAINERS = re.compile(r"/(?:span|array|bits/(?:stl_vector|stl_iterator|range_access)\.h)$")
OF_CONTAINERS = re.compile(r"operator|::(?:size|data|begin|end|empty|front|back|_M_extent)$")
THREADS = frozenset(
    "start_thread gomp_thread_start clone clone3 __clone __clone3 __kmp_launch_worker".split()
)
OTHER_THREADS = Frame("(other threads)", "", 0, "")
LOST = Frame("(callers unknown)", "", 0, "")
BEFORE = ("main", "_start", "__libc_start_main", "call_init", "_dl_init", "_dl_start")


class Step(NamedTuple):
    """One function on a stack; `own` if it stands in the submission's source file."""

    function: str
    file: str
    line: int
    library: str
    own: bool


class LineSpent(NamedTuple):
    """Milliseconds in one line, with all that it calls, and the function that the line is of."""

    total: float
    function: str


Stack = tuple[Step, ...]  # the outermost first


@dataclass
class Side:
    """Reference, yours or solution: milliseconds of one call, as a whole and for each stack."""

    role: str
    source: str
    text: str  # of the source
    calls: int
    milliseconds: float  # processor time of one call
    wall_milliseconds: float
    samples: int
    complete: float
    stacks: dict[Stack, float] = field(default_factory=dict)
    lines: Optional[Mapping[int, LineSpent]] = None  # where the stacks do not know the lines

    def share(self, milliseconds: float) -> float:
        return milliseconds / self.milliseconds if self.milliseconds else 0.0


@dataclass
class Profile:
    """What `make profile` found out."""

    exercise: str
    title: str
    tool: str
    tool_in_words: str
    notes: list[str]
    workload: str
    flags: str
    machine: str
    time: str
    clock: str  # of the exercise: "cpu", or "wall" where there are threads
    sides: dict[str, Side]


def _of_the_work(frames: list[Frame]) -> Optional[list[Frame]]:
    """The part of a stack that is the submission's (outermost first); None for what came before or after."""
    names = [frame.function for frame in frames]
    if ENTRY in names:
        entry = names.index(ENTRY)
        below = frames[entry:]
        return below[1:] or below
    starts = [position for position, name in enumerate(names) if name in THREADS]
    if starts:
        last = starts[-1] + 1
        return [OTHER_THREADS, *frames[last:]]
    return None if any(name in BEFORE for name in names) else [LOST, *frames]


def _is_an_operator(frame: Frame) -> bool:
    if frame.file.endswith(PACKS):
        return OF_PACKS.search(frame.function) is not None
    if CONTAINERS.search(frame.file):
        return OF_CONTAINERS.search(frame.function) is not None
    return ARITHMETIC.search(frame.file) is not None


def _plain(frames: list[Frame]) -> list[Frame]:
    """Without the inside of libraries that have no names, unless it is where the time is spent.

    And without operators of vectors and containers: an instruction or two of the function that has them.
    """
    frames = [frame for frame in frames if not _is_an_operator(frame)] or frames
    last = len(frames) - 1
    return [frame for depth, frame in enumerate(frames) if depth == last or frame.function != OPENMP]


def side_of(
    recording: Recording,
    role: str,
    source: str,
    text: str,
    milliseconds: float,
    wall_milliseconds: float,
    calls: int,
) -> Side:
    """Names for addresses, weights as milliseconds of one call."""
    symbols = Symbols(recording.stacks)
    stacks: dict[Stack, float] = {}
    for places, weight in recording.stacks.items():
        inner_first = [
            frame for depth, place in enumerate(places) for frame in symbols.frames(place, depth)
        ]
        frames = _of_the_work(_plain(inner_first[::-1]))
        if frames is not None:
            stack = tuple(_step(frame, source) for frame in frames)
            stacks[stack] = stacks.get(stack, 0.0) + weight
    whole = sum(stacks.values())
    scale = milliseconds / whole if whole else 0.0
    return Side(
        role=role,
        source=source,
        text=text,
        calls=calls,
        milliseconds=milliseconds,
        wall_milliseconds=wall_milliseconds,
        samples=recording.samples,
        complete=recording.complete,
        stacks={stack: weight * scale for stack, weight in stacks.items()},
    )


def _step(frame: Frame, source: str) -> Step:
    """A header of the course's library, too, is compiled from a copy beside the source, but not one's own."""
    copied = SCRATCH.search(frame.file) is not None
    name = os.path.basename(frame.file)
    own = copied and name == os.path.basename(source)
    file = source if own else name if copied else frame.file
    return Step(frame.function, file, frame.line, frame.library, own)


def as_json(profile: Profile) -> dict[str, Any]:
    """The document in build/profile/: functions are numbered once, stacks are lists of their numbers."""
    steps: dict[Step, int] = {}
    sides = {}
    for role, side in profile.sides.items():
        stacks = [
            {"frames": [steps.setdefault(step, len(steps)) for step in stack], "milliseconds": spent}
            for stack, spent in side.stacks.items()
        ]
        plain = {key: value for key, value in vars(side).items() if key not in ("stacks", "text", "lines")}
        sides[role] = {**plain, "stacks": stacks}
    plain = {key: value for key, value in vars(profile).items() if key != "sides"}
    return {**plain, "frames": [step._asdict() for step in steps], "sides": sides}
