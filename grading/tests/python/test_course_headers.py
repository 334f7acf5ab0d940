"""Headers that the compiler has read already: whose, when they are used, and that nothing else changes."""
from __future__ import annotations

import os

import pytest
from conftest import SOLUTION, Course
from course import compiling
from course.compiling import DoesNotCompile, Plan, headers
from course.machine import compiler


def plan(course: Course) -> Plan:
    return compiling.plan(course.exercise(), compiler(), ("yours",))


@pytest.fixture(autouse=True)
def only_gcc() -> None:
    if compiler().is_clang:
        pytest.skip("clang has another kind of precompiled header")


@pytest.mark.parametrize(
    "text, lines",
    [
        ('// Text.\n\n#include <a>\n  #include "b"\nint c;\n#include <d>\n', '#include <a>\n#include "b"\n'),
        ("#define N 3\n#include <a>\n", ""),
        ("/* A comment. */\n#include <a>\n", ""),
        ("", ""),
    ],
)
def test_a_beginning_is_what_comes_before_anything_but_comments(text: str, lines: str) -> None:
    assert headers.beginning(text) == lines


def test_what_was_read_serves_every_file_that_begins_alike(course: Course) -> None:
    path = course.edit()
    headers.prepare(plan(course))
    read = headers.ready(plan(course), path)
    assert read and read.with_name("headers.hpp.gch").is_file()
    course.edit(text=SOLUTION + "// changed below\n")
    compiling.build(plan(course))
    assert plan(course).ready and headers.ready(plan(course), path) == read
    course.edit(text="#include <vector>\n" + SOLUTION)
    assert headers.ready(plan(course), path) is None
    compiling.build(plan(course))


def test_what_has_been_read_is_not_read_again(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    course.edit()
    asked: list[object] = []
    run = headers.calls.run
    monkeypatch.setattr(headers.calls, "run", lambda *words: [asked.append(words), run(*words)][1])
    for _ in range(2):
        headers.prepare(plan(course))
    assert len(asked) == 1


def test_a_header_of_the_library_that_was_read_already_is_the_same_file(course: Course) -> None:
    header = course.root / "grading" / "library" / "numbers.hpp"
    header.parent.mkdir()
    header.write_text("#pragma once\nconstexpr double one = 1.0;\n")
    os.utime(header, (0, 0))
    toml = course.exercise().toml
    toml.write_text(toml.read_text().replace("[build]\n", '[build]\nlibrary = ["numbers.hpp"]\n'))
    path = course.edit(text='#include "numbers.hpp"\n' + SOLUTION)
    headers.prepare(plan(course))
    read = headers.ready(plan(course), path)
    assert read and read.with_name("numbers.hpp").stat().st_mtime == 0  # #pragma once goes by the date, too
    compiling.build(plan(course))


@pytest.mark.parametrize("folder, name", [("interface", "sum.hpp"), ("library", "numbers.hpp")])
def test_a_header_that_has_changed_is_read_anew(course: Course, folder: str, name: str) -> None:
    library = course.root / "grading" / "library"
    library.mkdir()
    (library / "numbers.hpp").write_text("#pragma once\nconstexpr double one = 1.0;\n")
    toml = course.exercise().toml
    toml.write_text(toml.read_text().replace("[build]\n", '[build]\nlibrary = ["numbers.hpp"]\n'))
    path = course.edit(text='#include "numbers.hpp"\n' + SOLUTION)
    headers.prepare(plan(course))
    assert headers.ready(plan(course), path)
    with open(course.root / "grading" / folder / name, "a") as header:
        header.write("constexpr double two = 2.0;\n")
    assert headers.ready(plan(course), path) is None
    course.edit(text='#include "numbers.hpp"\n' + SOLUTION + "static_assert(two == 2.0);\n")
    compiling.build(plan(course))


def test_a_mistake_is_told_as_ever(course: Course) -> None:
    course.edit()
    headers.prepare(plan(course))
    course.edit(text=SOLUTION.replace("whole = 0.0", "whole = nothing"))
    with pytest.raises(DoesNotCompile) as refused:
        compiling.build(plan(course))
    assert "exercises/03-sum-chains/sum.cpp:" in refused.value.messages


def test_what_an_exercise_may_not_include_is_not_read_for_it(course: Course) -> None:
    (course.root / "other.hpp").write_text("int other;\n")
    for name in ("nowhere.hpp", str(course.root / "other.hpp")):
        path = course.edit(text=f'#include "{name}"\n' + SOLUTION)
        headers.prepare(plan(course))
        assert headers.ready(plan(course), path) is None
        with pytest.raises(DoesNotCompile):
            compiling.build(plan(course))


def test_only_the_latest_two_are_kept(course: Course) -> None:
    for name in ("vector", "string", "array"):
        path = course.edit(text=f"#include <{name}>\n" + SOLUTION)
        headers.prepare(plan(course))
    folders = list((course.root / "build" / "submissions" / "03-sum-chains").glob("headers-*"))
    assert len(folders) == headers.KEPT and headers.ready(plan(course), path)
