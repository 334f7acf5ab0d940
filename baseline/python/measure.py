#!/usr/bin/python3
"""Times the original programs in plain Python on this machine, for a remark in the verdicts."""
import argparse
import datetime
import json
import math
import platform
import statistics
import sys
import time
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy

from command_line import Parser, positive_number, run_program
from contour import make_contour
from output_file import check_writable, output_file
from scatter import DEFAULT_XC, DEFAULT_YC, make_grid
from scattered_field import scattered_field
from sum import example_values, sum_of

# Small sizes: the time per element or interaction does not depend on them, and a repetition takes a fraction
# of a second, so that the median means something within a few seconds.
SUM_LENGTH = 200_000
CELLS, SEGMENTS, WAVELENGTH = 12, 128, 0.5


def median_seconds(work: Callable[[], object], budget: float) -> float:
    """The median time of several runs: three at least, and as many as the budget in seconds allows."""
    times: List[float] = []
    while len(times) < 3 or sum(times) < budget:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure_sum(budget: float) -> Dict[str, object]:
    """Nanoseconds per element of the sum."""
    values = example_values(SUM_LENGTH)
    seconds = median_seconds(lambda: sum_of(values), budget)
    return {"unit": "element", "nanoseconds_per_unit": round(1e9 * seconds / SUM_LENGTH, 2),
            "size": f"{SUM_LENGTH} numbers"}


def measure_scatter(budget: float) -> Dict[str, object]:
    """Nanoseconds per interaction: a pair of an observer point outside the obstacle and a segment."""
    contour = make_contour(DEFAULT_XC, DEFAULT_YC, SEGMENTS)
    x, y = make_grid(*contour, WAVELENGTH, CELLS, CELLS)
    k = numpy.array([2.0 * math.pi / WAVELENGTH, 0.0])
    interactions = numpy.count_nonzero(scattered_field(k, *contour, x, y)) * SEGMENTS
    seconds = median_seconds(lambda: scattered_field(k, *contour, x, y), budget)
    return {"unit": "interaction", "nanoseconds_per_unit": round(1e9 * seconds / interactions, 1),
            "size": f"{CELLS + 1} x {CELLS + 1} points, {SEGMENTS} segments"}


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = Parser("measure", "Times the original Python programs and writes the figures as JSON.")
    parser.add_argument("--output", default="build/baseline.json", metavar="FILE",
                        help="the file to write (default: %(default)s)")
    parser.add_argument("--seconds", type=positive_number("--seconds", "5"), default=5.0, metavar="SECONDS",
                        help="about how long to measure (default: %(default)s)")
    parser.add_argument("--machine", default=platform.processor() or platform.machine(), metavar="NAME",
                        help="the processor's name, for the figures (default: %(default)s)")
    return parser.read(argv)


def print_table(rows: Sequence[Tuple[str, Dict[str, object]]]) -> None:
    """One line for each program."""
    for name, figures in rows:
        nanoseconds = figures["nanoseconds_per_unit"]
        print(f"{name:8s} {nanoseconds:>9} ns per {figures['unit']:<12s} {figures['size']}")


def main(argv: Optional[List[str]] = None) -> int:
    """Run the program; returns its exit code."""
    arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
    check_writable(arguments.output)
    print(f"Timing the original Python programs, about {arguments.seconds:.2g} s ...", flush=True)
    # The scattered wave takes longer for each repetition; its first run is not timed.
    figures = {"sum": measure_sum(0.25 * arguments.seconds),
               "scatter": measure_scatter(0.65 * arguments.seconds)}
    result = {"machine": arguments.machine,
              "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
              "python": platform.python_version(),
              **figures}
    with output_file(arguments.output) as file:
        file.write((json.dumps(result, indent=2) + "\n").encode("utf-8"))
    print_table(list(figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(run_program("measure", main))
