"""The history of every verdict, one JSON line each, in build/history/: only ever added to."""
from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any, Optional

from .exercise import Exercise


def path_of(exercise: Exercise) -> Path:
    return exercise.tree.build / "history" / f"{exercise.name}.jsonl"


def append(exercise: Exercise, verdict: dict[str, Any]) -> None:
    """Adds a verdict in one write, on the disk on return; a torn line before it stays a line of its own."""
    path = path_of(exercise)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(verdict, separators=(",", ":")).encode() + b"\n"
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        while line:
            written = os.write(descriptor, line)
            line = line[written:]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(exercise: Exercise) -> list[dict[str, Any]]:
    """Every verdict that is whole, the oldest first."""
    try:
        lines = path_of(exercise).read_bytes().split(b"\n")
    except OSError:
        return []
    verdicts = []
    for line in lines:
        try:
            verdict = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(verdict, dict):
            verdicts.append(verdict)
    return verdicts


def best(exercise: Exercise) -> Optional[dict[str, Any]]:
    """The verdict of the learner's own code with the highest p, whether it passed or was only right."""
    best_p, best_verdict = float("-inf"), None
    for verdict in read(exercise):
        p = verdict.get("p")
        median = p.get("median") if isinstance(p, dict) else None
        if verdict.get("status") in ("passed", "too_slow", "undecided") and isinstance(median, (int, float)):
            if median > best_p:
                best_p, best_verdict = median, verdict
    return best_verdict


def has_passed(exercise: Exercise) -> bool:
    """Has the learner's own code ever passed?"""
    return any(verdict.get("status") == "passed" for verdict in read(exercise))
