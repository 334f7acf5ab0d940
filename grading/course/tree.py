"""Where everything stands in a checkout."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .errors import Mistake

FOLDER = re.compile(r"[0-9][0-9]-[a-z0-9]+(-[a-z0-9]+)*")  # an exercise's


@dataclass(frozen=True)
class Tree:
    """A checkout of the course."""

    root: Path

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def baseline(self) -> Path:
        return self.root / "baseline"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def judge(self) -> Path:
        return self.build / "bin" / "judge"

    @property
    def runner(self) -> Path:
        return self.build / "bin" / "runner"

    @property
    def interface(self) -> Path:
        """The headers that a submission includes."""
        return self.root / "grading" / "interface"

    @property
    def library(self) -> Path:
        """Headers that only those exercises may include which name them."""
        return self.root / "grading" / "library"

    @property
    def runner_sources(self) -> Path:
        """Where the adapters, the limits and the version script stand."""
        return self.root / "grading" / "runner"

    @property
    def families(self) -> Path:
        return self.runner_sources / "families"

    def families_in(self, language: str) -> Path:
        """Where a language's families are: what hands a batch to the learner's function."""
        return self.families if language == "c++" else self.runner_sources / "python" / "families"

    @property
    def python_runner(self) -> Path:
        return self.runner_sources / "python" / "runner.py"

    @property
    def runner_walls(self) -> Path:
        """The C++ part of the Python runner."""
        return self.build / "bin" / "librunner_walls.so"

    @property
    def python_baseline_figures(self) -> Path:
        return self.build / "baseline.json"

    def shown(self, path: Path) -> str:
        """The path as a person types it, from the checkout's root."""
        try:
            return str(path.relative_to(self.root))
        except ValueError:
            return str(path)


def folders(tree: Tree) -> list[Path]:
    """The exercises' folders, in the course's order."""
    if not tree.exercises.is_dir():
        raise Mistake(f"There is no folder exercises/ in {tree.root}; is this a checkout of the course?")
    return sorted(path for path in tree.exercises.iterdir() if FOLDER.fullmatch(path.name) and path.is_dir())
