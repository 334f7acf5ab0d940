"""`profile`: on real programs with whatever tool works here, and what it says of made-up profiles."""
from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path
from typing import Optional

import pytest
from conftest import ROOT, Course, make_course
from course.profile import analysis, sentences, session, table
from course.profile.model import Profile, Side, Step
from course.profile.tools import callgrind, gperftools, perf

TIMED = """[[timed]]
name = "arrays"
arrays = 4
counts = 2000
data = "mixed"
[[cases]]
counts = [0, 1]
data = "mixed"
"""
SLOW = """#include "sum.hpp"

[[gnu::noinline]] double twice(double value) {
    double total = 0.0;
    for (int i = 0; i < 50; ++i)
        total += value / (1.0 + i);
    return total;
}

double sum(std::span<const double> values) {
    double total = 0.0;
    for (const double value : values)
        total += twice(value);
    return total;
}
"""
# The same, line by line, with a child of its own that does as it is told.
PARENT = SLOW.replace("\n\n[[", "\n#include <unistd.h>\n[[").replace(
    "values) {\n", "values) { static const int child = fork(); CHILD\n"
)
LIVES_ON = "if (child == 0) for (;;) pause();"
PRINTS = "while (child == 0) if (write(2, values.data(), values.size_bytes()) < 0) break;"


@pytest.fixture(scope="module")
def profiled(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose first exercise can be run by the real `work`; what is compiled stays for other tests."""
    course = make_course(tmp_path_factory.mktemp("profiled") / "a checkout with spaces")
    shutil.copy(ROOT / "build" / "bin" / "work", course.root / "build" / "bin")
    toml = course.exercise().toml
    text = toml.read_text().replace('flags = ["-O0"]', 'flags = ["-O2"]')
    start, end = text.index("[[timed]]"), text.index("[advice]")
    toml.write_text(text[:start] + TIMED + text[end:])
    return course


def working_tools() -> list[str]:
    tools = {"perf": perf, "gperftools": gperftools, "callgrind": callgrind}
    return [name for name, module in tools.items() if module.why_not(Path("/tmp")) is None]


@pytest.mark.parametrize("tool", ["perf", "gperftools", "callgrind"])
def test_the_slow_function_and_its_line_are_found_and_a_child_that_lives_on_is_not_waited_for(
    profiled: Course, tool: str
) -> None:
    if tool not in working_tools():
        pytest.skip(f"{tool} does not work on this machine")
    profiled.edit(text=PARENT.replace("CHILD", LIVES_ON))
    done = profiled.run("profile", "chains", "--tool", tool, "--budget", "0.2", COLUMNS="140")
    assert done.returncode == 0, done.stderr
    said = next(line for line in done.stdout.splitlines() if "of your time" in line)
    assert re.search(r" is in twice \(line [56]: `.*`\); the solution has no such function\.", said)
    assert tool in done.stdout and "13  total += twice(value);" in done.stdout
    document = json.loads((profiled.root / "build" / "profile" / "03-sum-chains.json").read_text())
    assert document["tool"] == tool and set(document["sides"]) == {"reference", "yours", "solution"}
    yours = document["sides"]["yours"]
    assert sum(each["milliseconds"] for each in yours["stacks"]) == pytest.approx(yours["milliseconds"])
    assert any(
        document["frames"][number]["function"] == "twice" and stack["milliseconds"] > 0
        for stack in yours["stacks"]
        for number in stack["frames"]
    )


def test_compare_shows_the_loops_the_remarks_and_the_difference(profiled: Course) -> None:
    profiled.edit(text=SLOW)
    done = profiled.run("compare", "chains", "--budget", "0.2")
    assert done.returncode == 0, done.stderr
    for said in (
        "yours − solution",
        "Floating point instructions, counted in the machine code",
        "  solution, whole file: ",
        "The compiler on vectors",
        "The processor's counters",
        "+++ solutions/03-sum-chains/sum.cpp",
        "-        total += twice(value);",
    ):
        assert said in done.stdout
    assert "%r" not in done.stdout  # registers as Intel writes them, not %rax
    assert re.search(r"Yours: a loop of \d+ instructions in twice \(sum\.cpp:[56]\)", done.stdout)
    document = json.loads((profiled.root / "build" / "profile" / "03-sum-chains-compare.json").read_text())
    assert document["close"]["yours"]["hot"]["is_loop"] and "reference" not in document["sides"]


@pytest.mark.parametrize("command", ["profile", "compare"])
def test_a_file_that_does_not_compile_is_exit_code_1(profiled: Course, command: str) -> None:
    profiled.edit(text="double sum(")
    done = profiled.run(command, "chains")
    assert done.returncode == 1 and "It does not compile." in done.stderr and done.stdout == ""


def test_a_crash_is_exit_code_1_and_leads_to_the_check(profiled: Course) -> None:
    profiled.edit(text='#include "sum.hpp"\ndouble sum(std::span<const double>) { __builtin_trap(); }\n')
    done = profiled.run("profile", "chains")
    assert done.returncode == 1 and "Yours: it was ended by signal" in done.stderr


def test_what_only_the_judge_finds_wrong_in_an_exercise_is_exit_code_2(profiled: Course) -> None:
    profiled.edit(text=SLOW)
    toml = profiled.exercise().toml
    right = toml.read_text()
    toml.write_text(right.replace('data = "mixed"', 'data = "muddled"'))
    try:
        done = profiled.run("profile", "chains")
    finally:
        toml.write_text(right)
    assert done.returncode == 2 and "muddled" in done.stderr.splitlines()[-1]


def test_a_child_that_prints_on_and_on_is_stopped_with_a_sentence(profiled: Course) -> None:
    profiled.edit(text=PARENT.replace("CHILD", PRINTS))
    done = profiled.run("profile", "chains", timeout=300)
    assert done.returncode == 1 and "Yours: it prints on and on" in done.stderr


@pytest.mark.parametrize(
    "words, said",
    [
        (["chains", "--tool", "gprof"], "none of perf, gperftools, callgrind, cprofile"),
        (["chains", "--tool", "cprofile"], "for Python exercises"),
        ([], "Which exercise?"),
    ],
)
def test_a_mistake_in_the_call_is_exit_code_2(profiled: Course, words: list[str], said: str) -> None:
    done = profiled.run("profile", *words)
    assert done.returncode == 2 and said in done.stderr


def side(role: str, spent: dict[str, float], text: str = "", samples: int = 1000) -> Side:
    """A side made of stacks like `scatter:4/hankel:2/sin!`: own functions with lines, and others."""
    stacks = {}
    for stack, milliseconds in spent.items():
        steps = []
        for part in stack.split("/"):
            name, _, line = part.partition(":")
            own = not name.endswith("!")
            file, library = ("x.cpp", "yours.so") if own else ("", "libm.so")
            steps.append(Step(name.rstrip("!"), file, int(line or 0), library, own))
        stacks[tuple(steps)] = milliseconds
    total = sum(spent.values())
    return Side(role, "x.cpp", text, 10, total, total, samples, 1.0, stacks)


def made_up() -> Profile:
    text = "one\ntwo()\nthree\nfour\n"
    slow = {"scatter:4/hankel:2/sin!": 6.0, "scatter:4/hankel:2": 3.0, "scatter:3": 1.0}
    return Profile(
        exercise="12-x",
        title="X",
        tool="perf",
        tool_in_words="perf",
        notes=[],
        workload="n",
        flags="-O3",
        machine="M",
        time="now",
        clock="cpu",
        sides={
            "reference": side("reference", slow, text),
            "yours": side("yours", slow, text),
            "solution": side("solution", {"scatter:4/far:3": 0.08, "scatter:4/hankel:2": 0.02}, text),
        },
    )


def test_own_time_and_time_with_callees_are_told_apart() -> None:
    yours = made_up().sides["yours"]
    functions = analysis.by_function(yours)
    assert functions["hankel"].own == pytest.approx(3.0) and functions["hankel"].total == pytest.approx(9.0)
    lines = analysis.by_line(yours)
    assert lines[2].total == pytest.approx(9.0) and lines[2].own == pytest.approx(3.0)
    assert set(analysis.own_and_called(yours)) == {"scatter", "hankel", "sin"}


def test_two_sentences_name_the_hottest_function_its_line_and_the_solutions() -> None:
    first, second = sentences.two(made_up())
    assert first == (
        "90 % of your time (9.00 ms a call) is in hankel (line 2: `two()`); "
        "the solution spends 20 % there, 0.0200 ms."
    )
    assert second == (
        "By itself, sin (libm.so) takes the most, 60 %; "
        "the solution takes 0.100 ms a call, 100 times less, 80 % of its time in far."
    )


@pytest.mark.parametrize(
    "yours, solutions, said",
    [
        ("Sums::add", "add", "the solution spends 100 % there, 0.500 ms."),
        ("add", "Sums::add", "the solution spends 100 % there, 0.500 ms."),
        ("Sums::add", "Pairs::add", "the solution has no such function."),
        ("std::add!", "add", "the solution has no such function."),
        ("fill", "Basis::fill!", "the solution has no such function."),
        ("Basis::fill!", "fill", "the solution has no such function."),
    ],
)
def test_a_method_is_found_where_its_class_has_no_name_for_the_linker(
    yours: str, solutions: str, said: str
) -> None:
    profile = made_up()
    for role, name, milliseconds in (("yours", yours, 10.0), ("solution", solutions, 0.5)):
        own = not name.endswith("!")
        profile.sides[role].stacks = {(Step(name.rstrip("!"), "x.cpp", 2, "yours.so", own),): milliseconds}
        profile.sides[role].milliseconds = milliseconds
    assert sentences.two(profile)[0].endswith(said)


def test_a_program_that_leaves_its_work_out_is_not_praised() -> None:
    profile = made_up()
    profile.sides["solution"], profile.sides["yours"] = profile.sides["yours"], profile.sides["solution"]
    profile.sides["solution"].role, profile.sides["yours"].role = "solution", "yours"
    _, second = sentences.two(profile)
    assert "the solution takes 10.0 ms a call, 100 times more (make check says" in second.lower()


def test_a_function_that_is_only_the_way_is_no_row_and_noise_is_no_change() -> None:
    profile = made_up()
    assert [row.label for row in table.functions_with_callees(profile)] == ["hankel", "far", "sin"]
    rows = {row.label: row for row in table.functions_by_themselves(profile)}
    assert rows["sin"].spent == {"reference": 6.0, "yours": 6.0, "solution": None}
    assert table._change(rows["sin"], profile.sides, "yours", "reference") == "≈ 0"
    assert table._change(rows["sin"], profile.sides, "yours", "solution") == "+6.00"


def test_a_function_that_does_all_by_itself_is_a_row() -> None:
    profile = made_up()
    profile.sides["yours"] = side("yours", {"scatter:4": 10.0}, "")
    rows = {row.label: row.spent for row in table.functions_with_callees(profile)}
    assert rows["scatter"]["yours"] == 10.0


@pytest.mark.parametrize("first, last, number", [(1.0, 9.0, 3), (9.0, 1.0, 1)])
def test_of_lines_with_the_same_text_the_hottest_is_told(first: float, last: float, number: int) -> None:
    profile = made_up()
    profile.sides["yours"] = side("yours", {"f:1": first, "f:3": last}, "total += x;\ny\ntotal += x;\n")
    rows = {row.label: row.spent["yours"] for row in table.lines(profile)}
    assert rows[f"   {number}  total += x;"] == 9.0


@pytest.mark.parametrize(
    "yours, reference, change",
    [(30, 30, "≈ 0"), (100000, 10, "≈ 0"), (10, 100000, "≈ 0"), (100000, 100000, "+2.00")],
)
def test_a_change_is_one_where_there_are_enough_samples_on_both_sides(
    yours: int, reference: int, change: str
) -> None:
    sides = made_up().sides
    sides["yours"].samples, sides["reference"].samples = yours, reference
    row = table.Row("f", {"yours": 6.0, "reference": 4.0})
    assert table._change(row, sides, "yours", "reference") == change


@pytest.mark.parametrize("solutions, change", [(8.2, "+1.80"), (9.6, "≈ 0"), (12.0, "−2.00")])
def test_the_change_of_a_whole_call_is_the_clocks_however_few_samples_there_are(
    solutions: float, change: str
) -> None:
    profile = made_up()
    profile.sides["solution"].milliseconds = solutions
    for side in profile.sides.values():
        side.samples = 4
    assert table._rows_of_table(profile, "yours", "solution")[-1][-1] == (change, "bold")
    *_, second = sentences.two(profile)
    assert ("as long" in second) == (change == "≈ 0")


@pytest.mark.parametrize("columns, is_told", [(200, True), (110, True), (80, True), (60, False), (20, False)])
def test_figures_are_whole_on_a_terminal_of_any_width(
    monkeypatch: pytest.MonkeyPatch, columns: int, is_told: bool
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    profile = made_up()
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    table.show(profile, "yours", "solution", out)
    out.seek(0)
    said = out.read().splitlines()
    hankel = next(line for line in said if "hankel" in line)
    assert re.search(r"9\.00 +90 % +9\.00 +90 % +0\.0200 +20 %", hankel)
    assert ("+8.98" in hankel) == is_told
    assert max(map(len, said)) <= max(columns, 66)
    assert all(role in "".join(said[:3]) for role in profile.sides)


@pytest.mark.parametrize("role, number", [("yours", "   2  two()"), (None, "      two()")])
def test_lines_of_yours_are_numbered(role: Optional[str], number: str) -> None:
    profile = made_up()
    if role is None:
        profile.sides["yours"].text = "other\n" * 4
    assert number in [row.label for row in table.lines(profile)]


@pytest.mark.parametrize(
    "share, words", [(1.0, "All"), (0.99996, "At least 99.9 %"), (0.9871, "At least 98.7 %")]
)
def test_nearly_all_is_not_called_all(share: float, words: str) -> None:
    assert session.at_least(share) == words
