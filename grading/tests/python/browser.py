"""A real browser for the tests of the pages: Chromium without a window, and nothing of its own going on."""
from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest

BINARIES = ("chromium", "chromium-browser", "google-chrome")
DRIVERS = ("chromedriver", "chromium-driver")
QUIET = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-dev-shm-usage""".split()


def _first(names: tuple[str, ...]) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip(f"there is no {names[0]}; grading/setup/setup --for test names its package")
    if subprocess.run([found, "--version"], capture_output=True).returncode != 0:
        pytest.skip(f"{found} only says where {names[0]} may be had")  # as Ubuntu's, which wants a snap
    return found


@contextmanager
def browsing(profile: Path, width: int = 1100) -> Iterator[Any]:
    """A browser with a fresh profile, a window of that width, and its log of requests and messages."""
    selenium = pytest.importorskip(
        "selenium.webdriver", reason="there is no selenium; grading/setup/setup --for test names it"
    )
    from selenium.webdriver.chrome.service import Service

    options = selenium.ChromeOptions()
    options.binary_location = _first(BINARIES)
    for argument in (*QUIET, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = selenium.Chrome(service=Service(_first(DRIVERS)), options=options)
    try:
        look(browser, width)
        yield browser
    finally:
        browser.quit()


def look(browser: Any, width: int = 1100, dark: bool = False, calm: bool = False) -> None:
    """Gives the window this width, and what its person prefers: a dark page, one in which little moves."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    motion = {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, motion]})


def requests(browser: Any, page: str) -> list[str]:
    """Every address that this page has asked for since the last call, its own first."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent" and message["params"]["documentURL"] == page
    ]


def complaints(browser: Any) -> list[str]:
    """What the browser has to say about a page: errors, and what was forbidden."""
    return [entry["message"] for entry in browser.get_log("browser")]
