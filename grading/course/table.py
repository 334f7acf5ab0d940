"""The table over all exercises."""
from __future__ import annotations

import os
import sys
from typing import Any, Mapping, Optional, Sequence, TextIO

from .figures import Interval, number, overall, times
from .statuses import status_of
from .style import columns_of, has_colour, has_unicode, plain

PIPE_WIDTH = 110


def gauge(p: Optional[float], unicode: bool) -> str:
    """How far one has come on the way to the solution, in ten cells."""
    if p is None:
        return ""
    full, empty = ("█", "·") if unicode else ("#", ".")
    cells = max(0, min(10, round(10 * p)))
    return full * cells + empty * (10 - cells)


def _p(verdict: Mapping[str, Any]) -> Optional[float]:
    p = verdict.get("p")
    median = p.get("median") if isinstance(p, Mapping) else None
    return float(median) if isinstance(median, (int, float)) else None


def _speed(value: Optional[Interval], full: bool) -> str:
    if value is None:
        return ""
    return times(value.median) + (f" {number(value.low)}…{number(value.high)}" if full else "")


def short_state(verdict: Mapping[str, Any]) -> str:
    return status_of(verdict.get("status")).short + (" (kept)" if verdict.get("kept") else "")


def width_of(stream: TextIO) -> int:
    given = os.environ.get("COLUMNS", "")
    asked_for = int(given) if given.isdecimal() and int(given) > 0 else PIPE_WIDTH
    return columns_of(stream) or asked_for


def columns_for(width: int) -> list[str]:
    """What fits: the less a column says, the sooner it goes."""
    columns = ["Exercise", "Title", "State", "Speedup", "Solution", "Points", "Progress"]
    for column, needed in (("Title", 110), ("Progress", 86), ("Solution", 66)):
        if width < needed:
            columns.remove(column)
    return columns


def print_table(
    columns: Mapping[str, Any],
    rows: Sequence[Sequence[tuple[str, str]]],
    out: TextIO,
    width: Optional[int] = None,
) -> None:
    """Prints rows of (text, rich's style); `columns` are rich's options by heading. No trailing spaces.

    What needs more than `width`, the terminal's unless it is given, is folded or cut off.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colour, unicode = has_colour(out), has_unicode(out)
    console = Console(
        file=out,
        width=width or width_of(out),
        no_color=not colour,
        highlight=False,
        emoji=False,
        markup=False,
        color_system="auto" if colour else None,
    )
    table = Table(box=box.SIMPLE_HEAD if unicode else box.ASCII2, pad_edge=False)
    for heading_text, options in columns.items():
        table.add_column(heading_text if unicode else plain(heading_text), overflow="fold", **options)
    for row in rows:
        table.add_row(*(Text(text if unicode else plain(text), style=style) for text, style in row))
    with console.capture() as captured:
        console.print(table)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    print("\n".join(line for line in lines if line), file=out)


def colour_of(status: str) -> str:
    """rich's name for the colour of a status."""
    return {"good": "bold green", "unsure": "bold yellow", "bad": "bold red"}[status_of(status).mood]


def show(verdicts: Sequence[Mapping[str, Any]], stream: Optional[TextIO] = None) -> None:
    """The table of `make check`; rich is loaded only here, as most commands do without it."""
    out = stream or sys.stdout
    width = width_of(out)
    right: dict[str, Any] = {"justify": "right", "no_wrap": True}
    options = {
        "Exercise": {"no_wrap": width >= 76},
        "Solution": right,
        "Points": right,
        "Progress": {"no_wrap": True},
    }
    columns = {name: options.get(name, {}) for name in columns_for(width)}
    rows = []
    for verdict in verdicts:
        points, status = verdict.get("points"), str(verdict.get("status"))
        cells = {
            "Exercise": str(verdict.get("exercise")),
            "Title": str(verdict.get("title", "")),
            "State": short_state(verdict),
            "Speedup": _speed(overall(verdict, "speedup"), width >= 76),
            "Solution": _speed(overall(verdict, "solution_speedup"), False),
            "Points": f"{points:.1f}" if isinstance(points, (int, float)) else "",
            "Progress": gauge(_p(verdict), has_unicode(out)),
        }
        rows.append([(cells[name], colour_of(status) if name == "State" else "") for name in columns])
    print_table(columns, rows, out)
