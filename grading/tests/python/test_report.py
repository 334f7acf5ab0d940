"""`make report`: what its page says, of exercises in every state, and that it is whole and escaped."""
from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional

import pytest
from conftest import SOLUTION, Course, verdict

pytest.importorskip("jinja2", reason="make report needs jinja2; grading/setup/setup --for report installs it")

from course import history  # noqa: E402
from course.figures import time_in_words  # noqa: E402
from course.report import data  # noqa: E402
from course.report import page as the_page  # noqa: E402
from course.report.plots import drawing  # noqa: E402


def measured(course: Course, name: str, wall: bool = False) -> None:
    """The judge's measurements of an exercise, as it writes them: four epochs on each side."""
    runs = [
        {
            "name": f"{name}/large/{side}",
            "run_type": "iteration",
            "cpu_time": time + epoch,
            "real_time": 2 * time,
        }
        for side, time in (("reference", 1600.0), ("yours", 110.0), ("solution", 100.0))
        for epoch in range(4)
    ]
    medians = [{**run, "run_type": "aggregate"} for run in runs[:1]]
    said = verdict()
    said["timed"][0]["clock"] = "wall" if wall else "cpu"
    context = {"date": "2026-01-02T03:04:05+00:00", "num_cpus": 2, "load_avg": [0.25], "caches": [{}]}
    path = course.root / "build" / "measurements" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"benchmarks": runs + medians, "verdict": said, "context": context}))


def page(course: Course, cwd: Optional[Path] = None) -> str:
    done = course.run("report", cwd=cwd)
    assert done.returncode == 0, done.stderr
    path = course.root / "build" / "report" / "index.html"
    assert done.stdout.splitlines() == [
        "Written: build/report/index.html",
        f"Open it in a browser: {path.as_uri()}",
    ]
    return path.read_text(encoding="utf-8")


def checked(course: Course, name: str, status: str = "passed", **fields: Any) -> None:
    course.edit(name)
    course.judge_says(verdict=verdict(status, **fields))
    course.run("check", name)


class _Reader(HTMLParser):
    """Everything that can be found out about a page without a browser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, Optional[str]]]) -> None:
        known = dict(attributes)
        self.tags.append(tag)
        self.ids += [str(known["id"])] if "id" in known else []
        self.links += [str(known[key]) for key in ("href", "xlink:href", "src") if key in known]
        self.headings += [int(tag[1])] if re.fullmatch(r"h\d", tag) else []


def row(text: str, name: str) -> str:
    found = re.search(rf'<tr>\s*<th scope="row"><a href="#{name}">.*?</tr>', text, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found.group()))


def test_before_anything_was_checked_the_page_says_what_to_do(course: Course) -> None:
    text = page(course)
    assert "None of your own code has been checked yet" in text and "Nothing has been measured yet" in text
    assert text.count("0 of 3 stars") == 6 and "<strong>0 of 30 points</strong>" in text
    assert "Next: Read exercises/03-sum-chains/README.md" in text


def test_the_latest_verdict_is_in_table_and_ladder(course: Course) -> None:
    checked(course, "03-sum-chains", p=0.95)
    checked(course, "04-sum-compensated", "too_slow", p=0.25)
    measured(course, "03-sum-chains")
    text = page(course)
    assert "10.0 passed 13.9× 16.0×" in row(text, "03-sum-chains")
    assert "2.8 too slow 2.00× 16.0×" in row(text, "04-sum-compensated")
    assert "12.8 of 30 points" in text and "None of your own" not in text
    assert "lies within 0.1 % (the median over the exercises); the machine was quiet" in text
    assert re.search(r'aria-label="The ladder, time for one element[^"]*Several chains: yours 0.270 ns', text)
    assert 'id="rounds-03-sum-chains-' in text and 'id="attempts-04-sum-compensated-' in text


def test_every_attempt_is_told_those_without_a_speedup_too(course: Course) -> None:
    checked(course, "03-sum-chains", "wrong", timed=[], points=0.0, sentence="The answer is wrong.")
    course.edit("03-sum-chains", course.edit("03-sum-chains").read_text() + "// again\n")
    course.judge_says(verdict=verdict("crashed", timed=[], points=0.0, sentence="It crashed."))
    course.run("check", "03-sum-chains")
    text = page(course)
    assert "2 attempts" in text and "It crashed." in text and "0.0 crashed – –" in row(text, "03-sum-chains")
    assert "<td>wrong</td>" in text and "<td>crashed</td>" in text
    checked(course, "03-sum-chains", p=0.95)
    assert "3 attempts; the last known speedup is 13.9×" in page(course)


def test_what_was_put_back_is_to_do_again_and_its_attempts_stay(course: Course) -> None:
    checked(course, "03-sum-chains", p=0.95)
    course.run("reset", "03-sum-chains")
    text = page(course)
    assert "★★☆ – to do – 16.0× lesson notes" in row(text, "03-sum-chains")
    assert "notes" not in row(text, "04-sum-compensated") and "Of the limit" not in text
    assert "1 attempt<" in text and "None of your own code" not in text
    assert "0 of 30 points</strong>, 0 of 3 exercises passed,\n    2 of 9 stars" in text
    assert "\n0 of 30 points: 3 to do.\n" in course.run("check").stdout, "the same as here"


def test_figures_are_of_the_file_as_it_is_where_that_was_checked_or_else_of_the_last_attempt(
    course: Course,
) -> None:
    checked(course, "03-sum-chains", p=0.95)
    course.judge_says(verdict=verdict("too_slow", p=0.25))
    course.run("check", "--seed=5", "03-sum-chains")
    (entry, *_) = ladder_entries(course)
    assert entry.points == 10.0 and entry.passed, "what make check would say"
    course.edit("03-sum-chains", SOLUTION + "// slower\n")
    course.run("check", "03-sum-chains")
    course.run("reset", "03-sum-chains")
    course.run("check", "03-sum-chains")
    course.edit("03-sum-chains", SOLUTION + "// not checked yet\n")
    changed = ladder_entries(course)[0]
    assert changed.begun and changed.points == 2.8 and not changed.passed and len(changed.attempts) == 3


def test_of_many_attempts_the_latest_are_in_the_table_the_last_one_first(course: Course) -> None:
    for _ in range(25):
        history.append(course.exercise(), verdict())
    rows = the_page._attempt_rows(ladder_entries(course)[0])
    assert [each[0] for each in rows] == list(range(25, 5, -1))


def test_texts_are_escaped_and_links_lead_to_files(course: Course) -> None:
    toml = course.exercise().toml
    title = 'title = "a < b & \\"c\\" <script>"'
    toml.write_text(toml.read_text().replace('title = "Several chains"', title))
    checked(course, "03-sum-chains", sentence="<b>Bold</b> & \"quoted\" 'x'")
    measured(course, "03-sum-chains")
    profile = course.root / "build" / "profile" / "03-sum-chains.html"
    profile.parent.mkdir()
    profile.write_text("a profile")
    text = page(course)
    found = _Reader(text)
    assert "script" not in found.tags and "b" not in found.tags
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp;" in text
    folder = course.root / "build" / "report"
    files = [link for link in found.links if not link.startswith(("#", "data:"))]
    assert "../profile/03-sum-chains.html" in files and len(files) == 5
    assert all((folder / link).resolve().is_file() for link in files)


def test_the_page_is_whole(course: Course) -> None:
    for name in ("03-sum-chains", "04-sum-compensated"):
        checked(course, name)
        measured(course, name, wall=name.startswith("04"))
    text = page(course)
    found = _Reader(text)
    assert len(found.ids) == len(set(found.ids))
    assert all(link[1:] in found.ids for link in found.links if link.startswith("#"))
    assert all(after <= before + 1 for before, after in zip(found.headings, found.headings[1:]))
    assert found.headings[0] == 1 and found.headings.count(1) == 1
    without_namespaces = re.sub(r'xmlns(:xlink)?="http://www.w3.org/[^"]*"', "", text)
    assert not re.search("https?://", without_namespaces)
    assert not {"script", "img", "iframe", "object"} & set(found.tags)


def test_damaged_files_are_as_good_as_none(course: Course) -> None:
    checked(course, "03-sum-chains")
    build = course.root / "build"
    odd = '{"benchmarks": [1, {}], "verdict": {"timed": [3]}, "sizes": [1], "rungs": [2], "sum": 4}'
    for content in (odd, odd[:-1]):
        for path in ("measurements/03-sum-chains.json", "ladder/ladder.json", "baseline.json"):
            (build / path).parent.mkdir(exist_ok=True)
            (build / path).write_text(content)
        assert "Nothing has been measured yet." in page(course)


def test_a_broken_exercise_is_named_and_the_others_stay(course: Course) -> None:
    course.exercise("bessel").toml.write_text("title = ")
    text = page(course)
    assert "12-scatter-bessel/exercise.toml is not valid TOML" in text and "0 of 20 points" in text


def test_a_page_that_cannot_be_written_is_one_clear_sentence(course: Course) -> None:
    (course.root / "build" / "report").write_text("in the way")
    done = course.run("report")
    assert done.returncode == 2 and "Traceback" not in done.stderr and "build/report" in done.stderr


def ladder_entries(course: Course) -> list[data.Entry]:
    from course import overview

    return [data.entry(standing) for standing in overview.all_standings(course.tree)[0]]


def test_the_timed_ladder_stands_behind_the_learners(course: Course) -> None:
    checked(course, "12-scatter-bessel", p=0.5)
    rungs = [
        {"title": "the original Python", "exercise": None, "seconds": {"8": 1.0, "64": 40.0}},
        {"title": "Bessel", "exercise": "12-scatter-bessel", "seconds": {"8": 0.1, "64": 2.0}},
    ]
    path = course.root / "build" / "ladder" / "ladder.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"sizes": [8, 64], "rungs": rungs}))
    first = data.climbs(course.tree, ladder_entries(course))[0]
    assert first.family == "scatter" and [rung.model for rung in first.rungs] == [40e9, 2e9]
    assert first.rungs[1].start == pytest.approx(32e9)
    yours = first.rungs[1].yours
    assert yours and yours.median == pytest.approx(8e9) and yours.low < yours.median < yours.high
    assert [each[4] for each in the_page._ladder(first).rows] == ["1.00×", "5.00×"]
    course.run("reset", "12-scatter-bessel")
    (again, *_) = data.climbs(course.tree, ladder_entries(course))
    assert again.rungs[1].yours is None and the_page._ladder(again).rows[1][4] == "20.0×"


def test_a_ladder_of_verdicts_begins_with_plain_python_and_has_what_is_timed_by_the_same_unit(
    course: Course,
) -> None:
    checked(course, "03-sum-chains", p=0.5)
    checked(course, "04-sum-compensated", timed=[{**verdict()["timed"][0], "unit": "interaction"}])
    figures = {"sum": {"unit": "element", "nanoseconds_per_unit": 50.0}}
    course.tree.python_baseline_figures.write_text(json.dumps(figures))
    (climb,) = data.climbs(course.tree, ladder_entries(course))
    plain, own = climb.rungs
    assert plain == data.Rung("the original Python", None, 50.0, None) and climb.top == 50.0
    assert (own.title, own.start, own.model) == ("Several chains", 1.1, pytest.approx(1.1 / 16))
    yours = own.yours
    assert yours and yours.median == 0.27
    assert yours.low == pytest.approx(0.27 / 1.01) and yours.high == pytest.approx(0.27 / 0.99)
    course.run("reset", "03-sum-chains")
    (climb,) = data.climbs(course.tree, ladder_entries(course))
    assert climb.rungs[1].yours is None


def test_the_spread_is_the_middle_halfs_of_the_workload_where_it_is_the_largest() -> None:
    def workload(*times: float) -> data.Workload:
        return data.Workload("", "cpu", {"reference": times})

    steady, short = workload(*[2.0] * 8), workload(1.0, 9.0)
    restless = workload(9.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 0.1)
    assert (steady.spread, restless.spread, short.spread) == (0.0, 1.0, None)
    assert data.Measurement({}, (steady, restless, short)).spread == 1.0


def test_epochs_are_read_by_the_workloads_own_clock(course: Course) -> None:
    name = "03-sum-chains"
    measured(course, name)
    by_cpu = data.entry(ladder_entries(course)[0].standing).measurement
    assert by_cpu and by_cpu.workloads[0].epochs["yours"] == (110.0, 111.0, 112.0, 113.0)
    assert by_cpu.spread == pytest.approx(1 / 1601.5)
    measured(course, name, wall=True)
    by_wall = data.entry(ladder_entries(course)[0].standing).measurement
    assert by_wall and set(by_wall.workloads[0].epochs["yours"]) == {220.0} and by_wall.spread == 0.0


@pytest.mark.parametrize(
    "p, points, stars", [(0.7, 7.8, 1), (0.95, 10.0, 2), (1.2, 10.0, 3), (0.995, 10.0, 3)]
)
def test_stars_are_for_passing_for_all_points_and_for_the_solutions_speed(
    course: Course, p: float, points: float, stars: int
) -> None:
    checked(course, "03-sum-chains", p=p, points=points)
    assert ladder_entries(course)[0].stars == stars
    checked(course, "03-sum-chains", "too_slow", p=0.3)
    course.run("reset", "03-sum-chains")
    assert ladder_entries(course)[0].stars == stars, "nothing later takes a star away"


def test_a_star_stays_though_a_faster_attempt_is_left_undecided(course: Course) -> None:
    checked(course, "03-sum-chains", p=0.7)
    course.edit("03-sum-chains", SOLUTION + "// again\n")
    course.judge_says(verdict=verdict("undecided", p=0.75))
    course.run("check", "03-sum-chains")
    (entry, *_), text = ladder_entries(course), page(course)
    assert entry.stars == 1 and not entry.passed and (entry.standing.best or {})["status"] == "undecided"
    assert "8.3 of 30 points</strong>, 0 of 3 exercises passed,\n    1 of 9 stars" in text


@pytest.mark.parametrize("low, high", [(1.0, 1.01), (0.3, 8e3), (1e-1, 1e15), (90.0, 110.0)])
def test_ticks_are_few_and_round(low: float, high: float) -> None:
    ticks = drawing.log_ticks(low, high)
    assert len(ticks) <= 6 and all(low <= tick <= high for tick in ticks)
    assert ticks or high / low < 2.5


def test_times_are_said_as_a_person_says_them() -> None:
    said = [time_in_words(10.0**power) for power in (-1, 0, 3, 5, 6, 10, 14)]
    assert said == ["0.100 ns", "1.00 ns", "1.00 µs", "100 µs", "1.00 ms", "10.0 s", "27.8 hours"]


def test_the_page_is_the_same_wherever_it_is_written_from(course: Course, tmp_path: Path) -> None:
    first = page(course)
    second = page(course, tmp_path)
    without_time = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
    assert without_time.sub("", first) == without_time.sub("", second)
