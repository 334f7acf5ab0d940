"""The real judge on real submissions, through the course's own `check`: hostile ones never pass, honest ones
are never called wrong. Each file under grading/tests/submissions says in its heading what is expected."""
from __future__ import annotations

import multiprocessing
import os
import platform
import re
import resource
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "grading" / "tests"))

import calibrate  # noqa: E402
from course import compiling, exercises, python, stub  # noqa: E402
from course.exercise import Exercise  # noqa: E402
from course.machine import compiler  # noqa: E402
from course.style import Style  # noqa: E402
from course.tree import Tree  # noqa: E402
from course.verdict_text import render  # noqa: E402
from judging import SUBMISSIONS, assert_all_walls_stand, changeable, check, headed, submissions  # noqa: E402


def solved() -> list[Any]:
    """The exercises that the judge sees; what those on wall time measure takes all processors."""
    found = [exercises.find(Tree(ROOT), folder.name) for folder in sorted((ROOT / "solutions").iterdir())]
    return [
        pytest.param(exercise.name, marks=pytest.mark.alone if exercise.clock == "wall" else [])
        for exercise in found
        if exercise.language.name != "questions"
    ]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A checkout whose exercises may be changed; all else is the real one."""
    return changeable(tmp_path_factory.mktemp("a course with spaces"))


def judge(course: Tree, name: str, source: Path, **options: Any) -> dict[str, Any]:
    exercise = exercises.find(course, name)
    shutil.copyfile(source, exercise.learners_file)
    return check(exercise, **options)


@pytest.mark.parametrize("source", submissions("hostile", "*.cpp"))
def test_a_hostile_submission_never_passes_and_is_told_why(course: Tree, source: Path) -> None:
    if headed(source, "needs") not in ("", platform.machine()):
        pytest.skip(f"for {headed(source, 'needs')} only")
    verdict = judge(course, "03-sum-chains", source)
    assert verdict["status"] in headed(source, "expect").split(" or "), verdict["sentence"]
    assert verdict["sentence"] and headed(source, "says") in verdict["sentence"]
    assert headed(source, "advises") in verdict["advice"]
    assert verdict["status"] == "too_slow" or verdict["advice"]


@pytest.mark.parametrize("source", submissions("honest", "*.cpp"))
def test_an_honest_submission_is_never_called_wrong(course: Tree, source: Path) -> None:
    verdict = judge(course, "03-sum-chains", source)
    assert verdict["status"] in headed(source, "expect").split(" or "), verdict["sentence"]
    assert verdict["cases"]["passed"] == verdict["cases"]["total"]


def skip_where_the_machine_cannot_tell(exercise: Exercise, verdict: dict[str, Any]) -> None:
    """Several processors that others keep busy show nothing, as the judge says; or a module is missing."""
    if python.missing_module(exercise):
        pytest.skip(verdict["sentence"])
    if exercise.clock == "wall" and verdict["status"] in ("skipped", "undecided"):
        pytest.skip(verdict["sentence"])


@pytest.mark.parametrize("name", solved())
def test_a_model_solution_passes_with_full_points(course: Tree, name: str) -> None:
    exercise = exercises.find(course, name)
    for part in exercise.parts:
        shutil.copyfile(part.solution, part.learners)
    # In Python an interval takes longer than these seconds: what comes after it would make it narrower only.
    verdict = check(exercise, budget=4.0 if exercise.language.name == "python" else None)
    skip_where_the_machine_cannot_tell(exercise, verdict)
    assert verdict["status"] == "passed", verdict["sentence"]
    assert verdict["points"] == 10.0 if exercise.clock == "cpu" else verdict["points"] >= 8.0
    if exercise.language.name == "python":
        assert_first_call_is_told(exercise, verdict)


def assert_first_call_is_told(exercise: Exercise, verdict: dict[str, Any]) -> None:
    """Later calls pay it back; where numba compiles in it, it takes long enough for a line of its own."""
    first = verdict["first_call"]
    assert first["paid_back_after_calls"] is not None
    if "numba" in exercise.modules:
        assert first["extra_seconds"] > 0.02 and first["paid_back_after_calls"] >= 1
    if exercise.name == "01-sum-numba":
        text = render(exercise, verdict, Style(False, True))
        assert re.search(r"first call   took 0\.\d+ s longer, paid back after \d+ calls", text)


@pytest.mark.parametrize("name", solved())
def test_an_untouched_stub_is_right_and_does_not_pass(course: Tree, name: str) -> None:
    exercise = exercises.find(course, name)
    stub.reset(exercise)
    verdict = check(exercise, budget=1.0 if exercise.language.name == "python" else None)
    skip_where_the_machine_cannot_tell(exercise, verdict)
    assert verdict["status"] == "to_do"
    assert verdict["judged"] == "too_slow" or exercise.clock == "wall" and verdict["judged"] == "undecided"
    assert verdict["cases"]["passed"] == verdict["cases"]["total"]
    assert all(timed["excerpt"]["yours_too"] for timed in verdict["timed"] if timed["excerpt"])


@pytest.mark.parametrize("lines, takes_part", [(12, True), (120, False)])
def test_the_naive_twin_stays_away_where_a_call_would_take_too_long(
    course: Tree, lines: int, takes_part: bool
) -> None:
    exercise = exercises.find(course, "14-scatter-simd")
    stub.reset(exercise)
    description = exercise.folder / "exercise.toml"
    whole = description.read_text()
    sized = re.sub(r"(?m)^(nx|ny) = \d+$", rf"\1 = {lines - 1}", whole, count=2)
    assert sized != whole
    try:
        description.write_text(sized)
        (timed,) = check(exercises.find(course, exercise.name), budget=0.3)["timed"]
    finally:
        description.write_text(whole)
    assert f"{lines} x {lines} points" in timed["size"]
    assert (timed["baseline_speedup"] is not None) == takes_part
    assert timed["share_of_limit"] is not None


def test_a_seed_brings_the_same_failure_back(course: Tree) -> None:
    source = SUBMISSIONS / "hostile" / "tail_forgotten.cpp"
    first = judge(course, "03-sum-chains", source)["failure"]
    assert first["seed"] >= 2**32  # of 64 bits; a smaller one is as rare as it looks
    again = judge(course, "03-sum-chains", source, seed=first["seed"])["failure"]
    assert again == first
    assert judge(course, "03-sum-chains", source)["failure"]["seed"] != first["seed"]


@pytest.mark.parametrize(
    ("name", "smell"),
    [
        ("single_precision", "rounding"),
        ("tail_forgotten", "edges"),
        ("different_each_time", "race"),
        ("accumulated_in_an_int", "integers"),
        ("beyond_the_end", "beyond"),
        ("nothing_added_up", "zeros"),
        ("sample_only", "different"),
    ],
)
def test_a_wrong_answer_is_told_by_its_smell(course: Tree, name: str, smell: str) -> None:
    verdict = judge(course, "03-sum-chains", SUBMISSIONS / "hostile" / f"{name}.cpp")
    assert verdict["failure"]["smell"] == smell


# The C library's Bessel functions are as right, and Boost takes seconds to compile.
WITHOUT_BOOST = {
    "#include <boost/math/special_functions/bessel.hpp>": "",
    "boost::math::cyl_bessel_j": "::jn",
    "boost::math::cyl_neumann": "::yn",
}
SPANS = "const bool spans_the_ray = (y0 > py) != (y1 > py);"


@pytest.mark.parametrize(
    ("name", "smell", "changes"),
    [
        ("13-scatter-inside", "corners", {SPANS: SPANS.replace("y0 >", "y0 >=")}),
        ("13-scatter-inside", "outside", {"inside = !inside;": "inside = true;"}),
        (
            "13-scatter-inside",
            "dents",
            {
                "bool inside = false;": "bool left = true, right = true, inside = false;",
                SPANS: "((x1 - x0) * (py - y0) < (y1 - y0) * (px - x0) ? left : right) = false;\n" + SPANS,
                "return inside;": "return left || right;",
            },
        ),
        ("12-scatter-bessel", "inside", {"if (is_inside(problem, p))": "if (false)"}),
        ("12-scatter-bessel", "sides", {"if (is_inside(problem, p))": "if (!is_inside(problem, p))"}),
        (
            "12-scatter-bessel",
            "hair",
            {"p.x < p0.x + (p1.x - p0.x) * ": "static_cast<float>(p.x) < p0.x + (p1.x - p0.x) * "},
        ),
        ("12-scatter-bessel", "unwritten", {"j = 0; j < problem.y": "j = 0; j + 1 < problem.y"}),
        ("12-scatter-bessel", "opposite", {"wave += segment_wave": "wave -= segment_wave"}),
        ("12-scatter-bessel", "conjugate", {"return wave;": "return std::conj(wave);"}),
        ("12-scatter-bessel", "near", {"double kr) {": "double kr) {\nif (kr < 3.0) kr = 3.0;"}),
        ("12-scatter-bessel", "factor", {"dot(k, p));": "dot(k, p) + 0.1);"}),
        ("12-scatter-bessel", "different", {"dot(k, p));": "dot(k, p) * 1.1);"}),
    ],
)
def test_what_all_wrong_answers_have_in_common_is_told(
    course: Tree, tmp_path: Path, name: str, smell: str, changes: dict[str, str]
) -> None:
    text = exercises.find(course, name).reference.read_text()
    for right, wrong in (*changes.items(), *WITHOUT_BOOST.items()):
        assert right in text or right in WITHOUT_BOOST
        text = text.replace(right, wrong)
    source = tmp_path / "wrong.cpp"
    source.write_text(text)
    verdict = judge(course, name, source)
    assert verdict["status"] == "wrong" and verdict["failure"]["smell"] == smell


@pytest.mark.alone  # so many leave others' processes no room: all runners are one user's
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_a_thousand_threads_are_told_how_many_there_may_be(course: Tree, tmp_path: Path) -> None:
    exercise = exercises.find(course, "05-sum-threads")
    text = exercise.reference.read_text()
    many = text.replace("omp parallel for", "omp parallel for num_threads(1000)")
    assert many != text
    source = tmp_path / "sum.cpp"
    source.write_text(many)
    verdict = judge(course, exercise.name, source)
    assert verdict["status"] == "forbidden" and "more threads" in verdict["sentence"]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_a_fork_where_threads_are_allowed_is_not_told_of_one_processor(course: Tree) -> None:
    verdict = judge(course, "05-sum-threads", SUBMISSIONS / "hostile" / "child_process.cpp")
    assert verdict["status"] == "forbidden" and "start another process" in verdict["sentence"]
    assert "about threads" in verdict["advice"]


def test_too_few_processors_are_counted(course: Tree) -> None:
    source = exercises.find(course, "05-sum-threads").solution
    one = (0, {min(os.sched_getaffinity(0))})
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork"), os.sched_setaffinity, one) as alone:
        verdict = alone.submit(judge, course, "05-sum-threads", source).result()
    assert verdict["status"] == "skipped"
    assert verdict["sentence"] == "This exercise needs 2 processors; usable here: 1."


def test_a_signal_that_no_mistake_sends_is_not_blamed_on_an_index(course: Tree, tmp_path: Path) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text('#include <csignal>\n#include "sum.hpp"\n'
                      "double sum(std::span<const double>) { return std::raise(SIGKILL); }\n")
    verdict = judge(course, "03-sum-chains", source)
    assert verdict["status"] == "crashed" and "SIGKILL" in verdict["sentence"]
    assert "short of memory" in verdict["advice"] and "index" not in verdict["advice"]


def test_a_null_pointer_may_be_an_empty_vectors(course: Tree, tmp_path: Path) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text('#include <vector>\n#include "sum.hpp"\n'
                      "std::vector<double> levels;\n"
                      "double sum(std::span<const double> a) { return levels[a.size() % 8]; }\n")
    verdict = judge(course, "03-sum-chains", source)
    assert verdict["status"] == "crashed" and "null pointer" in verdict["sentence"]
    assert "a vector that is empty" in verdict["advice"] and "make sanitize" in verdict["advice"]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_a_crash_where_threads_are_allowed_is_told_of_what_they_share(course: Tree) -> None:
    source = SUBMISSIONS / "hostile" / "segmentation_fault.cpp"
    assert "two threads" in judge(course, "05-sum-threads", source)["advice"]
    assert "two threads" not in judge(course, "03-sum-chains", source)["advice"]


WITH_THREADS = """#include <cstdio>
#include <future>
#include <mutex>
#include <thread>
#include <vector>
#include "sum.hpp"
double sum(std::span<const double>) {
    %s
    return 0.0;
}
"""
TEN_THOUSAND_THREADS = """std::mutex gate;
    std::vector<std::future<void>> all;
    const std::lock_guard closed(gate);
    for (int i = 0; i < 10000; ++i)
        all.push_back(std::async(std::launch::async, [&] { gate.lock(); gate.unlock(); }));"""


@pytest.mark.alone  # as for a thousand
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_more_threads_than_there_is_memory_for_are_told_as_that(course: Tree, tmp_path: Path) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text(WITH_THREADS % TEN_THOUSAND_THREADS)
    verdict = judge(course, "05-sum-threads", source)
    assert verdict["status"] == "forbidden" and "more threads than it has memory for" in verdict["sentence"]
    assert "hardware_concurrency" in verdict["advice"]


THREADS_GONE_WRONG = {
    "a large array in a thread": (
        "std::thread([] { volatile double many[8 << 20];\n"
        "                 for (int i = 8 << 20; i > 0; --i) many[i - 1] = i; }).join();",
        "crashed", "used up its stack", "among the local variables"),
    "more than the stack has room for": (
        "\n#pragma omp parallel num_threads(1000000)\n"
        "    std::this_thread::yield();",
        "crashed", "used up its stack", "among the local variables.* many thousands of threads"),
    "a file that cannot be written": (
        'std::fputs("one more thread", std::fopen("threads.log", "w"));',
        "crashed", "used a null pointer", "a file that could not be opened.* after the function's end"),
    "a wild pointer in a thread": (
        "std::thread([] { *reinterpret_cast<volatile double*>(0x123456789000) = 1.0; }).join();",
        "crashed", "SIGSEGV (Segmentation fault). The case is", "two threads"),
    "not joined": ("std::thread nobody_joins([] {});", "crashed", "SIGABRT", "nobody had joined"),
    "a lock taken twice": (
        "std::mutex lock; const std::lock_guard once(lock), twice(lock);", "hung", "did not answer",
        "its owner does not give back"),
}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
@pytest.mark.parametrize(
    ("line", "status", "says", "advises"), list(THREADS_GONE_WRONG.values()), ids=list(THREADS_GONE_WRONG)
)
def test_what_goes_wrong_with_threads_only_is_told_as_that(
    course: Tree, tmp_path: Path, line: str, status: str, says: str, advises: str
) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text(WITH_THREADS % line)
    verdict = judge(course, "05-sum-threads", source)
    assert verdict["status"] == status and says in verdict["sentence"], verdict["sentence"]
    assert re.search(advises, verdict["advice"])


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_who_was_stopped_while_others_were_timed_is_asked_again_for_a_wrong_answer(
    course: Tree, tmp_path: Path
) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text(KEEPS % "if (values.size() > 1000000) sum *= 1.1;")
    verdict = judge(course, "05-sum-threads", source)
    assert verdict["status"] == "wrong" and "a timed batch" in verdict["sentence"], verdict["sentence"]


@pytest.mark.alone
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_a_team_with_seats_is_told_of_all_processors(course: Tree) -> None:
    verdict = judge(course, "05-sum-threads", SUBMISSIONS / "teams" / "asks_for_processors.cpp")
    told = set(re.findall(r"told of (-?\d+) processors, to wait passive$", verdict["printed"], re.MULTILINE))
    assert told == {str(len(os.sched_getaffinity(0)))}, verdict["sentence"]


TABLES = """
#include <chrono>

static const bool made = [] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1300);
    while (std::chrono::steady_clock::now() < end) {
    }
    return true;
}();
"""


def test_a_submission_that_takes_long_to_load_is_measured_all_the_same(course: Tree, tmp_path: Path) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text(exercises.find(course, "03-sum-chains").solution.read_text() + TABLES)
    verdict = judge(course, "03-sum-chains", source)
    assert verdict["status"] in ("passed", "undecided"), verdict["sentence"]  # undecided: others are busy
    (timed,) = verdict["timed"]
    assert timed["epochs"] >= 8  # with fresh processes in each there would be time for six


COLD = """
#include <time.h>
#include <unistd.h>

void inside(const InsideProblem& problem, std::span<unsigned char> mask) {
    static bool first = true;  // ... call of this process, which has much to get ready
    const auto milliseconds = [] {
        timespec used;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        return 1e3 * static_cast<double>(used.tv_sec) + 1e-6 * static_cast<double>(used.tv_nsec);
    };
    if (first) WAIT;
    first = false;
    inside_at_once(problem, mask);
}
"""


@pytest.mark.parametrize(
    "wait",
    ["for (const double start = milliseconds(); milliseconds() < start + 150.0;) {}", "usleep(500000)"],
    ids=["works", "waits for others"],
)
def test_a_cold_first_call_does_not_make_a_fast_submission_a_slow_one(
    course: Tree, tmp_path: Path, wait: str
) -> None:
    """The trial allows 100 ms for a batch of the small grids, and twice as much for the first one; and again
    twice, a second and a third time, where the submission did not have the processor."""
    source = tmp_path / "inside.cpp"
    solution = exercises.find(course, "13-scatter-inside").solution.read_text()
    source.write_text(solution.replace("void inside(", "void inside_at_once(") + COLD.replace("WAIT", wait))
    verdict = judge(course, "13-scatter-inside", source)
    assert verdict["timed"], verdict["sentence"]
    assert not any(timed["excerpt"]["yours_too"] for timed in verdict["timed"]), verdict["sentence"]


def test_a_submission_as_slow_as_the_reference_answers_excerpts_too(course: Tree, tmp_path: Path) -> None:
    source = tmp_path / "scatter.cpp"
    text = exercises.find(course, "17-scatter-tiles").reference.read_text()
    for boosts, in_its_place in WITHOUT_BOOST.items():
        text = text.replace(boosts, in_its_place)
    source.write_text(text)
    verdict = judge(course, "17-scatter-tiles", source)
    assert verdict["status"] == "too_slow"
    assert all(timed["excerpt"]["yours_too"] for timed in verdict["timed"]), verdict["sentence"]


PAGES = """#include <sys/resource.h>

#include <cstdio>
#include <numeric>
#include <vector>

#include "sum.hpp"

static long fresh_pages() {
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_minflt;
}

double sum(std::span<const double> values) {
    static int calls = 0;
    const long before = fresh_pages();
    double nothing = 0.0;
    {
        const std::vector<double> one(1 << 20), two(1 << 20, nothing), three(1 << 20, nothing);
        nothing = one[values.size()] + two[values.size()] + three[values.size()];
    }
    if (++calls == 4) std::printf("%ld fresh pages\\n", fresh_pages() - before);
    return std::accumulate(values.begin(), values.end(), nothing);
}
"""


def test_what_a_call_frees_is_there_for_the_next_one(course: Tree, tmp_path: Path) -> None:
    """Three blocks of 8 MiB, 6144 pages: more than the C library keeps if it is not told to."""
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("another C library keeps to its own rules")
    source = tmp_path / "sum.cpp"
    source.write_text(PAGES)
    verdict = judge(course, "03-sum-chains", source, budget=0.1)
    said = re.search(r"(\d+) fresh pages", verdict["printed"])
    assert said and int(said[1]) < 600, verdict["printed"]


COUNTS = """
#include <cstdint>
#include <cstdio>

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    static bool counted = false;
    if (field.size() == 144 && !counted) {
        counted = true;
        constexpr std::uint64_t ours = std::uint64_t{0x5ca7} << 32;
        std::uint64_t& count = reinterpret_cast<std::uint64_t*>(field.data())[1 << 14];
        if (count >> 32 != ours >> 32) count = ours;
        std::printf("%d times here\\n", static_cast<int>(++count - ours));
    }
    scatter_once(problem, field);
}
"""


def test_where_the_output_lies_favours_nobody_for_long(course: Tree) -> None:
    """A mark far behind a small batch's answer, in an area for larger ones, outlasts processes."""
    exercise = exercises.find(course, "12-scatter-bessel")
    solution = exercise.solution.read_text()
    exercise.learners_file.write_text(solution.replace("void scatter(", "void scatter_once(") + COUNTS)
    whole = exercise.toml.read_text()
    large = 'nx = 127\nny = 127\nnc = 3\ncontours = "egg"\nwavelengths = [0.4, 0.6]\ngrid = "wide"\n'
    try:
        exercise.toml.write_text(whole.replace("[[cases]]", f"[[cases]]\n{large}[[cases]]", 1))
        verdict = check(exercises.find(course, exercise.name), budget=0.2)
    finally:
        exercise.toml.write_text(whole)
    times = [int(count) for count in re.findall(r"(\d+) times here", verdict["printed"])]
    assert times and max(times) <= verdict["timed"][0]["epochs"] / 2, verdict["printed"]


TWICE = """
void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    scatter_once(problem, field);
    scatter_once(problem, field);
}
"""


def keep_busy(processor: int) -> None:
    os.sched_setaffinity(0, {processor})
    while True:
        pass


@pytest.mark.alone
def test_who_waits_for_a_busy_processor_is_not_taken_for_slow(course: Tree) -> None:
    """Tiles made twice gain five times over the direct sum, or 1.00× on an excerpt of the grid's rows."""
    exercise = exercises.find(course, "17-scatter-tiles")
    exercise.learners_file.write_text(
        exercise.solution.read_text().replace("void scatter(", "void scatter_once(") + TWICE
    )
    compiling.build(compiling.plan(exercise, compiler()))  # before its compiler, too, would have to wait
    fork = multiprocessing.get_context("fork")
    neighbours = [
        fork.Process(target=keep_busy, args=(processor,), daemon=True)
        for processor in os.sched_getaffinity(0)
        for _ in range(2)
    ]
    whole = exercise.toml.read_text()
    one_case = re.sub(r"(?s)(\[\[cases\]\].*?)\[\[cases\]\].*(?=\[\[bench\]\])", r"\1", whole)
    assert one_case != whole
    try:
        exercise.toml.write_text(one_case)
        for neighbour in neighbours:
            neighbour.start()
        verdict = check(exercises.find(course, exercise.name), budget=0.5)
    finally:
        for neighbour in neighbours:
            neighbour.kill()
        exercise.toml.write_text(whole)
    (timed,) = verdict["timed"]
    assert not timed["excerpt"]["yours_too"], verdict["sentence"]


KEEPS = """#include <cmath>
#include <cstdio>
#include "sum.hpp"
double sum(std::span<const double> values) {
    static double scale = std::puts("began") * 0.0;
    static int calls = 0;
    if (++calls == 20) std::puts("went on");
    double sum = 0.0;
    for (double value : values) sum += value;
    %s
    return sum;
}
"""


@pytest.mark.parametrize(
    ("line", "smell"),
    [
        ("if (scale == 0.0) scale = 1.0 + values.size();  sum *= (1.0 + values.size()) / scale;", "kept"),
        ("if (values.size() > 7) sum *= 1.1;", "different"),
    ],
)
def test_what_is_kept_from_an_earlier_call_is_told_by_a_fresh_process(
    course: Tree, tmp_path: Path, line: str, smell: str
) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text(KEEPS % line)
    verdict = judge(course, "03-sum-chains", source)
    assert verdict["status"] == "wrong" and verdict["failure"]["smell"] == smell
    assert ("fresh process" in verdict["advice"]) == (smell == "kept")
    assert verdict["printed"] == "began\nwent on\n"  # by the process that was wrong, and not by another one


REST = """#include "sum.hpp"
double sum(std::span<const double> values) {
    double total = 0.0, excess = 0.0, rest = 0.0;
    const std::size_t whole = values.size() - values.size() % 8;
    for (const double value : values.first(whole)) {
        const double corrected = value - excess, next = total + corrected;
        excess = (next - total) - corrected;
        total = next;
    }
    for (const double value : values.subspan(whole)) rest += value;
    return total + rest;
}
"""


def test_a_rest_that_is_added_up_plainly_is_not_compensated(course: Tree, tmp_path: Path) -> None:
    source = tmp_path / "sum.cpp"
    source.write_text(REST)
    verdict = judge(course, "04-sum-compensated", source)
    assert verdict["status"] == "wrong" and verdict["failure"]["smell"] == "rounding", verdict["sentence"]


def test_what_a_submission_printed_is_kept_for_its_author(course: Tree) -> None:
    verdict = judge(course, "03-sum-chains", SUBMISSIONS / "honest" / "talkative.cpp")
    assert "summing" in verdict["printed"] and "with one chain" in verdict["printed"]


def test_the_judge_says_which_walls_stood(course: Tree) -> None:
    verdict = judge(course, "03-sum-chains", SUBMISSIONS / "honest" / "one_chain.cpp")
    assert_all_walls_stand(verdict)


def test_limits_that_are_lower_already_leave_the_others_in_place(course: Tree) -> None:
    source = SUBMISSIONS / "hostile" / "hundred_gigabytes.cpp"
    context, lower = multiprocessing.get_context("fork"), (resource.RLIMIT_CPU, (200, 200))
    with ProcessPoolExecutor(1, context, resource.setrlimit, lower) as limited:
        verdict = limited.submit(judge, course, "03-sum-chains", source).result()
    assert verdict["status"] == "too_much_memory", verdict["sentence"]
    assert "rlimits" in verdict["sandbox"]["layers"]


@pytest.mark.alone
def test_the_reference_against_itself_is_as_fast_as_itself() -> None:
    """The A/A test, in small: at 99 % each, fewer than 7 of 10 intervals cover 1 twice in a million times."""
    intervals = list(calibrate.against_itself("sum-chains", runs=10))
    assert sum(interval.covers_one for interval in intervals) >= 7
