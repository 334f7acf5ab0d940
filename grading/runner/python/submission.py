"""A learner's file as a module: loaded from its text, called by its real name in every message."""
from __future__ import annotations

import linecache
import os
import sys
import types
from pathlib import PurePosixPath


def read_all(descriptor: int) -> bytes:
    """A whole file, read without moving the place that all holders of the descriptor share."""
    text, chunk = b"", b"-"
    while chunk:
        chunk = os.pread(descriptor, 1 << 20, len(text))
        text += chunk
    os.close(descriptor)
    return text


def load(source: bytes, shown: str) -> types.ModuleType:
    """Runs the file; raises whatever it raises."""
    name = PurePosixPath(shown).stem
    module = types.ModuleType(name)
    module.__file__ = shown
    sys.modules[name] = module  # as an import does it
    lines = source.decode("utf-8", "replace").splitlines(keepends=True)
    # The file itself is out of reach: this is where tracebacks, and numba, find its lines.
    linecache.cache[shown] = (len(source), None, lines, shown)
    exec(compile(source, shown, "exec"), module.__dict__)
    return module
