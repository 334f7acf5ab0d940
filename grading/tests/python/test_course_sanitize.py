"""`make sanitize`: what it finds in a learner's file, and that it says where."""
from __future__ import annotations

import fcntl
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Optional

import pytest
from conftest import ROOT, Course
from course import __main__ as command_line
from course import progress
from course.errors import CourseBroken, Mistake
from course.exercises import find
from course.machine import Compiler, processor_features
from course.sanitize import command, findings, kinds, program
from course.tree import Tree
from judging import changeable

TREE = Tree(ROOT)
BEYOND_THE_END = """#include "sum.hpp"
double sum(std::span<const double> values) {
    double total = 0.0;
    for (std::size_t i = 0; i <= values.size(); ++i)
        total += values.data()[i];
    return total;
}
"""
OVERFLOW = """#include "sum.hpp"
double sum(std::span<const double> values) {
    int count = 2147483647;
    for (double value : values)
        count += value != 0.5;
    return count;
}
"""
LAST_BYTES = """#include "inside.hpp"
void inside(const InsideProblem& problem, std::span<unsigned char> mask) {
    for (unsigned char& point : mask)
        point = 0;
    if (problem.x.size() == 1)
        mask[mask.size()] = 0;
}
"""
BEHIND_THE_MASK = LAST_BYTES.replace("mask[mask.size()]", "mask.data()[mask.size()]")
TOO_LARGE = """#include "sum.hpp"
double sum(std::span<const double> values) {
    return static_cast<int>(1e300 + static_cast<double>(values.size()));
}
"""
ENDING = """#include "sum.hpp"
#include <cstdlib>
double sum(std::span<const double>) {
    CALL;
}
"""
EVER_MORE = """#include "scatter.hpp"
#include <vector>
void scatter(const Problem&, std::span<std::complex<double>>) {
    std::vector<double*> kept;
    for (;;)
        kept.push_back(new double[1 << 17]());
}
"""
PRINTING = """#include "sum.hpp"
#include <cstdio>
double sum(std::span<const double>) {
    for (;;)
        std::fprintf(stderr, "%4096s", "and on\\n");
}
"""
NEVER_SET = """#include "sum.hpp"
double sum(std::span<const double> values) {
    double total[2];
    for (double value : values)
        total[1] += value;
    return total[1];
}
"""
NEVER_SET_IN_MEMORY = """#include "sum.hpp"
#include <memory>
double sum(std::span<const double> values) {
    const auto total = std::make_unique_for_overwrite<double[]>(values.size() + 1);
    for (double value : values)
        total[values.size()] += value;
    return total[values.size()];
}
"""
WITH_INTRINSICS = """#include "sum.hpp"
#include <immintrin.h>
double sum(std::span<const double> values) {
    const __m256d ones = _mm256_set1_pd(1.0);
    double* total = new double;
    for (double value : values)
        *total += value * _mm256_cvtsd_f64(ones);
    const double answer = *total;
    delete total;
    return answer;
}
"""
DECIDED = """#include "sum.hpp"
#include <memory>
double sum(std::span<const double> values) {
    const auto flags = std::make_unique_for_overwrite<int[]>(1);
    if (flags[0] == 0x5eed)
        return 0.0;
    double total = 0.0;
    for (double value : values)
        total += value;
    return total;
}
"""
NO_ANSWER = """#include "inside.hpp"
void inside(const InsideProblem&, std::span<unsigned char> mask) {
    for (std::size_t i = 0; i + 1 < mask.size(); ++i)
        mask[i] = 0;
}
"""
RACE = """#include "scatter.hpp"
void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    double total = 0.0;
#pragma omp parallel for num_threads(4)
    for (std::size_t i = 0; i < field.size(); ++i)
        total += problem.x[0];
    field[0] = total;
}
"""
RACE_OF_COPIES = """#include <algorithm>
#include <vector>
#include "scatter.hpp"
void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    std::vector<double> scratch(problem.x.size());
#pragma omp parallel for num_threads(4)
    for (std::size_t i = 0; i < field.size(); ++i)
        std::copy(problem.x.begin(), problem.x.end(), scratch.begin());
    field[0] = scratch[0];
}
"""
NO_RACE = """#include <cmath>
#include "scatter.hpp"
void scatter(const Problem& problem, std::span<std::complex<double>> field) {
#pragma omp parallel for num_threads(4) schedule(static, 1)
    for (std::size_t i = 0; i < field.size(); ++i)
        field[i] = std::cyl_bessel_j(0.0, std::abs(problem.kx));
}
"""


def looked_at(
    name: str, text: str, sanitizer: kinds.Sanitizer, folder: Path
) -> Optional[findings.Finding]:
    exercise = find(TREE, name)
    source, built = folder / exercise.file, folder / "program"
    source.write_text(text)
    inputs = program.dumped_inputs(exercise, folder)
    program.build(exercise, source, sanitizer, built, lambda: None)
    return program.run(built, inputs, sanitizer, source, exercise.file)


def found_in(name: str, text: str, sanitizer: kinds.Sanitizer, folder: Path) -> findings.Finding:
    found = looked_at(name, text, sanitizer, folder)
    assert found
    return found


@pytest.mark.parametrize(
    "version, looked_for",
    [
        ("g++ (Ubuntu 13.2.0-23ubuntu4) 13.2.0", 0),
        ("g++ (GCC) 14.2.0", 1),
        ("g++ (Debian 12.2.0-14+deb12u1) 12.2.0", 1),
        ("Debian clang version 13.0.1", 1),
    ],
)
def test_uses_after_return_are_not_looked_for_where_the_compiler_misplaces_vectors(
    monkeypatch: pytest.MonkeyPatch, version: str, looked_for: int
) -> None:
    monkeypatch.setattr(kinds, "compiler", lambda: Compiler(("g++",), version))
    options = dict(kinds.addresses().environment)["ASAN_OPTIONS"]
    assert f"detect_stack_use_after_return={looked_for}" in options


@pytest.mark.parametrize("command", [None, "clang++"])
def test_reading_beyond_the_end_is_found_with_its_line(tmp_path: Path, command: Optional[str]) -> None:
    addresses = kinds.addresses()
    if command:
        if not shutil.which(command):
            pytest.skip(f"there is no {command}")
        addresses = replace(addresses, compiler=(command,))
    found = found_in("chains", BEYOND_THE_END, addresses, tmp_path)
    assert "outside of the arrays" in found.what and found.where == "sum.cpp:5"


@pytest.mark.parametrize("name", ["01-sum-numba", "07-scatter-profile", "10-scatter-ctypes"])
def test_of_a_python_exercise_it_is_told_that_this_is_for_cpp(name: str) -> None:
    with pytest.raises(Mistake, match=f"for the C\\+\\+ exercises; {name} is none of them"):
        command.sanitize(TREE, name)


def test_an_index_that_a_span_does_not_have_is_found_with_its_line(tmp_path: Path) -> None:
    found = found_in("scatter-inside", LAST_BYTES, kinds.addresses(), tmp_path)
    assert "an index" in found.what and found.where == "inside.cpp:6"


def test_writing_behind_a_mask_that_fills_no_double_is_found(tmp_path: Path) -> None:
    found = found_in("scatter-inside", BEHIND_THE_MASK, kinds.addresses(), tmp_path)
    assert "outside of the arrays" in found.what and found.where == "inside.cpp:6"


def test_undefined_behaviour_is_found_with_its_line(tmp_path: Path) -> None:
    found = found_in("chains", OVERFLOW, kinds.addresses(), tmp_path)
    assert "signed integer overflow" in found.what and found.where == "sum.cpp:5"


def test_a_number_too_large_for_its_new_type_is_found_with_its_line(tmp_path: Path) -> None:
    found = found_in("chains", TOO_LARGE, kinds.addresses(), tmp_path)
    assert "too large for the type" in found.what and found.where == "sum.cpp:3"


@pytest.mark.parametrize("call", ["std::exit(0)", "std::_Exit(42)", "std::quick_exit(1)"])
def test_a_program_that_ends_early_is_not_clean_whatever_its_exit_code(tmp_path: Path, call: str) -> None:
    found = found_in("chains", ENDING.replace("CALL", call), kinds.addresses(), tmp_path)
    code = re.sub(r"\D", "", call)
    assert found.what == f"it ended the program, with exit code {code}, before all answers were there"


def test_a_program_that_goes_wrong_after_its_answers_is_not_clean(tmp_path: Path) -> None:
    ending = "static const int at_the_end = std::atexit([] { std::_Exit(3); });\n    return at_the_end"
    found = found_in("chains", ENDING.replace("CALL", ending), kinds.addresses(), tmp_path)
    assert found.what == "it ended the program, with exit code 3, after all answers were there"


@pytest.mark.parametrize(
    "name, text, said, where",
    [
        ("chains", NEVER_SET, "an answer from memory that nobody has given a value", "sum.cpp:2"),
        ("chains", NEVER_SET_IN_MEMORY, "an answer from memory that nobody has given a value", "sum.cpp:4"),
        pytest.param(
            "chains",
            WITH_INTRINSICS,
            "an answer from memory that nobody has given a value",
            "sum.cpp",
            marks=pytest.mark.skipif("avx2" not in processor_features().split(), reason="needs AVX2"),
        ),
        ("chains", DECIDED, "it decides by memory that nobody has given a value", "sum.cpp:5"),
        ("scatter-inside", NO_ANSWER, "or no answer", "inside.cpp"),
    ],
)
def test_memory_that_nobody_has_given_a_value_is_found(
    tmp_path: Path, name: str, text: str, said: str, where: str
) -> None:
    memcheck = kinds.values()
    if memcheck is None:
        pytest.skip("valgrind is not here")
    found = found_in(name, text, memcheck, tmp_path)
    assert said in found.what and found.where == where


def test_an_instruction_that_valgrind_does_not_know_is_no_finding(tmp_path: Path) -> None:
    memcheck = kinds.values()
    if memcheck is None:
        pytest.skip("valgrind is not here")
    unknown = tmp_path / "unknown"
    words = "vex amd64->IR: unhandled instruction bytes: 0x62"
    unknown.write_text(f"#!/bin/sh\necho '{words}' >&2; kill -ILL $$\n")
    unknown.chmod(0o755)
    with pytest.raises(program.NotLookedAt, match="does not know an instruction"):
        program.run(tmp_path / "program", [], replace(memcheck, under=(str(unknown),)), tmp_path, "sum.cpp")


def test_where_no_process_may_be_watched_leaks_are_not_looked_for_and_that_is_no_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = tmp_path / "program"
    words = "==7==LeakSanitizer has encountered a fatal error."
    watched.write_text(f"#!/bin/sh\n[ -z $ANSWERS ] || echo 3 >$1\necho '{words}' >&2; exit 1\n")
    watched.chmod(0o755)
    alone, answering = kinds.addresses(), replace(kinds.addresses(), environment=(("ANSWERS", "1"),))
    assert program.run(watched, [], answering, tmp_path, "sum.cpp") is None
    assert "sum.cpp: memory that nobody frees is not looked for" in capsys.readouterr().err
    found = program.run(watched, [], alone, tmp_path, "sum.cpp")
    assert found and "before all answers were there" in found.what


@pytest.mark.parametrize(
    "does, said",
    [
        ("kill -KILL $$", "where memory runs out"),
        ("echo '==1==ReserveShadowMemoryRange failed' >&2; kill -ABRT $$", "ulimit -v"),
        ("echo 'valgrind: Unable to start up properly.  Giving up.' >&2; exit 1", "TMPDIR"),
    ],
)
def test_what_the_machine_refuses_a_sanitizer_is_no_finding(tmp_path: Path, does: str, said: str) -> None:
    refused = tmp_path / "program"
    refused.write_text(f"#!/bin/sh\n{does}\n")
    refused.chmod(0o755)
    with pytest.raises(Mistake, match=f"sum.cpp: .*AddressSanitizer.*{said}"):
        program.run(refused, [], kinds.addresses(), tmp_path, "sum.cpp")


def test_a_file_for_other_processors_than_valgrind_knows_is_no_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memcheck = kinds.values()
    if memcheck is None:
        pytest.skip("valgrind is not here")
    exercise, source = find(TREE, "chains"), tmp_path / "sum.cpp"
    source.write_text("#error for no processor\n")
    with progress.for_stream() as shown:
        look = command.Look(exercise, "yours", source, tmp_path, shown)
        assert not look.finds_something(memcheck, [])
    said = "03-sum-chains, yours, memcheck: not looked at. It does not compile for the processors"
    assert said in capsys.readouterr().out


def test_a_case_that_takes_too_long_under_valgrind_is_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memcheck = kinds.values()
    if memcheck is None:
        pytest.skip("valgrind is not here")
    monkeypatch.setattr(program, "SECONDS", 0.5)
    with pytest.raises(program.NotLookedAt, match="A case took more than"):
        slow = replace(memcheck, under=("sh", "-c", "sleep 600"))
        program.run(tmp_path / "program", [], slow, tmp_path, "sum.cpp")


def test_clean_in_a_part_of_the_cases_is_not_called_clean_in_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = find(TREE, "chains")
    inputs, no_time = program.dumped_inputs(exercise, tmp_path), replace(kinds.addresses(), seconds=0.0)
    with progress.for_stream() as shown:
        look = command.Look(exercise, "solution", exercise.solution, tmp_path, shown)
        assert not look.finds_something(no_time, inputs)
    assert f": clean in 0 of {len(inputs) // 2} cases, for which there was time" in capsys.readouterr().out


@pytest.mark.parametrize("which", [kinds.addresses, kinds.threads])
def test_what_takes_ever_more_memory_is_stopped_with_its_line(
    tmp_path: Path, which: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "MEMORY_MIB", 256)
    sanitizer = which()
    if sanitizer is None:
        pytest.skip("ThreadSanitizer needs clang++ and LLVM's OpenMP with archer, which are not here")
    found = found_in("scatter-threads", EVER_MORE, sanitizer, tmp_path)
    assert "RSS limit" in found.what and "more than 256 MiB of memory" in found.what
    assert found.where == "scatter.cpp:6"


def test_what_prints_on_and_on_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "SECONDS", 60.0)  # where it is not stopped
    found = found_in("chains", PRINTING, kinds.addresses(), tmp_path)
    assert "SIGXFSZ (it prints on and on)" in found.what


def test_what_was_found_before_a_program_hung_is_told_rather_than_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "SECONDS", 0.5)
    spinning, source = tmp_path / "program", tmp_path / "sum.cpp"
    sanitizer = kinds.Sanitizer("a sanitizer", (), (), ())
    report = f"WARNING: ThreadSanitizer: data race (pid=1)\n  #0 sum {source}:7:3\n"
    for said, what, where in (
        (report, "data race", "sum.cpp:7"),
        ("", "no answer within", "sum.cpp"),
    ):
        spinning.write_text(f"#!/bin/sh\nprintf '{said}' >&2\nexec sleep 600\n")
        spinning.chmod(0o755)
        found = program.run(spinning, [], sanitizer, source, "sum.cpp")
        assert found and found.what.startswith(what) and found.where == where


def test_what_a_program_writes_is_left_in_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    writing = tmp_path / "scratch" / "program"
    writing.parent.mkdir()
    writing.write_text("#!/bin/sh\ntouch log.txt\n")
    writing.chmod(0o755)
    program.run(writing, [], kinds.Sanitizer("a sanitizer", (), (), ()), tmp_path / "sum.cpp", "sum.cpp")
    assert (writing.parent / "log.txt").exists() and not (tmp_path / "log.txt").exists()


def test_what_llvms_openmp_keeps_of_a_crashed_program_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "SHARED_MEMORY", tmp_path)
    entry = f"'{tmp_path}'/__KMP_REGISTERED_LIB_$$_$(id -u)"
    returned, _ = program._ended(["sh", "-c", f"touch {entry} && kill -9 $$"], dict(os.environ))
    assert returned == -9
    assert not list(tmp_path.iterdir())


def test_while_it_waits_for_a_program_it_shows_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "SECONDS", 2.0)
    ticks: list[bool] = []
    returned, said = program._ended(["sleep", "600"], dict(os.environ), lambda: ticks.append(True))
    assert returned is None and said == "" and len(ticks) > 1


def test_a_race_is_found_with_its_line(tmp_path: Path) -> None:
    sanitizer = kinds.threads()
    if sanitizer is None:
        pytest.skip("ThreadSanitizer needs clang++ and LLVM's OpenMP with archer, which are not here")
    found = found_in("scatter-threads", RACE, sanitizer, tmp_path)
    assert "data race" in found.what and found.where in ("scatter.cpp:4", "scatter.cpp:6")
    found = found_in("scatter-threads", RACE_OF_COPIES, sanitizer, tmp_path)
    assert "data race" in found.what and found.where in ("scatter.cpp:6", "scatter.cpp:8")


def test_what_the_c_library_writes_for_itself_is_no_race(tmp_path: Path) -> None:
    sanitizer = kinds.threads()
    if sanitizer is None:
        pytest.skip("ThreadSanitizer needs clang++ and LLVM's OpenMP with archer, which are not here")
    assert looked_at("scatter-threads", NO_RACE, sanitizer, tmp_path) is None


def memcheck_for_a_moment() -> Optional[kinds.Sanitizer]:
    """It would begin cases for ten seconds, in each file."""
    memcheck = kinds.values()
    return memcheck and replace(memcheck, seconds=0.5, then=None)


DECIDED_BY_NOTHING = """#include <memory>
#include "sum.hpp"
double sum(std::span<const double> values) {
    double total = 0.0;
    for (double value : values) total += value;
    return std::make_unique_for_overwrite<double[]>(1)[0] > 0.0 ? total : -total;
}
"""


def test_where_there_was_no_time_for_all_cases_a_quicker_way_looks_at_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memcheck = kinds.values()
    if memcheck is None:
        pytest.skip("memcheck needs valgrind, which is not here")
    no_time = replace(memcheck, seconds=0.0)
    exercise, source = find(TREE, "chains"), tmp_path / "sum.cpp"
    source.write_text(DECIDED_BY_NOTHING)
    inputs = program.dumped_inputs(exercise, tmp_path)
    with progress.for_stream() as shown:
        assert command.Look(exercise, "yours", source, tmp_path, shown).finds_something(no_time, inputs)
    assert "sum.cpp:6" in capsys.readouterr().out


def test_the_courses_own_files_and_an_untouched_stub_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    exercise, memcheck = find(TREE, "chains"), memcheck_for_a_moment()
    with progress.for_stream() as shown:
        counts = command._check(exercise, None, memcheck, shown)
    assert set(counts.values()) == {0}
    assert capsys.readouterr().out.count(": clean") == (6 if memcheck else 3)


def test_memcheck_is_not_asked_about_what_another_has_found_something_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memcheck = memcheck_for_a_moment()
    monkeypatch.setattr(kinds, "values", lambda: memcheck)
    monkeypatch.setattr(command, "ROLES", ("yours",))  # the others' files are looked at elsewhere
    tree = changeable(tmp_path / "checkout")
    find(tree, "chains").learners_file.write_text(BEYOND_THE_END)
    assert command.sanitize(tree, "chains") == 1
    assert capsys.readouterr().out.count("yours, ") == 1


def test_a_file_that_does_not_compile_is_told_as_in_a_check_and_the_courses_own_are_looked_at_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "values", lambda: None)
    tree = changeable(tmp_path / "checkout")
    find(tree, "chains").learners_file.write_text("double sun() { return 0.0; }\n")
    assert command.sanitize(tree, "chains") == 1
    said = capsys.readouterr().out
    assert "It compiles, but does not link." in said and "double sum(std::span" in said
    assert said.count(": clean") == 2


def test_a_file_that_only_one_of_the_compilers_takes_is_told_and_the_others_are_looked_at_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if kinds.threads() is None:
        pytest.skip("ThreadSanitizer needs clang++ and LLVM's OpenMP with archer, which are not here")
    monkeypatch.setattr(kinds, "values", lambda: None)
    tree = changeable(tmp_path / "checkout")
    file = find(tree, "sum-threads").learners_file
    file.write_text(f"{file.read_text()}#ifdef __clang__\n#error for g++ alone\n#endif\n")
    assert command.sanitize(tree, "sum-threads") == 1
    said = capsys.readouterr().out
    assert "yours, ThreadSanitizer: not looked at." in said and "for g++ alone" in said
    assert said.count(": clean") == 5


def test_a_solution_that_is_missing_is_told_in_one_sentence_before_anything_is_compiled(
    course: Course,
) -> None:
    course.exercise().solution.unlink()
    done = course.run("sanitize", "chains")
    assert done.returncode == 2 and done.stdout == "" and "fatal error" not in done.stderr
    why = "cannot be read: No such file or directory."
    assert done.stderr.splitlines()[-1] == f"solutions/03-sum-chains/sum.cpp {why}"


def test_nothing_is_looked_at_while_a_check_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, held = changeable(tmp_path / "checkout"), []

    def look(*all_of_it: object) -> dict[str, int]:
        with open(tree.build / "lock") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held.append(True)
        return dict.fromkeys(command.ROLES, 0)

    monkeypatch.setattr(command, "_check", look)
    assert command.sanitize(tree, "chains") == 0 and held


def test_a_finding_in_the_courses_own_file_is_no_mistake_of_the_learner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = changeable(tmp_path / "checkout")
    for role in ("reference", "solution"):
        found = {**dict.fromkeys(command.ROLES, 0), role: 1, "yours": 1}
        monkeypatch.setattr(command, "_check", lambda *_: found)
        assert command_line.main(["sanitize", "chains"], tree) == 2
        assert "found something in the course's own files" in capsys.readouterr().err


def test_a_compiler_that_does_not_end_is_stopped_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nsleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr(program, "SECONDS", 0.2)
    exercise = find(TREE, "chains")
    with pytest.raises(Mistake, match="very busy"):
        sanitizer = kinds.Sanitizer("slow", (str(slow),), (), ())
        program._compile(exercise, exercise.solution, sanitizer, tmp_path / "program")


def test_the_compiler_is_not_asked_to_follow_variables_which_can_take_it_minutes(tmp_path: Path) -> None:
    noting, words = tmp_path / "noting", tmp_path / "words"
    noting.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >'{words}'\n")
    noting.chmod(0o755)
    exercise = find(TREE, "chains")
    sanitizer = kinds.Sanitizer("noting", (str(noting),), (), ())
    program._compile(exercise, exercise.solution, sanitizer, tmp_path / "program")
    assert [word for word in words.read_text().splitlines() if word.startswith("-g")] == ["-g1"]


def test_the_answers_of_the_program_before_are_not_taken_for_its_own(tmp_path: Path) -> None:
    built = tmp_path / "program"
    built.write_text("#!/bin/sh\n")
    built.chmod(0o755)
    (tmp_path / program.ANSWERED).write_text("31")
    sanitizer = kinds.Sanitizer("none", (), (), ())
    found = program.run(built, [], sanitizer, tmp_path / "sum.cpp", "sum.cpp")
    assert found and found.what == "it ended the program, with exit code 0, before all answers were there"


def test_ubsan_names_the_place_in_front_of_its_words(tmp_path: Path) -> None:
    source = tmp_path / "sum.cpp"
    report = f"{source}:3:7: runtime error: load of null pointer\n    #0 0x1 in half {source}:20:1\n"
    for before in ("printed before\n", ""):
        found = findings.read(f"{before}{report}", source, "03/sum.cpp")
        assert found and found.where == "03/sum.cpp:3"


@pytest.mark.parametrize("signal, what", [("USR1", "SIGUSR1"), ("SEGV", "SIGSEGV")])
def test_a_signal_that_ended_it_is_named(tmp_path: Path, signal: str, what: str) -> None:
    ending = tmp_path / "program"
    ending.write_text(f"#!/bin/sh\nkill -{signal} $$\n")
    ending.chmod(0o755)
    sanitizer = kinds.Sanitizer("none", (), (), ())
    found = program.run(ending, [], sanitizer, tmp_path / "sum.cpp", "sum.cpp")
    assert found and found.what.startswith(f"it was ended by {what}")


def test_what_cannot_be_looked_for_here_is_told_where_it_would_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree, nothing = changeable(tmp_path / "checkout"), dict.fromkeys(command.ROLES, 0)
    monkeypatch.setattr(command, "_check", lambda *_: nothing)
    for there in (False, True):
        kind = kinds.addresses() if there else None
        monkeypatch.setattr(kinds, "threads", lambda: kind)
        monkeypatch.setattr(kinds, "values", lambda: kind)
        for name, with_threads in (("sum-threads", True), ("chains", False)):
            assert command.sanitize(tree, name) == 0
            said = capsys.readouterr().err
            assert ("Without memcheck, " in said) == (not there)
            assert ("Without ThreadSanitizer: " in said) == (not there and with_threads)


def test_what_is_here_is_used_and_a_part_of_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clang, resources = tmp_path / "clang++", tmp_path / "lib" / "clang" / "14"
    clang.write_text(f"#!/bin/sh\necho '{resources}'\n")
    clang.chmod(0o755)
    parts = [tmp_path / "lib" / kinds.ARCHER, resources / "lib" / "linux" / "libclang_rt.tsan.a"]
    for part in parts:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
    here = {"clang++": str(clang), "valgrind": "/opt/valgrind"}
    monkeypatch.setattr(kinds, "shutil", SimpleNamespace(which=here.get))
    memcheck, threads = kinds.values(), kinds.threads()
    assert memcheck and memcheck.under[0] == "/opt/valgrind" and memcheck.then
    assert threads and threads.compiler == (str(clang),)
    for part in parts:
        part.rename(tmp_path / "elsewhere")
        assert kinds.threads() is None
        (tmp_path / "elsewhere").rename(part)
    here.clear()
    assert kinds.values() is None and kinds.threads() is None


def test_where_there_are_no_inputs_it_is_told_why(tmp_path: Path) -> None:
    (tmp_path / "exercise.toml").write_text("=")
    nothing_to_read: Any = SimpleNamespace(tree=TREE, folder=tmp_path)
    with pytest.raises(CourseBroken, match="^work: .*exercise.toml"):
        program.dumped_inputs(nothing_to_read, tmp_path)


def test_a_clean_report_is_no_finding() -> None:
    assert findings.read("", Path("sum.cpp"), "sum.cpp") is None


@pytest.mark.parametrize(
    "report, meaning",
    [
        ("sum.cpp:3:7: runtime error: load of null pointer of type 'const double'", "points to nothing"),
        ("sum.cpp:3:7: runtime error: index 4 out of bounds for type 'double [4]'", "an index"),
        ("sum.cpp:3:7: runtime error: variable length array bound evaluates to 0", "no elements"),
        ("==7==ERROR: AddressSanitizer: stack-overflow on address 0x7ffc\n", "calls itself"),
        ("==7==ERROR: AddressSanitizer: attempting double-free on 0x602 in thread T0:\n", "twice"),
        ("==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602\n", "already freed"),
        ("==7==ERROR: LeakSanitizer: detected memory leaks\n", "nobody frees"),
        ("WARNING: ThreadSanitizer: data race (pid=7)\n", "two threads"),
    ],
)
def test_what_is_found_is_said_in_plain_words_too(report: str, meaning: str) -> None:
    found = findings.read(report, Path("sum.cpp"), "sum.cpp")
    assert found and meaning in found.what


def test_the_place_is_the_first_line_in_the_file_itself_not_in_the_adapter_of_the_same_name() -> None:
    adapter = """==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602
    #0 0x1 in run /course/grading/runner/families/sum.cpp:7:3
"""
    own = """    #1 0x2 in sum /course/exercises/03/sum.cpp:12:5
    #2 0x3 in half /course/exercises/03/sum.cpp:20:1
"""
    source = Path("/course/exercises/03/sum.cpp")
    for report, where in ((adapter + own, "exercises/03/sum.cpp:12"), (adapter, "exercises/03/sum.cpp")):
        found = findings.read(report, source, "exercises/03/sum.cpp")
        assert found and found.where == where


REPORTED_RACE = """==================
WARNING: ThreadSanitizer: data race (pid=1)
  Write of size 8 at 0x7f1 by thread T2:
    #0 scatter(Problem const&) /course/scatter.cpp:502:1

  Location is heap block of size 64 at 0x7f0 allocated by thread T2:
    #0 {allocator} <null> (program+0x51dd1)
    #1 {caller}

SUMMARY: ThreadSanitizer: data race
==================
"""


def test_the_copies_that_a_task_takes_along_are_no_race_and_the_learners_own_memory_is() -> None:
    of_the_runtime = REPORTED_RACE.format(allocator="malloc", caller="<null> <null> (libomp.so.5+0x20919)")
    of_the_learner = REPORTED_RACE.format(allocator="operator new(unsigned long)", caller="scatter a.cpp:9:1")
    shown = (Path("scatter.cpp"), "scatter.cpp")
    assert findings.read(findings.without_copies_for_tasks(of_the_runtime), *shown) is None
    assert findings.read(findings.without_copies_for_tasks(of_the_runtime + of_the_learner), *shown)
