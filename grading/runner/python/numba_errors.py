"""What numba says when it cannot compile a function: the one line of a page that matters, and the place."""
from __future__ import annotations

import itertools
import linecache
import re
import traceback
from types import TracebackType
from typing import Optional

STEP = re.compile(r"^Failed in \w+ mode pipeline \(step: .*\)$")
INTERNAL = re.compile(r"^Internal error at (resolving type of attribute|<numba\.core\.typeinfer\.)")
REJECTED = "Rejected as the implementation raised a specific error:"
# Reasons that say less than the call itself: of numba's own inside, or of a second attempt.
EMPTY_REASON = re.compile(r"^(Failed in|- Resolution failure|Poison)")
PLACE = re.compile(r'^File "(?P<file>[^"]+)", line (?P<line>\d+)')
RAISED_FROM = re.compile(r"\.? Raised from (?P<file>.+?)(?: \((?P<line>\d+)\))?$")  # since 0.58


def is_from_numba(error: BaseException) -> bool:
    """Not all that numba raises has a class of its own: what comes up while it compiles is its, too."""
    own_class = any(each.__module__.startswith("numba.") for each in type(error).__mro__)
    return own_class or _compiled(error.__traceback__) is not None


def says(message: str) -> str:
    """The line that matters: the first after the compiler's own steps, or the reason that stands below it."""
    lines = [RAISED_FROM.sub("", line.strip()) for line in message.splitlines()]
    matters = [line for line in lines if line and not STEP.match(line) and not INTERNAL.match(line)]
    if not matters:
        return message
    first = matters[0]
    if first.endswith(("for signature:", "signature")) and len(matters) > 1:
        call = matters[1].lstrip("> ")  # … for signature: add(array, none)
        reason = _reason(matters)
        return f"{reason}, in {call}" if reason else f"{first} {call}"
    return first


def _reason(lines: list[str]) -> str:
    """Why the likeliest implementation does not take this call, where numba has one that says so."""
    if REJECTED not in lines[:-1]:
        return ""
    reason = lines[lines.index(REJECTED) + 1].partition(": ")[2]  # NumbaTypeError: …
    return "" if EMPTY_REASON.match(reason) else reason


def place(error: BaseException, message: str, shown: str) -> Optional[int]:
    """The line in the learner's file that numba names; or else where the function begins that it compiles."""
    for line in message.splitlines():
        found = PLACE.match(line.strip()) or RAISED_FROM.search(line)
        if found and found["file"] == shown:
            return int(found["line"])
    location = getattr(error, "loc", None)
    if getattr(location, "filename", None) == shown:
        return int(location.line)  # type: ignore[union-attr]
    code = getattr(_compiled(error.__traceback__), "__code__", None)
    return first_line(code.co_firstlineno, shown) if code and code.co_filename == shown else None


def _compiled(trace: Optional[TracebackType]) -> Optional[object]:
    """The innermost function that a dispatcher of numba was compiling when the exception came up."""
    function = None
    for frame, _ in traceback.walk_tb(trace):
        if frame.f_code.co_name == "_compile_for_args":
            function = getattr(frame.f_locals.get("self"), "py_func", function)
    return function


def first_line(line: int, shown: str) -> int:
    """The line with `def`: a function's code begins with its decorators."""
    for number in itertools.count(line):
        text = linecache.getline(shown, number)
        if not text:
            return line
        if text.lstrip().startswith("def "):
            return number
    return line
