"""`ladder` finds its rungs in the exercises' folders, scales what takes too long, and says so."""
from __future__ import annotations

import fcntl
import io
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Mapping

import pytest
from conftest import ROOT, Course, line_with
from course import __main__, compiling, ladder, ladder_chart, ladder_command
from course.errors import CourseBroken, Mistake
from course.exercises import find
from course.figures import duration
from course.ladder import Rung, Timing
from course.machine import compiler, processor
from course.progress import Progress
from course.tree import Tree
from judging import changeable
from matplotlib.backends.backend_agg import FigureCanvasAgg

FAKE_RUNG = """#!{python}
import json, pathlib, sys
words = sys.argv[1:]
sizes = [int(word) for flag, word in zip(words, words[1:]) if flag == "--size"]
name = pathlib.Path(words[words.index("--exercise") + 1]).name
says = json.loads(pathlib.Path({says!r}).read_text()).get(name, {{}})
for size in sizes:
    if size <= says.get("up_to", 10**9):
        seconds = 1e-9 * size**3 * says.get("slowness", 1)
        print(json.dumps({{"size": size, "seconds": seconds, "calls": 3, "interactions": 0.9 * size**3,
                           "checksum": says.get("checksum", 5.0)}}), flush=True)
if "complaint" in says:
    sys.exit(says["complaint"])
"""


@pytest.fixture
def climbing(course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A small course two of whose exercises are rungs, and a stand-in for what times them."""
    monkeypatch.setattr(ladder, "FAMILY", "sum")
    for name in ("03-sum-chains", "04-sum-compensated"):
        toml = course.root / "exercises" / name / "exercise.toml"
        toml.write_text(toml.read_text() + f'[ladder]\nrung = "the rung {name[:2]}"\n')
    program = course.root / "build" / "bin" / "rung"
    program.write_text(FAKE_RUNG.format(python=sys.executable, says=str(course.root / "rung-says.json")))
    program.chmod(0o755)
    figures = {"machine": processor(), "sum": {"nanoseconds_per_unit": 1000.0, "unit": "element"}}
    course.tree.python_baseline_figures.write_text(json.dumps(figures))
    rungs_say(course, {})
    return course


def rungs_say(course: Course, orders: Mapping[str, Any]) -> None:
    (course.root / "rung-says.json").write_text(json.dumps(orders))


def climb(course: Course, *sizes: int) -> ladder.Ladder:
    return ladder.climb(course.tree, compiler(), sizes, 10.0, Progress(io.StringIO()))


def test_the_rungs_are_the_exercises_that_call_themselves_so(climbing: Course) -> None:
    climbed = climb(climbing, 10, 20)
    assert climbed.rungs[0].title == ladder.PYTHON_RUNG
    assert [rung.exercise for rung in climbed.rungs[1:]] == [
        exercise.name for exercise in (find(climbing.tree, name) for name in ("03", "04")) if exercise.rung
    ]


def test_what_takes_too_long_is_scaled_by_its_interactions_and_marked(climbing: Course) -> None:
    rungs_say(climbing, {"03-sum-chains": {"up_to": 10, "slowness": 7}})
    climbed = climb(climbing, 10, 20)
    slow = climbed.rungs[1]
    assert slow.timings[10] == Timing(pytest.approx(7e-6), 10) and slow.timings[10].is_measured(10)
    assert slow.timings[20] == Timing(pytest.approx(56e-6), 10) and not slow.timings[20].is_measured(20)
    table = ladder.as_markdown(climbed)
    assert "| the rung 03 | 7.00 µs | ≈ 56.0 µs | 129× |" in table
    assert [rung["measured"] for rung in ladder.as_json(climbed)["rungs"]] == [[], [10], [10, 20]]
    assert "≈: not measured at that size" in table and processor() in table
    assert not any(timing.is_measured(size) for size, timing in climbed.rungs[0].timings.items())


def test_a_size_without_a_time_is_scaled_from_the_nearest_smaller_one() -> None:
    interactions = {5: 0.5, 10: 1.0, 20: 10.0, 30: 30.0}
    scaled = ladder.scaled({10: 2.0, 20: 15.0}, interactions, [5, 10, 20, 30])
    assert scaled == {5: Timing(1.0, 10), 10: Timing(2.0, 10), 20: Timing(15.0, 20), 30: Timing(45.0, 20)}
    assert ladder.scaled({}, interactions, [5]) == {}


def test_the_original_python_is_scaled_from_its_time_for_one_interaction(climbing: Course) -> None:
    assert climb(climbing, 10).rungs[0].timings[10].seconds == pytest.approx(0.9 * 10**3 * 1e-6)


def test_the_interactions_of_a_size_that_nobody_reached_grow_as_a_cube(climbing: Course) -> None:
    rungs_say(climbing, {name: {"up_to": 10} for name in ("03-sum-chains", "04-sum-compensated")})
    assert climb(climbing, 10, 20).rungs[0].timings[20].seconds == pytest.approx(0.9 * 20**3 * 1e-6)


def test_figures_of_the_original_python_on_another_machine_are_made_anew(climbing: Course) -> None:
    figures = climbing.tree.python_baseline_figures
    figures.write_text(figures.read_text().replace(processor(), "another machine"))
    with pytest.raises(Mistake, match="baseline/python/measure.py is missing"):
        climb(climbing, 10)
    program = climbing.tree.baseline / "python" / "measure.py"
    program.parent.mkdir(parents=True)
    program.write_text("raise SystemExit('no time')\n")
    with pytest.raises(CourseBroken, match="original Python cannot be timed: no time"):
        climb(climbing, 10)


def test_a_rung_whose_module_this_python_lacks_is_left_out_and_so_is_another_family(
    climbing: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {"03-sum-chains": "numba"}
    monkeypatch.setattr(ladder.python, "missing_module", lambda exercise: lacking.get(exercise.name))
    climbed = climb(climbing, 10)
    assert climbed.left_out == ("the rung 03: this Python does not have numba",) and len(climbed.rungs) == 2
    monkeypatch.setattr(ladder, "FAMILY", "scatter")
    assert ladder.steps(climbing.tree) == []


def test_a_field_that_is_no_number_is_another_field(climbing: Course) -> None:
    rungs_say(climbing, {"04-sum-compensated": {"checksum": float("nan")}})
    with pytest.raises(CourseBroken, match="the rung 04 computes another field at 10: nan, not 5"):
        climb(climbing, 10)


def test_a_rung_that_computes_another_field_is_none(climbing: Course) -> None:
    rungs_say(climbing, {"03-sum-chains": {"checksum": 4.0}, "04-sum-compensated": {"checksum": 5.0}})
    with pytest.raises(CourseBroken, match="computes another field at 10"):
        climb(climbing, 10)


def test_a_program_that_gives_no_time_is_named_with_what_it_said(climbing: Course) -> None:
    rungs_say(climbing, {"03-sum-chains": {"up_to": 0, "complaint": "rung: It crashed"}})
    with pytest.raises(Mistake, match="03-sum-chains cannot be timed at 10: rung: It crashed"):
        climb(climbing, 10)


def test_a_crash_at_a_larger_size_is_no_estimate(climbing: Course) -> None:
    rungs_say(climbing, {"03-sum-chains": {"up_to": 10, "complaint": "rung: It crashed"}})
    with pytest.raises(Mistake, match="03-sum-chains cannot be timed at 20: rung: It crashed"):
        climb(climbing, 10, 20)


AT_20 = """#include "scatter.hpp"

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    for (volatile std::size_t i = 20; i < problem.x.size(); DOES) {}
    for (auto& value : field) value = 1.0;
}
"""


def really_timed(folder: Path, does: str) -> list[int]:
    """The sizes of which the real program has a time, for what does this on and on at size 20."""
    exercise = find(changeable(folder / "course"), "12")
    exercise.learners_file.write_text(AT_20.replace("DOES", does))
    plan = compiling.plan(exercise, compiler(), ("yours",))
    compiling.build(plan)
    step, library = ladder.Step("", exercise, "yours"), plan.libraries["yours"]
    return sorted(ladder.timed(step, library, [10, 20], 2.0, Progress(io.StringIO())))


def test_the_real_program_leaves_out_what_takes_too_long(tmp_path: Path) -> None:
    assert really_timed(tmp_path, "(void)0") == [10]


def test_the_real_program_complains_of_a_crash(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="cannot be timed at 20: rung: "):
        really_timed(tmp_path, "__builtin_trap()")


def test_table_picture_and_figures_are_written_and_published_only_on_demand(
    climbing: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    (climbing.root / "docs").mkdir()
    assert ladder_command.main(climbing.tree, ["--sizes", "20", "10"]) == 0
    assert "| the rung 03 |" in capsys.readouterr().out
    made = climbing.root / "build" / "ladder"
    assert {path.name for path in made.iterdir()} == {"ladder.md", "ladder.svg", "ladder.png", "ladder.json"}
    assert json.loads((made / "ladder.json").read_text())["sizes"] == [10, 20]
    assert not list((climbing.root / "docs").iterdir())
    assert ladder_command.main(climbing.tree, ["--sizes", "10", "--publish"]) == 0
    published = {path.name for path in (climbing.root / "docs").iterdir()}
    assert published == {"ladder.md", "ladder.svg", "ladder.png"}


def break_the_toml(course: Course) -> str:
    course.exercise("03").toml.write_text("title = ")
    return "exercises/03-sum-chains/exercise.toml is not valid TOML"


def break_the_solution(course: Course) -> str:
    course.exercise("03").solution.write_text("double sum(")
    return "the rung 03: 03-sum-chains: the course's own solution does not compile"


def break_the_run(course: Course) -> str:
    rungs_say(course, {"03-sum-chains": {"up_to": 0, "complaint": "rung: It crashed"}})
    return "the rung 03: 03-sum-chains cannot be timed at 10: rung: It crashed."


@pytest.mark.parametrize("breaks", [break_the_toml, break_the_solution, break_the_run])
def test_a_broken_rung_is_left_out_with_its_sentence_and_nothing_with_a_hole_is_published(
    climbing: Course, capsys: pytest.CaptureFixture[str], breaks: Callable[[Course], str]
) -> None:
    (climbing.root / "docs").mkdir()
    sentence = breaks(climbing)
    assert ladder_command.main(climbing.tree, ["--sizes", "10"]) == 2
    said = capsys.readouterr().out
    assert "| the rung 04 |" in said and f"Left out: {sentence}" in said and ".." not in said
    (reason,) = json.loads((climbing.root / "build" / "ladder" / "ladder.json").read_text())["left_out"]
    assert reason.startswith(sentence) and "\n" not in reason
    with pytest.raises(Mistake):
        ladder_command.main(climbing.tree, ["--sizes", "10", "--publish"])
    assert not list((climbing.root / "docs").iterdir())


def from_a_moment_to_days() -> ladder.Ladder:
    machine = dict.fromkeys(("processor", "processors", "compiler", "python", "system", "date"), "some")
    title = "a rung with a rather long title"
    rungs = (Rung(title, None, {8: Timing(3e6, 0)}), Rung("fast", "x", {8: Timing(2e-5, 8)}))
    return ladder.Ladder((8,), rungs, (), machine)


def test_no_words_of_the_picture_stand_upon_each_other() -> None:
    figure = ladder_chart.draw(from_a_moment_to_days())
    FigureCanvasAgg(figure).draw()
    labels = [label for label in figure.axes[0].get_xticklabels() if label.get_text()]
    ends = [(box.x0, box.x1) for box in (label.get_window_extent() for label in labels)]
    assert len(ends) >= 10
    assert all(one[1] + 2 < next_one[0] for one, next_one in zip(ends, ends[1:])), ends


def test_the_picture_begins_at_the_top_and_what_was_not_measured_is_hollow() -> None:
    (axes,) = ladder_chart.draw(from_a_moment_to_days()).axes
    assert axes.yaxis_inverted() and [label.get_text() for label in axes.get_yticklabels()][1] == "fast"
    (marks,) = axes.collections
    assert [tuple(face) == (1.0, 1.0, 1.0, 1.0) for face in marks.get_facecolors()] == [True, False]


def test_a_terminal_without_the_signs_gets_the_table_all_the_same(
    climbing: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert __main__.main(["ladder", "--args=--sizes 10"], climbing.tree) == 0
    out.seek(0)
    assert "| the rung 03 | 1.00 ?s | 900? |" in out.read()


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    climbed = from_a_moment_to_days()
    first = ladder_chart.save(climbed, tmp_path / "1")[0].read_bytes()
    assert ladder_chart.save(climbed, tmp_path / "2")[0].read_bytes() == first


@pytest.mark.parametrize("words", ["--sizes 2", "--sizes many", "--limit 0", "--size", "--what"])
def test_a_mistake_in_the_call_is_one_sentence_and_exit_code_2(course: Course, words: str) -> None:
    done = course.run("ladder", f"--args={words}")
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "--help" in done.stderr
    assert "_" not in done.stderr  # no name of a function


def test_help_is_no_mistake(course: Course) -> None:
    done = course.run("ladder", "--args=--help")
    assert done.returncode == 0 and "--publish" in done.stdout


def test_it_waits_for_a_check_that_is_running(climbing: Course) -> None:
    with open(climbing.root / "build" / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call = [sys.executable, "-m", "course", "ladder", "--args=--sizes 10"]
        child = subprocess.Popen(
            call, env=climbing.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0
        )
        line_with(child.stderr, "waiting")
        threading.Event().wait(0.2)
        assert child.poll() is None
    child.communicate(timeout=60)


@pytest.mark.parametrize(
    "seconds, said",
    [
        (7e-5, "70.0 µs"),
        (5.71e-3, "5.71 ms"),
        (1.5, "1.50 s"),
        (90.0, "90.0 s"),
        (7200.0, "2.00 hours"),
        (2e6, "23.1 days"),
    ],
)
def test_a_time_is_said_in_the_unit_that_a_person_would_choose(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_every_rung_of_the_course_is_a_solution_of_the_ladders_family() -> None:
    steps = ladder.steps(Tree(ROOT))
    assert [step.title for step in steps if step.role == "reference"] == [ladder.TWIN_RUNG]
    assert len({step.title for step in steps}) == len(steps)
