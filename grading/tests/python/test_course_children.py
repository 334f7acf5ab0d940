"""A child that is run takes all that it started along when it ends."""
from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from conftest import Course
from course import __main__ as command_line
from course import children


def is_there(process: int) -> bool:
    """Whether it still runs; one that has ended and waits for somebody to ask does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="asks /proc who still runs")
def test_what_a_child_left_running_when_it_ended_is_ended(tmp_path: Path) -> None:
    noted = tmp_path / "number"
    leaves = ["sh", "-c", f"sleep 600 & echo $! > '{noted}'"]
    with children.running(leaves, subprocess.DEVNULL, subprocess.DEVNULL) as child:
        assert children.ended(child, 30.0)
    process = int(noted.read_text())
    end = children.deadline(10.0)
    while is_there(process) and not children.over(end):
        time.sleep(0.01)
    assert not is_there(process)


def test_a_command_is_waited_for_and_not_what_it_left_running() -> None:
    done = children.finished(["sh", "-c", "sleep 600 & echo told >&2; exit 3"], 60.0)
    assert done == children.Done(3, "told\n")


def test_a_command_that_prints_on_and_on_is_stopped_and_its_last_words_are_kept() -> None:
    done = children.finished(["sh", "-c", "yes on and on >&2"], 60.0, most_said=10000)
    assert done.returned is None and done.why_stopped == "prints on and on"
    assert len(done.said) == 10000 and "\non and on\n" in done.said


def test_a_command_without_an_end_is_stopped() -> None:
    done = children.finished(["sleep", "600"], 1.0)
    assert done == children.Done(None, "", "did not come to an end within 1 s")


def test_children_are_not_sent_to_a_temporary_folder_that_is_not_there(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)  # what was found for the tests
    monkeypatch.setenv("TMPDIR", str(course.root / "gone"))
    assert command_line.main(["next"], course.tree) == 0
    assert Path(os.environ["TMPDIR"]).is_dir()


def test_where_nothing_can_be_written_to_tmp_children_are_given_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("TMPDIR", "to be put back")
    monkeypatch.delenv("TMPDIR")
    children.give_a_temporary_folder()
    assert os.environ["TMPDIR"] == str(tmp_path)


def test_where_tmp_is_as_good_as_ever_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/tmp")
    monkeypatch.delenv("TMPDIR", raising=False)
    children.give_a_temporary_folder()
    assert "TMPDIR" not in os.environ
