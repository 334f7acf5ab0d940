"""What the course keeps for the learner: the starting file, backups, hints shown, the history, verdicts."""
from __future__ import annotations

import json
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Course, verdict
from course import compiling, hints, history, stub, verdicts
from course.errors import Mistake
from course.machine import compiler


def test_the_starting_file_is_a_heading_with_the_task_and_the_references_code(course: Course) -> None:
    text = stub.starting_file(course.exercise())
    assert text.startswith("// 03-sum-chains: Several chains\n")
    assert "TODO: Let several additions" in text and "make check EX=03" in text
    assert "slowly" not in text and text.endswith("    return total;\n}\n")
    assert all(len(line) <= 110 for line in text.splitlines())


def test_a_references_block_comment_is_left_out_too(course: Course) -> None:
    course.exercise().reference.write_text('/* The sum,\n   slowly. */\n\n#include "sum.hpp"\n// kept\n')
    assert stub.starting_file(course.exercise()).endswith('file.\n\n#include "sum.hpp"\n// kept\n')


@pytest.mark.parametrize(
    "heading",
    ["# A sum,\n# slowly.\n", '"""A sum."""\n', '"""A sum,\nslowly.\n"""\n', '"""\nA sum.\n"""\n'],
)
def test_what_a_python_reference_begins_with_is_left_out(course: Course, heading: str) -> None:
    part = replace(course.exercise().parts[0], comment="#")
    code = 'def mysum(array):\n    """Kept."""\n    # kept\n'
    part.reference.write_text(f"{heading}\n{code}")
    assert stub.starting_file(course.exercise(), part).endswith(f"file.\n\n{code}")


def test_white_space_at_the_ends_of_lines_leaves_a_stub_untouched(course: Course) -> None:
    exercise = course.exercise()
    text = exercise.learners_file.read_text()
    exercise.learners_file.write_bytes(text.replace("\n", "  \r\n").encode() + b"\n\n")
    assert stub.is_untouched(exercise)
    exercise.learners_file.write_text(text.replace("+=", "-="))
    assert not stub.is_untouched(exercise)


def test_reset_puts_the_starting_file_back_and_keeps_the_learners(course: Course) -> None:
    path = course.edit(text="// mine\n")
    (backup,) = stub.reset(course.exercise())
    assert backup.read_text() == "// mine\n"
    assert path.read_text() == stub.starting_file(course.exercise())


def test_resets_within_one_second_never_overwrite_a_backup(course: Course) -> None:
    kept = set()
    for attempt in range(5):
        course.edit(text=f"// attempt {attempt}\n")
        kept.update(stub.reset(course.exercise()))
    assert sorted(path.read_text() for path in kept) == [f"// attempt {n}\n" for n in range(5)]


def test_reset_brings_back_a_deleted_file_and_keeps_no_copy_of_an_untouched_one(course: Course) -> None:
    course.exercise().learners_file.unlink()
    for _ in range(2):
        assert stub.reset(course.exercise()) == []
        assert stub.is_untouched(course.exercise())


def test_each_call_shows_one_hint_more_and_then_the_way_to_the_solution(course: Course) -> None:
    said = [hints.one_more(course.exercise()) for _ in range(4)]
    assert "hint 1 of 2: look at the chain\n\nThe first hint's text.\n\n1 more: make hint EX=03" in said[0]
    assert "hint 2 of 2: break it" in said[1] and "the last one" in said[1]
    assert "no more hints" in said[2] and "solutions/03-sum-chains/sum.cpp" in said[2]
    assert said[2] == said[3]


@pytest.mark.parametrize("damaged", [b"\xff\x00", b"-2\n"])
def test_a_damaged_note_on_the_hints_starts_over(course: Course, damaged: bytes) -> None:
    note = course.root / "build" / "hints" / "03-sum-chains"
    note.parent.mkdir()
    note.write_bytes(damaged)
    assert "hint 1 of 2" in hints.one_more(course.exercise())
    assert note.read_text() == "1\n"


def test_a_lesson_that_has_fewer_hints_than_were_shown_has_no_more(course: Course) -> None:
    hints.one_more(course.exercise())
    hints.one_more(course.exercise())
    lesson = course.exercise().lesson
    lesson.write_text(lesson.read_text().replace("<details>\n<summary>Hint 2", "<summary>Hint 2"))
    assert "no more hints for 03-sum-chains; all 1 stand in" in hints.one_more(course.exercise())


def test_a_lesson_without_hints_says_so(course: Course) -> None:
    course.exercise().lesson.write_text("# No hints here\n")
    assert "There are no hints for 03-sum-chains" in hints.one_more(course.exercise())


def test_a_lesson_that_is_missing_is_told(course: Course) -> None:
    course.exercise().lesson.unlink()
    with pytest.raises(Mistake, match="exercises/03-sum-chains/README.md cannot be read: No such file"):
        hints.one_more(course.exercise())


def test_the_history_keeps_every_verdict_in_order(course: Course) -> None:
    for p in (0.2, 0.7, 0.5):
        history.append(course.exercise(), verdict(p=p))
    assert [each["p"]["median"] for each in history.read(course.exercise())] == [0.2, 0.7, 0.5]
    best = history.best(course.exercise())
    assert best and best["p"]["median"] == 0.7


def test_a_line_torn_by_a_crash_loses_nothing_else(course: Course) -> None:
    history.append(course.exercise(), verdict(p=0.3))
    with open(history.path_of(course.exercise()), "ab") as file:
        file.write(b'{"status": "passed", "p": {"med')
    history.append(course.exercise(), verdict(p=0.4))
    history.append(course.exercise(), verdict(p=0.5))
    assert [each["p"]["median"] for each in history.read(course.exercise())] == [0.3, 0.4, 0.5]


def test_a_history_of_rubbish_is_an_empty_history(course: Course) -> None:
    path = history.path_of(course.exercise())
    path.parent.mkdir()
    path.write_bytes(b'\x00\xff\n[]\n3\n{\n"text"\n' + b"[" * 100_000 + b'\n{"p": 3, "status": "passed"}\n')
    assert history.best(course.exercise()) is None
    history.append(course.exercise(), verdict(p=0.4))
    assert history.read(course.exercise())[-1]["p"]["median"] == 0.4


def _append_many(root: Path, first: int) -> None:
    exercise = Course(root).exercise()
    for number in range(first, first + 20):
        history.append(exercise, {"number": number, "padding": "x" * 5000})


def test_processes_that_write_at_once_lose_no_line(course: Course) -> None:
    processes = [multiprocessing.Process(target=_append_many, args=(course.root, 20 * n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = history.path_of(course.exercise()).read_text().splitlines()
    assert sorted(json.loads(line)["number"] for line in lines) == list(range(80))


def _key(course: Course) -> str:
    return verdicts.key_of(compiling.plan(course.exercise(), compiler()))


@pytest.mark.parametrize(
    "part",
    [
        "exercises/03-sum-chains/sum.cpp",
        "exercises/03-sum-chains/reference.cpp",
        "exercises/03-sum-chains/exercise.toml",
        "solutions/03-sum-chains/sum.cpp",
        "grading/interface/sum.hpp",
        "grading/interface/batch.hpp",
        "grading/runner/families/sum.cpp",
        "grading/runner/exports.map",
        "build/bin/judge",
        "build/bin/runner",
    ],
)
def test_a_verdict_is_kept_only_while_everything_it_rests_on_is_the_same(course: Course, part: str) -> None:
    before = _key(course)
    assert _key(course) == before
    with open(course.root / part, "a") as file:
        file.write("\n")
    assert _key(course) != before


def test_another_compiler_makes_another_key(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other compiler"
    other.write_text("#!/bin/sh\necho 'other 1.2.3'\n")
    other.chmod(0o755)
    before = _key(course)
    monkeypatch.setenv("CXX", f"'{other}'")
    assert _key(course) != before


def test_another_number_of_processors_makes_another_key(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _key(course)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(1000))
    assert _key(course) != before


@pytest.mark.parametrize(
    "rubbish",
    [
        *(b"", b"{", b"\xff\xfe", b"[]", b"null"),
        *(b'{"key": 3}', b'{"verdict": []}', b'{"key": "key", "verdict": {}}'),
    ],
)
def test_a_damaged_kept_verdict_is_none(course: Course, rubbish: bytes) -> None:
    path = course.root / "build" / "verdicts" / "03-sum-chains.json"
    path.parent.mkdir()
    path.write_bytes(rubbish)
    assert verdicts.kept(course.exercise(), "key") is None
    verdicts.keep(course.exercise(), "key", verdict())
    kept = verdicts.kept(course.exercise(), "key")
    assert kept and kept["status"] == "passed"
    assert verdicts.kept(course.exercise(), "another key") is None
