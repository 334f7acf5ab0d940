"""Which profiler: the one asked for, or else the best that works on this machine."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Optional, Sequence

from ..errors import Mistake
from .tools import callgrind, gperftools, perf

CPROFILE = "cprofile"


@dataclass(frozen=True)
class Tool:
    """One profiler and what one should know about its figures."""

    name: str
    in_words: str
    module: ModuleType
    samples_time: bool  # its weights are seconds; else instructions
    notes: tuple[str, ...] = ()


PERF = Tool(
    "perf",
    f"perf record {' '.join(perf.how())}",
    perf,
    True,
    (f"Stacks larger than {perf.STACK_BYTES} bytes are recorded with {perf.LARGEST_STACK_BYTES} of them.",),
)
GPERFTOOLS = Tool(
    "gperftools",
    f"gperftools' libprofiler, {gperftools.FREQUENCY} samples a second or what the kernel's timer allows",
    gperftools,
    True,
    ("Time in the kernel (first touches of memory, waking threads) counts for whichever function asked.",),
)
CALLGRIND = Tool(
    "callgrind",
    f"valgrind --tool=callgrind --dump-instr=yes --separate-callers={callgrind.CALLERS}",
    callgrind,
    False,
    (
        "callgrind counts instructions and no time: a division, an x87 instruction or a load that misses the "
        "cache counts as one, like any other. The shares are of instructions; the milliseconds are these "
        "shares of the time that a call takes without it.",
    ),
)
IN_ORDER = (PERF, GPERFTOOLS, CALLGRIND)


@dataclass(frozen=True)
class Choice:
    """The tool, and why not a better one."""

    tool: Tool
    instead: tuple[str, ...]


def names() -> list[str]:
    return [*(tool.name for tool in IN_ORDER), CPROFILE]


def choose(wanted: Optional[str], folder: Path, tools: Sequence[Tool] = IN_ORDER) -> Choice:
    """For C++: the first tool that works here, or the one that was asked for, if it works."""
    if wanted == CPROFILE:
        raise Mistake("TOOL=cprofile is for Python exercises; for C++ it is perf, gperftools or callgrind.")
    if wanted:
        tools = [tool for tool in tools if tool.name == wanted]
        if not tools:
            raise Mistake(f"TOOL={wanted} is none of {', '.join(names())}.")
    reasons = []
    for tool in tools:
        reason = tool.module.why_not(folder)
        if reason is None:
            return Choice(tool, tuple(reasons))
        reasons.append(reason)
    if wanted:
        raise Mistake(f"TOOL={wanted} cannot be had: {reasons[0]}. Without TOOL= the best one here is taken.")
    raise Mistake(
        f"No profiler works here: {'; '.join(reasons)}. On Debian: apt-get install linux-perf (or valgrind)."
    )
