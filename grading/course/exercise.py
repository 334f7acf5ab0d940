"""One exercise: where its files are, and what its exercise.toml says of it."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional

from .tree import Tree, folders


@dataclass(frozen=True)
class Language:
    """What differs between a C++ exercise and a Python one, as far as it is a matter of names."""

    name: str
    suffix: str
    comment: str


LANGUAGES = {
    "c++": Language("c++", ".cpp", "//"),
    "python": Language("python", ".py", "#"),
    "questions": Language("questions", ".toml", "#"),  # no code: answers, compared with a measurement
}


@dataclass(frozen=True)
class Part:
    """One file that the learner edits, what it is made from, and the same file solved."""

    learners: Path
    reference: Path
    solution: Path
    comment: str  # how its language begins one


@dataclass(frozen=True)
class Exercise:
    """One exercise, as its exercise.toml describes it."""

    tree: Tree
    name: str
    title: str
    summary: str
    language: Language
    family: str
    file: str
    extension: Optional[str]  # a second file, in C++, that the first one calls
    task: str
    flags: tuple[str, ...]  # of the compiler; none where nothing is in C++
    library: tuple[str, ...]  # headers of grading/library/ that may be included; none in Python
    modules: tuple[str, ...]  # that the Python runner imports beforehand; none in C++
    mark: float
    clock: str
    threads: int
    budget_seconds: float
    memory_mib: int
    limit: Optional[str]
    rung: Optional[str]  # what its solution is called on the ladder
    advice: Mapping[str, str]

    @property
    def number(self) -> str:
        return self.name.split("-", 1)[0]

    @property
    def short_name(self) -> str:
        """What EX= takes for it: the number, or all of the name where another one has that number, too."""
        alike = [folder for folder in folders(self.tree) if folder.name.startswith(f"{self.number}-")]
        return self.number if len(alike) == 1 else self.name

    @property
    def folder(self) -> Path:
        return self.tree.exercises / self.name

    @property
    def toml(self) -> Path:
        return self.folder / "exercise.toml"

    @property
    def lesson(self) -> Path:
        return self.folder / "README.md"

    @property
    def learners_file(self) -> Path:
        return self.folder / self.file

    @property
    def reference(self) -> Path:
        return self.folder / f"reference{self.language.suffix}"

    @property
    def solution(self) -> Path:
        return self.tree.solutions / self.name / self.file

    @property
    def libraries_folder(self) -> Path:
        """Where what is compiled of it is kept."""
        return self.tree.build / "submissions" / self.name

    @property
    def sides(self) -> dict[str, Path]:
        """The three that are always compared: role to source."""
        return {"reference": self.reference, "yours": self.learners_file, "solution": self.solution}

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the learner edits: one file, or two where Python calls an extension in C++."""
        first = Part(self.learners_file, self.reference, self.solution, self.language.comment)
        if not self.extension:
            return (first,)
        cpp = LANGUAGES["c++"]
        solution = self.tree.solutions / self.name / self.extension
        second = Part(
            self.folder / self.extension, self.folder / f"reference{cpp.suffix}", solution, cpp.comment
        )
        return (first, second)

    @property
    def notes(self) -> Path:
        return self.tree.solutions / self.name / "NOTES.md"
