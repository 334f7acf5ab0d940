"""What a Python exercise needs in place of a compiler: its files, its interpreter, and its modules."""
from __future__ import annotations

import importlib.util
import platform
import sys
from pathlib import Path
from typing import Optional

from .exercise import Exercise
from .machine import Compiler

# Compiles and forgets; run in a process of its own, since a parser can be made to need much time or memory.
CHECK_SYNTAX = """
import sys, traceback
file, shown = sys.argv[1:]
try:
    compile(open(file, "rb").read(), shown, "exec", dont_inherit=True)
except (SyntaxError, ValueError) as error:
    if isinstance(error, SyntaxError) and error.text is None and error.lineno:
        lines = open(file, "rb").read().decode(errors="replace").splitlines()
        error.text = lines[error.lineno - 1] if error.lineno <= len(lines) else None
    print("".join(traceback.format_exception_only(type(error), error)).rstrip())
    if any(sign in str(error) for sign in ("null bytes", "codec can't decode", "Non-UTF-8 code")):
        print("Save the file as UTF-8: another encoding is not read.")
    sys.exit(1)
"""


def own_files(exercise: Exercise) -> list[Path]:
    """The files of the modules that are the course's own: baseline/NAME/, with NAME.py and what it needs."""
    folders = [exercise.tree.baseline / name for name in exercise.modules]
    own = [folder for folder in folders if (folder / f"{folder.name}.py").is_file()]
    return [path for folder in own for path in sorted(folder.iterdir()) if path.is_file()]


def missing_module(exercise: Exercise) -> Optional[str]:
    """The first module that the exercise is about and this interpreter has not."""
    own = {path.stem for path in own_files(exercise)}
    for name in exercise.modules:
        if name in own:
            continue
        try:
            found = importlib.util.find_spec(name) is not None
        except (ImportError, ValueError):
            found = False
        if not found:
            return name
    return None


def _version(module: str) -> str:
    import importlib.metadata  # here, since it takes a quarter of a command's start, and few commands ask

    try:
        return importlib.metadata.version(module.split(".", 1)[0])
    except importlib.metadata.PackageNotFoundError:
        return ""


def versions(exercise: Exercise) -> str:
    """Python 3.11.2, numpy 1.24.2, …: what the speeds depend on, and a verdict shows."""
    distributions = dict.fromkeys(module.split(".", 1)[0] for module in exercise.modules)
    named = [f"{module} {_version(module)}".strip() for module in distributions]
    return ", ".join([f"Python {platform.python_version()}", *named])


def as_compiler() -> Compiler:
    """This interpreter in the place where a compiler is run, with its limits."""
    return Compiler((sys.executable, "-I", "-S"), f"Python {platform.python_version()}")


def check_syntax(file: str, shown: str) -> list[str]:
    """The interpreter's arguments: exit code 1 and a message where the grammar is wrong."""
    return ["-c", CHECK_SYNTAX, file, shown]
