"""An exception of a learner's file in words: a sentence for the verdict, and the way there in their lines."""
from __future__ import annotations

import linecache
import re
import traceback
from types import TracebackType
from typing import Iterator, Optional

MOST_FRAMES = 8
MOST_LINES = 30
LONGEST = 230  # bytes of a message to the judge, less its end
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
STEP = re.compile(r"^Failed in \w+ mode pipeline \(step: .*\)$")
PLACE = re.compile(r'^File "(?P<file>[^"]+)", line (?P<line>\d+)')


def _cut(text: str, size: int) -> str:
    text = " ".join(text.split())
    return text if len(text.encode()) <= size else text.encode()[: size - 3].decode(errors="ignore") + "..."


def _frames(trace: Optional[TracebackType], shown: str) -> Iterator[tuple[str, int, str]]:
    """The frames that the learner wrote, outermost first: what lies below or above them is not theirs."""
    for frame, line in traceback.walk_tb(trace):
        if frame.f_code.co_filename == shown:
            yield shown, line, frame.f_code.co_name


def _remote_lines(error: BaseException, shown: str) -> list[int]:
    """The learner's lines in a pool's process, where the error came up: it brings its traceback as a text."""
    if not type(error.__cause__).__name__.endswith("RemoteTraceback"):
        return []
    places = [PLACE.match(line.strip()) for line in str(error.__cause__).splitlines()]
    return [int(place["line"]) for place in places if place and place["file"] == shown]


def _message(error: BaseException) -> str:
    try:
        message = COLOURS.sub("", str(error))
        if isinstance(error, PermissionError):
            message += "; the sandbox forbids it"
        if "undefined symbol" in message:
            message += "; a function for ctypes has to be extern \"C\" in the C++ file"
        if "No matching definition" in message and "readonly array" in message:
            message += "; the inputs are read-only arrays: leave the signature to numba"
        return message
    except BaseException:  # an exception class of the learner's own
        return ""


def is_from_numba(error: BaseException) -> bool:
    return any(each.__module__.startswith("numba.") for each in type(error).__mro__)


def numba_says(message: str) -> str:
    """The one line that matters of a message which has a page: the first after the compiler's own steps."""
    lines = [line.strip() for line in message.splitlines()]
    matters = [line for line in lines if line and not STEP.match(line)]
    if not matters:
        return message
    first = matters[0]
    if first.endswith(("for signature:", "signature")) and len(matters) > 1:
        first += " " + matters[1].lstrip("> ")  # … for signature: add(array, none)
    return first


def _numba_place(message: str, shown: str) -> Optional[int]:
    """The line in the learner's file that numba names, since no frame does."""
    for line in message.splitlines():
        found = PLACE.match(line.strip())
        if found and found["file"] == shown:
            return int(found["line"])
    return None


def sentence(error: BaseException, shown: str) -> str:
    """TypeError: unsupported operand (line 9 of exercises/…/sum.py: `total += None`)"""
    message = _message(error)
    numba = is_from_numba(error)
    own = list(_frames(error.__traceback__, shown))
    line = _numba_place(message, shown) if numba else None
    if isinstance(error, SyntaxError) and error.filename == shown:
        line, message = error.lineno, error.msg
    if line is None and own:
        line = [own[-1][1], *_remote_lines(error, shown)][-1]
    where = ""
    if line is not None:
        code = _cut(linecache.getline(shown, line), 60)
        where = f" (line {line} of {shown}" + (f": `{code}`)" if code else ")")
    kind = type(error).__name__
    what = _cut(numba_says(message) if numba else message, LONGEST - len((kind + where).encode()) - 2)
    return (f"{kind}: {what}" if what else kind).rstrip(".") + where


def way_there(error: BaseException, shown: str) -> str:
    """A traceback of the learner's own frames, shortened; what else numba has to say follows it."""
    own = list(_frames(error.__traceback__, shown))
    left_out = len(own) - MOST_FRAMES
    if left_out > 0:
        own = own[: MOST_FRAMES // 2] + own[-MOST_FRAMES // 2:]
    lines = ["Traceback (your own lines):"] if own else []
    for number, (file, line, function) in enumerate(own):
        if left_out > 0 and number == MOST_FRAMES // 2:
            lines.append(f"  ... {left_out} more")
        lines.append(f'  File "{file}", line {line}, in {function}')
        lines.append(f"    {linecache.getline(file, line).strip()}")
    for number, line in enumerate(_remote_lines(error, shown)):
        lines += ["  and in another process:"] if number == 0 else []
        lines += [f'  File "{shown}", line {line}', f"    {linecache.getline(shown, line).strip()}"]
    message = _message(error)
    if is_from_numba(error):
        lines.append(f"{type(error).__name__}: {numba_says(message)}")
        lines.append("numba says besides:")
        lines += [f"  {line}" for line in message.splitlines()]
    else:
        lines.append(f"{type(error).__name__}: {message}" if message else type(error).__name__)
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"... and {len(lines) - MOST_LINES} lines more"]
    return "\n".join(_cut_line(line) for line in lines)


def _cut_line(line: str) -> str:
    return line if len(line) <= 200 else line[:197] + "..."
