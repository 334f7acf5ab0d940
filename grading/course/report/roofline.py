"""The roofline: each kernel's operations in a second over those for each byte, under what the machine can."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

from ..figures import interval, timed
from .ceilings import Ceilings
from .data import Entry


@dataclass(frozen=True)
class Kernel:
    """One timed workload of an exercise, as points of the roofline: operations in a second."""

    exercise: str
    workload: str
    threads: int  # whose ceiling it has over it
    intensity: float  # operations for each byte that has to be moved
    start: float
    solution: float
    yours: Optional[float]

    @property
    def number(self) -> str:
        return self.exercise.split("-", 1)[0]

    @property
    def best(self) -> float:
        return max(self.solution, self.yours or 0.0)


@dataclass(frozen=True)
class Roofline:
    """The machine's ceilings, and the kernels under them."""

    ceilings: Ceilings
    kernels: tuple[Kernel, ...]
    without: tuple[str, ...]  # exercises that were measured and whose work is no arithmetic


def _positive(workload: Mapping[str, Any], key: str) -> Optional[float]:
    value = workload.get(key)
    return float(value) if isinstance(value, (int, float)) and value > 0 else None


def _kernel(each: Entry, workload: Mapping[str, Any], ceilings: Ceilings) -> Optional[Kernel]:
    operations, size = _positive(workload, "operations_per_unit"), _positive(workload, "bytes_per_unit")
    start = _positive(workload, "reference_nanoseconds_per_unit")
    yours = _positive(workload, "nanoseconds_per_unit")
    gained = interval(workload.get("solution_speedup"))
    if operations is None or size is None or start is None or gained is None or gained.median <= 0:
        return None
    on_all = workload.get("clock") == "wall"
    return Kernel(
        exercise=each.exercise.name,
        workload=str(workload.get("name")),
        threads=ceilings.most_threads if on_all else 1,
        intensity=operations / size,
        start=1e9 * operations / start,
        solution=1e9 * operations / start * gained.median,
        yours=1e9 * operations / yours if yours and each.begun else None,
    )


def of(entries: Sequence[Entry], ceilings: Ceilings) -> Roofline:
    kernels, without = [], []
    for each in entries:
        workloads = timed(each.latest or {})
        found = [_kernel(each, workload, ceilings) for workload in workloads]
        kernels += [kernel for kernel in found if kernel]
        if any(workload.get("operations_per_unit") == 0 for workload in workloads):
            without.append(each.exercise.name)
    return Roofline(ceilings, tuple(kernels), tuple(without))
