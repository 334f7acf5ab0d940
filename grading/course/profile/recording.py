"""What a profiler brings home, whichever it was: stacks of addresses, and their weights."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

ENTRY = "faster_scatter_run"  # what all work is below of
REPORT = "report.json"  # what the work says about itself, in the folder of the recording


class Place(NamedTuple):
    """Where a function was: the address that its program or library gives it, and the tool's name for it."""

    file: str
    address: int
    name: str


@dataclass
class Recording:
    """The stacks of one side, innermost place first, with their weights; what was not seen, in sentences."""

    stacks: dict[tuple[Place, ...], float] = field(default_factory=dict)
    samples: int = 0  # 0 where they are not samples
    complete: float = 1.0  # the share of the stacks that reach the beginning of the program or a thread
    kernel: bool = False  # can the time in the kernel be seen?

    def add(self, stack: tuple[Place, ...], weight: float) -> None:
        self.stacks[stack] = self.stacks.get(stack, 0.0) + weight


class ToolFailed(Exception):
    """A profiler did not do its work; one sentence."""
