"""The two shapes that a verdict is made of: a labelled row, and a block of text from elsewhere."""
from __future__ import annotations

from ..style import Style, printable

LABEL = 12


def row(style: Style, label: str, text: str) -> str:
    return f"  {style.dim(label.ljust(LABEL))} {text}"


def block(title: str, text: str, style: Style) -> list[str]:
    return ["", f"  {style.dim(title)}", *(f"    {line}" for line in printable(text).rstrip().splitlines())]
