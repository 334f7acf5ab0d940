"""Showing a model solution with its notes; whoever has not passed yet is asked first."""
from __future__ import annotations

import sys
from pathlib import Path

from . import history
from .errors import CourseBroken
from .exercises import Exercise
from .style import has_colour


def may_be_shown(exercise: Exercise) -> bool:
    """Yes after a pass; else the person decides, and where nobody can be asked, it stays hidden."""
    if history.has_passed(exercise):
        return True
    hint = f"make hint EX={exercise.number} gives one hint more at each call"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(
            f"{exercise.name} has not passed yet, and {hint}. FORCE=1 shows the solution all the same.",
            file=sys.stderr,
        )
        return False
    print(f"{exercise.name} has not passed yet, and {hint}.", file=sys.stderr)
    print("Show the solution all the same? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _text(exercise: Exercise, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseBroken(f"{exercise.tree.shown(path)} cannot be read: {error}.") from None


def show(exercise: Exercise) -> None:
    """The solution's file and its notes: dressed on a terminal, as they are in a pipe."""
    code, notes = _text(exercise, exercise.solution), _text(exercise, exercise.notes)
    shown = exercise.tree.shown
    if has_colour(sys.stdout):
        _show_dressed(exercise, code, notes)
    else:
        out = sys.stdout.encoding or "utf-8"
        text = f"{shown(exercise.solution)}\n\n{code}\n{shown(exercise.notes)}\n\n{notes}"
        print(text.encode(out, "replace").decode(out))


def _show_dressed(exercise: Exercise, code: str, notes: str) -> None:
    from rich.console import Console, RenderableType
    from rich.markdown import Markdown
    from rich.rule import Rule
    from rich.syntax import Syntax

    language = {"c++": "cpp", "python": "python"}[exercise.language.name]
    console = Console()
    parts: list[RenderableType] = [
        Rule(exercise.tree.shown(exercise.solution)),
        Syntax(code, language, theme="ansi_dark", background_color="default", word_wrap=True),
        Rule(exercise.tree.shown(exercise.notes)),
        Markdown(notes),
        Rule(),
    ]
    for part in parts:
        console.print(part)
