"""The Makefile: every command, from any folder, whatever stands in its variables, with exit codes 0, 1, 2."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

COMMANDS = sorted(re.findall(r"^(\w+): ## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
OTHER_TOOLS = {
    "setup": "setup [--for] [check]",
    "format": "sources [format]",
    "lint": "sources [lint]",
    "clean": "sources [clean]",
}
STAND_IN = """#!/bin/bash
printf '%s' "$(basename "$0")" >> calls
printf ' [%s]' "$@" >> calls
printf '\\n' >> calls
env | grep -E '^(MAKEFLAGS|MFLAGS|MAKEOVERRIDES)=' >> calls
exit "${WANTED:-0}"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile in a folder with awkward signs in its name; its tools only note how they were called."""
    root = tmp_path / "a 'quoted' $HOME; checkout"
    root.mkdir()
    shutil.copy(ROOT / "Makefile", root)
    for tool in ("course/run", "setup/setup", "setup/build", "setup/sources"):
        path = root / "grading" / tool
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAND_IN)
        path.chmod(0o755)
    return root


def make(
    checkout: Path, *words: str, stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *words],
        cwd=checkout,
        env={**kept, **environment},
        text=True,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=60,
    )


def calls(checkout: Path) -> list[str]:
    path = checkout / "calls"
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize("words", [[], ["help"], ["-j8", "help"]])
def test_make_alone_and_make_help_list_every_command_in_one_line(checkout: Path, words: list[str]) -> None:
    done = make(checkout, *words)
    assert done.returncode == 0 and done.stderr == ""
    assert sorted(re.findall(r"^make (\w+) +\w", done.stdout, re.MULTILINE)) == COMMANDS
    assert all(len(line) <= 120 for line in done.stdout.splitlines())


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("help", *OTHER_TOOLS)])
def test_a_command_calls_the_course(checkout: Path, command: str) -> None:
    assert make(checkout, command).returncode == 0
    assert calls(checkout) == [f"run [{command}]"]


@pytest.mark.parametrize("command", OTHER_TOOLS)
def test_a_command_about_the_checkout_itself_calls_its_tool(checkout: Path, command: str) -> None:
    assert make(checkout, command).returncode == 0
    assert calls(checkout) == [OTHER_TOOLS[command]]


def test_there_is_no_command_that_help_does_not_list() -> None:
    (listed,) = re.findall(r"^commands := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(listed.split()) == COMMANDS and len(COMMANDS) > 20


def test_variables_become_arguments(checkout: Path) -> None:
    make(checkout, "check", "EX=12", "FRESH=1", "JSON=1", "SEED=7", "BUDGET=2")
    assert calls(checkout) == ["run [check] [--fresh] [--json] [--seed=7] [--budget=2] [--] [12]"]
    make(checkout, "scatter", "ARGS=--nx 4 --xc='a b'")
    assert calls(checkout)[1] == "run [scatter] [--args=--nx 4 --xc='a b']"


@pytest.mark.parametrize("word", ["FRESH=", "FRESH=0", "FRESH=no", "EX="])
def test_a_variable_that_is_off_is_no_argument(checkout: Path, word: str) -> None:
    make(checkout, "check", word)
    assert calls(checkout)[0].strip() == "run [check]"


@pytest.mark.parametrize(
    "text",
    [
        "; touch bad",
        "$(shell touch bad)",
        "`touch bad`",
        "$(touch bad)",
        "'; touch bad; '",
        '"; touch bad; "',
        "$$(touch bad)",
        "${HOME}",
        "a b",
        "x&touch bad",
        "%",
        "#",
        "\\",
    ],
)
@pytest.mark.parametrize("where", ["argument", "environment"])
def test_whatever_stands_in_a_variable_is_handed_on_and_not_run(
    checkout: Path, text: str, where: str
) -> None:
    for variable in ("EX", "SEED", "BUDGET", "ARGS"):
        command = "bench" if variable == "ARGS" else "check"
        if where == "argument":
            make(checkout, command, f"{variable}={text}")
        else:
            make(checkout, command, **{variable: text})
        assert f"{text}]" in calls(checkout)[-1]
    assert not (checkout / "bad").exists()
    for variable in ("FRESH", "JSON"):
        make(checkout, "check", f"{variable}={text}")
    assert not (checkout / "bad").exists()


@pytest.mark.parametrize("wanted, code", [("0", 0), ("1", 1), ("2", 2), ("3", 2), ("130", 2)])
def test_the_exit_code_tells_not_passed_from_a_mistake(checkout: Path, wanted: str, code: int) -> None:
    for words in (["check"], ["-j4", "check"], ["-s", "check"]):
        assert make(checkout, *words, WANTED=wanted).returncode == code
    assert not list((checkout / "build").glob("exit-code*"))


@pytest.mark.parametrize("wanted, code", [("0", 0), ("1", 1), ("2", 2), ("3", 2)])
def test_the_exit_code_is_handed_on_where_no_file_can_be_made(checkout: Path, wanted: str, code: int) -> None:
    makefile = checkout / "Makefile"
    nowhere = "code_file := no-such-folder/exit-code"
    makefile.write_text(re.sub("^code_file := .*", nowhere, makefile.read_text(), flags=re.MULTILINE))
    done = make(checkout, "check", WANTED=wanted)
    assert done.returncode == code and "no-such-folder" not in done.stderr


@pytest.mark.parametrize("wanted", ["1", "141"])  # 141: nobody read the output to its end
def test_not_passed_is_said_without_makes_own_noise(checkout: Path, wanted: str) -> None:
    done = make(checkout, "check", WANTED=wanted)
    assert (done.returncode, done.stderr) == (1, "")


def test_the_list_of_commands_may_be_read_in_part(checkout: Path) -> None:
    nobodys, output = os.pipe()
    os.close(nobodys)
    try:
        done = make(checkout, "help", stdout=output)
    finally:
        os.close(output)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_list_of_commands_that_cannot_be_printed_is_one_sentence_and_exit_code_2(checkout: Path) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        done = make(checkout, "help", stdout=full.fileno())
    assert done.returncode == 2 and done.stderr.startswith("The list of commands cannot be printed: ")
    assert done.stderr.count("\n") == 2 and "make: ***" in done.stderr.splitlines()[1]


def test_makes_own_flags_do_not_reach_the_tools(checkout: Path) -> None:
    make(checkout, "-j4", "-k", "check", "EX=3")
    assert calls(checkout) == ["run [check] [--] [3]"]


def test_two_commands_are_done_one_after_the_other_even_with_j(checkout: Path) -> None:
    make(checkout, "-j8", "check", "list")
    assert [line.split()[1] for line in calls(checkout)] == ["[check]", "[list]"]


def test_a_dry_run_only_prints(checkout: Path) -> None:
    done = make(checkout, "-n", "check", "EX=3")
    assert done.returncode == 0 and "grading/course/run check" in done.stdout and not calls(checkout)


def test_make_works_from_another_folder(checkout: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-C", str(checkout), "check"], cwd=tmp_path, stdout=subprocess.DEVNULL, timeout=60
    )
    assert done.returncode == 0 and calls(checkout) == ["run [check]"]


@pytest.mark.parametrize(
    "words",
    [["chekc"], ["check", "03"], ["03", "check"], ["check", "ex=03"], ["bench", "EX=03", "args=-h"]]
    + [["check", "EXERCISE=03"], ["check", "Ex=03"]],
)
def test_an_unknown_command_or_word_is_exit_code_2_and_nothing_is_done(
    checkout: Path, words: list[str]
) -> None:
    done = make(checkout, *words)
    assert done.returncode == 2 and "EX=03" in done.stderr and not calls(checkout)


def test_an_environment_may_have_whatever_variables_it_likes(checkout: Path) -> None:
    assert make(checkout, "check", ex="3", EXERCISE="3").returncode == 0
    assert calls(checkout) == ["run [check]"]


@pytest.mark.parametrize("command", ["format", "lint"])
def test_where_git_cannot_say_which_files_are_ours_nothing_is_called_right(
    checkout: Path, command: str
) -> None:
    shutil.copy(ROOT / "grading" / "setup" / "sources", checkout / "grading" / "setup" / "sources")
    done = make(checkout, command)
    assert done.returncode == 2 and done.stdout == "" and "clone the repository" in done.stderr


def test_clean_removes_what_was_built_and_keeps_what_a_person_would_miss(checkout: Path) -> None:
    shutil.copy(ROOT / "grading" / "setup" / "sources", checkout / "grading" / "setup" / "sources")
    kept = ["history/a.jsonl", "backups/03/sum.cpp", "baseline.json", "python", "hints/03"]
    kept += ["profile/03.html", "report/index.html", "ladder/ladder.json", "ceilings.json", "wave.json"]
    gone = [
        "cmake/build.ninja",
        "bin/judge",
        "submissions/a.so",
        "verdicts/a.json",
        "setup-check.stamp",
        "build.log",
        "profiling-x1/report.json",
    ]
    for name in kept + gone:
        path = checkout / "build" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (checkout / "baseline").mkdir()
    assert make(checkout, "clean").returncode == 0
    assert all((checkout / "build" / name).exists() for name in kept)
    assert not any((checkout / "build" / name).exists() for name in gone)


def test_clean_that_cannot_remove_everything_is_exit_code_2(checkout: Path) -> None:
    shutil.copy(ROOT / "grading" / "setup" / "sources", checkout / "grading" / "setup" / "sources")
    (checkout / "baseline").mkdir()
    refusing = checkout / "bin" / "rm"
    refusing.parent.mkdir()
    refusing.write_text("#!/bin/sh\ncase $* in *build/cmake*) exit 1 ;; esac\n")
    refusing.chmod(0o755)
    assert make(checkout, "clean", PATH=f"{refusing.parent}:{os.environ['PATH']}").returncode == 2
