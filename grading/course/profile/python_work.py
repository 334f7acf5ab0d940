"""The fixed work on a Python submission, in a process of its own: as it is, under cProfile, or line by line.

    python_work.py ORDER

ORDER is a JSON object: `runner` (the folder of the runner's modules), `family`, `modules`, `threads`, `file`
(the submission), `shown` (its name in messages), `inputs` (a folder that `work --dump` filled), `mode` (a
key of MODES), `calls` or `seconds`, and `report`, where the answer goes.
"""
from __future__ import annotations

import cProfile
import importlib
import inspect
import json
import os
import sys
import time
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Callable, Iterator


def batches_in(folder: Path) -> list[list[Any]]:
    """For each workload its batches, which take turns."""
    from batch import Batch  # type: ignore[import-not-found]

    described = json.loads((folder / "work.json").read_text())
    return [
        [
            Batch(
                memoryview((folder / each["file"]).read_bytes()), memoryview(bytearray(each["output_size"]))
            )
            for each in workload
        ]
        for workload in described["batches"]
    ]


class Work:
    """One call is one batch of each workload."""

    def __init__(self, order: dict[str, Any]) -> None:
        os.environ["NUMBA_NUM_THREADS"] = str(order["threads"])  # as in the judge's runner
        os.environ["NUMBA_THREADING_LAYER"] = "workqueue"
        family = importlib.import_module(f"families.{order['family']}")
        from runner import load_modules  # type: ignore[import-not-found]

        load_modules(order["modules"])
        from submission import lend_library, load, unpacked  # type: ignore[import-not-found]

        descriptor = os.open(order["file"], os.O_RDONLY)
        source, library = unpacked(descriptor)
        if library:
            lend_library(library, descriptor)
        self.module: ModuleType = load(source, order["shown"])
        self.called: str = family.FUNCTION
        self._function = getattr(self.module, self.called)
        self._run = family.run
        self._batches = batches_in(Path(order["inputs"]))

    def call(self, number: int) -> None:
        for batches in self._batches:
            self._run(self._function, batches[number % len(batches)])


def times(call: Callable[[int], None], order: dict[str, Any]) -> dict[str, Any]:
    """Does the work and says how long it took."""
    calls, seconds = 0, order.get("seconds", 0.0)
    cpu, wall = time.process_time(), time.perf_counter()
    while calls == 0 or (time.perf_counter() - wall < seconds if seconds else calls < order["calls"]):
        call(calls)
        calls += 1
    return {
        "calls": calls,
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.perf_counter() - wall,
    }


def _edges(profiler: cProfile.Profile) -> list[dict[str, Any]]:
    """Of each function, how often it was called, its own time, and its time within each of its callers."""
    profiler.create_stats()
    stats: dict[Any, Any] = profiler.stats  # type: ignore[attr-defined]
    return [
        {
            "function": list(function),
            "calls": calls,
            "own": own,
            "total": total,
            "callers": [[list(caller), spent[3]] for caller, spent in callers.items()],
        }
        for function, (_, calls, own, total, callers) in stats.items()
    ]


def under_cprofile(work: Work, order: dict[str, Any]) -> dict[str, Any]:
    profiler = cProfile.Profile()
    profiler.enable()
    said = times(work.call, order)
    profiler.disable()
    return {**said, "called": work.called, "functions": _edges(profiler)}


def _functions(module: ModuleType, shown: str) -> Iterator[Callable[..., Any]]:
    """The functions that the submission defines, and its classes' methods; compiled ones have no lines."""
    for holder in [module, *(each for each in vars(module).values() if inspect.isclass(each))]:
        for value in list(vars(holder).values()):
            function = inspect.unwrap(value) if callable(value) else value
            code = getattr(function, "__code__", None)
            if inspect.isfunction(function) and isinstance(code, CodeType) and code.co_filename == shown:
                yield function


def line_by_line(work: Work, order: dict[str, Any]) -> dict[str, Any]:
    from line_profiler import LineProfiler  # type: ignore[import-not-found]

    profiler = LineProfiler()
    for function in _functions(work.module, order["shown"]):
        profiler.add_function(function)
    profiler.enable()
    said = times(work.call, order)
    profiler.disable()
    stats = profiler.get_stats()
    timings = [
        {"function": name, "lines": [[line, spent * stats.unit] for line, _, spent in each]}
        for (file, _, name), each in stats.timings.items()
        if file == order["shown"]
    ]
    return {**said, "lines": timings}


def compiled_by_numba(work: Work, order: dict[str, Any]) -> dict[str, Any]:
    """The machine code of each compiled function, for each combination of types it was called with."""
    functions = [value for value in vars(work.module).values() if hasattr(value, "inspect_asm")]
    return {"assembly": [code for each in functions for code in each.inspect_asm().values()]}


MODES = {
    "time": lambda work, order: times(work.call, order),
    "cprofile": under_cprofile,
    "lines": line_by_line,
    "assembly": compiled_by_numba,
}


def main() -> None:
    order = json.loads(sys.argv[1])
    sys.path.insert(0, order["runner"])
    work = Work(order)
    work.call(0)  # compiles, imports, fills caches: no part of what is looked at
    Path(order["report"]).write_text(json.dumps(MODES[order["mode"]](work, order)))


if __name__ == "__main__":
    main()
