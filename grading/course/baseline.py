"""The program that times the original Python: its figures stand in verdicts, and at the ladder's top."""
from __future__ import annotations

import sys

from .errors import Mistake
from .machine import processor
from .tree import Tree


def measuring(tree: Tree) -> list[str]:
    """The call that writes the figures. They bear this processor's name: those of another are made anew."""
    program = tree.baseline / "python" / "measure.py"
    if not program.is_file():
        raise Mistake(f"{tree.shown(program)} is missing; this checkout is not whole.")
    figures = str(tree.python_baseline_figures)
    return [sys.executable, str(program), "--output", figures, "--machine", processor()]
