"""What a sanitizer or memcheck complained of, in plain words, and where in the source that is."""
from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from . import kinds

IN_PLAIN_WORDS = {  # for what is found, by a part of the sanitizers' words for it
    "use-after-poison": "outside of the arrays that the function was given",
    "heap-buffer-overflow": "outside of memory that it allocated",
    "stack-buffer-overflow": "outside of a local array",
    "global-buffer-overflow": "outside of a global array",
    "heap-use-after-free": "memory that it has already freed",
    "stack-use-after-return": "a local variable of a function that has returned",
    "stack-use-after-scope": "a local variable whose block has ended",
    "stack-overflow": "a function that calls itself on and on, or very large local arrays",
    "double-free": "memory that it frees twice",
    "alloc-dealloc-mismatch": "what malloc gives is for free, what new gives for delete, new[] for delete[]",
    "requested allocation size": "more memory than there can be",
    "SEGV": "an address where it has no memory",
    "ABRT": "it gave up: abort(), or an exception that nobody caught",
    "data race": "two threads use the same memory at a time, and one of them writes",
    "RSS limit": "more than {limit} MiB of memory",
    "SIGXFSZ": "it prints on and on",
    "detected memory leaks": "memory that it allocated and nobody frees",
    "out of bounds for type": "an index that the array does not have",
    "insufficient space": "outside of an array or of a variable",
    "variable length array bound": "a local array of no elements, or of fewer than none",
    "signed integer overflow": "the result is too large for its type",
    "outside the range of representable values": "the number is too large for the type that it becomes",
    "shift exponent": "a shift by more bits than the type has, or by less than none",
    "null pointer": "a pointer that points to nothing",
    "misaligned address": "a pointer to a place where a value of this type cannot begin",
    "not a valid value for type": "memory that nobody has given a value of this type",
    "depends on uninitialised value": "it decides by memory that nobody has given a value",
    "Use of uninitialised value": "an address from memory that nobody has given a value",
    "points to uninitialised byte": "an answer from memory that nobody has given a value, or no answer",
    "without returning a value": "the function promises a result and ends without return",
}


@dataclass(frozen=True)
class Finding:
    """What a sanitizer said, and where in the source that is."""

    what: str
    where: str


def read(report: str, source: Path, shown: str) -> Optional[Finding]:
    """The first thing that a sanitizer complained of, if it did."""
    found = re.search(
        r"Assertion '(?P<assertion>[^\n]+)' failed"
        r"|ERROR: AddressSanitizer: (?P<address>[^\n]+?)(?: on (?:unknown )?address|\n)"
        r"|runtime error: (?P<undefined>[^\n]+)"
        r"|(?:WARNING|ERROR): ThreadSanitizer: (?P<thread>[^\n(]+)"
        r"|ERROR: LeakSanitizer: (?P<leak>[^\n]+)"
        r"|^==\d+== (?P<value>(?:Conditional jump|Use of uninit|Syscall param|Invalid )[^\n]+)",
        report,
        re.MULTILINE,
    )
    if not found:
        return None
    what = next(text for text in found.groups() if text).strip()
    if found["assertion"]:
        what = f"an index or a size that its container does not have ({what})"
    else:
        known = [words for part, words in IN_PLAIN_WORDS.items() if part in what]
        what += f" ({known[0].format(limit=kinds.MEMORY_MIB)})" if known else ""
    start = max(0, report.rfind("\n", 0, found.start()))  # UBSan names the place in front of its words
    return Finding(what, _where(report[start:], source, shown))


def _where(report: str, source: Path, shown: str) -> str:
    """The first line of the report that is in the file."""
    for file, line in re.findall(r"([^\s()]+?):(\d+)(?::\d+)?\b", report):
        if os.path.basename(file) == source.name and os.path.realpath(file) == os.path.realpath(source):
            return f"{shown}:{line}"
    return shown


def without_copies_for_tasks(report: str) -> str:
    """Leaves out what ThreadSanitizer says of memory that the OpenMP runtime itself has asked for. A task
    takes copies of variables along in such memory, and the runtime uses it again for later tasks: in an order
    that it knows and archer does not tell."""
    own = re.compile(r"Location is heap block of size[^\n]*\n *#0 malloc[^\n]*\n *#1 [^\n]*\(libomp\.so")
    bar = "=" * 18 + "\n"
    return bar.join(part for part in report.split(bar) if not own.search(part))
