"""The report's page in a real browser: quiet, alone, readable in the dark, and no wider than a phone."""
from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy
import pytest
from axe import violations
from browser import complaints, look, requests
from conftest import Course, make_course, verdict

pytest.importorskip("jinja2", reason="make report needs jinja2")

from course.machine import processor_identity  # noqa: E402
from course.progress import Progress  # noqa: E402
from course.report import page as pages  # noqa: E402
from course.report import wave  # noqa: E402

# The least contrast of any text with the page's ground, by the formula of the Web's accessibility guidelines.
LEAST_CONTRAST = """
    const light = colour => {
        const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(value => {
            const part = value / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = light(getComputedStyle(document.body).backgroundColor);
    const contrasts = [...document.querySelectorAll("body *")].filter(
        element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    ).map(element => {
        const style = getComputedStyle(element);
        const letters = light(element.closest("svg") ? style.fill : style.color);
        return (Math.max(letters, ground) + 0.05) / (Math.min(letters, ground) + 0.05);
    });
    return [Math.min(...contrasts), ground, contrasts.length];
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, compiled: Path) -> Course:
    """One course for all these tests, of which two exercises were checked: one passed, one is wrong."""
    made = make_course(tmp_path_factory.mktemp("report") / "a checkout with spaces")
    shutil.copytree(compiled, made.root / "build" / "submissions")
    for name, said in (
        ("03-sum-chains", verdict(p=0.95)),
        ("04-sum-compensated", verdict("wrong", timed=[], points=0.0)),
    ):
        made.edit(name)
        made.judge_says(verdict=said)
        made.run("check", name)
    made.judge_says(verdict=verdict("too_slow", p=0.0))
    assert made.run("check", "12-scatter-bessel").returncode == 1, "to do"
    return made


@pytest.fixture(scope="module")
def page(course: Course) -> str:
    done = course.run("report")
    assert done.returncode == 0, done.stderr
    return (course.root / "build" / "report" / "index.html").as_uri()


@pytest.fixture(scope="module")
def moving(course: Course) -> str:
    """The same page with a roofline and a wave, of figures that are not this machine's."""
    reading = [{"from": "memory", "threads": count, "bytes_per_second": count * 1e10} for count in (1, 2)]
    arithmetic = [{"threads": count, "operations_per_second": count * 4e10} for count in (1, 2)]
    found = {"one_chain": 1e9, "arithmetic": arithmetic, "reading": reading}
    kept = {"machine": processor_identity(), "date": "2026-01-02 03:04", "ceilings": found}
    figures = course.root / "build" / "ceilings.json"
    figures.write_text(json.dumps(kept))
    field = numpy.exp(0.5j * numpy.arange(32) * numpy.ones((32, 1)))
    pictures, still, size = wave.pictures(field, 0.9)
    one = wave.Wave("12-scatter-bessel", True, 31, 0.02, *size, moving=pictures, still=still)
    target = course.root / "build" / "report" / "moving.html"
    target.parent.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wave, "of", lambda *_: one)
        text = pages.render(course.tree, target, False, Progress(io.StringIO()))
    figures.unlink()
    target.write_text(text, encoding="utf-8")
    return target.as_uri()


@pytest.fixture
def browser(one_browser: Any) -> Any:
    """The browser as a person with a large window finds it: light, and with nothing in its logs."""
    one_browser.get("about:blank")
    look(one_browser)
    requests(one_browser, "")
    complaints(one_browser)
    return one_browser


def water(browser: Any) -> str:
    script = "return getComputedStyle(document.querySelector('.water')).backgroundImage"
    return str(browser.execute_script(script))


def overflow(browser: Any) -> int:
    return int(browser.execute_script("return document.documentElement.scrollWidth - innerWidth"))


def asked(browser: Any, page: str) -> list[str]:
    return [address for address in requests(browser, page) if not address.startswith("data:")]


def test_the_wave_moves_and_can_be_held_still(moving: str, browser: Any) -> None:
    look(browser, width=390)
    browser.get(moving)
    flowing = water(browser)
    browser.find_element("css selector", "label[for=hold]").click()
    held = water(browser)
    assert flowing.startswith('url("data:image/webp;') and len(held) < len(flowing)
    assert complaints(browser) == [] and overflow(browser) <= 0
    assert asked(browser, moving) == [moving]
    look(browser, width=390, calm=True)
    browser.refresh()
    assert water(browser) == held
    assert not browser.find_element("css selector", "#hold").is_displayed()


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_is_for_everybody_in_the_light_and_in_the_dark(
    page: str, moving: str, browser: Any, dark: bool
) -> None:
    look(browser, dark=dark)
    for address in (page, moving):
        browser.get(address)
        least, ground, texts = browser.execute_script(LEAST_CONTRAST)
        assert least >= 4.5 and texts > 50
        assert ground < 0.1 if dark else ground > 0.9
        for summary in browser.find_elements("css selector", "summary"):
            summary.click()
        assert violations(browser) == []
    roof = browser.find_element("css selector", "#roofline ~ figure svg")
    assert "03-sum-chains: yours 3.70 G" in roof.get_attribute("aria-label") and "03" in roof.text
    assert "obstacle" in browser.find_element("css selector", ".water").get_attribute("aria-label")


def test_the_page_loads_alone_without_a_word_and_shows_the_latest_verdict(page: str, browser: Any) -> None:
    browser.get(page)
    assert asked(browser, page) == [page] and complaints(browser) == []
    ladder = browser.find_element("css selector", "#ladder ~ figure svg")
    assert "Several chains: yours 0.270 ns" in ladder.get_attribute("aria-label")
    assert ladder.size["width"] > 300 and "Several chains" in ladder.text
    passed = browser.find_element("css selector", "td.passed")
    assert passed.text == "passed" and overflow(browser) <= 0


def test_on_a_phone_nothing_is_cut_off_or_needs_scrolling_sideways(page: str, browser: Any) -> None:
    look(browser, width=390)
    browser.get(page)
    assert browser.execute_script("return innerWidth") == 390 and overflow(browser) <= 0
    for summary in browser.find_elements("css selector", "summary"):
        summary.click()
    assert overflow(browser) <= 0, "nor with everything open"


def test_the_keyboard_reaches_links_tables_and_details(page: str, browser: Any) -> None:
    browser.get(page)
    reached = []
    for _ in range(60):
        browser.switch_to.active_element.send_keys("\ue004")  # the tabulator
        active = browser.switch_to.active_element
        reached.append(active.tag_name + "." + (active.get_attribute("class") or ""))
        if active.tag_name == "summary":
            active.send_keys("\ue007")  # enter
            assert active.find_element("xpath", "..").get_attribute("open")
            break
    assert reached[0] == "a.skip" and "div.wide" in reached and reached[-1].startswith("summary")


def test_a_link_of_the_table_leads_to_its_exercise(page: str, browser: Any) -> None:
    look(browser, width=390)
    browser.get(page)
    browser.find_element("link text", "04-sum-compensated").click()
    assert browser.current_url == f"{page}#04-sum-compensated"
    heading = browser.find_element("id", "04-sum-compensated")
    assert abs(browser.execute_script("return arguments[0].getBoundingClientRect().top", heading)) < 900
