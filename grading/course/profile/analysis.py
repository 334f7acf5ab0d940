"""What a profile says: the time by function and by line, and how two sides differ."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Iterable, Sequence

from .model import Side, Step


@dataclass
class Spent:
    """Milliseconds of one call: in a function or line itself, and together with everything that it calls."""

    own: float = 0.0
    total: float = 0.0


def by_function(side: Side) -> dict[str, Spent]:
    spent: dict[str, Spent] = defaultdict(Spent)
    for stack, milliseconds in side.stacks.items():
        spent[stack[-1].function].own += milliseconds
        for function in {step.function for step in stack}:
            spent[function].total += milliseconds
    return dict(spent)


def by_line(side: Side) -> dict[int, Spent]:
    """The same for the lines of the submission's own source."""
    if side.lines is not None:
        return {line: Spent(0.0, each.total) for line, each in side.lines.items()}
    spent: dict[int, Spent] = defaultdict(Spent)
    for stack, milliseconds in side.stacks.items():
        if stack[-1].own:
            spent[stack[-1].line].own += milliseconds
        for line in {step.line for step in stack if step.own}:
            spent[line].total += milliseconds
    return {line: each for line, each in spent.items() if line > 0}


def _outside(stack: Sequence[Step]) -> Iterable[str]:
    """The functions of others that the submission's own code calls."""
    for caller, callee in zip(stack, stack[1:]):
        if caller.own and not callee.own:
            yield callee.function


def own_and_called(side: Side) -> dict[str, Spent]:
    """What a reader of the source knows by name: its own functions, and those that it calls directly."""
    known: set[str] = set()
    for stack in side.stacks:
        known.update(step.function for step in stack if step.own)
        known.update(_outside(stack))
    return {name: spent for name, spent in by_function(side).items() if name in known}
