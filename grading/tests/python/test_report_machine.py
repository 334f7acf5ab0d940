"""The report's roofline and wave: what is measured and computed for them, what is kept, and what is said."""
from __future__ import annotations

import base64
import io
import json
import math
import re
import sys
from pathlib import Path
from typing import Any, Optional

import numpy
import pytest
from conftest import ROOT, Course, verdict
from PIL import Image, ImageSequence

pytest.importorskip("jinja2", reason="make report needs jinja2; grading/setup/setup --for report installs it")

from course import compiling, ladder, overview  # noqa: E402
from course.exercises import find  # noqa: E402
from course.figures import rate_in_words  # noqa: E402
from course.machine import compiler, processor_identity  # noqa: E402
from course.progress import Progress  # noqa: E402
from course.report import ceilings, data, plots, roofline, wave  # noqa: E402
from course.tree import Tree  # noqa: E402

FIGURES = {
    "one_chain": 1.5e9,
    "arithmetic": [
        {"threads": 1, "operations_per_second": 4e10},
        {"threads": 2, "operations_per_second": 8e10},
    ],
    "reading": [
        {"from": "level 2 cache", "threads": 1, "bytes_per_second": 8e10},
        {"from": "level 3 cache", "threads": 1, "bytes_per_second": 1.6e10},
        {"from": "memory", "threads": 1, "bytes_per_second": 1.5e10},
        {"from": "memory", "threads": 2, "bytes_per_second": 3e10},
    ],
}


def program(course: Course, name: str, text: str) -> Path:
    path = course.root / "build" / "bin" / name
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return path


def says(course: Course, figures: Any) -> None:
    """A stand-in for the program that measures, which counts how often it was called."""
    calls = course.root / "ceilings-calls"
    program(course, "ceilings", f"open({str(calls)!r}, 'a').write('.')\nprint({json.dumps(figures)!r})\n")


def calls(course: Course) -> int:
    path = course.root / "ceilings-calls"
    return len(path.read_text()) if path.exists() else 0


def entries(course: Course) -> list[data.Entry]:
    return [data.entry(standing) for standing in overview.all_standings(course.tree)[0]]


def measured(course: Course, fresh: bool = False) -> ceilings.Ceilings:
    return ceilings.of_this_machine(course.tree, fresh, lambda: None)


def test_the_machine_is_measured_once_and_anew_on_demand_or_on_another_machine(course: Course) -> None:
    says(course, FIGURES)
    first = measured(course)
    assert first.arithmetic == {1: 4e10, 2: 8e10} and first.most_threads == 2 and not first.was_busy
    assert first.distinct_threads == [1, 2]
    assert measured(course) == first and calls(course) == 1
    measured(course, fresh=True)
    assert calls(course) == 2
    kept = course.root / "build" / "ceilings.json"
    kept.write_text(kept.read_text().replace(processor_identity(), "another machine"))
    measured(course)
    assert calls(course) == 3


def test_figures_of_a_busy_machine_are_not_kept(course: Course) -> None:
    busy = {**FIGURES, "arithmetic": [FIGURES["arithmetic"][0], {"threads": 2, "operations_per_second": 1e9}]}
    says(course, busy)
    assert measured(course).was_busy and measured(course).was_busy and calls(course) == 2
    assert measured(course).distinct_threads == [1]


@pytest.mark.parametrize("figures", [None, {}, {**FIGURES, "one_chain": 0}, {**FIGURES, "reading": [1]}])
def test_figures_that_are_none_are_no_ceilings(course: Course, figures: Any) -> None:
    says(course, figures)
    with pytest.raises(ceilings.Unknown, match="build/bin/ceilings gave no figures"):
        measured(course)


def test_without_the_program_the_page_says_how_to_get_it(course: Course) -> None:
    with pytest.raises(ceilings.Unknown, match="make build"):
        measured(course)
    assert course.run("report").returncode == 0
    text = (course.root / "build" / "report" / "index.html").read_text(encoding="utf-8")
    assert "There is no roofline yet. build/bin/ceilings" in text


def test_a_place_that_is_no_faster_than_memory_is_no_ceiling_of_its_own(course: Course) -> None:
    says(course, FIGURES)
    known = measured(course)
    assert [each.source for each in known.readings_of(1)] == ["level 2 cache", "memory"]
    assert known.roof(0.125, 1) == pytest.approx(1e10) and known.roof(100.0, 1) == 4e10
    assert known.roof(0.125, 2) == pytest.approx(3.75e9)


def test_a_kernel_has_its_operations_over_its_bytes(course: Course) -> None:
    says(course, FIGURES)
    course.edit("03-sum-chains")
    course.judge_says(verdict=verdict(p=0.5))
    course.run("check", "03-sum-chains")
    comparing = verdict("too_slow", p=0.0)
    comparing["timed"][0]["operations_per_unit"] = 0
    course.judge_says(verdict=comparing)
    course.run("check", "04-sum-compensated")
    roof = roofline.of(entries(course), measured(course))
    (kernel,) = roof.kernels
    assert (kernel.number, kernel.intensity, kernel.threads) == ("03", 0.125, 1)
    assert kernel.start == pytest.approx(1e9 / 1.1) and kernel.solution == pytest.approx(16e9 / 1.1)
    assert kernel.yours == pytest.approx(1e9 / 0.27) and roof.without == ("04-sum-compensated",)
    assert course.run("report").returncode == 0
    text = (course.root / "build" / "report" / "index.html").read_text(encoding="utf-8")
    assert 'id="roofline-' in text and "03-sum-chains: yours 3.70 G" in text
    assert "04-sum-compensated: not here" in text and "40.0 G/s on 1, 80.0 G/s on 2" in text


def test_a_kernel_of_several_processors_is_under_their_roof_and_has_nothing_of_yours_after_a_reset(
    course: Course,
) -> None:
    says(course, FIGURES)
    wall = {**verdict()["timed"][0], "clock": "wall", "nanoseconds_per_unit": 0.05}
    course.edit("03-sum-chains")
    course.judge_says(verdict=verdict(timed=[wall]))
    course.run("check", "03-sum-chains")
    (kernel,) = roofline.of(entries(course), measured(course)).kernels
    assert kernel.threads == 2 and kernel.yours == pytest.approx(1e9 / 0.05) and kernel.best == kernel.yours
    course.run("reset", "03-sum-chains")
    (kernel,) = roofline.of(entries(course), measured(course)).kernels
    assert kernel.yours is None and kernel.best == kernel.solution


def test_kernels_side_by_side_have_their_numbers_where_there_is_room() -> None:
    crowd = [("14", 300, 5, 10), ("15", 450, 11, 26), ("16", 450, 4, 6), ("21", 620, 0.09, 25)]
    kernels = [
        roofline.Kernel(f"{number}-x", "", 1, intensity, 1e9 * start, 1e9 * best, None)
        for number, intensity, start, best in crowd
    ]
    machine = ceilings.Ceilings(2e9, {1: 8e10}, (), "today")
    drawn = plots.roofline(roofline.Roofline(machine, tuple(kernels), ()))
    marks = [tuple(map(float, each)) for each in re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', drawn)]
    numbers = re.findall(r'<text [^>]*x="([\d.]+)" y="([\d.]+)"[^>]*>(\d\d)</text>', drawn)
    written = [(float(x), float(y) - 3) for x, y, number in numbers if number in {"14", "15", "16", "21"}]
    assert len(written) == 4 and len(marks) >= 8
    for index, (x, y) in enumerate(written):
        for other in [*marks, *written[:index]]:
            assert abs(other[0] - x) > 6 or abs(other[1] - y) > 6, (numbers[index], other)


def test_the_roofline_says_rates_as_a_person_says_them() -> None:
    said = [rate_in_words(rate) for rate in (12.0, 4.5e3, 8.88e10, 2.4e12)]
    assert said == ["12.0", "4.50 k", "88.8 G", "2.40 T"]


def test_the_real_program_measures_what_the_roofline_needs(course: Course) -> None:
    binary = ROOT / "build" / "bin" / "ceilings"
    if not binary.is_file():
        pytest.skip("build/bin/ceilings is not built")
    (course.root / "build" / "bin" / "ceilings").symlink_to(binary)
    found = measured(course)
    assert 1 in found.arithmetic and "memory" in [each.source for each in found.readings_of(1)]
    assert 0.0 < found.one_chain < math.inf and 0.0 < found.arithmetic[1] < math.inf


RUNG = """
import array, json, pathlib, sys
words = sys.argv[1:]
told = dict(zip(words[::2], words[1::2]))
library = pathlib.Path(told["--library"]).name
with open(CALLS, "a") as calls:
    calls.write(library.split("-")[0] + chr(10))
if library.startswith(REFUSES):
    sys.exit("rung: it crashed")
for size in (64, 128):
    values = array.array("d", [0.5, -0.5] * (size + 1) ** 2)
    values[:2] = array.array("d", [0.0, 0.0])
    open(told["--field"], "wb").write(values.tobytes())
    print(json.dumps({"size": size, "seconds": 0.25, "calls": 3, "extent": [6.0, 5.5]}), flush=True)
"""


@pytest.fixture
def scattering(course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A small course whose exercises are taken for those about the wave."""
    monkeypatch.setattr(ladder, "FAMILY", "sum")
    answers(course)
    return course


def answers(course: Course, refuses: str = "nobody") -> None:
    calls = str(course.root / "rung-calls")
    program(course, "rung", f"CALLS, REFUSES = {calls!r}, {refuses!r}\n{RUNG}")


def asked(course: Course) -> list[str]:
    path = course.root / "rung-calls"
    return path.read_text().split() if path.exists() else []


def passed(course: Course, name: str, nanoseconds: float) -> None:
    course.edit(name)
    said = verdict()
    said["timed"][0]["nanoseconds_per_unit"] = nanoseconds
    course.judge_says(verdict=said)
    assert course.run("check", name).returncode == 0


def computed(course: Course, fresh: bool = False, of: Optional[list[data.Entry]] = None) -> wave.Wave:
    known = entries(course) if of is None else of
    return wave.of(course.tree, known, compiler(), fresh, Progress(io.StringIO()))


def test_the_wave_is_computed_by_the_learners_fastest_code(scattering: Course) -> None:
    passed(scattering, "03-sum-chains", 5.0)
    passed(scattering, "04-sum-compensated", 0.2)
    found = computed(scattering)
    assert (found.exercise, found.is_yours, found.size) == ("04-sum-compensated", True, 128)
    assert asked(scattering) == ["yours"] and found.seconds == 0.25
    assert (found.width, found.height) == (wave.WIDTH, round(wave.WIDTH * 5.5 / 6))
    assert found.moving.startswith("data:image/webp;base64,") and len(found.still) < len(found.moving)


def test_the_wave_is_kept_until_the_code_changes(scattering: Course) -> None:
    passed(scattering, "03-sum-chains", 0.2)
    first = computed(scattering)
    assert computed(scattering) == first and asked(scattering) == ["yours"]
    computed(scattering, fresh=True)
    assert asked(scattering) == ["yours"] * 2
    scattering.edit("03-sum-chains", scattering.edit("03-sum-chains").read_text() + "// again\n")
    scattering.run("check", "03-sum-chains")
    computed(scattering)
    assert asked(scattering) == ["yours"] * 3


def test_before_anything_has_passed_the_model_solution_computes_it(scattering: Course) -> None:
    found = computed(scattering)
    assert not found.is_yours and asked(scattering) == ["solution"]


def test_where_the_learners_code_gives_nothing_the_model_solution_does(scattering: Course) -> None:
    passed(scattering, "03-sum-chains", 0.2)
    answers(scattering, refuses="yours")
    assert not computed(scattering).is_yours and asked(scattering) == ["yours", "solution"]


def test_where_nobody_can_compute_it_the_reason_is_said(scattering: Course) -> None:
    answers(scattering, refuses="solution")
    with pytest.raises(wave.NoWave, match="it crashed"):
        computed(scattering)
    with pytest.raises(wave.NoWave, match="no exercise"):
        computed(scattering, of=[])


def frames_of(address: str) -> list[Any]:
    moving = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    return [numpy.asarray(frame.convert("RGB"), dtype=int) for frame in ImageSequence.Iterator(moving)]


def test_the_wave_runs_to_the_right_with_red_up_and_blue_down_and_y_upward() -> None:
    field = numpy.tile(numpy.exp(2j * numpy.pi * numpy.arange(65) / 64), (65, 1))
    field[:16, 16:32] = 0.0  # the obstacle, at the bottom
    moving, still, pixels = wave.pictures(field, 0.5)
    width, height = pixels
    assert pixels == (wave.WIDTH, wave.WIDTH // 2)
    (first,), frames = frames_of(still), frames_of(moving)
    assert len(frames) == wave.FRAMES and first.shape == frames[0].shape == (height, width, 3)
    redness = [frame[5, :, 0] - frame[5, :, 2] for frame in frames]
    assert redness[0][5] > 60 and redness[0][width // 2] < -60, "a crest on the left, a trough in the middle"
    crests = [abs(int(redness[n][10:-10].argmax()) + 10 - width * n / wave.FRAMES) for n in (5, 10, 15)]
    assert max(crests) < width / wave.FRAMES
    bottom, top = (first[row, 3 * width // 8] for row in (-6, 5))
    assert abs(bottom - 128).max() < 12 and top[2] - top[0] > 30


def test_the_real_field_is_the_total_one(tmp_path: Path) -> None:
    """Nothing is inside, and outside it is the incident wave and the one whose squares the ladder adds up."""
    tree = Tree(ROOT)
    if not (tree.build / "bin" / "rung").is_file():
        pytest.skip("build/bin/rung is not built")
    exercise = find(tree, "12")
    plan = compiling.plan(exercise, compiler(), ("solution",))
    compiling.build(plan)
    step, library = ladder.Step("", exercise, "solution"), plan.libraries["solution"]
    file = tmp_path / "field"
    (result,) = ladder.timed(step, library, [24], 10.0, Progress(io.StringIO()), file).values()
    field = numpy.fromfile(file, dtype=complex).reshape(25, 25)
    inside = field == 0
    assert 0 < inside.sum() < 150 and not inside[0].any() and not inside[:, 0].any()
    # Up to a shift of the incident wave's phase the grid's columns are as far apart as its extent says.
    across = numpy.linspace(0.0, result["extent"][0], 25)
    incident = numpy.exp(4j * numpy.pi * across)

    def scattered(shift: float) -> float:
        total = numpy.where(inside, 0, field - incident * numpy.exp(1j * shift))
        return float((abs(total) ** 2).sum())

    least = min(abs(scattered(shift) - result["checksum"]) for shift in numpy.linspace(0, 6.3, 2000))
    assert least < 0.01 * result["checksum"]
