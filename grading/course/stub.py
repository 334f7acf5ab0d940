"""The file that a learner starts from: made from the reference, so that there is no second copy."""
from __future__ import annotations

import os
import textwrap
import time
from pathlib import Path
from typing import Optional

from .errors import CourseBroken
from .exercises import Exercise
from .files import write_atomically

WIDTH = 110


def _body(source: str, comment: str) -> str:
    """A source text without the comment (in Python: the docstring, too) that it starts with."""
    lines = source.splitlines()
    start = 0
    if lines and lines[0].startswith('"""'):
        closing = 0 if lines[0].rstrip().endswith('"""') and len(lines[0].rstrip()) > 5 else 1
        start = next((i + 1 for i, line in enumerate(lines) if i >= closing and '"""' in line), len(lines))
    elif lines and lines[0].lstrip().startswith("/*"):
        start = next((i + 1 for i, line in enumerate(lines) if "*/" in line), len(lines))
    else:
        while start < len(lines) and lines[start].startswith(comment):
            start += 1
    return "\n".join(lines[start:]).strip("\n") + "\n"


def _comment(text: str, comment: str) -> list[str]:
    width = WIDTH - len(comment) - 1
    return [
        f"{comment} {line}"
        for line in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    ]


def starting_file(exercise: Exercise) -> str:
    """The untouched file: a heading that says what to do, and the reference's code."""
    try:
        source = exercise.reference.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseBroken(f"{exercise.tree.shown(exercise.reference)} cannot be read: {error}.") from None
    comment = exercise.language.comment
    heading = [
        *_comment(f"{exercise.name}: {exercise.title}", comment),
        comment,
        *_comment(f"TODO: {exercise.task}", comment),
        comment,
        f"{comment} Check it with `make check EX={exercise.number}`; "
        "the lesson is README.md beside this file.",
    ]
    return "\n".join(heading) + "\n\n" + _body(source, comment)


def _without_trailing_space(text: bytes) -> list[bytes]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def is_untouched(exercise: Exercise) -> bool:
    """Is the learner's file still the starting file? (White space at the ends of lines does not count.)"""
    try:
        theirs = exercise.learners_file.read_bytes()
    except OSError:
        return False
    return _without_trailing_space(theirs) == _without_trailing_space(starting_file(exercise).encode())


def _keep_a_copy(exercise: Exercise, content: bytes) -> Path:
    folder = exercise.tree.build / "backups" / exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    moment = time.strftime("%Y%m%d-%H%M%S")
    attempt = 0
    while True:
        attempt += 1
        path = folder / (
            f"{moment}-{exercise.file}" if attempt == 1 else f"{moment}-{attempt}-{exercise.file}"
        )
        try:
            with open(path, "xb") as file:  # never over another backup
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            return path
        except FileExistsError:
            continue


def reset(exercise: Exercise) -> Optional[Path]:
    """Puts the starting file back; returns where the learner's file is kept, if it was changed."""
    fresh = starting_file(exercise).encode()
    backup = None
    if exercise.learners_file.exists() and not is_untouched(exercise):
        backup = _keep_a_copy(exercise, exercise.learners_file.read_bytes())
    write_atomically(exercise.learners_file, fresh)
    return backup
