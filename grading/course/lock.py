"""One measurement at a time: two in one checkout would disturb each other and write the same files."""
from __future__ import annotations

import fcntl
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Holds the lock at `path`; waits for it, and says so. A lock ends with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(
                "Another check is running in this checkout: waiting for it to end.",
                file=sys.stderr,
                flush=True,
            )
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
