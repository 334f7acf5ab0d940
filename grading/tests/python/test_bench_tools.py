"""The exploring tools' own command lines."""
from __future__ import annotations

import subprocess

import pytest
from conftest import ROOT
from course.exercises import find
from course.tree import Tree

TREE = Tree(ROOT)
CHAINS = str(find(TREE, "03-sum-chains").folder)


def called(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TREE.build / "bin" / tool, *words], capture_output=True, text=True)


def test_the_help_of_bench_is_its_own_and_names_google_benchmarks_flags() -> None:
    done = called("bench", "--help")
    assert done.returncode == 0
    assert "--exercise" in done.stdout and "--benchmark_filter" in done.stdout


def test_bench_hands_on_what_is_google_benchmarks() -> None:
    done = called("bench", "--exercise", CHAINS, "--benchmark_list_tests=true", "--benchmark_filter=none")
    assert done.returncode == 0 and done.stderr.startswith("Failed to match any benchmarks")


@pytest.mark.parametrize("word", ["--benchmark_colour=true", "--exercize", "word"])
def test_a_word_that_means_nothing_to_bench_is_a_mistake(word: str) -> None:
    done = called("bench", "--exercise", CHAINS, word)
    assert done.returncode == 2 and word in done.stderr


def test_the_cases_of_a_work_are_for_its_dump_only() -> None:
    done = called("work", "--exercise", CHAINS, "--library", "/nowhere", "--cases")
    assert done.returncode == 2 and "--cases requires --dump" in done.stderr
