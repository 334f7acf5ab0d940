"""A side's stacks as the tree that the flame graph draws."""
from __future__ import annotations

from typing import Any

from ..analysis import by_function, by_line
from ..model import Side

LEAST = 0.0005  # of a call: what is narrower is drawn by nobody's screen
LONGEST_NAME = 120


def _line_text(side: Side, line: int) -> str:
    texts = side.text.splitlines()
    return texts[line - 1].strip() if 0 < line <= len(texts) else f"line {line}"


class _Node:
    """A function or a line, with all that was spent below it on this way."""

    def __init__(self, name: str, key: str, about: str) -> None:
        self.name, self.key, self.about = name, key, about
        self.value = 0.0
        self.children: dict[str, _Node] = {}

    def child(self, name: str, key: str, about: str) -> _Node:
        if key not in self.children:
            self.children[key] = _Node(name, key, about)
        return self.children[key]

    def as_json(self, least: float) -> dict[str, Any]:
        children = sorted(self.children.values(), key=lambda each: each.key)
        return {
            "name": self.name[:LONGEST_NAME],
            "key": self.key,
            "about": self.about,
            "value": self.value,
            "children": [each.as_json(least) for each in children if each.value >= least],
        }


def tree(side: Side) -> dict[str, Any]:
    """One call at the root; a function's own time is shared out to its lines, where the source is known."""
    root = _Node("one call", "one call", "")
    for stack, milliseconds in side.stacks.items():
        root.value += milliseconds
        node = root
        for step in stack:
            node = node.child(step.function, step.function, step.library if not step.own else step.file)
            node.value += milliseconds
        last = stack[-1]
        if last.own and last.line and side.lines is None:
            text = _line_text(side, last.line)
            node = node.child(f"{last.line}: {text}", f"line {text}", f"{last.file}, line {last.line}")
            node.value += milliseconds
    return root.as_json(LEAST * root.value)


def totals(side: Side) -> dict[str, float]:
    """Milliseconds of a call by the nodes' keys, wherever they stand in the tree."""
    found = {name: spent.total for name, spent in by_function(side).items()}
    for line, spent in by_line(side).items():
        key = f"line {_line_text(side, line)}"
        found[key] = found.get(key, 0.0) + spent.own
    found["one call"] = sum(side.stacks.values())
    return found
