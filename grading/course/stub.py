"""The file that a learner starts from: made from the reference, so that there is no second copy."""
from __future__ import annotations

import os
import textwrap
import time
from pathlib import Path
from typing import Mapping, Optional

from .errors import CourseBroken, Mistake, reason
from .exercise import Exercise, Part
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


def starting_file(exercise: Exercise, part: Optional[Part] = None) -> str:
    """The untouched file (the first one, unless told): a heading that says what to do, and the reference's
    code."""
    part = part or exercise.parts[0]
    try:
        source = part.reference.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        shown = exercise.tree.shown(part.reference)
        raise CourseBroken(f"{shown} cannot be read: {reason(error)}.") from None
    comment = part.comment
    heading = [
        *_comment(f"{exercise.name}: {exercise.title}", comment),
        comment,
        *_comment(f"TODO: {exercise.task}", comment),
        comment,
        f"{comment} Check it with `make check EX={exercise.number}`; "
        "the lesson is README.md beside this file.",
    ]
    return "\n".join(heading) + "\n\n" + _body(source, comment)


def starting_files(exercise: Exercise) -> dict[Path, str]:
    return {part.learners: starting_file(exercise, part) for part in exercise.parts}


def _without_trailing_space(text: bytes) -> list[bytes]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def is_untouched(exercise: Exercise, texts: Optional[Mapping[Path, bytes]] = None) -> bool:
    """Is what the learner edits still as it was? (White space at the ends of lines does not count.)

    `texts` is what was read of the files, where they may have been saved anew since.
    """
    if texts is not None:
        fresh = starting_files(exercise).items()
        return all(path in texts and _are_alike(texts[path], text) for path, text in fresh)
    return all(_is_still(path, text) for path, text in starting_files(exercise).items())


def _is_still(path: Path, text: str) -> bool:
    try:
        return _are_alike(path.read_bytes(), text)
    except OSError:
        return False


def _are_alike(theirs: bytes, text: str) -> bool:
    return _without_trailing_space(theirs) == _without_trailing_space(text.encode())


def must_be_no_folder(exercise: Exercise, path: Path) -> None:
    """Raises Mistake where a folder has the name of the learner's file: neither check nor reset can go on."""
    if path.is_dir():
        raise Mistake(
            f"{exercise.tree.shown(path)} is a folder, where a file should be; move it elsewhere, and "
            f"make reset EX={exercise.short_name} puts the starting file there."
        )


def must_be_there(exercise: Exercise) -> None:
    """Raises Mistake, with the way to get it back, where a file that the learner edits is missing."""
    for part in exercise.parts:
        must_be_no_folder(exercise, part.learners)
        if not part.learners.is_file():
            raise Mistake(
                f"{exercise.tree.shown(part.learners)} is missing; make reset EX={exercise.short_name} puts "
                "the starting file there."
            )


def _keep_a_copy(exercise: Exercise, path: Path) -> Path:
    content = path.read_bytes()
    folder = exercise.tree.build / "backups" / exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    moment = time.strftime("%Y%m%d-%H%M%S")
    attempt = 0
    while True:
        attempt += 1
        copy = folder / (f"{moment}-{path.name}" if attempt == 1 else f"{moment}-{attempt}-{path.name}")
        try:
            with open(copy, "xb") as file:  # never over another backup
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            return copy
        except FileExistsError:
            continue


def reset(exercise: Exercise) -> list[Path]:
    """Puts the starting files back; returns where the learner's are kept, if they were changed."""
    fresh = starting_files(exercise)
    for path in fresh:
        must_be_no_folder(exercise, path)
    changed = [path for path, text in fresh.items() if path.exists() and not _is_still(path, text)]
    backups = [_keep_a_copy(exercise, path) for path in changed]
    for path, text in fresh.items():
        write_atomically(path, text.encode())
    return backups
