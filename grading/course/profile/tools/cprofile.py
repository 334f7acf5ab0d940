"""cProfile: exact counts of calls, and times by function and caller; made into stacks by their shares."""
from __future__ import annotations

import os
import re
from typing import Any, Mapping, Sequence

from ..model import Step

DEEPEST = 60
NO_SHARE = 1e-4  # of the whole: what is less is left with its caller
Key = tuple[str, int, str]
OURS = Step("(the course's own part)", "", 0, "", False)
BUILT_IN = re.compile(r"<(?:built-in )?method '?([\w.]+)'?(?: of '([\w.]+)' objects)?>")


def _short(name: str) -> str:
    """`<built-in method numpy.array>` is `numpy.array`, `<method 'sum' of 'numpy.ndarray' objects>` is
    `ndarray.sum`."""
    found = BUILT_IN.match(name)
    if not found:
        return name.strip("<>") if name.startswith("<") else name
    method, owner = found.groups()
    return f"{owner.split('.')[-1]}.{method}" if owner else method.replace("builtins.", "")


def _step(key: Key, source: str) -> Step:
    file, line, name = key
    return Step(_short(name), file if file != "~" else "", line, os.path.basename(file), file == source)


class _Graph:
    """Who calls whom, and for how long."""

    def __init__(self, functions: Sequence[Mapping[str, Any]]) -> None:
        self.own: dict[Key, float] = {}
        self.total: dict[Key, float] = {}
        self.callees: dict[Key, list[tuple[Key, float]]] = {}
        for each in functions:
            key = _key(each["function"])
            self.own[key], self.total[key] = float(each["own"]), float(each["total"])
            for caller, spent in each["callers"]:
                self.callees.setdefault(_key(caller), []).append((key, float(spent)))


def _key(function: Sequence[Any]) -> Key:
    return str(function[0]), int(function[1]), str(function[2])


def _is_the_courses(key: Key) -> bool:
    """A part of the runner, or a built-in function that the runner calls by itself."""
    return key[0] == "~" or os.path.basename(key[0]) == "batch.py"


def _is_entry(key: Key) -> bool:
    return key[2] == "run" and os.path.basename(os.path.dirname(key[0])) == "families"


def stacks(functions: Sequence[Mapping[str, Any]], source: str, called: str) -> dict[tuple[Step, ...], float]:
    """Seconds by stack. A function with several callers is shared among them by what was spent for each.

    `called` is the submission's function. Where no such Python function is seen, it is compiled code, and
    what is spent in the course's own call of it is its time.
    """
    graph = _Graph(functions)
    found: dict[tuple[Step, ...], float] = {}
    entries = [key for key in graph.own if _is_entry(key)]
    least = NO_SHARE * sum(graph.total[key] for key in entries)

    def add(steps: tuple[Step, ...], spent: float) -> None:
        found[steps] = found.get(steps, 0.0) + spent

    def walk(key: Key, way: tuple[Key, ...], steps: tuple[Step, ...], part: float) -> None:
        left = graph.own[key] * part
        for callee, spent in graph.callees.get(key, []):
            if callee in way:
                continue
            if len(way) > DEEPEST or spent * part < least or not graph.total[callee]:
                left += spent * part
                continue
            share = part * min(1.0, spent / graph.total[callee])
            walk(callee, (*way, callee), (*steps, _step(callee, source)), share)
        if left > 0:
            add(steps, left)

    for entry in entries:
        callees = [(key, spent) for key, spent in graph.callees.get(entry, []) if graph.total[key]]
        theirs = [(key, spent) for key, spent in callees if not _is_the_courses(key)]
        seen = any(_step(key, source).own for key, _ in theirs)
        inside = OURS if seen else Step(called, source, 0, os.path.basename(source), True)
        add((inside,), graph.own[entry])
        for key, spent in callees:
            if (key, spent) in theirs:
                walk(key, (entry, key), (_step(key, source),), min(1.0, spent / graph.total[key]))
            else:
                add((OURS,), spent)
    return found
