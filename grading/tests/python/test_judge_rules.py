"""Rules of the real judge that only a submission made for the purpose can break: model solutions with one
thing changed, and teams of threads."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from course import exercises
from course.errors import JudgeFailed
from course.tree import Tree
from judging import SUBMISSIONS, changeable, check

several_processors = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="there is one processor, and these exercises need two"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return changeable(tmp_path_factory.mktemp("course"))


def judge(course: Tree, name: str, text: str, **options: Any) -> dict[str, Any]:
    exercise = exercises.find(course, name)
    exercise.learners_file.write_text(text)
    return check(exercise, **options)


def solution_with_more(course: Tree, name: str, more: str) -> str:
    """The model solution under another name, and a function that may do something besides."""
    exercise = exercises.find(course, name)
    function = "inside" if exercise.family == "inside" else "scatter"
    text = exercise.solution.read_text()
    assert f"\nvoid {function}(" in text
    return text.replace(f"\nvoid {function}(", "\nvoid solved(") + more


MORE_MASK = """
void inside(const InsideProblem& problem, std::span<unsigned char> mask) {
    solved(problem, mask);
    if (WHEN) mask.data()[mask.size() + 8] = 1;
}
"""
MASK_BY_RAYS = """
#include "inside.hpp"

void inside(const InsideProblem& problem, std::span<unsigned char> mask) {
    std::size_t point = 0;
    for (const double y : problem.y)
        for (const double x : problem.x) {
            bool odd = false;
            for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
                const double x0 = problem.xc[s], y0 = problem.yc[s];
                const double x1 = problem.xc[s + 1], y1 = problem.yc[s + 1];
                if ((y0 > y) != (y1 > y) && x < x0 + (x1 - x0) * ((y - y0) / (y1 - y0))) odd = !odd;
            }
            mask[point++] = odd;
        }
}
"""
MORE_FIELD = """
void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    solved(problem, field);
    CHANGE
}
"""


@pytest.mark.parametrize(
    "when, where",
    [("problem.x.size() == 1", ""), ("problem.x.size() == 1024", "(a timed batch (")],
    ids=["in a case", "when it is timed"],
)
def test_whoever_writes_behind_the_output_is_wrong(course: Tree, when: str, where: str) -> None:
    verdict = judge(course, "13", solution_with_more(course, "13", MORE_MASK.replace("WHEN", when)))
    assert verdict["status"] == "wrong"
    assert f"It wrote outside its output array {where}" in verdict["sentence"]


@pytest.mark.parametrize(
    "right, wrong, smell",
    [
        ("s + 1 < problem", "s < problem", "beyond"),
        ("const double", "const float", "hair"),
        ("double x", "double  x", None),
    ],
    ids=["one segment too many", "single precision", "right"],
)
def test_what_is_compared_only_is_judged_too(course: Tree, right: str, wrong: str, smell: Any) -> None:
    """A NaN behind the contour makes no difference to a test for inside, nor seven digits in most places."""
    verdict = judge(course, "13", MASK_BY_RAYS.replace(right, wrong))
    assert (verdict["failure"] or {"smell": None})["smell"] == smell, verdict["failure"]


def test_beside_an_excerpt_the_whole_is_compared_with_the_model_solutions(course: Tree) -> None:
    one_point = "if (field.size() > 100000) field[333 * problem.x.size() + 222] += 0.1;"
    text = solution_with_more(course, "17", MORE_FIELD.replace("CHANGE", one_point))
    verdict = judge(course, "17", text, seed=5)  # with which row 333 is in no excerpt
    assert verdict["status"] == "wrong" and "a timed batch" in verdict["sentence"]


def test_a_value_beside_a_midpoint_does_not_excuse_errors_elsewhere(course: Tree) -> None:
    """On close grids a point lies within a millionth of a midpoint; its value may be a million."""
    a_thousandth = "if (problem.y.size() == 84) for (auto& value : field) value *= 1.001;"
    alike = "for (auto& value : field) if (std::abs(value) > 100.0) value /= 1.001;"
    change = f"{a_thousandth}\n    if (problem.y.size() == 84) {alike}"
    verdict = judge(course, "15", solution_with_more(course, "15", MORE_FIELD.replace("CHANGE", change)))
    assert verdict["status"] == "wrong"
    assert verdict["cases"]["total"] - verdict["cases"]["passed"] >= 6, "all of the close grids of 91 x 84"


def with_solutions_of_its_own(root: Path) -> Tree:
    course = changeable(root)
    (course.root / "solutions").unlink()
    shutil.copytree(ROOT / "solutions", course.root / "solutions")
    return course


@pytest.mark.parametrize(
    "line, says",
    [
        ("for (auto& point : mask) point ^= 1;", "the course's own solution is wrong"),
        ("throw 1;", "the course's own solution gave no .*something that is not a std::exception"),
    ],
)
def test_a_mistake_in_the_model_solution_is_not_the_learners(tmp_path: Path, line: str, says: str) -> None:
    course = with_solutions_of_its_own(tmp_path / "course")
    exercise = exercises.find(course, "13")
    right = exercise.solution.read_text()
    wrong = MORE_MASK.replace("if (WHEN) mask.data()[mask.size() + 8] = 1;", line)
    exercise.solution.write_text(solution_with_more(course, "13", wrong))
    with pytest.raises(JudgeFailed, match=says):
        judge(course, "13", right)


WITHOUT_A_MODULE = ["sum", "1", "no_such_module"]
PYTHON_RUNNER = [sys.executable, Tree(ROOT).python_runner, Tree(ROOT).runner_walls, *WITHOUT_A_MODULE]


@pytest.mark.parametrize(
    "name, runner, says",
    [
        ("03", [ROOT / "LICENSE"], f"cannot start the runner {ROOT}/LICENSE: Permission denied"),
        ("01", [shutil.which("true")], "true cannot be used: it has ended"),
        ("01", PYTHON_RUNNER, "cannot be used: ModuleNotFoundError: No module named 'no_such_module'"),
    ],
    ids=["no program", "ends at once", "a module is missing"],
)
def test_a_runner_that_cannot_be_used_is_told_with_the_reason(
    tmp_path: Path, name: str, runner: list[Any], says: str
) -> None:
    command = [Tree(ROOT).judge, "--exercise", exercises.find(Tree(ROOT), name).folder]
    command += [f"--runner={runner[0]}", *(f"--runner-argument={word}" for word in runner[1:])]
    command += [f"--{side}={ROOT / 'LICENSE'}" for side in ("reference", "yours", "solution")]
    done = subprocess.run([*command, "--json", tmp_path / "verdict"], capture_output=True, text=True)
    assert done.returncode == 3 and says in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1


def test_a_persons_settings_for_their_own_tests_are_not_meant_for_the_judge(
    course: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GTEST_FILTER", "nothing")
    monkeypatch.setenv("GTEST_SHARD_INDEX", "0")
    verdict = judge(course, "03", exercises.find(course, "03").solution.read_text(), budget=0.1)
    assert verdict["cases"]["passed"] == verdict["cases"]["total"] > 100


REMEMBERS = """#include <cstdio>
#include <set>
#include "sum.hpp"
double sum(std::span<const double> values) {
    static std::set<double> earlier;
    if (values.size() == 8192 && !earlier.insert(values[4000]).second) std::puts("seen before");
    double total = 0.0;
    for (double value : values) total += value;
    return total;
}
"""


def test_no_array_comes_twice(course: Tree) -> None:
    """Or whoever keeps answers would be timed while looking them up."""
    verdict = judge(course, "03", REMEMBERS, budget=0.2)
    (timed,) = verdict["timed"]
    assert timed["size"].endswith("arrays of 8192") and timed["rounds"] > timed["epochs"]
    assert verdict["printed"] == ""


PRINTS_AND_ABORTS = """#include <cstdio>
#include <cstdlib>
#include "sum.hpp"
static const bool loaded = [] { std::puts("no table today"); std::abort(); return true; }();
double sum(std::span<const double>) { return loaded; }
"""


def test_what_is_printed_while_it_is_loaded_is_kept(course: Tree) -> None:
    verdict = judge(course, "03", PRINTS_AND_ABORTS)
    assert verdict["status"] == "crashed" and "SIGABRT" in verdict["sentence"]
    assert verdict["printed"] == "no table today\n"


PINS_ITSELF = """#include <sched.h>
#include "sum.hpp"
double sum(std::span<const double>) {
    const cpu_set_t none{};
    return sched_setaffinity(0, sizeof none, &none);
}
"""


# Wrong where the threads of its team may run on one processor only. (The C library's own function would tell
# of all.)
WRONG_ON_ONE_PROCESSOR = """#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmath>
#include "sum.hpp"
double sum(std::span<const double> values) {
    cpu_set_t places[2]{};
    double total = 0;
#pragma omp parallel for num_threads(2) reduction(+ : total)
    for (int thread = 0; thread < 2; ++thread) {
        syscall(SYS_sched_getaffinity, 0, sizeof places[thread], &places[thread]);
        for (std::size_t i = thread; i < values.size(); i += 2)
            total += values[i];
    }
    cpu_set_t all;
    CPU_OR(&all, &places[0], &places[1]);
    return CPU_COUNT(&all) > 1 ? total : NAN;
}
"""


def team(name: str) -> str:
    return (SUBMISSIONS / "teams" / f"{name}.cpp").read_text()


@several_processors
def test_an_exception_in_a_thread_is_told_as_what_it_is(course: Tree) -> None:
    verdict = judge(course, "05", team("out_of_memory_in_a_thread"))
    assert verdict["status"] == "too_much_memory", verdict["sentence"]


@several_processors
def test_threads_may_be_given_processors(course: Tree) -> None:
    verdict = judge(course, "05", team("pins_its_threads"), budget=0.3)
    assert verdict["status"] in ("passed", "too_slow", "undecided"), verdict["sentence"]


def test_where_there_is_one_processor_the_judge_chooses_it(course: Tree) -> None:
    verdict = judge(course, "03", PINS_ITSELF)
    assert verdict["status"] == "forbidden" and "sched_setaffinity" in verdict["sentence"]


@several_processors
def test_new_threads_of_a_team_with_seats_may_run_anywhere(course: Tree) -> None:
    verdict = judge(course, "05", team("starts_more_threads"), budget=0.3)
    allowed = set(re.findall(r"may run on (\d+) processors", verdict["printed"]))
    assert allowed == {str(len(os.sched_getaffinity(0)))}, verdict["sentence"]
    assert set(re.findall(r"of its own, on (\d+)", verdict["printed"])) == {"1"}


@pytest.mark.alone
@several_processors
def test_who_moves_the_threads_of_the_others_moves_them_in_vain(tmp_path: Path) -> None:
    """They have their places again when it is their turn."""
    course = with_solutions_of_its_own(tmp_path / "course")
    exercises.find(course, "05").solution.write_text(WRONG_ON_ONE_PROCESSOR)
    verdict = judge(course, "05", team("moves_others_threads"), budget=0.3)
    assert verdict["cases"]["passed"] == verdict["cases"]["total"], verdict["sentence"]


@pytest.mark.alone
@several_processors
def test_threads_that_compute_before_their_turn_gain_nothing(course: Tree) -> None:
    """They are stopped until then; else it looks thousands of times as fast as the reference."""
    verdict = judge(course, "05", team("computes_before_its_turn"))
    (timed,) = verdict["timed"]
    assert timed["speedup"]["median"] < 4 * timed["solution_speedup"]["median"]
