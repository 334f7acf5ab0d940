"""The fixed work on a Python submission, in a process of its own: as it is, under cProfile, or line by line.

    python_work.py ORDER

ORDER is a JSON object: `runner` (the folder of the runner's modules), `family`, `modules`, `threads`, `file`
(the submission), `shown` (its name in messages), `inputs` (a folder that `work --dump` filled), `clock` (the
exercise's), `mode` (a key of MODES), `calls` or `seconds`, and `report`, where the answer goes.
"""
from __future__ import annotations

import cProfile
import importlib
import inspect
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Callable, Iterator, Sequence

# Both profilers read the wall clock, which goes on while other programs have the processor. This only ever
# adds: the work is done in so many parts, and the least that each function or line took in any is told.
PARTS = 32
MOSTLY_WAITING = 10.0  # times as long by the clock as the processor works, at most

Times = dict[Any, float]  # seconds of one part, by function, line or the like


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


def _spent() -> tuple[float, float]:
    """Seconds of this process's work, and of the clock on the wall."""
    return time.process_time(), time.perf_counter()


def times(call: Callable[[int], None], order: dict[str, Any]) -> dict[str, Any]:
    """Does the work for so many seconds of the exercise's clock, and says how long it took."""
    patience = 1.0 if order["clock"] == "wall" else MOSTLY_WAITING
    calls, cpu, wall = 0, 0.0, 0.0
    first_cpu, first_wall = _spent()
    while calls == 0 or max(cpu, wall / patience) < order["seconds"]:
        call(calls)
        calls += 1
        now_cpu, now_wall = _spent()
        cpu, wall = now_cpu - first_cpu, now_wall - first_wall
    return {"calls": calls, "cpu_seconds": cpu, "wall_seconds": wall}


def _parts(work: Work, order: dict[str, Any]) -> Iterator[Callable[[], None]]:
    """The work in parts of equally many calls."""
    parts = min(PARTS, order["calls"])
    calls = order["calls"] // parts

    def part(first: int) -> None:
        for number in range(first, first + calls):
            work.call(number)

    for number in range(parts):
        yield partial(part, number * calls)


def _least(parts: Sequence[Times]) -> Times:
    """What does not occur in every part took no time in one of them."""
    everywhere = [key for key in parts[0] if all(key in part for part in parts)]
    return {key: min(part[key] for part in parts) for key in everywhere}


def under_cprofile(work: Work, order: dict[str, Any]) -> dict[str, Any]:
    """Of each function its own time, that with all that it calls, and the part of this for each caller."""
    own, total, by_caller = [], [], []
    for part in _parts(work, order):
        profiler = cProfile.Profile()
        profiler.runcall(part)
        profiler.create_stats()
        stats: dict[Any, Any] = profiler.stats  # type: ignore[attr-defined]
        own.append({function: told[2] for function, told in stats.items()})
        total.append({function: told[3] for function, told in stats.items()})
        by_caller.append(
            {
                (function, caller): spent[3]
                for function, told in stats.items()
                for caller, spent in told[4].items()
            }
        )
    edges, totals = _least(by_caller), _least(total)
    functions = [
        {
            "function": list(function),
            "own": spent,
            "total": totals[function],
            "callers": [
                [list(caller), part] for (callee, caller), part in edges.items() if callee == function
            ],
        }
        for function, spent in _least(own).items()
    ]
    return {"called": work.called, "functions": functions}


def _functions(module: ModuleType, shown: str) -> Iterator[Callable[..., Any]]:
    """The functions that the submission defines, and its classes' methods; compiled ones have no lines."""
    for holder in [module, *(each for each in vars(module).values() if inspect.isclass(each))]:
        for value in list(vars(holder).values()):
            function = inspect.unwrap(value) if callable(value) else value
            code = getattr(function, "__code__", None)
            if inspect.isfunction(function) and isinstance(code, CodeType) and code.co_filename == shown:
                yield function


def _seconds_by_line(profiler: Any, shown: str) -> Times:
    """All that a line_profiler has seen of a file so far."""
    stats = profiler.get_stats()
    return {
        (name, line): spent * stats.unit
        for (file, _, name), each in stats.timings.items()
        if file == shown
        for line, _, spent in each
    }


def line_by_line(work: Work, order: dict[str, Any]) -> dict[str, Any]:
    from line_profiler import LineProfiler  # type: ignore[import-not-found]

    profiler = LineProfiler()
    for function in _functions(work.module, order["shown"]):
        profiler.add_function(function)
    so_far: Times = {}
    parts: list[Times] = []
    for part in _parts(work, order):
        profiler.runcall(part)
        before, so_far = so_far, _seconds_by_line(profiler, order["shown"])
        parts.append({place: spent - before.get(place, 0.0) for place, spent in so_far.items()})
    timings: dict[str, list[Any]] = {}
    for (name, line), spent in _least(parts).items():
        timings.setdefault(name, []).append([line, spent])
    return {"lines": [{"function": name, "lines": lines} for name, lines in timings.items()]}


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
