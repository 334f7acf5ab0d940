"""What is compiled: a plan of an exercise's libraries, and how the learner's mistakes in it are told."""
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..exercise import Exercise
from ..machine import Compiler

WARNINGS = ".warnings"  # behind a library's name


class DoesNotCompile(Exception):
    """The learner's file does not become a library: why, the messages, and whether that will last."""

    def __init__(self, sentence: str, messages: str = "", lasting: bool = True) -> None:
        super().__init__(sentence)
        self.sentence, self.messages, self.lasting = sentence, messages, lasting

    @property
    def in_full(self) -> str:
        return "\n".join(filter(None, [self.sentence, self.messages]))


@dataclass(frozen=True)
class Submission:
    """One library to be: its part in the judging, its source, and where it goes (the name holds the key).

    The texts are kept: a file may be saved anew at any moment, and what is compiled is what was hashed.
    """

    role: str
    source: Path
    text: bytes
    library: Path
    key: str
    extension: Optional[Path] = None  # a Python file's second file, in C++
    extension_text: bytes = b""

    @property
    def warnings_file(self) -> Path:
        """Where the compiler's warnings about the file are kept, if there were any."""
        return self.library.with_name(f"{self.library.name}{WARNINGS}")

    @property
    def texts(self) -> dict[Path, bytes]:
        """What was read of each file."""
        return {self.source: self.text, **({self.extension: self.extension_text} if self.extension else {})}


@dataclass(frozen=True)
class Plan:
    """All libraries of one exercise; `compiler` and `adapter` mean nothing in Python."""

    exercise: Exercise
    compiler: Compiler
    adapter: Path
    submissions: tuple[Submission, ...]

    @property
    def libraries(self) -> dict[str, Path]:
        return {each.role: each.library for each in self.submissions}

    @property
    def adapter_source(self) -> Path:
        return self.exercise.tree.families / f"{self.exercise.family}.cpp"

    def source_of(self, role: str) -> Path:
        """Where a role's text came from; what has no such role is the adapter."""
        sources = {each.role: each.source for each in self.submissions}
        return sources.get(role, self.adapter_source)

    def copied_name(self, role: str) -> str:
        """What the copy is called that the compiler is given."""
        return self.exercise.file if role == "yours" else self.source_of(role).name

    @property
    def learners_texts(self) -> dict[Path, bytes]:
        """What was read of the learner's files."""
        return next((each.texts for each in self.submissions if each.role == "yours"), {})

    @property
    def warnings(self) -> str:
        """What the compiler warned of in the learner's files when it compiled them."""
        kept = [each.warnings_file for each in self.submissions if each.role == "yours"]
        return "".join(path.read_text(encoding="utf-8") for path in kept if path.is_file())

    @property
    def ready(self) -> bool:
        return all(each.library.is_file() for each in self.submissions)


def keep_warnings(submission: Submission, text: str) -> None:
    """For the verdict, which may be asked for long after the compiling."""
    if text:
        submission.warnings_file.parent.mkdir(parents=True, exist_ok=True)
        submission.warnings_file.write_text(f"{text}\n", encoding="utf-8")
    else:
        submission.warnings_file.unlink(missing_ok=True)


def digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "little") + part)
    return whole.hexdigest()[:20]
