"""Reading and writing files that may be damaged, missing or half written: never half written by us."""
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Optional


def write_atomically(path: Path, data: bytes) -> None:
    """The file has its old content or the new, whatever happens on the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    write_atomically(path, (json.dumps(value, indent=1) + "\n").encode())


def read_json_object(path: Path) -> Optional[dict[str, Any]]:
    """The object in a JSON file; None if there is no file, or anything else in it."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
