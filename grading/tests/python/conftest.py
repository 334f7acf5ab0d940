"""A small course of its own for each test: three exercises, and a judge that says what the test wants."""
from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Iterator, Optional

import pytest
from browser import browsing

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "grading"))

from course import compiling  # noqa: E402
from course.exercise import Exercise  # noqa: E402
from course.exercises import find  # noqa: E402
from course.machine import compiler  # noqa: E402
from course.tree import Tree  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: needs all processors, or takes them; nothing else may run")


REFERENCE = """// The sum, slowly.
#include "sum.hpp"

double sum(std::span<const double> values) {
    double total = 0.0;
    for (const double value : values)
        total += value;
    return total;
}
"""
SOLUTION = REFERENCE.replace("slowly", "in a wink").replace("total", "whole")
TOML = """title = "TITLE"
summary = "One addition waits for the other; several sums at a time do not."
family = "sum"
file = "sum.cpp"
task = "Let several additions run at the same time."
[build]
flags = ["-O0"]
[grade]
mark = 0.6
clock = "cpu"
budget_seconds = 4.0
memory_mib = 1024
[tolerance]
factor = 1.0
formula = "n eps"
derivation = "each addition rounds once"
[[timed]]
name = "large"
[[cases]]
name = "small"
[advice]
start = "Advice: begin with two sums."
half = "Advice: more sums."
passed = "Advice: more still."
beyond = "Advice: tell us how."
"""
LESSON = """# TITLE

## Hints

<details><summary>Hint 1: look at the chain</summary>

The first hint's text.

</details>
<details>
<summary>Hint 2: break it</summary>
The second hint's text.
</details>

## Going further

<details><summary>No hint</summary>Not a hint.</details>
"""
NAMES = {
    "03-sum-chains": "Several chains",
    "04-sum-compensated": "Lost digits",
    "12-scatter-bessel": "Bessel",
}

# The judge's stand-in: does what `judge-says.json` in the checkout tells it, and notes how it was called.
FAKE_JUDGE = """#!{python} -IS
import json, os, signal, sys, time
orders = json.load(open({orders!r}))
with open({calls!r}, "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
name = os.path.basename(arguments["--exercise"])
orders = orders.get(name, orders)
for line in orders.get("lines", []):
    print(line if isinstance(line, str) else json.dumps(line), flush=True)
if orders.get("closes_output"):
    os.close(1)
if orders.get("hang"):
    time.sleep(60)
while "waits_for" in orders and not os.path.exists(orders["waits_for"]):
    time.sleep(0.01)
time.sleep(orders.get("works_for", 0))
if orders.get("stderr"):
    print(orders["stderr"], file=sys.stderr)
if orders.get("signal"):
    if orders["signal"] != signal.SIGKILL:
        signal.signal(orders["signal"], signal.SIG_DFL)  # Python ignores some that end the judge
    os.kill(os.getpid(), orders["signal"])
if "verdict" in orders:
    with open(arguments["--json"], "w") as out:
        json.dump({{"context": {{"cpu_model": "A Test Processor"}}, "benchmarks": [],
                   "verdict": dict(orders["verdict"], exercise=name)}}, out)
elif "text" in orders:
    open(arguments["--json"], "w").write(orders["text"])
sys.exit(orders.get("exit", 0))
"""


def verdict(status: str = "passed", p: float = 0.9, **others: Any) -> dict[str, Any]:
    """A judge's verdict in which the solution is 16 times as fast as the reference."""
    speedup = 16.0**p
    return {
        "status": status,
        "sentence": f"Sentence: {status}.",
        "advice": "Advice of the judge.",
        "seed": 4711,
        "mark": 0.6,
        "points": round(10 * min(1.0, p / 0.9), 1),
        "p": {"median": p, "low": p - 0.01, "high": p + 0.01},
        "cases": {"passed": 31, "total": 31},
        "timed": [
            {
                "name": "large",
                "size": "32 arrays of 8192",
                "unit": "element",
                "clock": "cpu",
                "epochs": 12,
                "rounds": 96,
                "speedup": {"median": speedup, "low": 0.99 * speedup, "high": 1.01 * speedup},
                "solution_speedup": {"median": 16.0, "low": 15.8, "high": 16.2},
                "baseline_speedup": {"median": 20.0, "low": 19.0, "high": 21.0},
                "nanoseconds_per_unit": 0.27,
                "reference_nanoseconds_per_unit": 1.1,
                "operations_per_unit": 1.0,
                "bytes_per_unit": 8.0,
                "processors_busy": 0.99,
                "wall_over_cpu": 1.01,
                "share_of_limit": 0.71,
                "limit": "reading the same data",
            }
        ],
        "failure": None,
        "printed": "",
        "sandbox": {"layers": ["rlimits", "seccomp"], "missing": ["landlock"]},
        **others,
    }


@dataclass
class Course:
    """A temporary checkout and its commands."""

    root: Path

    @property
    def tree(self) -> Tree:
        return Tree(self.root)

    def exercise(self, name: str = "chains") -> Exercise:
        return find(self.tree, name)

    def judge_says(self, **orders: Any) -> None:
        (self.root / "judge-says.json").write_text(json.dumps(orders))

    def judge_calls(self) -> list[list[str]]:
        calls = self.root / "judge-calls"
        return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []

    def edit(self, name: str = "chains", text: Optional[str] = None) -> Path:
        """Gives an exercise a learner's file that was changed."""
        path = self.exercise(name).learners_file
        path.write_text(SOLUTION if text is None else text)
        return path

    def run(
        self, *words: str, timeout: float = 60, cwd: Optional[Path] = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "course", *words],
            env=self.environment(**environment),
            text=True,
            cwd=cwd or self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout,
        )

    def environment(self, **others: str) -> dict[str, str]:
        # Without what a person's commands do not have: who writes at once hides what is left for the end.
        others_own = ("COLUMNS", "NO_COLOR", "CXX", "PYTHONUNBUFFERED")
        kept = {key: value for key, value in os.environ.items() if key not in others_own}
        return {**kept, "PYTHONPATH": str(self.root / "grading"), **others}


@pytest.fixture(scope="module")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Starting a browser takes a second; each test loads its page anew."""
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def line_with(stream: Optional[IO[bytes]], wanted: str, seconds: float = 30.0) -> str:
    """The next line of a program's output that holds this, which is there in time; nothing beyond it is read,
    if the stream has no buffer."""
    assert stream
    said, end = b"", time.monotonic() + seconds
    while not (said.endswith(b"\n") and wanted in said.splitlines()[-1].decode()):
        ready, _, _ = select.select([stream], [], [], max(0.0, end - time.monotonic()))
        byte = stream.read(1) if ready else b""
        assert byte, f"no {wanted!r} {'before its end' if ready else f'in {seconds:g} s'} in {said.decode()}"
        said += byte
    return said.splitlines()[-1].decode()


def make_course(root: Path) -> Course:
    for part in ("course", "interface", "runner/families", "runner/exports.map"):
        source, target = ROOT / "grading" / part, root / "grading" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            # With Python's bytecode, if there is some (but none just being written): commands start sooner.
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(source, target)
    binaries = root / "build" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "runner").write_text("a runner")
    (binaries / "judge").write_text(
        FAKE_JUDGE.format(
            python=sys.executable, orders=str(root / "judge-says.json"), calls=str(root / "judge-calls")
        )
    )
    (binaries / "judge").chmod(0o755)
    for name, title in NAMES.items():
        exercise, solution = root / "exercises" / name, root / "solutions" / name
        exercise.mkdir(parents=True)
        solution.mkdir(parents=True)
        (exercise / "exercise.toml").write_text(TOML.replace("TITLE", title))
        (exercise / "README.md").write_text(LESSON.replace("TITLE", title))
        (exercise / "reference.cpp").write_text(REFERENCE)
        (solution / "sum.cpp").write_text(SOLUTION)
        (solution / "NOTES.md").write_text("Why it is fast.\n")
    course = Course(root)
    from course.stub import starting_file

    for name in NAMES:
        course.exercise(name).learners_file.write_text(starting_file(course.exercise(name)))
    course.judge_says(verdict=verdict())
    return course


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries of stub and solution, compiled once for all tests: they are known by content."""
    course = make_course(tmp_path_factory.mktemp("compiled") / "course")
    compiling.build(compiling.plan(course.exercise(), compiler()))
    course.edit()
    compiling.build(compiling.plan(course.exercise(), compiler()))
    submissions = course.root / "build" / "submissions"
    for name in NAMES:
        if not (submissions / name).exists():
            shutil.copytree(submissions / "03-sum-chains", submissions / name)
    return submissions


@pytest.fixture
def course(tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """The small course, in a folder whose path has spaces, everything compiled already."""
    monkeypatch.delenv("CXX", raising=False)
    made = make_course(tmp_path / "a checkout with spaces")
    shutil.copytree(compiled, made.root / "build" / "submissions")
    yield made
