"""The verdict's words: everything that a person should read is there, and nothing that means nothing."""
from __future__ import annotations

import dataclasses
import io
import json
import re
from pathlib import Path
from typing import Any, Optional

import pytest
from conftest import ROOT, Course, verdict
from course import crash, quota, table
from course.figures import number, overall
from course.statuses import COURSES, JUDGES
from course.style import Style
from course.verdict_text import render
from course.verdict_text.advice import advice
from course.verdict_text.bar import bar
from course.verdict_text.failure import SMELLS

PLAIN = Style(colour=False, unicode=True)


def text(course: Course, style: Style = PLAIN, **others: Any) -> str:
    judged = {
        **verdict(**others),
        "exercise": "03-sum-chains",
        "title": "Several chains",
        "flags": "g++ 12 -O3",
        "file": "exercises/03-sum-chains/sum.cpp",
    }
    return render(course.exercise(), judged, style)


def test_every_word_of_the_judge_has_a_heading_and_stands_in_its_document() -> None:
    judges = re.findall(r'return "(\w+)";', (ROOT / "grading" / "judge" / "outcome.cpp").read_text())
    assert sorted(judges) == sorted(JUDGES)
    document = (ROOT / "docs" / "judge.md").read_text(encoding="utf-8")
    for name in (*JUDGES, *COURSES):
        assert f"`{name}`" in document


def test_every_guess_of_the_judge_has_words_and_stands_in_its_document() -> None:
    source = (ROOT / "grading" / "judge" / "smell.cpp").read_text()
    guesses = re.findall(r'case Smell::\w+:\s+return \{\s*"(\w+)"', source)
    assert sorted(guesses) == sorted(SMELLS)
    document = (ROOT / "docs" / "judge.md").read_text(encoding="utf-8")
    for name in guesses:
        assert f"`{name}`" in document


def test_what_the_compiler_warns_of_is_shown_until_the_exercise_is_passed(course: Course) -> None:
    warned = "sum.cpp:4: warning: ignoring '#pragma opm simd'\n"
    said = text(course, status="too_slow", warnings=warned)
    assert f"the compiler warns:\n    {warned}" in said
    assert "warns" not in text(course, status="too_slow", warnings="")
    assert "warns" not in text(course, warnings=warned) + text(course, status="to_do", warnings=warned)


def test_a_warning_that_may_be_the_reason_is_where_to_begin(course: Course) -> None:
    begin = "Begin with the compiler's warning"
    telling = "sum.cpp:4: warning: no return statement in function returning non-void [-Wreturn-type]\n"
    assert begin in text(course, status="wrong", warnings=telling)
    assert begin not in text(course, status="too_slow", warnings=telling)
    assert begin not in text(course, status="undecided", warnings=telling)
    assert begin in text(course, status="wrong", warnings="sum.cpp:1: warning: fast-math holds for all\n")
    unused = "sum.cpp:4: warning: unused variable 'half' [-Wunused-variable]\n"
    assert begin not in text(course, status="wrong", warnings=unused)


def test_where_python_crashed_is_told_with_the_own_lines_the_innermost_last(course: Course) -> None:
    exercise = course.exercise()
    source = "def half(x):\n    crash()\n\ndef mysum(x):\n    return half(x)  # not in UTF-8: \xfc\n"
    exercise.learners_file.write_bytes(source.encode("latin-1"))
    place = 'File "exercises/03-sum-chains/sum.cpp", line'
    said = f"""Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/usr/lib/python3/ctypes.py", line 9 in call
  {place} 2 in half
  {place} 5 in mysum
"""
    sentence = "It crashed. The case is n = 3."
    crashed = {**verdict("crashed"), "printed": f"debug\n{said}", "sentence": sentence}
    placed = crash.placed(exercise, crashed)
    line = "line 2 of exercises/03-sum-chains/sum.cpp: `crash()`"
    assert placed["sentence"] == f"It crashed ({line}). The case is n = 3."
    calling = "    return half(x)  # not in UTF-8: \ufffd"
    way = [f"  {place} 5, in mysum", calling, f"  {place} 2, in half", "    crash()"]
    assert placed["printed"].splitlines() == ["debug", "Traceback (your own lines):", *way]
    wrong = {**crashed, "status": "wrong"}
    assert crash.placed(exercise, wrong) == wrong
    elsewhere = {**crashed, "printed": "debug\n" + said[: said.index(f"  {place}")]}
    assert crash.placed(exercise, elsewhere) == {**elsewhere, "printed": "debug\n"}


def test_a_line_that_no_file_has_is_not_looked_up(course: Course) -> None:
    frame = '  File "exercises/03-sum-chains/sum.cpp", line {} in mysum\n'
    for line in ("0", "9" * 5000):
        printed = "Thread 0x1 (most recent call first):\n" + frame.format(line)
        crashed = {**verdict("crashed"), "printed": printed}
        assert crash.placed(course.exercise(), crashed) == {**crashed, "printed": ""}


def test_a_paragraph_is_broken_between_words_where_a_terminal_is_narrow(course: Course) -> None:
    narrow = Style(colour=False, unicode=True, columns=40)
    sentence = "The answer is wrong: a value in the case of-a-very-long-name with many elements."
    advice = "Look at the last index of your vectors."
    shown = text(course, narrow, status="wrong", sentence=sentence, advice=advice)
    wrapped = ["  The answer is wrong: a value in the", "  case of-a-very-long-name with many", "  elements."]
    assert "\n".join(["", "", *wrapped, "", ""]) in shown
    assert shown.endswith("\n\n  Look at the last index of your\n  vectors.")
    assert sentence in text(course, status="wrong", sentence=sentence)


def test_of_much_that_was_printed_the_beginning_and_the_end_are_shown(course: Course) -> None:
    numbered = [f"line {number}" for number in range(1, 101)]
    said = text(course, status="wrong", printed="\n".join(numbered))
    shown = re.findall(r"^    (line \d+)$", said, re.MULTILINE)
    assert shown == [*numbered[:12], *numbered[-12:]] and "    ... 76 lines ...\n" in said
    few = "\n".join(numbered[:25])
    assert "lines ..." not in text(course, status="wrong", printed=few)


def test_where_nothing_is_wrong_nothing_is_shown_to_look_into(course: Course) -> None:
    assert "debug" not in text(course, printed="debug\n")
    assert "SEED" not in text(course, status="to_do") and "SEED" in text(course, status="too_slow")


def test_where_nothing_was_run_there_is_no_sandbox_that_did_not_hold_and_nothing_to_repeat(
    course: Course,
) -> None:
    never_asked = {"layers": [], "missing": ["rlimits", "seccomp"]}
    said = text(course, status="skipped", cases={"passed": 0, "total": 0}, seed=7, sandbox=never_asked)
    assert "sandbox" not in said and "repeat" not in said
    said = text(course, status="skipped", cases={"passed": 3, "total": 3}, seed=7, sandbox=never_asked)
    assert "0 of 2 layers on" in said and "SEED=7" in said


def test_a_quota_stands_beside_the_processors_and_may_be_why_nothing_is_decided(course: Course) -> None:
    said = text(course, status="undecided", quota=0.5, advice="Give it more time.")
    assert "0.99 kept busy; a quota allows 0.500 on average" in said
    assert "A quota (of the container, say) halts" in said and "Give it more time." in said
    assert "quota" not in text(course, status="undecided", quota=None)
    assert "halts" not in text(course, status="passed", quota=0.5)


@pytest.mark.parametrize(
    "groups, files, allowed",
    [
        ("0::/\n", {"cpu.max": "max 100000"}, None),
        ("0::/\n", {"cpu.max": "50000 100000"}, 0.5),
        ("0::/\n", {"cpu.max": "400000 100000"}, None),
        ("0::/a/b\n", {"a/cpu.max": "150000 100000", "a/b/cpu.max": "max 100000"}, 1.5),
        ("0::/gone\n", {"cpu.max": "100000 100000"}, 1.0),
        ("0::/../above\n", {"cpu.max": "nonsense"}, None),
        (
            "5:cpu,cpuacct:/a\n",
            {"cpu,cpuacct/a/cpu.cfs_quota_us": "25000", "cpu,cpuacct/a/cpu.cfs_period_us": "50000"},
            0.5,
        ),
        ("5:cpu:/\n4:memory:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ("", {}, None),
    ],
)
def test_a_quota_is_read_from_the_control_group_and_those_above_it(
    tmp_path: Path, groups: str, files: dict[str, str], allowed: Optional[float]
) -> None:
    assert quota.processors_allowed(2, tmp_path) is None
    of_groups = {f"sys/fs/cgroup/{name}": said for name, said in files.items()}
    for name, said in {"proc/self/cgroup": groups, **of_groups}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(said + "\n")
    assert quota.processors_allowed(2, tmp_path) == allowed


def test_a_pass_says_everything_that_belongs_to_it(course: Course) -> None:
    said = text(course, p=0.72)
    for words in (
        "passed, 8 of 10 points",
        "all 31 cases",
        "7.36× (7.29 … 7.44) over the reference",
        "32 arrays of 8192",
        "16.0× (15.8 … 16.2), in the same rounds",
        "p = 0.72 (0.71 … 0.73); to pass: p = 0.60, here 5.28×",
        "20.0× over the naive C++ twin",
        "0.270 ns per element, 71 % of this machine's limit",
        "0.99 kept busy",
        "g++ 12 -O3",
        "2 of 3 layers on, without landlock",
        "Advice: more still.",
    ):
        assert words in said, words
    assert "SEED" not in said and "beat" not in said
    assert said.count("32 arrays") == 1 and "large" not in said  # which of the sizes, where there is but one


@pytest.mark.parametrize(
    "status, low, median, high, words",
    [
        ("too_slow", 0.5956, 0.5968, 0.5981, "p = 0.597 (0.596 … 0.598); to pass: p = 0.60"),
        ("undecided", 0.5991, 0.6042, 0.6093, "p = 0.604 (0.599 … 0.609); to pass: p = 0.60"),
        ("too_slow", 0.5996, 0.5997, 0.5998, "p = 0.5997 (0.5996 … 0.5998); to pass: p = 0.60"),
        ("passed", 0.6012, 0.6042, 0.6093, "p = 0.60 (0.60 … 0.61); to pass: p = 0.60"),
    ],
)
def test_a_p_below_the_mark_does_not_read_as_if_it_were_not(
    course: Course, status: str, low: float, median: float, high: float, words: str
) -> None:
    judged = {**verdict(status, median), "p": {"median": median, "low": low, "high": high}}
    assert words in render(course.exercise(), judged, PLAIN)


def test_a_learner_who_beats_the_solution_is_told_so(course: Course) -> None:
    said = text(course, p=1.1)
    assert "You beat the model solution: 21.1× against 16.0×." in said and "Advice: tell us how." in said


def test_a_p_whose_interval_holds_1_is_no_beating(course: Course) -> None:
    assert "beat" not in text(course, p=1.005)


def test_advice_of_the_judge_names_the_exercise(course: Course) -> None:
    exercise = course.exercise()
    crashed = {**verdict("crashed"), "p": None, "advice": "Ask `make sanitize EX=...`."}
    assert advice(exercise, crashed) == f"Ask `make sanitize EX={exercise.number}`."


@pytest.mark.parametrize(
    "status, p, key",
    [
        ("to_do", 0.0, "start"),
        ("too_slow", 0.1, "start"),
        ("too_slow", 0.4, "half"),
        ("passed", 0.7, "passed"),
        ("passed", 1.2, "beyond"),
    ],
)
def test_the_advice_follows_how_far_one_has_come(course: Course, status: str, p: float, key: str) -> None:
    assert advice(course.exercise(), verdict(status, p)) == course.exercise().advice[key]


@pytest.mark.parametrize("status, of_the_course", [("too_slow", True), ("undecided", False)])
def test_the_size_that_holds_one_back_is_named(course: Course, status: str, of_the_course: bool) -> None:
    judged = verdict(status, 0.25)
    (small,) = judged["timed"]
    gain = small["speedup"]
    large = {**small, "name": "huge", "speedup": {**gain, "median": 0.8}}
    small.update(name="tiny", speedup={**gain, "median": 12.0})
    said = advice(course.exercise(), {**judged, "timed": [small, large]})
    rest = course.exercise().advice["half"] if of_the_course else judged["advice"]
    assert said == f"With 'tiny' alone you would pass: what is missing is in 'huge'. {rest}"
    alike = {**judged, "timed": [large, {**large, "name": "small"}]}
    assert "alone" not in advice(course.exercise(), alike)
    assert "alone" not in advice(course.exercise(), {**judged, "status": "passed", "timed": [small, large]})


def test_a_wrong_answer_is_shown_with_all_that_helps_to_find_it(course: Course) -> None:
    failure = {
        "case": "n = 17, cancelling",
        "size": "17",
        "seed": 99,
        "index": 3,
        "got": "1.25",
        "expected": "1.5",
        "error": 0.25,
        "tolerance": 1e-15,
        "error_in_tolerances": 2.5e14,
        "smell": "edges",
        "explanation": "The last element is left out",
    }
    said = text(
        course,
        status="wrong",
        p=0.9,
        failure=failure,
        timed=[],
        points=None,
        printed="debug\033[31m\n",
        cases={"passed": 3, "total": 31},
    )
    for words in (
        "wrong",
        "Sentence: wrong.",
        "n = 17, cancelling",
        "1.25",
        "1.5",
        "2.5e+14 times the tolerance",
        "smells of    the edges",
        "3 of 31 cases",
        "make check EX=03 SEED=4711",
        "your code printed:",
        "debug?[31m",
        "Advice of the judge.",
    ):
        assert words in said, words
    assert "\033" not in said and "speedup" not in said and ".." not in said


def test_an_error_that_is_not_a_number_is_told(course: Course) -> None:
    failure = {
        "case": "n = 1",
        "size": "1",
        "index": 0,
        "got": "nan",
        "expected": "1",
        "error": None,
        "tolerance": 1e-15,
        "error_in_tolerances": None,
        "smell": "different",
        "explanation": "",
    }
    said = text(course, status="wrong", failure=failure)
    assert "not a number" in said and "something altogether different" in said
    said = text(course, status="wrong", failure={**failure, "error": "infinite"})
    assert "infinite" in said and "not a number" not in said


def test_an_exercise_may_know_its_own_reasons_for_wrong_answers(course: Course) -> None:
    general, sanitize = "Work it out by hand.", " Ask `make sanitize EX=...`."
    failure = {"smell": "different", "explanation": general}
    wrong = {**verdict("wrong"), "p": None, "advice": general + sanitize, "failure": failure}
    exercise = course.exercise()
    asks = f" Ask `make sanitize EX={exercise.number}`."
    assert advice(exercise, wrong) == general + asks
    knows = dataclasses.replace(exercise, advice={**exercise.advice, "wrong": "Look at the tiles."})
    assert advice(knows, wrong) == "Look at the tiles." + asks
    of_edges = {**wrong, "failure": {**failure, "smell": "edges"}}
    assert advice(knows, of_edges) == general + asks


def test_an_exercise_may_know_its_own_reasons_for_crashes(course: Course) -> None:
    exercise = course.exercise()
    crashed = verdict("crashed", advice="Look for an index out of bounds.")
    assert advice(exercise, crashed) == crashed["advice"]
    knows = dataclasses.replace(exercise, advice={**exercise.advice, "crashed": "Is the list emptied?"})
    assert advice(knows, crashed) == "Look for an index out of bounds. Is the list emptied?"
    assert "emptied" not in advice(knows, verdict("hung"))


def have_an_original(course: Course) -> None:
    program = course.root / "baseline" / "python" / "sum.py"
    program.parent.mkdir(parents=True)
    program.write_text("")


def test_the_original_python_is_a_remark_where_it_was_timed(course: Course) -> None:
    assert "make baseline" not in text(course)  # there is no such program of this family
    have_an_original(course)
    assert "make baseline times the original Python" in text(course)
    figures = {"sum": {"unit": "element", "nanoseconds_per_unit": 64.1, "size": "1000"}}
    course.tree.python_baseline_figures.write_text(json.dumps(figures))
    assert "about 237× over the original Python" in text(course)


def test_the_naive_twin_is_not_compared_with_itself(course: Course) -> None:
    assert "the naive C++ twin itself" not in text(course)
    twin = course.root / "baseline" / "cpp" / "sum.cpp"
    twin.parent.mkdir(parents=True)
    course.exercise().reference.replace(twin)
    course.exercise().reference.symlink_to(twin)
    assert "the reference is the naive C++ twin itself" in text(course)


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[]",
        '{"sum": 3}',
        '{"sum": {"unit": "element", "nanoseconds_per_unit": 0}}',
        '{"sum": {"unit": "mile", "nanoseconds_per_unit": 3}}',
    ],
)
def test_damaged_baseline_figures_are_as_good_as_none(course: Course, damaged: str) -> None:
    have_an_original(course)
    course.tree.python_baseline_figures.write_text(damaged)
    assert "make baseline times the original Python" in text(course)


def test_several_timed_workloads_are_shown_each_and_together(course: Course) -> None:
    one, other = verdict(p=0.5)["timed"][0], verdict(p=1.0)["timed"][0]
    better = {"median": 12.0, "low": 11.0, "high": 13.0}
    small, large = {**one, "name": "small", "solution_speedup": better}, {**other, "name": "large"}
    said = text(course, timed=[small, large])
    assert "8.00× (7.92 … 8.08) over the reference\n" in said
    assert "4.00× (3.96 … 4.04), solution 12.0×, small: 32 arrays" in said
    assert "16.0× (15.8 … 16.2), solution 16.0×, large: 32 arrays" in said
    assert "limit (reading the same data): small\n" in said


def test_a_name_that_the_size_begins_with_is_not_said_twice(course: Course) -> None:
    each = [{**verdict(p=0.5)["timed"][0], "name": name} for name in ("32 arrays", "small")]
    assert ", 32 arrays of 8192\n" in text(course, timed=each)


@pytest.mark.parametrize(
    "too, who", [(False, "the reference is timed"), (True, "the reference and yours are timed")]
)
def test_an_excerpt_that_stood_for_the_whole_is_told(course: Course, too: bool, who: str) -> None:
    judged = verdict()
    judged["timed"][0]["excerpt"] = {"size": "16 of 1025 grid rows", "yours_too": too}
    said = text(course, timed=judged["timed"])
    assert f"{who} on 16 of 1025 grid rows, drawn anew each time, and scaled" in said
    assert "excerpt" not in text(course)


def test_a_verdict_of_which_much_is_missing_is_still_shown(course: Course) -> None:
    exercise = course.exercise()
    for status in ("passed", "wrong", "crashed", "a_new_status", "undecided"):
        bare = {
            "status": status,
            "exercise": exercise.name,
            "timed": [{}],
            "p": {},
            "sandbox": [],
            "failure": {},
        }
        assert exercise.name in render(exercise, bare, PLAIN)
    assert "hung" in render(exercise, {"status": "hung", "timed": None, "p": None}, Style(True))


def test_the_bar_goes_from_1_over_the_mark_to_the_solution_on_a_log_scale() -> None:
    line, labels = bar(yours=4.0, mark=8.0, solution=16.0, width=40)
    assert line == "█" * 20 + "·" * 10 + "┃" + "·" * 9
    assert labels.startswith("1×") and "mark 8.00×" in labels and labels.endswith("solution 16.0×")
    plain, _ = bar(yours=4.0, mark=8.0, solution=16.0, width=40, unicode=False)
    assert plain == "#" * 20 + "." * 10 + "|" + "." * 9
    line, labels = bar(yours=32.0, mark=4.0, solution=16.0, width=40)
    assert line.count("█") == 39 and labels.endswith("yours 32.0×")
    assert bar(yours=0.5, mark=4.0, solution=16.0, width=40)[0].count("█") == 0
    assert bar(yours=2.0, mark=16.0, solution=16.0, width=40)[0] == "█" * 10 + "·" * 29 + "┃"
    assert bar(yours=0.5, mark=0.9, solution=0.8) == []


def test_with_several_workloads_the_bar_shows_p_and_no_speedup_that_would_pass(course: Course) -> None:
    one = verdict(p=0.7)["timed"][0]
    said = text(course, p=0.7, timed=[one, {**one, "name": "large"}])
    assert "to pass: p = 0.60, the mean over the sizes" in said
    (line,) = [line for line in said.splitlines() if "┃" in line]
    assert line.strip() == "█" * 26 + "┃" + "█" * 4 + "·" * 13
    assert "mark p = 0.60" in said and "solution p = 1.00" in said and "here" not in said


def test_without_unicode_verdict_and_table_are_ascii_all_the_same(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")  # whatever some library has found
    assert text(course, p=0.7, style=Style(colour=False, unicode=False)).isascii()
    written = io.BytesIO()
    out = io.TextIOWrapper(written, encoding="ascii")
    table.show([{**verdict(p=0.5), "exercise": "03-sum-chains"}], out)
    out.flush()
    said = written.getvalue().decode()
    assert "4.00x 3.96..4.04" in said and "#####....." in said


@pytest.mark.parametrize(
    "value, said",
    [
        (0.27, "0.270"),
        (3.916, "3.92"),
        (9.999, "10.0"),
        (15.84, "15.8"),
        (820.4, "820"),
        (16_234.0, "16 200"),
        (0.0, "0"),
        (0.0123, "0.0123"),
        (99.96, "100"),
    ],
)
def test_numbers_have_three_digits_that_mean_something(value: float, said: str) -> None:
    assert number(value) == said


def test_speedups_that_are_not_positive_have_no_mean() -> None:
    assert overall({"timed": [{"speedup": {"median": 0.0, "low": 0.0, "high": 1.0}}]}, "speedup") is None
    assert overall({}, "speedup") is None
