"""The A/A test: the reference judged against itself, many times. How often does the interval of its speedup
cover 1.00, and how wide is it? Run it on a quiet machine: python3 grading/tests/calibrate.py --runs 100"""
from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "grading"))

from course import compiling, exercises, judging, machine  # noqa: E402
from course.tree import Tree  # noqa: E402


@dataclass(frozen=True)
class Interval:
    """A speedup's 99 % interval in one run."""

    low: float
    high: float
    median: float

    @property
    def covers_one(self) -> bool:
        return self.low <= 1.0 <= self.high

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


def against_itself(name: str, runs: int) -> Iterator[Interval]:
    """Judges the exercise's reference as if it were a submission."""
    exercise = exercises.find(Tree(ROOT), name)
    plan = compiling.plan(exercise, machine.compiler())
    compiling.build(plan)
    libraries = {**plan.libraries, "yours": plan.libraries["reference"]}
    for _ in range(runs):
        verdict = judging.judge(exercise, libraries, lambda event: None, lambda: None, None, None)
        yield Interval(**verdict["timed"][0]["speedup"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--exercise", default="sum-chains", metavar="EX")
    call = parser.parse_args()
    intervals = []
    for number, interval in enumerate(against_itself(call.exercise, call.runs), start=1):
        intervals.append(interval)
        print(f"{number:4} {interval.low:.4f} … {interval.high:.4f}", file=sys.stderr)
    covering = sum(interval.covers_one for interval in intervals)
    widths = sorted(interval.half_width for interval in intervals)
    print(f"{covering} of {len(intervals)} intervals cover 1.00")
    print(f"half-width: median {100 * statistics.median(widths):.2f} %, largest {100 * widths[-1]:.2f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
