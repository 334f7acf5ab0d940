"""What is going on right now, on stderr: one live line on a terminal, a plain line now and then elsewhere."""
from __future__ import annotations

import sys
import time
from typing import Any, Mapping, Optional, TextIO

from .figures import number
from .style import has_unicode, plain


def _in_words(event: Mapping[str, Any]) -> str:
    """The judge's progress line for a person."""
    kind = event.get("event")
    if kind == "cases":
        return f"checking that it is right: {event.get('done', 0)} of {event.get('total', '?')} cases"
    if kind == "rounds":
        elapsed, budget, speedup = (event.get(key) for key in ("elapsed", "budget", "speedup"))
        text = "measuring"
        if isinstance(elapsed, (int, float)) and isinstance(budget, (int, float)):
            # The judge goes on when it has no figure yet: on a slow or busy machine up to four times as long.
            limit = f" of at most {budget:g} s" if elapsed <= budget else ", not enough yet"
            text += f": {elapsed:.1f} s{limit}"
        if isinstance(speedup, (int, float)):
            text += f", {number(speedup)}× so far"
        return text
    return ""


class Progress:
    """Plain lines: one when something else begins, and one every five seconds while it goes on."""

    def __init__(self, stream: Optional[TextIO] = None) -> None:
        self.stream = stream or sys.stderr
        self.subject = ""
        self.said_kind = ""
        self.said_at = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *reason: object) -> None:
        return None

    def begin(self, subject: str) -> None:
        """The following is about this subject: an exercise."""
        self.subject = subject
        self.said_kind = ""

    def step(self, text: str, kind: Optional[str] = None) -> None:
        now = time.monotonic()
        if (kind or text) == self.said_kind and now - self.said_at < 5.0:
            return
        self.said_kind, self.said_at = kind or text, now
        print(f"{self.subject}: {text}", file=self.stream, flush=True)

    def event(self, event: Mapping[str, Any]) -> None:
        text = _in_words(event)
        if text:
            self.step(text if has_unicode(self.stream) else plain(text), str(event.get("event")))

    def tick(self) -> None:
        """Called often while waiting."""


class LiveProgress(Progress):
    """One line that changes in place; drawn by us, not by a thread, to leave the processors to the judge."""

    def __init__(self, stream: Optional[TextIO] = None) -> None:
        super().__init__(stream)
        self.text = ""
        self.drawn = 0.0
        self.live: Any = None

    def _start(self) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner

        self.spinner = Spinner("dots")
        console = Console(file=self.stream, highlight=False, markup=False)
        self.live = Live(
            self.spinner,
            console=console,
            transient=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self.live.start()

    def __exit__(self, *reason: object) -> None:
        if self.live:
            self.live.stop()
            self.live = None

    def step(self, text: str, kind: Optional[str] = None) -> None:
        first = self.live is None
        if first:
            self._start()
        self.text = f"{self.subject}: {text}"
        self._draw(at_once=first or kind is None)

    def tick(self) -> None:
        if self.live:
            self._draw()

    def _draw(self, at_once: bool = False) -> None:
        now = time.monotonic()
        if at_once or now - self.drawn >= 0.125:
            from rich.text import Text

            self.drawn = now
            self.spinner.update(text=Text(self.text, no_wrap=True, overflow="ellipsis"))
            self.live.refresh()


def for_stream(stream: Optional[TextIO] = None) -> Progress:
    import os

    out = stream or sys.stderr
    return LiveProgress(out) if out.isatty() and os.environ.get("TERM") != "dumb" else Progress(out)
