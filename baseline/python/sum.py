#!/usr/bin/python3
"""The sum of an array in plain Python: the program that the course's first speedups are measured against."""
import argparse
import sys
import time
from typing import List, Optional, Sequence

import numpy

from command_line import Parser, UsageError, check_memory, run_program, whole_number


def sum_of(values: Sequence[float]) -> float:
    """Add all values, one after the other."""
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total


def example_values(n: int) -> numpy.ndarray:
    """The n numbers 0, 0.001, ..., 0.999, 0, 0.001, ..."""
    return (numpy.arange(n) % 1000) / 1000.0


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = Parser("sum", "Adds the numbers 0, 0.001, ..., 0.999, 0, 0.001, ... one by one.")
    parser.add_argument("--n", type=whole_number("--n", 0, 10**12), default=10_000_000, metavar="COUNT",
                        help="how many numbers to add (default: %(default)s)")
    return parser.read(argv)


def main(argv: Optional[List[str]] = None) -> int:
    """Run the program; returns its exit code."""
    arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
    # Three arrays exist at the same time while the example is made.
    check_memory(24.0 * arguments.n, f"an array of {arguments.n} numbers", "a smaller --n")
    try:
        values = example_values(arguments.n)
    except MemoryError:
        raise UsageError("there is not enough memory; choose a smaller --n.") from None
    start = time.perf_counter()
    total = sum_of(values)
    seconds = time.perf_counter() - start
    nanoseconds = 1e9 * seconds / max(arguments.n, 1)
    print(f"time: {seconds:.3f} s, {nanoseconds:.3g} ns per element ({arguments.n} elements)")
    print(f"sum: {total:.17g}")
    return 0


if __name__ == "__main__":
    sys.exit(run_program("sum", main))
