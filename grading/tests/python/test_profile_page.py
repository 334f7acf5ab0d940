"""The page of a profile: what is in it; and, in a browser, zoom, search, keyboard, light and dark."""
from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from axe import violations
from browser import browsing, complaints, requests
from conftest import ROOT
from course.profile.model import Profile, Side, Step

pytest.importorskip(
    "jinja2", reason="the page is made with jinja2; grading/setup/setup --for profile installs it"
)

from course.profile.page import flame, render  # noqa: E402

SOURCE = "// </script><b>\ndouble scatter()\n  slow();\n  quick();\n"
VENDOR = ROOT / "grading" / "course" / "profile" / "page" / "vendor"


def step(function: str, line: int = 0) -> Step:
    own = line > 0
    return Step(function, "x.cpp" if own else "", line, "yours.so" if own else "libm.so.6", own)


def side(role: str, stacks: dict[tuple[Step, ...], float]) -> Side:
    total = sum(stacks.values())
    return Side(role, "x.cpp", SOURCE, 100, total, total, 2000, 1.0, stacks)


def profile() -> Profile:
    scatter, hankel, far = step("scatter", 3), step("hankel<long double>"), step("far", 4)
    slow = {(scatter, hankel, step("__sinl")): 6.0, (scatter, hankel): 3.0, (scatter,): 1.0}
    yours = {(scatter, hankel): 0.5, (scatter, far): 2.5, (scatter,): 1.0}
    solution = {(scatter, far): 0.25, (scatter,): 0.05}
    return Profile(
        exercise="12-x",
        title="X <i>",
        tool="perf",
        tool_in_words="perf record",
        notes=["99 % of the stacks"],
        workload="n = 3",
        flags="-O3",
        machine="M",
        time="now",
        clock="cpu",
        sides={
            "reference": side("reference", slow),
            "yours": side("yours", yours),
            "solution": side("solution", solution),
        },
    )


def test_the_tree_has_functions_and_the_lines_of_their_own_time() -> None:
    tree = flame.tree(profile().sides["yours"])
    assert tree["name"] == "one call" and tree["value"] == pytest.approx(4.0)
    (scatter,) = tree["children"]
    children = {child["key"]: child for child in scatter["children"]}
    assert set(children) == {"far", "hankel<long double>", "line slow();"}
    assert children["line slow();"]["name"] == "3: slow();"
    assert children["far"]["children"][0]["value"] == pytest.approx(2.5)
    totals = flame.totals(profile().sides["yours"])
    assert totals["far"] == totals["line quick();"] == pytest.approx(2.5)


def test_what_is_narrower_than_any_screen_shows_is_left_out() -> None:
    tree = flame.tree(side("yours", {(step("scatter", 3),): 1.0, (step("rare"),): 1e-5}))
    assert [child["key"] for child in tree["children"]] == ["scatter"]


def test_the_page_is_one_file_in_which_nothing_can_break_out() -> None:
    text = render.render(profile())
    assert "<i>" not in text and "X &lt;i&gt;" in text
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found and set(json.loads(found.group(1))) == {"reference", "yours", "solution"}
    assert not re.search(r'(src|href)="(?!data:)', text) and "<code>quick();</code>" in text
    assert "default-src 'none'" in text


def test_the_libraries_of_others_are_those_that_are_named() -> None:
    sums = re.findall(r"\| `(\S+?)` \|.*`([0-9a-f]{64})`", (VENDOR / "README.md").read_text(encoding="utf-8"))
    assert len(sums) == len(render.LIBRARIES) == len(list(VENDOR.glob("*.js")))
    for name, digest in sums:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "12-x.html"
    path.write_text(render.render(profile()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def browser(one_browser: Any, address: str) -> Any:
    one_browser.get(address)
    return one_browser


def media(browser: Any, **features: str) -> None:
    listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": listed})


def frame(browser: Any, place: str, name: str) -> Any:
    return browser.find_element("css selector", f'#{place} g.frame[name="{name}"]')


def width(browser: Any, place: str, name: str) -> float:
    """How wide a box is in the end, whatever moves at the moment."""
    give_up = time.monotonic() + 30
    while browser.execute_script(SOMETHING_MOVES):
        assert time.monotonic() < give_up, "the boxes do not come to rest"
        time.sleep(0.02)
    rect = frame(browser, place, name).find_element("css selector", "rect")
    return float(browser.execute_script("return arguments[0].getBoundingClientRect().width", rect))


# D3 notes in an element which transitions it is waiting for, from when they are ordered until they are over.
SOMETHING_MOVES = "return [...document.querySelectorAll('svg *')].some(element => element.__transition)"


SQUEEZE = "document.querySelectorAll('g.frame rect').forEach(rect => rect.setAttribute('width', 1))"


def colour(browser: Any, place: str, name: str) -> tuple[int, int, int]:
    fill = frame(browser, place, name).find_element("css selector", "rect").get_attribute("fill")
    red, green, blue = map(int, re.findall(r"\d+", fill))
    return red, green, blue


def test_it_loads_without_a_complaint_and_asks_nobody_for_anything(browser: Any, address: str) -> None:
    asked = [url for url in requests(browser, address) if not url.startswith("data:")]
    assert set(asked) == {address} and complaints(browser) == []
    assert browser.find_element("id", "above-title").text == "The reference: 10.0 ms a call"
    assert browser.find_element("id", "below-title").text == "Yours: 4.00 ms a call"


def test_blue_is_gone_red_is_new_and_grey_is_the_same(browser: Any) -> None:
    red, _, blue = colour(browser, "above", "__sinl")
    assert blue > red + 40, "which yours no longer calls"
    red, _, blue = colour(browser, "below", "far")
    assert red > blue + 40, "which only yours has"
    red, green, blue = colour(browser, "below", "3: slow();")
    assert max(red, green, blue) - min(red, green, blue) < 20, "which takes as long in both"


def test_both_graphs_have_one_time_scale_until_somebody_wants_all_of_the_width(browser: Any) -> None:
    whole = width(browser, "above", "one call")
    assert width(browser, "below", "one call") == pytest.approx(0.4 * whole, rel=0.02)
    browser.find_element("css selector", 'input[value="each"]').click()
    assert width(browser, "below", "one call") == pytest.approx(whole, rel=0.02)


def test_the_bars_show_all_sides_on_one_scale(browser: Any) -> None:
    widths = [bar.size["width"] for bar in browser.find_elements("css selector", ".bar")]
    assert widths[1] == pytest.approx(0.4 * widths[0], rel=0.02)
    assert widths[2] == pytest.approx(0.03 * widths[0], abs=1.5)


def test_a_click_zooms_and_the_button_goes_back(browser: Any) -> None:
    before, whole = width(browser, "above", "__sinl"), width(browser, "above", "one call")
    assert before == pytest.approx(0.6 * whole, rel=0.02)
    frame(browser, "above", "__sinl").click()
    assert width(browser, "above", "__sinl") == pytest.approx(whole, rel=0.02)
    browser.find_element("id", "reset").click()
    assert width(browser, "above", "__sinl") == pytest.approx(before, rel=0.02)


def test_a_search_marks_what_fits_and_adds_it_up(browser: Any) -> None:
    field = browser.find_element("id", "search")
    field.send_keys("HANKEL")
    assert "found" in frame(browser, "above", "hankel<long double>").get_attribute("class")
    assert "found" not in frame(browser, "above", "__sinl").get_attribute("class")
    said = browser.find_element("id", "found").text
    assert said == "9.00 ms a call, 90.0 %, in the reference; 0.500 ms a call, 12.5 %, in yours"
    field.send_keys("(")  # no regular expression
    assert browser.find_element("id", "found").text == "nothing in the reference; nothing in yours"
    for _ in range(7):
        field.send_keys("\ue003")  # backspace
    assert not browser.find_elements("css selector", "g.found")


def test_the_solution_can_stand_above(browser: Any) -> None:
    browser.find_element("css selector", 'input[value="solution"]').click()
    assert browser.find_element("id", "above-title").text == "The solution: 0.300 ms a call"
    red, _, blue = colour(browser, "below", "hankel<long double>")
    assert red > blue + 40, "which the solution does not call"


def test_the_keyboard_walks_zooms_and_comes_back(browser: Any) -> None:
    whole = width(browser, "above", "one call")
    browser.execute_script(SQUEEZE)  # as while boxes grow: what counts is how wide they will be
    browser.find_element("id", "reset").send_keys("\ue004")  # the tabulator
    active = browser.switch_to.active_element
    assert active.get_attribute("name") == "one call"
    for key, wanted in (
        ("\ue013", "scatter"),  # up: what it calls
        ("\ue013", "hankel<long double>"),  # the widest of these
        ("\ue013", "__sinl"),
        ("\ue015", "hankel<long double>"),  # down again
        ("\ue012", "3: slow();"),  # left
        ("\ue014", "hankel<long double>"),  # right
    ):
        browser.switch_to.active_element.send_keys(key)
        assert browser.switch_to.active_element.get_attribute("name") == wanted
    said = browser.find_element("id", "details").text
    assert said.startswith("hankel<long double> (libm.so.6): 9.00 ms a call, 90.0 % of the reference")
    assert said.endswith("yours 0.500 ms, the reference 9.00 ms, −8.50 ms")
    browser.switch_to.active_element.send_keys("\ue007")  # enter
    assert width(browser, "above", "hankel<long double>") == pytest.approx(whole, rel=0.02)
    assert browser.switch_to.active_element.get_attribute("name") == "hankel<long double>"
    browser.switch_to.active_element.send_keys("\ue00c")  # escape
    assert width(browser, "above", "hankel<long double>") == pytest.approx(0.9 * whole, rel=0.02)


def test_the_lower_graph_grows_downwards_for_the_keyboard_too(browser: Any) -> None:
    frame(browser, "below", "one call").send_keys("\ue015")  # down
    assert browser.switch_to.active_element.get_attribute("name") == "scatter"
    browser.switch_to.active_element.send_keys("\ue013")  # up
    assert browser.switch_to.active_element.get_attribute("name") == "one call"
    browser.switch_to.active_element.send_keys("\ue013")  # there is nothing further up
    assert browser.switch_to.active_element.get_attribute("name") == "one call"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out_in_the_light_or_in_the_dark(browser: Any, scheme: str) -> None:
    media(browser, prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    browser.refresh()
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) == (scheme == "dark")
    browser.find_element("id", "search").send_keys("far")
    found = violations(browser)
    media(browser, prefers_color_scheme="light")
    assert found == []


def test_letters_in_the_boxes_can_be_read_in_the_light_and_in_the_dark(browser: Any) -> None:
    for scheme in ("light", "dark"):
        media(browser, prefers_color_scheme=scheme)
        browser.refresh()
        assert browser.execute_script(LEAST_CONTRAST_IN_BOXES) >= 4.5, scheme
    media(browser, prefers_color_scheme="light")


LEAST_CONTRAST_IN_BOXES = """
    const light = colour => {
        const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(value => {
            const part = value / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return Math.min(...[...document.querySelectorAll("g.frame")].map(frame => {
        const ground = light(getComputedStyle(frame.querySelector("rect")).fill);
        const letters = light(getComputedStyle(frame.querySelector("div")).color);
        return (Math.max(letters, ground) + 0.05) / (Math.min(letters, ground) + 0.05);
    }));
"""


def test_it_fits_a_phone(address: str, tmp_path: Path) -> None:
    with browsing(tmp_path / "browser", width=390) as phone:
        phone.get(address)
        assert phone.execute_script("return document.documentElement.scrollWidth - innerWidth") <= 0
        assert 200 < width(phone, "above", "one call") < 390
