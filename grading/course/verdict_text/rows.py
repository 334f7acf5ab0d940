"""The shapes that a verdict is made of: a labelled row, a paragraph, and a block of text from elsewhere."""
from __future__ import annotations

import textwrap

from ..style import Style, printable

LABEL = 12


def row(style: Style, label: str, text: str) -> str:
    return f"  {style.dim(label.ljust(LABEL))} {text}"


def paragraph(text: str, style: Style) -> list[str]:
    """A terminal would break a long line in the middle of a word."""
    shown = "  " + printable(text)
    if style.columns is None:
        return ["", shown]
    wrapped = textwrap.wrap(
        shown, style.columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return ["", *wrapped]


def block(title: str, text: str, style: Style) -> list[str]:
    return ["", f"  {style.dim(title)}", *(f"    {line}" for line in printable(text).rstrip().splitlines())]
