"""`make test` counts GoogleTest's and pytest's tests together, and counts what broke as failed."""
from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT

REPORT = """<testsuites><testsuite>
<testcase name="a"/>
<testcase name="b"><failure message="no"/></testcase>
<testcase name="c"><error message="no"/></testcase>
<testcase name="d"><skipped message="not here"/></testcase>
<testcase name="e" status="run"><system-out>words</system-out></testcase>
</testsuite></testsuites>"""


@pytest.fixture(scope="module")
def counting() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_tests", ROOT / "grading" / "tests" / "run_tests.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["run_tests"] = module
    spec.loader.exec_module(module)
    return module


def test_a_report_is_counted(counting: ModuleType, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    found = counting.count(report)
    assert str(found) == "2 passed, 2 failed, 1 skipped"
    assert str(found + counting.Count(passed=3)) == "5 passed, 2 failed, 1 skipped"
    assert str(counting.Count()) == "0 passed, 0 failed"


@pytest.mark.parametrize("text", [None, "", "<testsuites>"])
def test_a_report_that_is_missing_or_damaged_is_a_failure(
    counting: ModuleType, tmp_path: Path, text: str
) -> None:
    report = tmp_path / "report.xml"
    if text is not None:
        report.write_text(text)
    assert counting.count(report).failed == 1


def test_a_program_that_fails_without_a_failed_test_is_a_failure(
    counting: ModuleType, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"
    write = f"open({str(report)!r}, 'w').write('<testsuite><testcase/></testsuite>')"
    assert counting.run("x", [sys.executable, "-c", write], report) == counting.Count(passed=1)
    program = f"{write}; raise SystemExit(9)"
    assert counting.run("x", [sys.executable, "-c", program], report) == counting.Count(passed=1, failed=1)
    assert counting.run("x", ["no-such-program"], report) == counting.Count(failed=1)


def test_tests_can_be_interrupted_where_a_script_runs_them_in_its_background(
    counting: ModuleType, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"
    program = (
        "import signal; ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN; "
        f"open({str(report)!r}, 'w').write('<testsuite><testcase/></testsuite>' if not ignored else '')"
    )
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert counting.run("x", [sys.executable, "-c", program], report) == counting.Count(passed=1)
    finally:
        signal.signal(signal.SIGINT, before)


def test_interrupted_tests_end_without_a_traceback(tmp_path: Path) -> None:
    program = tmp_path / "grading" / "tests" / "run_tests.py"
    program.parent.mkdir(parents=True)
    program.write_bytes((ROOT / "grading" / "tests" / "run_tests.py").read_bytes())
    (tmp_path / "ctest").write_text("#!/bin/sh\nkill -INT $PPID\n")
    (tmp_path / "ctest").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True)
    assert done.returncode == 130 and done.stderr == "\nStopped.\n"


TESTS = """
import os
import pytest


def note_who_runs_it():
    with open({workers!r}, "a") as workers:
        print(os.environ.get("PYTEST_XDIST_WORKER", "none"), file=workers)


def test_a():
    note_who_runs_it()


def test_b():
    note_who_runs_it()
    assert False


@pytest.mark.alone
def test_c():
    pass
"""


@pytest.mark.parametrize("processors", [1, 2])
def test_tests_side_by_side_and_alone_are_each_counted_once(
    counting: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    monkeypatch.setattr(counting, "REPORTS", tmp_path)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    # Else it would tidy up after former runs, which takes a while.
    monkeypatch.setenv("PYTEST_DEBUG_TEMPROOT", str(tmp_path))
    tests = tmp_path / "test_some.py"
    workers = tmp_path / "workers"
    tests.write_text(TESTS.format(workers=str(workers)))
    together = counting.side_by_side(processors)
    most = counting.pytest("most", "most", ["-m", "not alone", *together], [str(tests)])
    assert most == counting.Count(passed=1, failed=1)
    assert set(workers.read_text().split()) == ({"gw0", "gw1"} if processors == 2 else {"none"})
    assert counting.pytest("alone", "alone", ["-m", "alone"], [str(tests)]) == counting.Count(passed=1)
    assert counting.pytest("none", "none", ["-m", "missing"], [str(tests)]) == counting.Count()
