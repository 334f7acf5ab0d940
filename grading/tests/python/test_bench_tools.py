"""The exploring tools' own command lines."""
from __future__ import annotations

import platform
import re
import subprocess
from pathlib import Path

import pytest
from calling import built
from conftest import ROOT
from course.exercises import find
from course.machine import compiler
from course.profile import plan
from course.profile.recording import ToolFailed
from course.tree import Tree

TREE = Tree(ROOT)
CHAINS = str(find(TREE, "03-sum-chains").folder)


def called(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TREE.build / "bin" / tool, *words], capture_output=True, text=True)


def test_the_help_of_bench_is_its_own_and_names_google_benchmarks_flags() -> None:
    done = called("bench", "--help")
    assert done.returncode == 0
    assert "--exercise" in done.stdout and "--benchmark_filter" in done.stdout
    assert str(ROOT) not in done.stdout


def test_bench_hands_on_what_is_google_benchmarks() -> None:
    library = str(built(find(TREE, "03-sum-chains"), "solution"))
    listing = ("--benchmark_list_tests=true", "--benchmark_filter=30000,")
    done = called("bench", "--exercise", CHAINS, "--solution", library, *listing)
    assert done.returncode == 0 and done.stdout == "n = 30000, mixed/solution\n"


def test_figures_that_cannot_be_printed_are_a_mistake() -> None:
    library = str(built(find(TREE, "03-sum-chains"), "solution"))
    call = [TREE.build / "bin" / "bench", "--exercise", CHAINS, "--solution", library]
    quick = ["--benchmark_filter=30000,", "--benchmark_min_time=0.001"]
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([*call, *quick], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.endswith("bench: the figures cannot be printed: is the disk full?\n")


@pytest.mark.parametrize(
    "flag, said",
    [
        ("--benchmark_filter=none", "Failed to match any benchmarks"),
        ("--benchmark_filter=([", "Could not compile"),
        ("--benchmark_format=picture", "does not take these flags"),
        ("--benchmark_out=/nowhere/figures.json", "/nowhere/figures.json"),
    ],
)
def test_a_flag_that_google_benchmark_makes_nothing_of_is_a_mistake(flag: str, said: str) -> None:
    library = str(built(find(TREE, "03-sum-chains"), "solution"))
    done = called("bench", "--exercise", CHAINS, "--solution", library, flag)
    assert done.returncode == 2 and said in done.stderr


def library_of(statement: str, folder: Path) -> str:
    """A submission that does this, and no more."""
    source, library = folder / "submission.cpp", folder / "submission.so"
    includes = "#include <cstddef>\n#include <cstdio>\n#include <cstdlib>\n#include <stdexcept>\n"
    call = 'extern "C" void faster_scatter_run(const std::byte* inputs, std::byte*)'
    source.write_text(f"{includes}{call} {{ {statement} }}\n")
    subprocess.run([*compiler().command, "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    return str(library)


def test_all_sides_get_the_same_inputs_and_all_but_the_reference_a_call_before(tmp_path: Path) -> None:
    sides = ("reference", "yours", "solution")
    call = ["--exercise", CHAINS]
    for side in sides:
        (tmp_path / side).mkdir()
        tells = f'std::printf("{side} has %p\\n", static_cast<const void*>(inputs));'
        call += [f"--{side}", library_of(tells, tmp_path / side)]
    once = ["--benchmark_filter=2000,", "--benchmark_min_time=0", "--benchmark_repetitions=2"]
    said = re.findall(r"(\w+) has (\w+)$", called("bench", *call, *once).stdout, re.MULTILINE)
    assert len({address for _, address in said}) == 1
    calls = [sum(who == side for who, _ in said) for side in sides]
    assert calls[0] >= 2 and calls == [calls[0], calls[0] + 1, calls[0] + 1]


@pytest.mark.parametrize(
    "statement, said",
    [
        ('throw std::runtime_error("too odd");', "it threw an exception: too odd"),
        ("throw 7;", "it threw an exception"),
        ("std::exit(0);", "it ended the whole program, by exit() perhaps"),
    ],
)
def test_what_throws_or_exits_is_told_and_never_looks_like_success(
    tmp_path: Path, statement: str, said: str
) -> None:
    library = library_of(statement, tmp_path)
    benched = called("bench", "--exercise", CHAINS, "--yours", library, "--benchmark_filter=2000,")
    assert benched.returncode == 1 and said in benched.stdout + benched.stderr
    with pytest.raises(ToolFailed) as failed:
        plan.run([str(TREE.build / "bin" / "work"), "--exercise", CHAINS, "--library", library])
    assert str(failed.value) == said


def test_bench_does_not_warn_of_how_google_benchmarks_library_was_compiled(tmp_path: Path) -> None:
    library = library_of("static int calls = 0; ++calls;", tmp_path)
    words = ("--yours", library, "--benchmark_filter=2000,", "--benchmark_min_time=0.001")
    benched = called("bench", "--exercise", CHAINS, *words)
    assert benched.returncode == 0 and "Run on (" in benched.stderr
    assert "DEBUG" not in benched.stdout + benched.stderr


@pytest.mark.parametrize("word", ["--benchmark_colour=true", "--exercize", "word"])
def test_a_word_that_means_nothing_to_bench_is_a_mistake(word: str) -> None:
    done = called("bench", "--exercise", CHAINS, word)
    assert done.returncode == 2 and word in done.stderr


def test_the_cases_of_a_work_are_for_its_dump_only() -> None:
    done = called("work", "--exercise", CHAINS, "--library", "/nowhere", "--cases")
    assert done.returncode == 2 and "--cases requires --dump" in done.stderr


@pytest.mark.skipif(platform.machine() != "x86_64", reason="reads this processor's machine code")
@pytest.mark.parametrize("processor", ["x86-64-v2", "x86-64-v3", "x86-64-v4"])
def test_the_limit_of_arithmetic_keeps_to_the_registers_there_are(processor: str) -> None:
    words = ["-std=c++20", "-O3", f"-march={processor}", "-ffp-contract=fast", "-w", "-S", "-o", "-"]
    source = TREE.runner_sources / "limits" / "far_arithmetic.cpp"
    call = [*compiler().command, *words, "-I", TREE.interface, source]
    code = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    loops = re.findall(r"^(\.L\w+):.*\n((?:(?!\.L\w+:).*\n)*?)\s+j\w+\s+\1\n", code, re.MULTILINE)
    hot = [body for _, body in loops if len(re.findall(r"mulpd|fmadd", body)) == 24]
    assert len(hot) == 1 and not re.search(r"%[xyz]mm\d+, *-?\d*\(%", hot[0])
