"""Showing a model solution with its notes; whoever has not passed yet is asked first."""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Mapping

from . import history
from .errors import CourseBroken, reason
from .exercise import Exercise
from .style import has_colour


def may_be_shown(exercise: Exercise) -> bool:
    """Yes after a pass; else the person decides, and where nobody can be asked, it stays hidden."""
    if history.has_passed(exercise):
        return True
    hint = f"make hint EX={exercise.short_name} gives one hint more at each call"
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
        raise CourseBroken(f"{exercise.tree.shown(path)} cannot be read: {reason(error)}.") from None


def show(exercise: Exercise) -> None:
    """The solution's files and its notes: dressed on a terminal, as they are in a pipe."""
    paths = [*(part.solution for part in exercise.parts), exercise.notes]
    texts = {path: _text(exercise, path) for path in paths}
    if has_colour(sys.stdout):
        _show_dressed(exercise, texts)
    else:
        print("\n".join(f"{exercise.tree.shown(path)}\n\n{text}" for path, text in texts.items()))


def _show_dressed(exercise: Exercise, texts: Mapping[Path, str]) -> None:
    from rich.console import Console, RenderableType
    from rich.markdown import Markdown
    from rich.rule import Rule
    from rich.syntax import Syntax

    languages = {".cpp": "cpp", ".py": "python", ".toml": "toml"}
    console = Console()
    for path, text in texts.items():
        shown: RenderableType = Markdown(text)
        if path.suffix in languages:
            language = languages[path.suffix]
            shown = Syntax(text, language, theme="ansi_dark", background_color="default", word_wrap=True)
        console.print(Rule(exercise.tree.shown(path)))
        console.print(shown)
    console.print(Rule())
