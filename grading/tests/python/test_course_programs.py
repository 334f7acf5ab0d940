"""The commands that hand on to a program: `make bench`, `make scatter`, `make baseline`."""
from __future__ import annotations

from conftest import Course
from course.machine import processor


def test_bench_hands_the_libraries_and_the_arguments_to_the_program_and_its_exit_code_back(
    course: Course,
) -> None:
    program = course.root / "build" / "bin" / "bench"
    program.write_text("#!/bin/sh\nprintf '[%s]\\n' \"$@\"\nexit 7\n")
    program.chmod(0o755)
    done = course.run("bench", "--args=--benchmark_filter='a b'", "chains")
    assert done.returncode == 7
    words = done.stdout.splitlines()
    assert words[-1] == "[--benchmark_filter=a b]" and "[--solution]" in words and "[--yours]" in words


def test_bench_says_of_what_crashed_how_to_look_for_the_reason(course: Course) -> None:
    program = course.root / "build" / "bin" / "bench"
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    program.chmod(0o755)
    done = course.run("bench", "chains")
    assert done.returncode == 1 and "crashed (SIGSEGV). make sanitize EX=03" in done.stderr


def test_bench_ends_what_the_program_leaves_running(course: Course) -> None:
    program = course.root / "build" / "bin" / "bench"
    program.write_text("#!/bin/sh\nsleep 600 &\necho measured\nexit 3\n")
    program.chmod(0o755)
    done = course.run("bench", "chains")  # comes back only when nobody holds its output any longer
    assert done.returncode == 3 and done.stdout == "measured\n"


def test_bench_says_what_does_not_compile(course: Course) -> None:
    course.edit(text="nonsense;\n")
    done = course.run("bench", "chains")
    assert done.returncode == 1 and "error:" in done.stderr


def test_scatter_hands_the_arguments_to_the_program_and_its_exit_code_back(course: Course) -> None:
    program = course.root / "build" / "bin" / "scatter"
    program.write_text("#!/bin/sh\nprintf '[%s]\\n' \"$@\"\nexit 7\n")
    program.chmod(0o755)
    done = course.run("scatter", "--args=--nx 4 --xc='a b'")
    assert done.returncode == 7 and done.stdout.splitlines() == ["[--nx]", "[4]", "[--xc=a b]"]


def test_quotes_in_args_that_do_not_match_are_a_mistake(course: Course) -> None:
    done = course.run("scatter", "--args='half")
    assert done.returncode == 2 and "do not match" in done.stderr


def test_baseline_hands_the_place_of_its_figures_and_the_processors_name_on(course: Course) -> None:
    program = course.root / "baseline" / "python" / "measure.py"
    program.parent.mkdir(parents=True)
    program.write_text("import sys; print(sys.argv[1:]); sys.exit(1)\n")
    done = course.run("baseline", "--args=--quick")
    words = ["--output", str(course.tree.python_baseline_figures), "--machine", processor(), "--quick"]
    assert done.returncode == 1 and done.stdout == f"{words}\n"
