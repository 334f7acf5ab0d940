"""The way from a command to the course: set up and built first, quietly, and only where there is need."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

CMAKE = """#!/bin/bash
echo "cmake $*" >>calls
case $1 in
    --preset)
        mkdir -p build/cmake
        echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >build/cmake/CMakeCache.txt
        : >build/cmake/build.ninja
        ;;
    --build) cat what-ninja-says; exit "$(cat what-ninja-returns)" ;;
esac
"""
PYTHON = """#!/bin/bash
[ -z "$PYTHONHOME" ] && [ "$PYTHONIOENCODING" != nonsense ] || exit 1
[ "$1" = -c ] || echo "python $*" >>calls
"""


class Checkout:
    """A checkout in which CMake, setup and Python are stand-ins."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for part in ("setup/build", "setup/packages.tsv", "course/run"):
            (root / "grading" / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "grading" / part, root / "grading" / part)
        (root / "CMakePresets.json").write_text("{}")
        self.program("bin/cmake", CMAKE)
        self.program("bin/python", PYTHON)
        self.program(
            "grading/setup/setup",
            '#!/bin/bash\necho "setup $*" >>calls\n[ ! -e broken ] || exit 1\nmkdir -p build\n'
            'echo "$PWD/bin/python" >build/python; touch build/setup-check.stamp build/setup-test.stamp\n',
        )
        self.ninja_says("ninja: no work to do.\n")

    def program(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def ninja_says(self, text: str, returned: int = 0) -> None:
        (self.root / "what-ninja-says").write_text(text)
        (self.root / "what-ninja-returns").write_text(str(returned))

    def call(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (self.root / "calls").unlink(missing_ok=True)
        path = f"{self.root}/bin:{os.environ['PATH']}"
        return subprocess.run(
            [str(self.root / words[0]), *words[1:]],
            env={**os.environ, "PATH": path, **environment},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
        )

    def build(self) -> subprocess.CompletedProcess[str]:
        return self.call("grading/setup/build")

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.call("grading/course/run", *words, **environment)

    @property
    def calls(self) -> list[str]:
        return (self.root / "calls").read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a checkout with spaces")


def test_the_first_build_configures_and_the_next_one_does_not(checkout: Checkout) -> None:
    assert checkout.build().returncode == 0
    assert checkout.calls == ["cmake --preset default", "cmake --build --preset default"]
    done = checkout.build()
    assert done.returncode == 0 and checkout.calls == ["cmake --build --preset default"]


@pytest.mark.parametrize("name", ["CMakePresets.json", "grading/CMakeLists.txt"])
def test_what_is_dated_in_the_future_is_not_built_anew_each_time(checkout: Checkout, name: str) -> None:
    path = checkout.root / name
    path.write_text("{}")
    os.utime(path, (2e9, 2e9))
    assert checkout.build().returncode == 0
    checkout.build()
    assert checkout.calls == ["cmake --build --preset default"]
    assert path.stat().st_mtime <= (checkout.root / "build" / "build.lock").stat().st_mtime


def test_where_no_process_can_be_started_cmake_which_would_end_all_others_is_not(checkout: Checkout) -> None:
    checkout.program("bin/sh", "#!/bin/bash\necho 'sh: 1: Cannot fork' >&2; exit 2\n")
    done = checkout.build()
    assert done.returncode == 2 and done.stderr.startswith("A build needs more processes than can be started")
    assert not (checkout.root / "calls").exists()


def test_a_build_with_nothing_to_do_is_silent(checkout: Checkout) -> None:
    checkout.build()
    checkout.ninja_says("[0/2] Re-checking globbed directories...\nninja: no work to do.\n")
    done = checkout.build()
    assert (done.stdout, done.stderr) == ("", "")


def test_where_nothing_can_be_written_nothing_is_built_and_that_is_said(checkout: Checkout) -> None:
    (checkout.root / "build" / "build.log").mkdir(parents=True)  # as root may write to whatever is a file
    done = checkout.build()
    assert done.returncode == 2 and not (checkout.root / "calls").exists()
    assert done.stderr.startswith("build/build.log cannot be written") and done.stderr.count("\n") == 1


def test_in_a_pipe_a_build_says_a_line_now_and_then_without_control_characters(checkout: Checkout) -> None:
    checkout.build()
    checkout.ninja_says("".join(f"[{n}/50] Building CXX object {n}.o\n" for n in range(1, 51)))
    assert checkout.build().stderr == "Building: 1 of 50\n"


def test_a_failed_build_shows_what_failed_and_not_what_worked(checkout: Checkout) -> None:
    checkout.build()
    checkout.ninja_says("[1/3] Building a.o\nFAILED: b.o \nb.cpp:3: error: no\nninja: stopped\n", returned=1)
    done = checkout.build()
    assert done.returncode == 2 and "b.cpp:3: error: no" in done.stderr and "a.o" not in done.stderr
    assert done.stderr.splitlines()[-1] == "The build failed; the whole output is in build/build.log."


def test_a_checkout_that_was_moved_is_configured_anew(checkout: Checkout, tmp_path: Path) -> None:
    checkout.build()
    checkout.root.rename(tmp_path / "moved")
    checkout.root = tmp_path / "moved"
    checkout.build()
    assert checkout.calls[0] == "cmake --preset default"


@pytest.mark.parametrize("sign", [*"'\"\\;&:[]<>|*?`^", "${", "\t", "\n", "\x7f"])
def test_a_folder_in_which_nothing_can_be_built_is_told_before_cmake_runs(
    tmp_path: Path, sign: str
) -> None:
    """Some end in CMake's own words, in some everything is built anew each time."""
    checkout = Checkout(tmp_path / f"a{sign}b}}")
    done = checkout.build()
    name = sign if sign.isprintable() else "a control character"
    shown = str(checkout.root) if sign.isprintable() else f"{tmp_path}/a?b}}"
    sentence = f"The course cannot be built in a folder with {name} in its path: {shown}; move it elsewhere."
    assert (done.returncode, done.stderr) == (2, sentence + "\n")
    assert not (checkout.root / "calls").exists()


@pytest.mark.parametrize("sign", "#$=%(){}!~@,+-é")
def test_a_folder_whose_name_is_only_unusual_is_no_obstacle(tmp_path: Path, sign: str) -> None:
    checkout = Checkout(tmp_path / f"a{sign}b")
    assert checkout.build().returncode == 0


def test_where_python_finds_nothing_every_command_says_why(tmp_path: Path) -> None:
    done = Checkout(tmp_path / "a:b").run("list")
    assert done.returncode == 2 and "with : in its path" in done.stderr and done.stderr.count("\n") == 1


def test_a_command_sets_up_and_builds_what_it_needs_and_no_more(checkout: Checkout) -> None:
    assert checkout.run("check", "chains").returncode == 0
    assert checkout.calls[0] == "setup --quiet --for check"
    assert checkout.calls[-1] == "python -m course check chains"
    checkout.run("check")
    built = "cmake --build --preset default --target judge runner runner_walls bessel"
    assert checkout.calls == [built, "python -m course check"]
    checkout.run("list")
    assert checkout.calls == ["python -m course list"]


NEEDED = {  # of the build; all of it where nothing is named
    "build": "",
    "test": "",
    "check": "--target judge runner runner_walls bessel",
    "watch": "--target judge runner runner_walls bessel",
    "ladder": "--target runner runner_walls rung bessel",
    "report": "--target runner runner_walls rung ceilings bessel",
    "profile": "--target work bessel",
    "compare": "--target work bessel",
    "sanitize": "--target work",
    "bench": "--target bench",
    "scatter": "--target scatter_program",
}
COMMANDS = re.findall(r"grading/course/run ([a-z]+)", (ROOT / "Makefile").read_text())
OWN_PURPOSE = ("profile", "watch", "report", "sanitize", "test")
PURPOSES = {"compare": "profile", **{command: command for command in OWN_PURPOSE}}


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_each_command_sets_up_and_builds_for_its_own_purpose(checkout: Checkout, command: str) -> None:
    checkout.run("list")
    checkout.build()
    (checkout.root / "build" / "setup-test.stamp").unlink()
    assert checkout.run(command).returncode == 0
    expected = [f"setup --quiet --for {PURPOSES[command]}"] if command in PURPOSES else []
    if command in NEEDED:
        expected.append(f"cmake --build --preset default {NEEDED[command]}".rstrip())
    call = "grading/tests/run_tests.py" if command == "test" else f"-m course {command}"
    assert checkout.calls == [*expected, f"python {call}"]


@pytest.mark.parametrize("change", ["table", "interpreter"])
def test_setup_runs_again_when_its_table_changed_or_the_interpreter_is_gone(
    checkout: Checkout, change: str
) -> None:
    checkout.run("list")
    if change == "table":
        os.utime(checkout.root / "build" / "setup-check.stamp", (1, 1))
    else:
        (checkout.root / "bin" / "python").unlink()
    checkout.run("list")
    assert checkout.calls[0] == "setup --quiet --for check"


@pytest.mark.parametrize("words", [["test", "--help"], ["check", "-h", "chains"], ["--help"]])
@pytest.mark.parametrize("chosen", [True, False])
def test_who_asks_for_help_gets_it_before_anything_is_installed_or_built(
    checkout: Checkout, words: list[str], chosen: bool
) -> None:
    checkout.program("bin/python3", PYTHON)
    if chosen:
        checkout.run("list")
        (checkout.root / "build" / "setup-check.stamp").unlink()
    assert checkout.run(*words).returncode == 0
    assert checkout.calls == [f"python -m course {' '.join(words)}"]


@pytest.mark.parametrize(
    "words", [["list", "--", "--help"], ["bench", "--args=--help"], ["bench", "--args=-n --help "]]
)
def test_help_that_somebody_else_is_asked_for_needs_all_that_the_command_needs(
    checkout: Checkout, words: list[str]
) -> None:
    checkout.run(*words)
    assert checkout.calls[0] == "setup --quiet --for check"
    assert checkout.calls[-1] == f"python -m course {' '.join(words)}"


def test_another_interpreters_library_is_let_alone(checkout: Checkout) -> None:
    assert checkout.run("list", PYTHONHOME="/nonexistent").returncode == 0


def test_setup_says_which_setting_keeps_the_interpreter_from_starting(checkout: Checkout) -> None:
    checkout.run("list")
    checkout.run("list", PYTHONIOENCODING="nonsense")
    assert checkout.calls[0] == "setup --quiet --for check"
    checkout.run("list", PYTHONIOENCODING="utf-8")
    assert checkout.calls == ["python -m course list"]


def test_a_failed_set_up_is_exit_code_2_and_in_json_a_document(checkout: Checkout) -> None:
    (checkout.root / "broken").touch()
    done = checkout.run("check", "--json")
    assert done.returncode == 2 and list(json.loads(done.stdout)) == ["error"]
    assert checkout.run("check").stdout == ""
    assert checkout.run("test").stdout == "0 passed, 1 failed\n"


def test_tests_that_cannot_be_built_have_failed(checkout: Checkout) -> None:
    checkout.ninja_says("FAILED: x\n", returned=1)
    done = checkout.run("test")
    assert done.returncode == 2 and done.stdout == "0 passed, 1 failed\n"
    checkout.ninja_says("")
    checkout.run("test", "--words")
    assert checkout.calls[-1] == "python grading/tests/run_tests.py --words"
