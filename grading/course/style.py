"""Colour and signs for a terminal; plain text everywhere else."""
from __future__ import annotations

import os
from typing import Optional, TextIO


def has_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def has_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") in ("utf8", "utf16", "utf32")


def columns_of(stream: TextIO) -> Optional[int]:
    """A terminal's; elsewhere a line may have any length."""
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return 80


def plain(text: str) -> str:
    """For a stream without Unicode: the signs that figures need."""
    for sign, others in (("×", "x"), ("…", ".."), ("·", "-"), ("−", "-"), ("–", "-"), ("≈", "~")):
        text = text.replace(sign, others)
    return text


def printable(text: str) -> str:
    """Text that came from elsewhere, without anything that could steer the terminal."""
    return "".join(
        sign if sign.isprintable() or sign in "\n" else "    " if sign == "\t" else "?" for sign in text
    )


class Style:
    """How a text is dressed for one stream."""

    def __init__(self, colour: bool, unicode: bool = True, columns: Optional[int] = None) -> None:
        self.colour = colour
        self.unicode = unicode
        self.columns = columns

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        return cls(has_colour(stream), has_unicode(stream), columns_of(stream))

    def _dressed(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colour else text

    def bold(self, text: str) -> str:
        return self._dressed("1", text)

    def dim(self, text: str) -> str:
        return self._dressed("2", text)

    def good(self, text: str) -> str:
        return self._dressed("1;32", text)

    def bad(self, text: str) -> str:
        return self._dressed("1;31", text)

    def unsure(self, text: str) -> str:
        return self._dressed("1;33", text)
