"""Runs all tests of the course: GoogleTest's through CTest, then pytest's, and counts them together. The last
line is `N passed, N failed`, with `, N skipped` if any were; exit code 0 only if none failed."""
from __future__ import annotations

import compileall
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "build" / "tests"


@dataclass(frozen=True)
class Count:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def count(report: Path) -> Count:
    """The tests in a JUnit XML file; a file that is missing or damaged is one failure."""
    try:
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"There is no report to count in {report}: {error}", file=sys.stderr)
        return Count(failed=1)
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    unfailed = [case for case in cases if case.find("failure") is None and case.find("error") is None]
    skipped = sum(1 for case in unfailed if case.find("skipped") is not None)
    return Count(len(unfailed) - skipped, failed, skipped)


def may_be_interrupted() -> None:
    """In the background of a script Ctrl-C is ignored, by children too; some tests wait for its effect."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(name: str, command: Sequence[str], report: Path, harmless: Sequence[int] = (0,)) -> Count:
    """Runs one set of tests; a program that failed although no test did counts as a failure of its own."""
    print(f"=== {name}", flush=True)
    report.unlink(missing_ok=True)
    try:
        returned = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, preexec_fn=may_be_interrupted
        ).returncode
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}.", file=sys.stderr)
        return Count(failed=1)
    found = count(report)
    if returned not in harmless and not found.failed:
        print(f"{command[0]} ended with exit code {returned}, although no test failed.", file=sys.stderr)
        return found + Count(failed=1)
    return found


def side_by_side(processors: int) -> Sequence[str]:
    """Tests run two at a time where there are two processors. More would disturb those that measure, which
    are made for one busy neighbour."""
    return ["-n", "2"] if processors > 1 else []


def pytest(name: str, file: str, options: Sequence[str], arguments: Sequence[str]) -> Count:
    """One run of pytest; that it finds no test to run is no failure."""
    report = REPORTS / f"{file}.xml"
    none_collected = 5
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    return run(name, [*command, *options, *arguments], report, (0, none_collected))


def main(arguments: Sequence[str]) -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    # The tests start the commands again and again: where nothing is kept, each would be translated anew.
    compileall.compile_dir(ROOT / "grading" / "course", quiet=2)
    report = REPORTS / "ctest.xml"
    ctest = ["ctest", "--test-dir", "build/cmake", "--output-on-failure", "--output-junit", str(report)]
    total = run("GoogleTest, through CTest", ctest, report)
    where = arguments or ["grading/tests/python"]
    together = side_by_side(os.cpu_count() or 1)
    total += pytest("pytest", "pytest", ["-m", "not alone", *together], where)
    total += pytest("pytest, what needs all processors", "alone", ["-m", "alone"], where)
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
