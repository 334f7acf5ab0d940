"""Close by: hot loops and kinds of instructions from a disassembly, compilers' remarks, hardware counters."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from course.exercises import find
from course.profile import assembly, comparison, counters, vectorised
from course.profile.assembly import Hot, Instruction, hot_part, kind, loops
from course.profile.model import LineSpent, Side
from course.profile.vectorised import Remark
from course.style import Style
from course.tree import Tree

PLAIN = Style(False)

DISASSEMBLY = """
/tmp/x.so:     file format elf64-x86-64

0000000000001100 <sum>:
    1100:\ttest   rsi,rsi
    1103:\tje     1122 <sum+0x22>
    1105:\tnotrack jmp rax
    1108:\tvaddpd zmm0,zmm0,ZMMWORD PTR [rax]
    110e:\tadd    rax,0x40
    1112:\tcmp    rax,rdx
    1115:\tjne    1108 <sum+0x8>
    1117:\tvmulsd xmm0,xmm0,QWORD PTR [rip+0xecd]        # 2000 <x>
    111f:\tjmp    1100 <sum>
    1122:\tret
"""
OF_AN_ARM = """
 8c8:\tldr     q1, [x2], #16
 8cc:\tfadd    v0.2d, v0.2d, v1.2d
 8d0:\tsub     x1, x1, #0x2
 8d4:\tcbnz    x1, 8c8 <walk+0x8>
 8d8:\tfaddp   d0, v0.2d
 8dc:\tfcmpe   d0, #0.0
 8e0:\tb.le    8ec <walk+0x2c>  // b.none
 8e4:\tbl      8c8 <walk+0x8>
 8e8:\tbr      x16
 8ec:\tret
"""
SHARES = {0x110E: 0.5, 0x1108: 0.2, 0x1117: 0.1}


def test_a_disassembly_is_read_without_symbols_and_comments() -> None:
    found = assembly.parse(DISASSEMBLY)
    assert len(found) == 10 and found[1] == Instruction(0x1103, "je", "1122")
    assert found[2].name == "jmp" and found[2].target is None
    assert found[7].operands == "xmm0,xmm0,QWORD PTR [rip+0xecd]"


def test_a_disassembly_of_an_arm_keeps_its_numbers_and_has_loops_but_no_x87() -> None:
    found = assembly.parse(OF_AN_ARM)
    assert [each.operands for each in found[:3]] == ["q1, [x2], #16", "v0.2d, v0.2d, v1.2d", "x1, x1, #0x2"]
    assert found[5].operands == "d0, #0.0"
    assert [each.target for each in found[6:]] == [0x8EC, None, None, None]
    assert loops(found) == [(0, 3)], "a call of itself is no loop"
    assert assembly.count(found) == {"vector": 1, "scalar": 1, "other": 8}


def test_vectors_of_an_arm_are_as_wide_as_the_registers_or_as_this_machine_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = tmp_path / "sve_default_vector_length"
    length.write_text("32\n")
    monkeypatch.setattr(assembly, "SVE_LENGTH", str(length))
    wide = [
        Instruction(0, "fadd", operands)
        for operands in ("v0.2s, v1.2s, v2.2s", "v0.2d, v1.2d, v2.2d", "z0.d, p0/m, z0.d, z1.d")
    ]
    assert [assembly.widest(wide[:count]) for count in (1, 2, 3)] == [64, 128, 256]
    length.unlink()
    assert assembly.widest(wide) == 128


def test_the_hot_loop_is_the_innermost_one_that_has_most_of_the_time() -> None:
    instructions = assembly.parse(DISASSEMBLY)
    assert loops(instructions) == [(3, 6), (0, 8)]
    assert hot_part(instructions, SHARES) == (3, 6, True)
    assert hot_part(instructions, {0x1108: 0.1, 0x1117: 0.2}) == (0, 8, True)
    assert hot_part(instructions, {0x1122: 1.0}) == (0, 9, False)


@pytest.mark.parametrize(
    "name, operands, wanted",
    [
        ("vfmadd213pd", "zmm0,zmm1,zmm2", "vector"),
        ("addps", "xmm0,xmm1", "vector"),
        ("vaddsd", "xmm0,xmm0,xmm1", "scalar"),
        ("vrndscalesd", "xmm1,xmm0,xmm0,0x9", "scalar"),
        ("fmulp", "st(1),st", "x87"),
        ("fdivrp", "st(1),st", "x87"),
        ("fmla", "v0.2d, v1.2d, v2.2d", "vector"),
        ("fmadd", "d0, d1, d2, d3", "scalar"),
        ("fmul", "v0.2d, v1.2d, v2.d[0]", "vector"),
        ("fadd", "z0.d, p0/m, z0.d, z1.d", "vector"),
        ("fmad", "z0.d, p0/m, z1.d, z2.d", "vector"),
        ("fsqrt", "d0, d0", "scalar"),
        ("fnmul", "s0, s1, s2", "scalar"),
        ("fadda", "d0, p0, d0, z1.d", "scalar"),
        ("fmov", "d0, #1.0", "other"),
        ("fsqrt", "", "x87"),
        ("vmovapd", "zmm0,zmm1", "other"),
        ("vaddsubpd", "ymm0,ymm1,ymm2", "vector"),
        ("add", "rax,0x40", "other"),
    ],
)
def test_instructions_are_told_apart(name: str, operands: str, wanted: str) -> None:
    assert kind(Instruction(0, name, operands)) == wanted


def test_vectors_are_counted_with_their_width() -> None:
    instructions = assembly.parse(DISASSEMBLY)
    assert assembly.count(instructions) == {"vector": 1, "scalar": 1, "other": 8}
    assert assembly.widest(instructions) == 512 and assembly.widest(instructions[:3]) == 0
    numba = assembly.parse_source("sum:\n\t.cfi_startproc\n\tvaddpd\t(%rax), %ymm0, %ymm0\n\tretq\n")
    assert [each.name for each in numba] == ["vaddpd", "retq"] and assembly.widest(numba) == 256


def look(count: int) -> comparison.CloseLook:
    side = Side("yours", "x.cpp", "", 1, 1.0, 1.0, 100, 1.0)
    instructions = tuple(Instruction(address, "vaddsd", "xmm0,xmm0,xmm1") for address in range(count))
    hot = Hot("x.so", "sum", "x.cpp:3", True, instructions, {count - 1: 0.9})
    return comparison.CloseLook(side, hot, instructions, [], None)


def test_a_long_loop_is_shown_where_the_time_is() -> None:
    assert len(comparison.machine_code(look(20), PLAIN)) == 1 + 20 + 1
    lines = comparison.machine_code(look(200), PLAIN)
    assert len(lines) == 1 + 1 + comparison.STRETCH + 1 and lines[1].strip() == "…"
    assert lines[0] == "Yours: a loop of 200 instructions in sum (x.cpp:3), 90 % of the time"
    assert lines[-2].startswith("   90.0 %  vaddsd")


def test_of_a_long_loop_whose_beginning_is_hot_the_end_is_left_out() -> None:
    long = look(200)
    assert long.hot
    lines = comparison.machine_code(replace(long, hot=replace(long.hot, shares={0: 0.9})), PLAIN)
    assert lines[1].startswith("   90.0 %") and lines[-2].strip() == "…"


def test_arithmetic_is_counted_where_the_time_is_and_in_the_whole_file() -> None:
    whole = tuple(assembly.parse(DISASSEMBLY))
    hot = Hot("x.so", "sum", "x.cpp:3", True, whole[3:7], SHARES)
    in_a_loop = replace(look(1), hot=hot, instructions=whole)
    assert comparison.arithmetic([in_a_loop], PLAIN)[1:] == [
        "  yours, hot loop: 1 on vectors (up to 512 bits), 0 on one number",
        "  yours, whole file: 1 on vectors (up to 512 bits), 1 on one number",
    ]
    x87 = replace(hot, is_loop=False, instructions=(Instruction(0, "fmulp", "st(1),st"),))
    said = comparison.arithmetic([replace(in_a_loop, hot=x87)], PLAIN)
    assert said[1] == "  yours, hot part: 0 on vectors, 0 on one number, 1 in the x87 unit"
    of_numba = comparison.arithmetic([replace(look(1), hot=None, instructions=())], PLAIN)
    assert of_numba[1:] == ["  yours, what numba compiled: nothing"]


def test_remarks_and_counters_are_shown_of_those_that_have_some() -> None:
    yours = look(1)
    yours.side.lines = {13: LineSpent(0.5, "sum"), 20: LineSpent(0.05, "sum")}
    said = [Remark(13, "loop vectorized"), Remark(20, "not vectorized: too cold to be shown")]
    some = replace(yours, remarks=said, counts=counters.Counts(3000.0, 1000.0))
    assert comparison.remarks([some, yours], PLAIN)[1:] == [
        "  yours:",
        "    line 13: loop vectorized",
        "  yours: nothing",
    ]
    (counted,) = comparison.counted([some, yours], PLAIN)[1:]
    assert counted.startswith("  yours: 3.00 instructions per cycle")
    (none,) = comparison.counted([yours], PLAIN)[1:]
    assert none.strip() == counters.why_none()


def test_the_difference_leads_from_yours_to_the_solution() -> None:
    exercise = find(Tree(ROOT), "03")
    part = replace(exercise.parts[0], learners=exercise.reference)
    lines = comparison.difference(part, exercise.tree, PLAIN)
    assert lines[1:3] == ["--- exercises/03-sum-chains/reference.cpp", "+++ solutions/03-sum-chains/sum.cpp"]
    solution = exercise.solution.read_text().splitlines()
    assert all(line[1:] in solution for line in lines[3:] if line.startswith("+"))
    same = replace(part, learners=part.solution)
    assert comparison.difference(same, exercise.tree, PLAIN)[1:] == ["  The two files are the same."]


def test_the_document_has_the_loops_own_arithmetic_and_the_counters() -> None:
    whole = tuple(assembly.parse(DISASSEMBLY))
    hot = Hot("x.so", "sum", "x.cpp:3", True, whole[3:7], SHARES)
    counted = counters.Counts(3000.0, 1000.0)
    told: Any = comparison.as_json([replace(look(1), hot=hot, instructions=whole, counts=counted)])["yours"]
    assert told["hot"]["arithmetic"] == {"vector": 1, "other": 3}
    assert told["arithmetic"] == {"vector": 1, "scalar": 1, "other": 8} and told["widest_vector_bits"] == 512
    assert [each["share"] for each in told["hot"]["instructions"]] == [0.2, 0.5, 0.0, 0.0]
    assert told["counters"] == vars(counted)


def test_remarks_of_both_compilers_are_read_for_the_source_itself() -> None:
    gcc = """sum.cpp:12:31: optimized: loop vectorized using 64 byte vectors
sum.cpp:12:31: missed:  couldn't vectorize loop
sum.cpp:12:31: missed:  couldn't vectorize loop
/usr/include/c++/12/array:55:3: missed: couldn't vectorize loop
sum.cpp:14:1: missed:   no array mode for V8DF[3]
"""
    clang = """sum.cpp:13:9: remark: loop not vectorized: cannot prove it is safe [-Rpass-analysis=x]
sum.cpp:20:9: remark: vectorized loop (vectorization width: 8) [-Rpass=loop-vectorize]
"""
    found = vectorised.parse(gcc, "sum.cpp")
    assert [remark.line for remark in found] == [12, 12] and found[0].is_good and not found[1].is_good
    found = vectorised.parse(clang, "sum.cpp")
    assert found[0].text == "loop not vectorized: cannot prove it is safe" and found[1].is_good
    assert vectorised.about(found, [14]) == found[:1]
    assert vectorised.about(found, [20, 13]) == [found[1], found[0]]


def test_counters_are_read_where_there_are_some() -> None:
    counted = counters.parse(
        "3000,,instructions:u,100,100.00,,\n1000,,cycles:u,100,100.00,,\n"
        "200,,cache-references:u,1,1,,\n50,,cache-misses:u,1,1,,\n<not supported>,,branches:u,0,100.00,,\n"
    )
    assert counted is not None
    first, second = counters.in_words(counted)
    assert first == "3.00 instructions per cycle: the processor is kept busy" and second.startswith("25.0 %")
    assert counters.parse("<not supported>,,instructions:u,0,,,,\n") is None
    assert counters.in_words(counters.Counts(900.0, 1000.0, branches=200.0, branch_misses=14.0)) == [
        "0.900 instructions per cycle: the processor waits most of the time",
        "7.0 % of the branches were guessed wrong",
    ]


def test_why_there_are_no_counters_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters.shutil, "which", lambda name: None)
    assert counters.count(["true"], 1.0) is None and "not installed" in counters.why_none()
    monkeypatch.setattr(counters.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert "does not let us" in counters.why_none()
