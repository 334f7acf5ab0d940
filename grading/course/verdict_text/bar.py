"""The bar of a verdict: how far from the start to the model solution one has come."""
from __future__ import annotations

import math
from typing import Callable

from ..figures import times


def bar(
    yours: float,
    mark: float,
    solution: float,
    width: int = 44,
    unicode: bool = True,
    called: Callable[[float], str] = times,
) -> list[str]:
    """From 1× to the solution's speedup (yours, if greater) on a log scale, with the mark; and its labels."""
    full, empty, flag = ("█", "·", "┃") if unicode else ("#", ".", "|")
    end = max(yours, solution)
    if end <= 1.0:
        return []

    def place(speedup: float) -> int:
        return max(0, min(width, round(width * math.log(max(speedup, 1.0)) / math.log(end))))

    cells = [full if cell < place(yours) else empty for cell in range(width)]
    position = min(width - 1, place(mark))
    cells[position] = flag
    first, last = "1×", (f"solution {called(solution)}" if solution >= yours else f"yours {called(yours)}")
    middle = f"mark {called(mark)}"
    start = max(len(first) + 1, position - len(middle) // 2)
    labels = first.ljust(start) + middle
    labels = labels + " " * max(2, width - len(labels) - len(last)) + last
    return ["".join(cells), labels]
