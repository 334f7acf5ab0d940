"""A child that is run takes all that it started along when it ends."""
from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
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
