"""How much processor time a container is given: less, maybe, than there is on the processors that it sees."""
from __future__ import annotations

import math
from pathlib import Path
from typing import Iterator, Optional


def processors_allowed(there: int, root: Path = Path("/")) -> Optional[float]:
    """As many processors' time as the quota of our control group, or of one above it, allows; None where that
    is all the time of the processors that are there."""
    found = [of(folder) for folder in _groups(root) for of in (_of_version_2, _of_version_1)]
    least = min((quota for quota in found if quota is not None), default=math.inf)
    return least if least < there else None


def _groups(root: Path) -> Iterator[Path]:
    """The folders of our control groups. A container may see its own as the topmost one."""
    mounted = root / "sys" / "fs" / "cgroup"
    try:
        lines = (root / "proc" / "self" / "cgroup").read_text().splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, _, group = line.partition(":")
        controllers, _, path = group.partition(":")
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = mounted / controllers
        ours = top / path.strip("/")
        yield from (folder for folder in (ours, *ours.parents) if folder == top or top in folder.parents)


def _of_version_2(folder: Path) -> Optional[float]:
    return _ratio(_words(folder / "cpu.max"))


def _of_version_1(folder: Path) -> Optional[float]:
    return _ratio(_words(folder / "cpu.cfs_quota_us") + _words(folder / "cpu.cfs_period_us"))


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except (OSError, ValueError):
        return []


def _ratio(quota_and_period: list[str]) -> Optional[float]:
    """Of two numbers; "max", or one below 0, stands for no quota."""
    if len(quota_and_period) != 2 or not all(word.isdigit() for word in quota_and_period):
        return None
    quota, period = map(int, quota_and_period)
    return quota / period if period else None
