"""What `make compare` shows besides the profile: machine code, compiler's remarks, counters, difference."""
from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional, Sequence

from ..exercise import Part
from ..style import Style, printable
from ..tree import Tree
from . import assembly, counters, vectorised
from .analysis import by_line
from .assembly import Hot
from .model import IN_WORDS, Side

LONGEST = 48  # instructions that are shown
STRETCH = 25  # of a longer loop
HOT_INSTRUCTION = 0.05
SKID = "  (A sample often falls on the instruction behind the one that was waited for.)"


@dataclass(frozen=True)
class CloseLook:
    """One side from close by; what could not be had is None or empty."""

    side: Side
    hot: Optional[Hot]
    instructions: Sequence[assembly.Instruction]  # of the whole library
    remarks: Sequence[vectorised.Remark]
    counts: Optional[counters.Counts]


def _clipped(hot: Hot) -> list[Optional[assembly.Instruction]]:
    """All instructions of a short loop; of a long one the stretch with most of the time. None is a gap."""
    listed = list(hot.instructions)
    if len(listed) <= LONGEST:
        return list(listed)
    shares = [hot.shares.get(each.address, 0.0) for each in listed]

    def weight(first: int) -> float:
        end = first + STRETCH
        return sum(shares[first:end])

    first = max(range(len(listed) - STRETCH + 1), key=weight)
    end = first + STRETCH
    before = [None] if first > 0 else []
    after = [None] if end < len(listed) else []
    return [*before, *listed[first:end], *after]


def _instruction(each: Optional[assembly.Instruction], hot: Hot, style: Style) -> str:
    if each is None:
        return style.dim("         …")
    share = hot.shares.get(each.address, 0.0)
    text = f"  {100 * share:5.1f} %  {each.name:<14} {each.operands}".rstrip()
    if share >= HOT_INSTRUCTION:
        return style.bold(text)
    return text if share > 0.001 else style.dim(text)


def machine_code(look: CloseLook, style: Style) -> list[str]:
    """The hot loop, each instruction with its share of the time."""
    hot = look.hot
    assert hot is not None
    what = "around the hottest instruction"
    if hot.is_loop:
        what = f"a loop of {len(hot.instructions)} instructions"
    heading = f"{IN_WORDS[look.side.role].capitalize()}: {what} in {hot.function} ({hot.place})"
    lines = [style.bold(f"{heading}, {100 * hot.share:.0f} % of the time")]
    lines += [_instruction(each, hot, style) for each in _clipped(hot)]
    return [*lines, style.dim(SKID)]


def _kinds(instructions: Sequence[assembly.Instruction]) -> str:
    counted, width = assembly.count(instructions), assembly.widest(instructions)
    said = f"{counted['vector']} on vectors" + (f" (up to {width} bits)" if width else "")
    said += f", {counted['scalar']} on one number"
    return said + (f", {counted['x87']} in the x87 unit" if counted["x87"] else "")


def arithmetic(looks: Sequence[CloseLook], style: Style) -> list[str]:
    """Counts of floating point instructions."""
    lines = [style.bold("Floating point instructions, counted in the machine code")]
    for look in looks:
        if look.hot:
            place = "loop" if look.hot.is_loop else "part"
            lines.append(f"  {look.side.role}, hot {place}: {_kinds(look.hot.instructions)}")
        place = "whole file" if look.hot else "what numba compiled"
        counted = _kinds(look.instructions) if look.instructions else "nothing"
        lines.append(f"  {look.side.role}, {place}: {counted}")
    return lines


def remarks(looks: Sequence[CloseLook], style: Style) -> list[str]:
    """What the compiler says about the loops where the time is."""
    lines = [style.bold("The compiler on vectors, near the lines where the time is")]
    for look in looks:
        hot_lines = [
            line for line, spent in by_line(look.side).items() if look.side.share(spent.total) >= 0.1
        ]
        chosen = vectorised.about(look.remarks, hot_lines)
        lines.append(f"  {look.side.role}:" + ("" if chosen else " nothing"))
        lines += [f"    line {remark.line}: {printable(remark.text)}" for remark in chosen]
    return lines


def counted(looks: Sequence[CloseLook], style: Style) -> list[str]:
    """The hardware counters, or that there are none."""
    lines = [style.bold("The processor's counters")]
    if not any(look.counts for look in looks):
        return [*lines, f"  {counters.why_none()}"]
    for look in looks:
        if look.counts:
            lines.append(f"  {look.side.role}: {'; '.join(counters.in_words(look.counts))}")
    return lines


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def difference(part: Part, tree: Tree, style: Style) -> list[str]:
    """The unified diff of a file and the same file solved."""
    told = difflib.unified_diff(
        _lines(part.learners),
        _lines(part.solution),
        tree.shown(part.learners),
        tree.shown(part.solution),
        lineterm="",
    )
    lines = [_coloured(printable(line), style) for line in told]
    return [style.bold("From yours to the solution"), *(lines or ["  The two files are the same."])]


def _coloured(line: str, style: Style) -> str:
    if line.startswith("+"):
        return style.good(line)
    if line.startswith("-"):
        return style.bad(line)
    return style.dim(line) if line.startswith("@@") else line


def as_json(looks: Sequence[CloseLook]) -> Mapping[str, object]:
    """For the document in build/profile/."""
    return {
        look.side.role: {
            "hot": None
            if look.hot is None
            else {
                "function": look.hot.function,
                "place": look.hot.place,
                "is_loop": look.hot.is_loop,
                "instructions": [
                    {**each._asdict(), "share": look.hot.shares.get(each.address, 0.0)}
                    for each in look.hot.instructions
                ],
                "arithmetic": dict(assembly.count(look.hot.instructions)),
            },
            "arithmetic": dict(assembly.count(look.instructions)),
            "widest_vector_bits": assembly.widest(look.instructions),
            "remarks": [{"line": remark.line, "text": remark.text} for remark in look.remarks],
            "counters": None if look.counts is None else vars(look.counts),
        }
        for look in looks
    }
