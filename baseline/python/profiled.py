#!/usr/bin/python3
"""Profiles the plain Python program on this machine; prints as JSON what a questionnaire asks about it."""
import argparse
import cProfile
import json
import math
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import numpy

import scattered_field as plain
from command_line import Parser, run_program
from contour import make_contour
from scatter import DEFAULT_XC, DEFAULT_YC, make_grid

CELLS, SEGMENTS = 32, 64  # as the questions have them
Place = Tuple[str, int, str]  # of a function: file, line, name


def take_profile() -> pstats.Stats:
    """What `python3 -m cProfile baseline/python/scatter.py --nx 32 --ny 32 --nc 64` sees."""
    program = Path(__file__).resolve().with_name("scatter.py")
    size = ["--nx", str(CELLS), "--ny", str(CELLS), "--nc", str(SEGMENTS)]
    with tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, "-m", "cProfile", "-o", file.name, str(program), *size]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return pstats.Stats(file.name)


def own_functions(profile: pstats.Stats) -> Dict[str, Tuple[int, float]]:
    """Calls and self time of each function, those of the interpreter and its modules included."""
    found: Dict[str, Tuple[int, float]] = {}
    timed: Dict[Place, Tuple[int, int, float, float, object]] = profile.stats  # type: ignore
    for (_, _, name), (_, calls, self_time, _, _) in timed.items():
        before = found.get(name, (0, 0.0))
        found[name] = (before[0] + calls, before[1] + self_time)
    return found


def field_of(cells: int, segments: int) -> Callable[[], object]:
    """A call of the program's function, for a square grid."""
    contour = make_contour(DEFAULT_XC, DEFAULT_YC, segments)
    x, y = make_grid(*contour, 0.5, cells, cells)
    k = numpy.array([4.0 * math.pi, 0.0])
    return lambda: plain.scattered_field(k, *contour, x, y)


def hankel_percent() -> float:
    """How much of what is booked as segment_wave's own is hankel1's, a ufunc.

    A function of ours around it has the profiler see it.
    """
    original = plain.hankel1

    def hankel(order: int, x: float) -> complex:
        return original(order, x)

    plain.hankel1 = hankel
    try:
        profile = cProfile.Profile()
        profile.runcall(field_of(CELLS, SEGMENTS))
    finally:
        plain.hankel1 = original
    functions = own_functions(pstats.Stats(profile))
    inside, outside = functions["hankel"][1], functions["segment_wave"][1]
    return 100.0 * inside / (inside + outside)


def seconds_of(call: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def growth_with_nc() -> float:
    """How many times as long the field takes with twice the segments: the median over five rounds.

    They take turns: beside busy neighbours a processor is now faster, now slower, and that is no growth.
    """
    few, many = field_of(CELLS // 2, SEGMENTS), field_of(CELLS // 2, 2 * SEGMENTS)
    return statistics.median(seconds_of(many) / seconds_of(few) for _ in range(5))


def answers() -> Dict[str, object]:
    """The answers as they are on this machine."""
    profile = take_profile()
    functions = own_functions(profile)
    most = max(functions, key=lambda name: functions[name][1])
    calls = functions["segment_wave"][0]
    dots = functions["<method 'dot' of 'numpy.ndarray' objects>"][0]
    total: float = profile.total_tt  # type: ignore
    return {
        "most_self_time": most,
        "self_time_percent": 100.0 * functions[most][1] / total,
        "calls": calls,
        "dots_per_call": dots / calls,
        "hankel_percent": hankel_percent(),
        "growth_with_nc": growth_with_nc(),
    }


def parse_arguments(argv: List[str]) -> argparse.Namespace:
    """Read the command line."""
    about = "Profiles the plain Python program, and prints what there is to learn from that."
    return Parser("profiled", about).read(argv)


def main(argv: Optional[List[str]] = None) -> int:
    """Run the program; returns its exit code."""
    parse_arguments(sys.argv[1:] if argv is None else argv)
    print(json.dumps(answers(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(run_program("profiled", main))
