"""An exception of a learner's file in words: a sentence for the verdict, and the way there in their lines."""
from __future__ import annotations

import difflib
import inspect
import linecache
import re
import traceback
from types import ModuleType
from typing import Any, Callable, Iterator, NamedTuple, Optional

import numba_errors

MOST_FRAMES = 8
MOST_LINES = 30
LONGEST = 230  # bytes of a message to the judge, less its end
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LENT_LIBRARY = re.compile(r"^/proc/self/fd/\d+: ")  # where submission.lend_library leads

# What is added to the words of an exception that leave it to be guessed.
REMEDIES = {
    r"^PermissionError": "the sandbox forbids it",
    r"No usable temporary directory": (
        'nothing can be written here, as a Manager and find_library do: use RawArray, or CDLL("libm.so.6")'
    ),
    r"^FileNotFoundError": "there are no files of yours in the sandbox",
    r"^OSError: /.*\.so: cannot open": "the library has the C++ file's name, with lib and .so around it",
    r"^ModuleNotFoundError": "this Python does not have it, and files beside yours are not read",
    r"^(Nvvm|Cuda)SupportError": "no GPU can be used here",
    r"^BlockingIOError: \[Errno 11\]|^OSError: \[Errno 24\]": (
        "so many processes cannot be had here: a pool needs as many as there are processors"
    ),
    r"^EOFError: EOF when reading a line|^BdbQuit": "nobody is there to answer",
    r"Don't know how to convert parameter": "tell ctypes what it takes: the function's argtypes",
    r"undefined symbol": 'a function for ctypes has to be extern "C" in the C++ file, under this name',
    r"(No matching definition|Invalid use of type\(CPUDispatcher).*readonly array": (
        "the inputs are read-only: leave the signature to numba"
    ),
    r"Cannot modify readonly|is read-only|WRITEABLE flag": "the inputs are read-only: change a copy",
    r"Untyped global name .*UndefinedType": "nothing has that name: is its import missing?",
    r"Untyped global name .*<class 'numpy.ufunc'>": "numba calls C functions in place of it: see lesson 09",
    r"dtype=Function\(<class 'complex'>": "compiled code calls it dtype=numpy.complex128",
    r"signature:\s+(>>> )?(zeros|ones|empty)\(int64, int64\)": "the shape is one argument: (rows, columns)",
    r"setitem\(array\(float64.*complex128\)": "an array for complex numbers needs dtype=numpy.complex128",
    r"Untyped global name .*<class 'function'>": "compiled code calls compiled functions: decorate it, too",
    r"'numpy.ndarray' object is not callable": "an element is array[i]; or a variable hides a function",
    r"Can't (pickle|get) local object|pickle.*<lambda>": "a pool finds functions at the top level only",
    r"^AttributeError: (Can't get attribute .* on |module '(scatter|sum)' has no)": (
        "the pool was made before it: make it in a function"
    ),
}


IF_MAIN = re.compile(r"""if __name__ *== *["']__main__["']""")
IMPORTED = "; the file is imported here: what stands below `if __name__` is not run"


class Place(NamedTuple):
    """A line of the learner's file, and the function that it is in."""

    line: int
    function: str


def _bytes(text: str) -> bytes:
    """As a message takes them; a text may hold half of a surrogate pair, which has no bytes."""
    return text.encode(errors="replace")


def _cut(text: str, size: int) -> str:
    text = " ".join(text.split())
    whole = _bytes(text)
    return text if len(whole) <= size else whole[: size - 3].decode(errors="ignore") + "..."


def _own_places(
    error: BaseException, shown: str, called: Optional[Callable[..., Any]]
) -> Iterator[Place]:
    """The lines that the learner wrote, outermost first: what lies below or above them is not theirs.

    Where there is none, as for a call that does not fit the function, it is where the function begins.
    """
    found = False
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == shown:
            found = True
            yield Place(line, frame.f_code.co_name)
    code = getattr(inspect.unwrap(called), "__code__", None) if called else None
    if not found and code and code.co_filename == shown:
        yield Place(numba_errors.first_line(code.co_firstlineno, shown), code.co_name)


def _remote_lines(error: BaseException, shown: str) -> list[int]:
    """The learner's lines in a pool's process, where the error came up: it brings its traceback as a text."""
    if not type(error.__cause__).__name__.endswith("RemoteTraceback"):
        return []
    places = [numba_errors.PLACE.match(line.strip()) for line in str(error.__cause__).splitlines()]
    return [int(place["line"]) for place in places if place and place["file"] == shown]


def _message(error: BaseException) -> str:
    try:
        return LENT_LIBRARY.sub("", COLOURS.sub("", str(error)))
    except BaseException:  # an exception class of the learner's own
        return ""


def _below_if_main(shown: str) -> str:
    """Where something is missing: it may stand where only a program of its own would come by."""
    return IMPORTED if any(IF_MAIN.match(line) for line in linecache.getlines(shown)) else ""


def _remedy(error: BaseException, shown: str) -> str:
    if type(error) is NameError and _below_if_main(shown):
        return IMPORTED
    said = f"{type(error).__name__}: {_message(error)}"
    fitting = (f"; {remedy}" for sign, remedy in REMEDIES.items() if re.search(sign, said, re.DOTALL))
    return next(fitting, "")


def _line(error: BaseException, shown: str, own: list[Place]) -> Optional[int]:
    """The line that the sentence names: the innermost."""
    if isinstance(error, SyntaxError) and error.filename == shown:
        return error.lineno
    if numba_errors.is_from_numba(error):
        named = numba_errors.place(error, _message(error), shown)
        if named is not None:
            return named
    return [own[-1].line, *_remote_lines(error, shown)][-1] if own else None


def _what(error: BaseException) -> str:
    """The message, or of a page of it the line that matters."""
    message = error.msg if isinstance(error, SyntaxError) else _message(error)
    return numba_errors.says(message) if numba_errors.is_from_numba(error) else message


def sentence(error: BaseException, shown: str, called: Optional[Callable[..., Any]] = None) -> str:
    """TypeError: unsupported operand (line 9 of exercises/…/sum.py: `total += None`)"""
    line = _line(error, shown, list(_own_places(error, shown, called)))
    kind, what, remedy = type(error).__name__, _what(error).rstrip(".:\n"), _remedy(error, shown)
    where = code = ""
    if line is not None:
        where, code = f" (line {line} of {shown})", _cut(linecache.getline(shown, line), 60)
    room = LONGEST - len(_bytes(kind + remedy + where)) - 2
    if code and len(_bytes(what + code)) + 4 <= room:
        where = f"{where[:-1]}: `{code}`)"
    return (f"{kind}: {_cut(what, room)}" if what else kind) + remedy + where


def way_there(error: BaseException, shown: str, called: Optional[Callable[..., Any]] = None) -> str:
    """A traceback of the learner's own frames, shortened; what else numba has to say follows it."""
    own = list(_own_places(error, shown, called))
    left_out = len(own) - MOST_FRAMES
    if left_out > 0:
        own = own[: MOST_FRAMES // 2] + own[-MOST_FRAMES // 2:]
    lines = ["Traceback (your own lines):"] if own else []
    for number, (line, function) in enumerate(own):
        if left_out > 0 and number == MOST_FRAMES // 2:
            lines.append(f"  ... {left_out} more")
        lines.append(f'  File "{shown}", line {line}, in {function}')
        lines.append(f"    {linecache.getline(shown, line).strip()}")
    for number, line in enumerate(_remote_lines(error, shown)):
        lines += ["  and in another process:"] if number == 0 else []
        lines += [f'  File "{shown}", line {line}', f"    {linecache.getline(shown, line).strip()}"]
    what = _what(error)
    lines.append(f"{type(error).__name__}: {what}" if what else type(error).__name__)
    message = _message(error)
    if numba_errors.is_from_numba(error) and message != what:
        lines.append("numba says besides:")
        lines += [f"  {line}" for line in message.splitlines()]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"... and {len(lines) - MOST_LINES} lines more"]
    return "\n".join(_cut_line(line) for line in lines)


def _cut_line(line: str) -> str:
    return line if len(line) <= 200 else line[:197] + "..."


def no_function(module: ModuleType, shown: str, family: ModuleType) -> str:
    """Nothing has the name that is called; perhaps something has nearly that name."""
    own = [name for name, value in vars(module).items() if callable(value)]
    alike = difflib.get_close_matches(family.FUNCTION, own, 1)
    hint = f"; it has {alike[0]}" if alike else _below_if_main(shown)
    return f"{shown} does not define the function {family.SIGNATURE}{hint}"
