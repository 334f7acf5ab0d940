"""axe-core, which finds what keeps people with a screen reader or a keyboard out of a page; from npm."""
from __future__ import annotations

import fcntl
import shutil
import subprocess
from typing import Any

import pytest
from conftest import ROOT

PINNED = ROOT / "grading" / "tests" / "browser"
KEPT = ROOT / "build" / "tests" / "axe"
AXE = KEPT / "node_modules" / "axe-core" / "axe.min.js"
LISTS = ("package.json", "package-lock.json")


def _is_there() -> bool:
    return AXE.is_file() and all((KEPT / name).read_bytes() == (PINNED / name).read_bytes() for name in LISTS)


def _installed() -> str:
    """Has npm install what the lists name; its complaint if it does not."""
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=KEPT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode == 0:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]


def _source() -> str:
    """The library's text; installed once, then kept. Without npm or a network the test is skipped."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with open(KEPT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_there():
            if not shutil.which("npm"):
                pytest.skip("there is no npm, which axe-core comes from")
            for name in LISTS:
                shutil.copy(PINNED / name, KEPT / name)
            complaint = _installed()
            if complaint:
                (KEPT / LISTS[0]).unlink()
                pytest.skip(f"npm could not fetch axe-core: {complaint}")
    return AXE.read_text(encoding="utf-8")


def violations(browser: Any) -> list[str]:
    """What axe-core objects to on the page that is open: the rule, and the first place."""
    browser.execute_script(_source())
    run = "axe.run().then(found => arguments[0](found.violations))"
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in browser.execute_async_script(run)
    ]
