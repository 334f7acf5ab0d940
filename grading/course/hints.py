"""The hints of a lesson, one more at each call: read from the lesson itself, there is no second place."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .errors import Mistake
from .exercise import Exercise
from .files import write_atomically

SECTION = re.compile(r"^##[ \t]+Hints[ \t]*$(.*?)(?=^##[ \t]|\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)


@dataclass(frozen=True)
class Hint:
    """One hint: what its summary line says, and the text that unfolds."""

    summary: str
    text: str


def read(exercise: Exercise) -> list[Hint]:
    try:
        lesson = exercise.lesson.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Mistake(f"{exercise.tree.shown(exercise.lesson)} cannot be read: {error.strerror}.") from None
    section = SECTION.search(lesson)
    return [
        Hint(" ".join(summary.split()), text.strip())
        for summary, text in BLOCK.findall(section.group(1) if section else "")
    ]


def _state(exercise: Exercise) -> Path:
    return exercise.tree.build / "hints" / exercise.name


def shown_so_far(exercise: Exercise) -> int:
    try:
        return max(0, int(_state(exercise).read_text()))
    except (OSError, ValueError):
        return 0  # never asked, or the note is damaged: start over


def one_more(exercise: Exercise) -> str:
    """The next hint as a text, and takes note of it; after the last one, where the solution is."""
    hints = read(exercise)
    shown = exercise.tree.shown
    position = shown_so_far(exercise)
    if position >= len(hints):
        first = (
            f"There are no more hints for {exercise.name}"
            if hints
            else f"There are no hints for {exercise.name}"
        )
        again = f"; all {len(hints)} stand in {shown(exercise.lesson)}" if hints else ""
        return (
            f"{first}{again}.\nmake solution EX={exercise.short_name} shows {shown(exercise.solution)}, "
            "and why it is fast."
        )
    write_atomically(_state(exercise), f"{position + 1}\n".encode())
    hint, left = hints[position], len(hints) - position - 1
    summary = re.sub(r"^Hint\s+\d+:?\s*", "", hint.summary)
    more = f"{left} more: make hint EX={exercise.short_name}" if left else "This was the last one."
    return f"{exercise.name}, hint {position + 1} of {len(hints)}: {summary}\n\n{hint.text}\n\n{more}"
