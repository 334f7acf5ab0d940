"""Compiling: known by content, the compiler's message for the learner, and within limits."""
from __future__ import annotations

import errno
import fcntl
import os
import platform
import re
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional, Sequence

import pytest
from conftest import NAMES, ROOT, SOLUTION, Course, line_with, make_course
from course import compiling, machine, python
from course.compiling import DoesNotCompile, building, calls, diagnostics, headers, native, planning, refusals
from course.compiling.includes import system_folders
from course.errors import CourseBroken, Mistake
from course.exercises import find
from course.machine import Compiler, compiler, processor_features
from course.tree import Tree

YOURS = ("yours",)


def build(
    course: Course, text: str, seconds: float = 60.0, roles: Optional[Sequence[str]] = None
) -> compiling.Plan:
    course.edit(text=text)
    plan = compiling.plan(course.exercise(), compiler(), roles)
    compiling.build(plan, seconds=seconds)
    return plan


def refused(course: Course, text: str, seconds: float = 60.0) -> DoesNotCompile:
    """Only the learner's file is compiled: whatever is done to the compiler is done to it alone."""
    with pytest.raises(DoesNotCompile) as raised:
        build(course, text, seconds, YOURS)
    return raised.value


def test_an_old_file_moved_back_into_place_is_compiled_by_its_content_not_its_date(course: Course) -> None:
    first = build(course, SOLUTION)
    path = course.edit(text=SOLUTION.replace("+=", "-="))
    os.utime(path, (0, 0))
    second = compiling.plan(course.exercise(), compiler())
    assert second.libraries["yours"] != first.libraries["yours"]
    assert second.libraries["solution"] == first.libraries["solution"]


class Enough(Exception):
    """What a test wanted to see has been seen."""


def test_what_takes_longest_is_begun_first(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def noting(used: Compiler, steps: Sequence[calls.Step], *rest: Any) -> list[calls.Outcome]:
        begun.extend(step.role for step in steps)
        raise Enough

    monkeypatch.setattr(calls, "run", noting)
    plan = compiling.plan(find(Tree(ROOT), "14-scatter-simd"), compiler())
    plan.exercise.libraries_folder.mkdir(parents=True, exist_ok=True)
    with pytest.raises(Enough):
        native.build(plan, plan.submissions, tick=lambda: None, seconds=60.0)
    assert begun[:2] == ["baseline", "solution"] and {"reference", "yours", "limit"} <= set(begun[2:])


def test_what_is_compiled_is_what_the_key_says_though_the_file_is_saved_meanwhile(course: Course) -> None:
    course.edit(text=SOLUTION + "// planned\n")
    plan = compiling.plan(course.exercise(), compiler())
    course.edit(text="nonsense;\n")
    compiling.build(plan)
    course.edit(text=SOLUTION + "// planned\n")
    assert compiling.plan(course.exercise(), compiler()).ready
    course.edit(text="nonsense;\n")
    assert not compiling.plan(course.exercise(), compiler()).ready


def test_bench_takes_the_file_as_it_is_once_it_need_not_wait_any_longer(course: Course) -> None:
    program = course.root / "build" / "bin" / "bench"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    with open(course.root / "build" / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = subprocess.Popen(
            [sys.executable, "-m", "course", "bench", "chains"],
            env=course.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        line_with(child.stderr, "waiting")
        course.edit(text=SOLUTION + "// saved while it waited\n")
    said, _ = child.communicate(timeout=60)
    assert str(compiling.plan(course.exercise(), compiler()).libraries["yours"]) in said.decode()


def test_what_is_compiled_already_is_not_compiled_again(course: Course) -> None:
    plan = build(course, SOLUTION)
    before = plan.libraries["yours"].stat().st_mtime_ns
    compiling.build(compiling.plan(course.exercise(), compiler()))
    assert plan.ready and plan.libraries["yours"].stat().st_mtime_ns == before


def test_the_same_text_in_another_role_is_not_compiled_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.exercise().solution.write_text(SOLUTION + "// nobody has compiled this\n")
    build(course, SOLUTION + "// an attempt\n")
    called: list[str] = []
    run = calls.run

    def noting(compiler: Compiler, steps: Sequence[calls.Step], *others: Any) -> Any:
        called.extend(step.role for step in steps)
        return run(compiler, steps, *others)

    monkeypatch.setattr(calls, "run", noting)
    libraries = build(course, course.exercise().solution.read_text()).libraries
    assert libraries["yours"].read_bytes() == libraries["solution"].read_bytes() and not called
    build(course, SOLUTION + "// another\n")
    assert called == ["yours", "yours"]  # compiled, and linked


def test_where_a_file_can_have_one_name_only_the_same_text_is_compiled_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    anew = SOLUTION + "// nobody has compiled this\n"
    course.exercise().solution.write_text(anew)
    build(course, SOLUTION)
    monkeypatch.setattr(os, "link", link)
    assert build(course, anew).ready


def test_make_build_compiles_what_checks_need_whatever_a_learner_has_begun(course: Course) -> None:
    course.edit(text="double sum(")
    done = course.run("build")
    assert done.returncode == 0 and "It does not compile. make check EX=03 shows why." in done.stderr
    others = [name for name in NAMES if name != course.exercise().name]
    assert others and all(compiling.plan(course.exercise(name), compiler()).ready for name in others)


def test_make_build_names_an_exercise_that_is_broken_and_builds_the_others(course: Course) -> None:
    course.exercise("03").toml.write_text("title = ")
    course.exercise("04").reference.write_text("double sum(")
    done = course.run("build")
    assert done.returncode == 2
    assert "exercises/03-sum-chains/exercise.toml" in done.stderr
    assert "04-sum-compensated: the course's own reference does not compile" in done.stderr
    assert compiling.plan(course.exercise("12"), compiler()).ready


def test_a_library_shows_the_familys_entry_and_nothing_else(course: Course) -> None:
    library = build(course, SOLUTION).libraries["yours"]
    listed = subprocess.check_output(["nm", "-D", "--defined-only", library], text=True)
    assert [line.split()[-1] for line in listed.splitlines()] == ["faster_scatter_run"]


def test_the_first_error_comes_first_with_the_learners_path_and_without_warnings(course: Course) -> None:
    text = (
        '#include "sum.hpp"\nstatic int unused(int x) { int y; return 1; }\n'
        'double sum(std::span<const double> values) {\n    return totla;\n}\nint z = "text";\n'
    )
    error = refused(course, text)
    assert error.sentence == "It does not compile."
    lines = error.messages.splitlines()
    first = next(line for line in lines if "error:" in line)
    assert first.startswith("exercises/03-sum-chains/sum.cpp:4:12: error: 'totla' was not declared")
    assert "warning" not in error.messages
    assert error.messages.index("totla") < error.messages.index("exercises/03-sum-chains/sum.cpp:6")
    assert "compiling-" not in error.messages and str(course.root) not in error.messages


def test_a_flood_of_errors_is_cut_short(course: Course) -> None:
    error = refused(course, "\n".join(f"int a{n} = b{n};" for n in range(200)))
    assert len(error.messages.splitlines()) <= diagnostics.MOST_LINES + 1
    assert "lines more" in error.messages


@pytest.mark.parametrize("text", ["", "\n\n", "// nothing but a comment\n"])
def test_a_file_without_the_function_is_told_which_to_define(course: Course, text: str) -> None:
    error = refused(course, text)
    assert "does not link" in error.sentence
    assert "define  double sum(std::span<const double> values)" in error.messages


def test_a_function_that_is_only_declared_is_named(course: Course) -> None:
    error = refused(
        course,
        SOLUTION.replace("double sum(", "double helper(int);\ndouble sum(").replace(
            "return whole", "return helper(3)"
        ),
    )
    assert "'helper(int)' is used but defined nowhere" in error.messages


def test_a_function_of_openmps_threads_is_told_as_that_where_there_are_none() -> None:
    said = "sum.cpp:(.text+0x5): undefined reference to `omp_get_num_threads'\n"
    assert "'omp_get_num_threads' belongs to OpenMP's threads" in diagnostics.of_linker(said, "sum.cpp", None)


def test_defining_the_judges_entry_does_not_get_past_the_linker(course: Course) -> None:
    error = refused(course, SOLUTION + '\nextern "C" void faster_scatter_run(const void*, void*) {}\n')
    assert "multiple definition of" in error.messages and "faster_scatter_run" in error.messages


def test_bytes_that_are_no_text_get_the_compilers_message(course: Course) -> None:
    course.exercise().learners_file.write_bytes(b"\xff\xfe\x00int\x80")
    with pytest.raises(DoesNotCompile) as raised:
        compiling.build(compiling.plan(course.exercise(), compiler()))
    assert "exercises/03-sum-chains/sum.cpp:1:" in raised.value.messages


def test_a_relative_path_to_the_solution_leads_nowhere(course: Course) -> None:
    assert "No such file" in refused(course, '#include "../../../solutions/03-sum-chains/sum.cpp"\n').messages


@pytest.mark.parametrize(
    "path", ["../../solutions/03-sum-chains/sum.cpp", "{root}/solutions/03-sum-chains/sum.cpp"]
)
def test_a_path_that_does_lead_to_the_solution_is_refused(course: Course, path: str) -> None:
    error = refused(course, f'#include "{path.format(root=course.root)}"\n')
    assert "exercises/03-sum-chains/sum.cpp includes" in error.sentence
    assert "an exercise is one file" in error.sentence


@pytest.mark.parametrize("text", ["#include <../..{solution}>\n", '# 3 "sum.cpp" 3\n#include "{solution}"\n'])
def test_a_solution_is_refused_also_where_it_looks_like_a_header_of_the_system(
    course: Course, text: str
) -> None:
    error = refused(course, text.format(solution=course.exercise().solution.resolve()))
    assert "includes solutions/03-sum-chains/sum.cpp, but an exercise is one file" in error.sentence


def test_a_folder_of_the_course_is_none_of_the_systems(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPLUS_INCLUDE_PATH", str(course.exercise().solution.parent))
    assert "an exercise is one file" in refused(course, "#include <sum.cpp>\n").sentence


def test_what_is_linked_to_or_comes_back_to_a_folder_of_the_system_may_be_included(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cellar").mkdir()
    (tmp_path / "cellar" / "of_this_test.hpp").write_text("#pragma once\n")
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "linked").symlink_to("../cellar")
    (tmp_path / "include" / "back.hpp").write_text("// of the system, too\n")
    monkeypatch.setenv("CPLUS_INCLUDE_PATH", str(tmp_path / "include"))
    build(course, "#include <linked/of_this_test.hpp>\n#include <../include/back.hpp>\n" + SOLUTION)
    assert "an exercise is one file" in refused(
        course, "#include <linked/../cellar/of_this_test.hpp>\n" + SOLUTION
    ).sentence


def test_the_interfaces_and_the_librarys_headers_may_be_included(course: Course) -> None:
    build(course, '#include "scatter.hpp"\n#include <vector>\n' + SOLUTION)


@pytest.mark.parametrize("name", ["a #1 checkout", "a $HOME and $$ checkout", "a: checkout"])
def test_a_checkouts_path_may_hold_signs_that_mean_something_to_make(tmp_path: Path, name: str) -> None:
    course = make_course(tmp_path / name)
    build(course, SOLUTION, roles=YOURS)
    headers.prepare(compiling.plan(course.exercise(), compiler(), YOURS))
    build(course, SOLUTION + "// with its headers read\n", roles=YOURS)


def test_a_checkouts_path_may_hold_a_comma_at_which_the_linkers_options_end(tmp_path: Path) -> None:
    course = make_course(tmp_path / "a checkout, here")
    build(course, SOLUTION, roles=YOURS)


def put_into_the_library(course: Course, name: str, text: str) -> None:
    library = course.root / "grading" / "library"
    library.mkdir(exist_ok=True)
    (library / name).write_text(text)


def let_it_include(course: Course, name: str) -> None:
    toml = course.exercise().toml
    toml.write_text(toml.read_text().replace("[build]\n", f'[build]\nlibrary = ["{name}"]\n'))


def test_a_header_of_the_library_is_only_for_an_exercise_that_names_it(course: Course) -> None:
    put_into_the_library(course, "numbers.hpp", "constexpr double one = 1.0;\n")
    text = '#include "numbers.hpp"\n' + SOLUTION
    refusal = refused(course, text)
    assert "No such file" in refusal.messages
    assert "numbers.hpp is part of the course's library" in refusal.sentence
    assert "an exercise is one file" in refused(
        course, f'#include "{course.root}/grading/library/numbers.hpp"\n' + SOLUTION
    ).sentence
    let_it_include(course, "numbers.hpp")
    build(course, text)


def test_a_header_of_the_library_brings_those_that_it_includes(course: Course) -> None:
    put_into_the_library(course, "numbers.hpp", "constexpr double one = 1.0;\n")
    put_into_the_library(course, "more.hpp", '#include "numbers.hpp"\nconstexpr double two = one + one;\n')
    let_it_include(course, "more.hpp")
    build(course, '#include "more.hpp"\nstatic_assert(two == 2.0);\n' + SOLUTION)


def test_a_changed_header_of_the_library_makes_another_submission(course: Course) -> None:
    put_into_the_library(course, "numbers.hpp", "constexpr double one = 1.0;\n")
    let_it_include(course, "numbers.hpp")
    first = build(course, '#include "numbers.hpp"\n' + SOLUTION)
    put_into_the_library(course, "numbers.hpp", "constexpr double one = 1.1;\n")
    second = compiling.plan(course.exercise(), compiler())
    assert set(second.libraries.values()).isdisjoint(first.libraries.values())


def test_a_header_that_the_library_does_not_have_is_a_mistake(course: Course) -> None:
    put_into_the_library(course, "numbers.hpp", "")
    let_it_include(course, "nombers.hpp")
    with pytest.raises(Mistake, match="'build.library' names 'nombers.hpp'; there are numbers.hpp"):
        course.exercise()


def a_compiler_that(folder: Path, does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one, but for a learner's file with the word ENDLESS in it."""
    endless = folder / "g++"
    endless.write_text(
        f'#!/bin/sh\ngrep -qs ENDLESS sum.cpp && {{ {does}; }}\nexec /usr/bin/env g++ "$@"\n'
    )
    endless.chmod(0o755)
    monkeypatch.setenv("CXX", str(endless))


def test_a_compiler_that_works_on_and_on_is_stopped(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_compiler_that(tmp_path, "while :; do :; done", monkeypatch)
    monkeypatch.setattr(calls, "PATIENCE", 600)  # it is no matter of how busy the machine is
    error = refused(course, SOLUTION + "// ENDLESS\n", seconds=1.0)
    assert "was stopped after 1 s" in error.sentence and not error.lasting


def has_ended_within(seconds: float, process: int) -> bool:
    """A process that was killed is gone, or nobody's, as soon as a processor has time for its end."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def test_a_compiler_that_waits_is_stopped_with_its_children_and_the_file_is_not_blamed(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = tmp_path / "child"
    a_compiler_that(tmp_path, f"sleep 61 & echo $! >'{started}'; wait", monkeypatch)
    monkeypatch.setattr(calls, "PATIENCE", 1)
    error = refused(course, SOLUTION + "// ENDLESS\n", seconds=2.0)
    assert "too busy" in error.sentence and not error.lasting
    assert has_ended_within(10.0, int(started.read_text()))


def test_a_compiler_that_was_done_while_everything_stood_still_was_not_late(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slept: list[bool] = []

    def sleep_until_it_is_done() -> None:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        slept.append(True)

    monkeypatch.setattr(calls.children, "over", lambda end: bool(slept))
    step = calls.Step(["-c", "sleep 0.1"], tmp_path, "yours")
    (outcome,) = calls.run(Compiler(("sh",), "sh"), [step], sleep_until_it_is_done)
    assert slept and outcome.returned == 0 and not outcome.timed_out


def test_a_compiler_that_needs_too_much_memory_is_stopped_with_a_sentence(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(course, SOLUTION)
    monkeypatch.setattr(calls, "MEMORY_BYTES", 200 << 20)
    huge = (
        "#include <array>\nconstexpr auto f() { std::array<int, 3000000> a{}; for (auto& x : a) x = 1; "
        "return a; }\n"
        "constexpr auto table = f();\n"
    )
    assert "of memory and was stopped" in refused(course, huge + SOLUTION).sentence


@pytest.mark.parametrize(
    "does, sentence",
    [
        ("kill -9 $$", "The system ended the compiler, as it does where memory runs out"),
        ("echo 'g++: fatal error: Killed signal terminated program cc1plus'; exit 1", "memory runs out"),
        ("echo \"g++: fatal error: cannot execute 'cc1plus': execvp: gone\"; exit 1", "is it whole"),
        ("echo 'g++: fatal error: cannot fork: Resource temporarily unavailable'; exit 1", "more processes"),
    ],
)
def test_what_the_machine_refuses_the_compiler_is_no_mistake_in_the_file(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str, sentence: str
) -> None:
    a_compiler_that(tmp_path, does, monkeypatch)
    with pytest.raises(Mistake, match=f"03-sum-chains/sum.cpp: .*{sentence}"):
        build(course, SOLUTION + "// ENDLESS\n", roles=YOURS)


@pytest.mark.parametrize(
    "kind, most, does, sentence",
    [
        (resource.RLIMIT_CPU, 1, "while :; do :; done", "1 s only in this shell, .* ulimit -t"),
        (resource.RLIMIT_AS, 1 << 30, "echo out of memory; exit 1", "1024 MiB .* ulimit -v"),
        (resource.RLIMIT_FSIZE, 1 << 20, "echo File size limit exceeded; exit 1", "larger .* ulimit -f"),
    ],
)
def test_a_limit_of_the_shell_is_named_where_it_is_lower_than_the_courses_own(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: int,
    most: int,
    does: str,
    sentence: str,
) -> None:
    a_compiler_that(tmp_path, does, monkeypatch)
    infinite = resource.RLIM_INFINITY
    monkeypatch.setattr(resource, "getrlimit", lambda asked: (infinite, most if asked == kind else infinite))
    with pytest.raises(Mistake, match=sentence):
        build(course, SOLUTION + "// ENDLESS\n", roles=YOURS)


def test_a_full_disk_is_told_though_the_compilers_messages_have_no_room_there(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def is_full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    a_compiler_that(tmp_path, "exit 1", monkeypatch)
    monkeypatch.setattr(os, "fsync", is_full)
    with pytest.raises(Mistake, match="There is no room .* No space left on device"):
        build(course, SOLUTION + "// ENDLESS\n", roles=YOURS)


def test_a_solution_that_does_not_compile_is_the_courses_mistake(course: Course) -> None:
    course.exercise().solution.write_text("nonsense;\n")
    with pytest.raises(CourseBroken, match="the course's own solution does not compile"):
        compiling.build(compiling.plan(course.exercise(), compiler()))


def test_another_processor_makes_another_submission(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = compiling.plan(course.exercise(), compiler())
    monkeypatch.setattr(planning, "processor_kind", lambda: "another processor")
    after = compiling.plan(course.exercise(), compiler())
    assert set(after.libraries.values()).isdisjoint(before.libraries.values())
    assert after.adapter != before.adapter


def test_another_version_call_or_flag_of_the_compiler_makes_another_submission(course: Course) -> None:
    exercise, known = course.exercise(), compiler()
    others = [
        compiling.plan(exercise, replace(known, version=f"{known.version} of another day")),
        compiling.plan(exercise, replace(known, command=("env", *known.command))),
        compiling.plan(replace(exercise, flags=("-O1",)), known),
        compiling.plan(exercise, known),
    ]
    for role in ("reference", "yours", "solution"):
        assert len({each.libraries[role] for each in others}) == len(others)


def test_another_version_of_python_or_what_it_uses_makes_another_submission(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("02-sum-ctypes", "08-scatter-numpy"):
        exercise = find(Tree(ROOT), name)
        before = compiling.plan(exercise, compiler(), ("reference", "solution")).submissions
        monkeypatch.setattr(python, "versions", lambda _: "Python 4.1, NumPy 9.0")
        after = compiling.plan(exercise, compiler(), ("reference", "solution")).submissions
        assert all(one.key != other.key for one, other in zip(before, after))
        monkeypatch.undo()


def test_another_compiler_or_flag_makes_another_extension_in_cpp() -> None:
    exercise, known = find(Tree(ROOT), "02-sum-ctypes"), compiler()
    others = [
        compiling.plan(exercise, replace(known, version="g++ of another day"), ("solution",)),
        compiling.plan(exercise, replace(known, command=("env", *known.command)), ("solution",)),
        compiling.plan(replace(exercise, flags=("-O1",)), known, ("solution",)),
        compiling.plan(exercise, known, ("solution",)),
    ]
    assert len({each.submissions[0].key for each in others}) == len(others)


def test_the_scratch_folder_is_gone_after_a_failure(course: Course) -> None:
    refused(course, "nonsense;\n")
    assert not list((course.root / "build" / "submissions").rglob("compiling-*"))


def test_the_naive_twin_takes_part_only_where_it_is_not_the_reference(course: Course) -> None:
    exercise = course.exercise()
    twin = course.root / "baseline" / "cpp" / "sum.cpp"
    twin.parent.mkdir(parents=True)
    twin.write_text(exercise.reference.read_text() + "// the twin\n")
    assert "baseline" in compiling.plan(exercise, compiler()).libraries
    exercise.reference.unlink()
    exercise.reference.symlink_to("../../baseline/cpp/sum.cpp")
    assert "baseline" not in compiling.plan(exercise, compiler()).libraries


def test_only_some_of_a_roles_libraries_are_kept(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "KEPT", 2)
    for number in range(4):
        plan = build(course, SOLUTION + f"// {number}\n")
    assert len(list(plan.libraries["yours"].parent.glob("yours-*.so"))) == 2
    assert plan.ready


def test_what_was_taken_over_is_kept_however_old_it_is(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "KEPT", 1)
    os.utime(build(course, SOLUTION + "// mine\n").libraries["solution"], (0, 0))
    assert build(course, course.exercise().solution.read_text()).ready


def test_cxx_may_hold_a_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "env g++")
    assert compiler().command == ("env", "g++") and compiler().short.startswith("g++ ")


def test_a_blank_cxx_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", " ")
    assert len(compiler().command) == 1


@pytest.mark.parametrize("command", ["no-such-compiler", "false"])
def test_a_cxx_that_does_not_run_is_told(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("CXX", command)
    with pytest.raises(Mistake, match=f"CXX is '{command}', which does not run"):
        compiler()


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="what other processors can do has other names"
)
def test_what_the_processor_can_do_is_read_from_what_linux_says_of_the_first_one() -> None:
    features = processor_features()
    first = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
    assert features and f": {features}" in [line[line.find(":"):].rstrip() for line in first.splitlines()]


@pytest.mark.parametrize(
    "maker, model, name",
    [("ARM", "Neoverse-N1", "ARM Neoverse-N1"), ("0x00", "-", platform.processor() or platform.machine())],
)
def test_a_processor_of_which_linux_has_but_numbers_is_called_what_lscpu_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maker: str, model: str, name: str
) -> None:
    said = f"Architecture:   aarch64\nVendor ID:      {maker}\n  Model name:   {model}\n"
    (tmp_path / "lscpu").write_text(f"#!/bin/sh\ncat <<END\n{said}END\n")
    (tmp_path / "lscpu").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(machine, "_fields", lambda: {"CPU implementer": "0x41", "CPU part": "0xd0c"})
    machine._named_by_lscpu.cache_clear()
    found = machine.processor()
    machine._named_by_lscpu.cache_clear()
    assert found == name


@pytest.mark.parametrize("processor, is_clang, word", [
    ("aarch64", True, "-mcpu=native"), ("aarch64", False, "-march=native"), ("x86_64", True, "-march=native"),
])
def test_clang_on_arm_is_told_of_this_processor_in_its_own_word(
    monkeypatch: pytest.MonkeyPatch, processor: str, is_clang: bool, word: str
) -> None:
    monkeypatch.setattr(machine.platform, "machine", lambda: processor)
    assert machine.understood(["-O3", "-march=native"], is_clang) == ["-O3", word]


@pytest.mark.parametrize("fields, tells", [
    ({"BogoMIPS": "243.75"}, False), ({"cpu MHz": "2596.1", "bogomips": "5192"}, True), ({}, True),
])
def test_bogomips_of_an_arm_are_no_clock_rate(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, str], tells: bool
) -> None:
    monkeypatch.setattr(machine, "CLOCK_RATE", "/no/such/file")
    monkeypatch.setattr(machine, "_fields", lambda: fields)
    assert machine.tells_its_clock() == tells


def test_the_version_is_read_from_what_compilers_say_about_themselves() -> None:
    assert Compiler(("g++",), "g++ (Debian 12.2.0-14+deb12u1) 12.2.0").short == "g++ 12.2.0"
    assert Compiler(("clang++",), "Debian clang version 16.0.6 (15~deb12u1)").short == "clang++ 16.0.6"


def test_declarations_are_found_in_an_interface(tmp_path: Path) -> None:
    header = tmp_path / "scatter.hpp"
    header.write_text(
        "struct Problem { double kx; };\n/// f(x); in a comment\nvoid scatter(const Problem& problem,\n"
        "             std::span<std::complex<double>> field);\n"
    )
    assert diagnostics.declarations(header) == {
        "scatter": "void scatter(const Problem& problem, std::span<std::complex<double>> field)"
    }


def test_boost_is_found_where_boost_dir_says(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = tmp_path / "my boost" / "include" / "boost" / "of_this_test.hpp"
    header.parent.mkdir(parents=True)
    header.write_text("#pragma once\n")
    course.edit(text="#include <boost/of_this_test.hpp>\n" + SOLUTION)
    with pytest.raises(compiling.DoesNotCompile):
        compiling.build(compiling.plan(course.exercise(), compiler()))
    monkeypatch.setenv("BOOST_DIR", str(tmp_path / "my boost"))
    compiling.build(compiling.plan(course.exercise(), compiler()))
    monkeypatch.setenv("BOOST_DIR", "/usr")
    course.edit(text="#include <cstdlib>\n" + SOLUTION)
    compiling.build(compiling.plan(course.exercise(), compiler()))


def test_a_note_in_a_header_stays_with_the_error_that_it_explains() -> None:
    said = """sum.cpp:2:7: error: ambiguating new declaration of 'float sum(int)'
In file included from sum.cpp:1:
interface/sum.hpp:8:8: note: old declaration 'double sum(int)'
sum.cpp:2:15: warning: unused parameter 'values'
"""
    shown = diagnostics.of_compiler(said, "sum.cpp", "exercises/03-sum-chains/sum.cpp")
    assert "old declaration" in shown and "unused parameter" not in shown


SAID = """sum.cpp:1:9: note: '#pragma message: hello'
In file included from sum.cpp:2:
interface/sum.hpp: In function 'int of_a_header(int)':
interface/sum.hpp:2:5: warning: unused variable 'y'
    2 |     int y;
sum.cpp: In function 'double sum()':
sum.cpp:4:3: error: no matching function for call to 'over(S&)'
    4 |   over(s);
In file included from sum.cpp:2:
interface/sum.hpp:3:6: note: candidate: 'void over(double)'
sum.cpp:5:3: warning: unused variable 'x'
    5 |   int x;
interface/sum.hpp: In instantiation of 'T half(T)':
sum.cpp:6:8:   required from here
    6 |   half(s);
interface/sum.hpp:1:4: error: 'struct S' has no member
compilation terminated due to errors.
"""


def test_each_message_has_the_lines_that_lead_to_it_and_those_that_belong_to_it() -> None:
    lines = SAID.splitlines()
    assert diagnostics.of_compiler(SAID, "sum.cpp", "sum.cpp").splitlines() == lines[5:10] + lines[12:16]
    assert diagnostics.warnings(SAID, "sum.cpp", "sum.cpp").splitlines() == lines[10:12]


def test_what_was_said_last_is_shown_though_no_message_follows_it() -> None:
    last = "sum.cpp: At global scope:"
    for said in (f"sum.cpp:1: warning: unused\n{last}", f"sum.cpp:1: error: no\n{last}", f"{last}\nno more"):
        assert diagnostics.of_compiler(said, "sum.cpp", "sum.cpp") == said


def test_what_the_linker_says_of_nothing_that_is_missing_is_shown_without_its_paths() -> None:
    said = (
        "/usr/bin/ld: /tmp/yours/object.o: in function `sum()':\n\n"
        "sum.cpp:3: multiple definition of `sum()'\n"
        "collect2: error: ld returned 1 exit status\n"
    )
    shown = diagnostics.of_linker(said, "03/sum.cpp", None).splitlines()
    assert shown[0] == "03/sum.cpp: error: the linker says:"
    assert shown[1:] == ["object.o: in function `sum()':", "sum.cpp:3: multiple definition of `sum()'"]


def test_a_systems_folder_is_known_by_both_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "named").symlink_to("real")
    said = f'#include "..." search starts here:\n {tmp_path}/named\nEnd of search list.\n /no/more'
    stand_in = Compiler(("sh", "-c", f"echo '{said}' >&2"), "g++ 12")
    assert system_folders(stand_in, []) == [f"{tmp_path}/named", f"{tmp_path}/real"]


MISSPELT = "#pragma opm simd\n"


def test_warnings_about_the_learners_own_file_are_kept_as_long_as_its_library(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "KEPT", 2)
    warned = build(course, f"{MISSPELT}{SOLUTION}")
    assert re.match(r"exercises/03-sum-chains/sum\.cpp:1(:\d+)?: warning: ignoring", warned.warnings)
    assert build(course, SOLUTION).warnings == ""
    assert build(course, f"{MISSPELT}{SOLUTION}").warnings == warned.warnings
    for number in range(2):
        build(course, f"{MISSPELT}{SOLUTION}// {number}\n")
    refused(course, f"{MISSPELT}double sun() {{ return 0.0; }}\n")  # which has no library
    assert len(list(course.exercise().libraries_folder.glob("yours-*.warnings"))) == 2


def test_how_compilers_handed_vectors_over_long_ago_is_no_part_of_a_warning(course: Course) -> None:
    vector = "typedef double Vector __attribute__((vector_size(128)));\n"
    twice = "Vector twice(Vector values) { return values + values; }\n"
    warned = build(course, f"{MISSPELT}{vector}{twice}{SOLUTION}")
    assert "warning: ignoring" in warned.warnings and "has changed in" not in warned.warnings


def test_warnings_name_the_file_that_they_are_about_though_another_with_its_text_was_compiled_before(
    course: Course,
) -> None:
    text = f"{MISSPELT}{SOLUTION}"
    build(course, text)
    course.edit("04", text)
    other = compiling.plan(course.exercise("04"), compiler())
    compiling.build(other)
    assert re.match(r"exercises/04-sum-compensated/sum\.cpp:1(:\d+)?: warning: ignoring", other.warnings)


def test_a_warning_in_a_header_is_none_of_the_learners_and_a_page_of_them_is_cut() -> None:
    own = "sum.cpp:3:5: warning: unused variable 'x' [-Wunused-variable]\n    3 |     int x;\n"
    foreign = (
        "In file included from sum.cpp:2:\nIn function '__m512d _mm512_sqrt_pd(__m512d)',\n"
        "    inlined from 'double sum()' at sum.cpp:9:1:\n"
        "/usr/lib/avx512fintrin.h:12506:10: warning: '__Y' may be used uninitialized\n12506 |   return\n"
    )
    said = diagnostics.warnings(own + foreign, "sum.cpp", "exercises/03/sum.cpp")
    assert said.splitlines()[0].startswith("exercises/03/sum.cpp:3:5: warning: unused") and "__Y" not in said
    page = diagnostics.warnings(own * 10, "sum.cpp", "sum.cpp").splitlines()
    assert len(page) == 13 and page[-1] == "... and 8 lines more"


@pytest.mark.parametrize("name", ["mine.hpp", "../04-sum-compensated/sum.cpp"])
def test_a_file_beside_the_learners_that_is_not_taken_along_is_told(course: Course, name: str) -> None:
    (course.exercise().folder / "mine.hpp").write_text("")
    error = refused(course, f'#include "{name}"\n{SOLUTION}')
    assert f"an exercise is one file, and {name} is not taken along" in error.sentence


def test_a_solution_that_includes_the_library_is_refused_as_a_second_file(course: Course) -> None:
    """The library's headers lie beside the learner's file only."""
    put_into_the_library(course, "numbers.hpp", "constexpr double one = 1.0;\n")
    let_it_include(course, "numbers.hpp")
    course.exercise().solution.write_text('#include "numbers.hpp"\n' + SOLUTION)
    error = refused(course, '#include "../../solutions/03-sum-chains/sum.cpp"\n')
    assert "sum.cpp includes solutions/03-sum-chains/sum.cpp, but an exercise is one file" in error.sentence


def test_a_header_that_the_compiler_does_not_have_yet_is_told(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"#include <of_the_future>\n{SOLUTION}"
    assert refused(course, text).sentence == "It does not compile."
    monkeypatch.setattr(refusals, "NEWER_HEADERS", {"of_the_future"})
    assert "has no <of_the_future> in C++20" in refused(course, text).sentence


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_file_in_utf_16_is_told_to_be_saved_anew(course: Course, encoding: str) -> None:
    course.exercise().learners_file.write_bytes(SOLUTION.encode(encoding))
    with pytest.raises(DoesNotCompile, match="is in UTF-16; save it as UTF-8") as raised:
        compiling.build(compiling.plan(course.exercise(), compiler(), YOURS))
    assert raised.value.messages == ""


def test_the_naive_twin_is_compiled_once_for_all_exercises_with_the_same_flags() -> None:
    """Its name holds the key; the library's headers, of which each exercise names others, are not its own."""
    tree, keys = Tree(ROOT), set()
    for name, role in (("12", "reference"), ("15", "baseline"), ("17", "baseline")):
        library = compiling.plan(find(tree, name), compiler()).libraries[role]
        keys.add(library.name.removeprefix(role))
    assert len(keys) == 1


@pytest.mark.parametrize(
    "text, encoding", [("# sum\n", "utf-16"), ("# sum\n", "utf-16-le"), ("s = 'für'\n", "latin-1")]
)
def test_a_python_file_in_another_encoding_is_told_to_be_saved_anew(
    tmp_path: Path, text: str, encoding: str
) -> None:
    (tmp_path / "sum.py").write_text(text, encoding=encoding)
    words = [*python.as_compiler().command, *python.check_syntax("sum.py", "exercises/01-sum-numba/sum.py")]
    said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 1 and "Save the file as UTF-8" in said.stdout
    (tmp_path / "sum.py").write_text("def sum(:\n")
    said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 1 and "UTF-8" not in said.stdout


def test_threads_that_the_flags_leave_out_are_warned_of() -> None:
    lines = ["#pragma omp parallel for", "#pragma omp parallel for simd", "# pragma omp simd", "int x;"]
    text = "\n".join(lines)
    said = diagnostics.ignored_pragmas(text, ["-O3", "-fopenmp-simd"], "exercises/03/sum.cpp")
    assert said.startswith("exercises/03/sum.cpp:1: warning: ") and said.endswith(f"does nothing\n{lines[0]}")
    for flags in (["-O3", "-fopenmp"], ["-fopenmp", "-fopenmp-simd"], ["-O3"]):
        assert diagnostics.ignored_pragmas(text, flags, "sum.cpp") == ""


def test_fast_math_for_the_whole_file_is_warned_of() -> None:
    pragma = '#pragma GCC optimize("O3", "fast-math")'
    said = diagnostics.fast_math(f'// "fast-math"\n{pragma}\nint x;\n', "exercises/17/scatter.cpp")
    assert said.startswith("exercises/17/scatter.cpp:2: warning: fast-math") and said.endswith(f"\n{pragma}")
    assert diagnostics.fast_math('#pragma GCC optimize("no-fast-math")\n', "sum.cpp") == ""


def test_threads_that_the_flags_leave_out_are_among_the_warnings_that_are_kept(course: Course) -> None:
    toml = course.exercise().toml
    toml.write_text(toml.read_text().replace('["-O0"]', '["-O0", "-fopenmp-simd"]'))
    text = SOLUTION.replace("    for", "#pragma omp parallel for\n    for")
    assert "no threads in this exercise" in build(course, text, roles=YOURS).warnings


def test_fast_math_is_among_the_warnings_that_are_kept(course: Course) -> None:
    assert "fast-math" in build(course, f"#pragma GCC optimize(\"Ofast\")\n{SOLUTION}", roles=YOURS).warnings
