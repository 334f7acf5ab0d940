"""valgrind's callgrind: counts instructions in a simulated processor; works everywhere, and slowly."""
from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Sequence

from ... import children
from ..recording import ENTRY, Place, Recording, ToolFailed

CALLERS = 24  # how many callers tell one stack from another
NAMED = re.compile(r"\((\d+)\)(?: (.*))?")
COST = re.compile(r"^(0x[0-9a-f]+|[-+]\d+|[-+]0x[0-9a-f]+|\*|\d+) (\S+) (\d+)$")


def why_not(folder: Path) -> Optional[str]:
    """Why it cannot be used here; None if it can."""
    return None if shutil.which("valgrind") else "valgrind is not installed"


def record(command: Sequence[str], folder: Path, seconds: float) -> Recording:
    """Runs the command in valgrind; the weights are instructions."""
    # A child that the work forks writes a file too, when it is ended: each process its own, and ours is read.
    out = str(folder / "callgrind.out.").replace("%", "%%") + "%p"
    call = [
        "valgrind",
        "--tool=callgrind",
        "--dump-instr=yes",
        f"--separate-callers={CALLERS}",
        f"--callgrind-out-file={out}",
        *command,
    ]
    done = children.finished(call, seconds)
    if done.returned is None:
        raise ToolFailed(f"the work under callgrind {done.why_stopped}.")
    said, written = done.said, folder / f"callgrind.out.{done.process}"
    if "Unrecognised instruction" in said or "unhandled instruction" in said or done.returned == -4:
        raise ToolFailed(
            "callgrind does not know an instruction that the compiler used (AVX-512 or SVE, perhaps)."
        )
    if done.returned != 0 or not written.is_file():
        last = said.strip().splitlines()[-1:] or [f"it ended with exit code {done.returned}"]
        raise ToolFailed(f"callgrind: {last[0]}.")
    try:
        return parse(written.read_text(errors="replace"))
    finally:
        for each in folder.glob("callgrind.out.*"):
            each.unlink(missing_ok=True)


class _Names:
    """Names are written once, `(12) name`, and called by their number from then on."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def look_up(self, text: str) -> str:
        found = NAMED.match(text)
        if not found:
            return text
        number, name = found.groups()
        if name is not None:
            self._known[number] = name
        return self._known.get(number, "")


def _moved(position: int, text: str) -> int:
    """Positions are absolute, or steps from the one before."""
    if text == "*":
        return position
    if text[0] in "+-":
        return position + int(text, 0)
    return int(text, 0)


class _Calls:
    """Where calls come from: for a callee with its callers, what was spent in it by the place of the call."""

    TOLD_APART = 8  # callers
    MOST = 12  # ways to one function that are followed

    def __init__(self) -> None:
        self._spent: dict[tuple[str, ...], dict[Place, float]] = {}

    def add(self, callee: tuple[str, ...], place: Place, cost: float) -> None:
        places = self._spent.setdefault(callee[: self.TOLD_APART], {})
        places[place] = places.get(place, 0.0) + cost

    def _places(self, callee: tuple[str, ...]) -> list[tuple[Place, float]]:
        places = self._spent.get(callee[: self.TOLD_APART], {})
        total = sum(places.values())
        if not total:
            return [(Place("", 0, callee[1]), 1.0)]
        return [(place, cost / total) for place, cost in places.items()]

    def ways_to(self, context: tuple[str, ...]) -> list[tuple[tuple[Place, ...], float]]:
        """The callers' places, the nearest first, and which share of the time they account for."""
        ways: list[tuple[tuple[Place, ...], float]] = [((), 1.0)]
        for level in range(len(context) - 1):
            places = self._places(context[level:])
            longer = [((*way, place), share * part) for way, share in ways for place, part in places]
            ways = sorted(longer, key=lambda each: -each[1])[: self.MOST]
        total = sum(share for _, share in ways)
        return [(way, share / total) for way, share in ways]


@dataclass
class _Costs:
    """What a callgrind file says: costs by function, with its callers, and by place; and the calls."""

    own: dict[tuple[str, ...], dict[Place, float]] = field(default_factory=dict)
    calls: _Calls = field(default_factory=_Calls)


def _context(name: str) -> tuple[str, ...]:
    """`callee'caller'2'caller` as names; the number is a depth of recursion."""
    return tuple(part for part in name.split("'") if not part.isdecimal())


def _read(text: str) -> _Costs:
    costs = _Costs()
    objects, functions = _Names(), _Names()
    file, address = "", 0
    context: tuple[str, ...] = ("",)
    called: tuple[str, ...] = ()
    is_call = False
    for line in text.splitlines():
        if line.startswith("ob="):
            file = objects.look_up(line[3:])
        elif line.startswith("fn="):
            context = _context(functions.look_up(line[3:]))
        elif line.startswith("cob="):
            objects.look_up(line[4:])
        elif line.startswith("cfn="):
            called = _context(functions.look_up(line[4:]))
        elif line.startswith("calls="):
            is_call = True  # the next line is what was spent in the callee, and where it was called
        else:
            cost = COST.match(line)
            if not cost:
                continue
            address = _moved(address, cost.group(1))
            place, spent = Place(file, address, context[0]), float(cost.group(3))
            if is_call:  # noted like an address to return to, behind the call's beginning
                costs.calls.add(called, place._replace(address=address + 1), spent)
                is_call = False
            else:
                own = costs.own.setdefault(context, {})
                own[place] = own.get(place, 0.0) + spent
    return costs


def parse(text: str) -> Recording:
    """The recording in a callgrind file. The weights are instructions; only the work itself is taken."""
    costs, recording = _read(text), Recording()
    for context, places in costs.own.items():
        if not any(name.startswith((ENTRY, "start_thread")) for name in context):
            continue
        ways = costs.calls.ways_to(context)
        for place, cost in places.items():
            for way, share in ways:
                recording.add((place, *way), cost * share)
    return recording
