"""The machine code where the time is spent: the hot loop with each instruction's share, and their kinds."""
from __future__ import annotations

import os
import platform
import re
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Mapping, NamedTuple, Optional, Sequence

from .recording import Recording
from .symbols import Symbols, sized_functions

AROUND = 12  # instructions on each side of the hottest, where there is no loop
FARTHEST = 1 << 14  # bytes, from an instruction to the end of its function
NOT_OURS = ("_init", "_fini", "faster_scatter_run")
MOST_OF_IT = 0.6  # a loop within a loop is the hot one if it has so much of the outer one's time

X86_ARITHMETIC = re.compile(
    r"v?(?:fn?m(?:add|sub|addsub|subadd)(?:132|213|231)|(?:add|sub|addsub|hadd|hsub|mul|div|sqrt|max|min)"
    r"|(?:rcp|rsqrt)(?:14|28)?|round|rndscale|reduce|scalef|getexp|getmant)(p[ds]|s[ds])"
)
X87_ARITHMETIC = re.compile(
    r"fi?(?:add|sub|mul|div)r?p?|fsqrt|fsin|fcos|fsincos|fptan|fpatan|fprem1?|fyl2x(?:p1)?|f2xm1|frndint"
    r"|fscale"
)
ARM_ARITHMETIC = re.compile(
    r"f(?:add[apv]?|subr?|mulx?|nmul|divr?|sqrt|abd|(?:max|min)(?:nm)?[pv]?|n?m(?:la|ls|add|sub|ad|sb)"
    r"|c(?:add|mla)|recp[esx]|rsqrt[es]|rint[aimnpxz]?|scale)"
)
# What it writes to: some of the names are those of the x87 unit, too, which has neither vectors nor these.
ARM_VECTOR = re.compile(r"[vz]\d+\.")
ARM_NUMBER = re.compile(r"[dsh]\d+\b")
ARM_HALF = re.compile(r"v\d+\.(?:2s|4h)")  # of a vector register of NEON
JUMP = re.compile(r"j\S+|b(?:\.\w+)?|[ct]bn?z")
SVE_LENGTH = "/proc/sys/abi/sve_default_vector_length"


class Instruction(NamedTuple):
    """One line of a disassembly."""

    address: int
    name: str
    operands: str

    @property
    def target(self) -> Optional[int]:
        """Where a jump goes: its last operand, as some of Arm's test a register that stands first."""
        found = re.search(r"(?:^|, )([0-9a-f]+)$", self.operands) if JUMP.fullmatch(self.name) else None
        return int(found.group(1), 16) if found else None


def kind(instruction: Instruction) -> str:
    """Floating point arithmetic on a vector, on one number, or in the x87 unit; or anything else."""
    name, operands = instruction.name, instruction.operands
    found = X86_ARITHMETIC.fullmatch(name)
    if found:
        return "vector" if found.group(1)[0] == "p" else "scalar"
    if ARM_ARITHMETIC.fullmatch(name) and ARM_VECTOR.match(operands):
        return "vector"
    if ARM_ARITHMETIC.fullmatch(name) and ARM_NUMBER.match(operands):
        return "scalar"
    return "x87" if X87_ARITHMETIC.fullmatch(name) else "other"


def bits(instruction: Instruction) -> int:
    """How wide the registers of a vector instruction are."""
    for register, width in (("zmm", 512), ("ymm", 256)):
        if register in instruction.operands:
            return width
    if instruction.operands.startswith("z"):
        return _sve_bits()
    return 64 if ARM_HALF.match(instruction.operands) else 128


def _sve_bits() -> int:
    """How wide the vectors of SVE are, which is this machine's affair and not the instruction's."""
    try:
        return 8 * int(Path(SVE_LENGTH).read_text())
    except (OSError, ValueError):
        return 128  # at least


def count(instructions: Iterable[Instruction]) -> Counter[str]:
    return Counter(kind(instruction) for instruction in instructions)


def widest(instructions: Iterable[Instruction]) -> int:
    """The widest vector arithmetic, in bits; 0 without any."""
    return max((bits(each) for each in instructions if kind(each) == "vector"), default=0)


COMMENT = re.compile(r"\s*(<|\s#\s|//).*$")  # Arm's numbers have a # before them: [x1, #8]
LINE = re.compile(r"^\s*([0-9a-f]+):\t(?:(?:notrack|lock|rep[nz]*|bnd|\{\w+\}) )*(\S+)\s*(.*)$")


def parse(text: str) -> list[Instruction]:
    """The instructions in objdump's output, symbols and comments left out."""
    found = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            operands = COMMENT.sub("", match.group(3))
            found.append(Instruction(int(match.group(1), 16), match.group(2), operands.strip()))
    return found


SOURCE_LINE = re.compile(r"^\t([a-z]\w+)\t?(.*)$")


def parse_source(text: str) -> list[Instruction]:
    """The instructions in a compiler's own assembly; they have no addresses yet."""
    matches = filter(None, map(SOURCE_LINE.match, text.splitlines()))
    return [Instruction(0, match.group(1), match.group(2)) for match in matches]


def disassemble(file: str, begin: int, end: int) -> list[Instruction]:
    command = ["objdump", "-d", "--no-show-raw-insn", "-w"]
    if platform.machine() == "x86_64":
        command += ["-M", "intel"]
    command += [f"--start-address={begin:#x}", f"--stop-address={end:#x}", file]
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=60,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return parse(done.stdout)


@dataclass(frozen=True)
class Hot:
    """The hot loop, or what lies around the hottest instruction."""

    file: str
    function: str
    place: str  # source file and line
    is_loop: bool
    instructions: tuple[Instruction, ...]
    shares: Mapping[int, float]  # of the time of a call, by address

    @property
    def share(self) -> float:
        return sum(self.shares.get(each.address, 0.0) for each in self.instructions)


def spent_by_address(recording: Recording) -> dict[tuple[str, int], float]:
    """The share of the work's time by file and address of the instruction itself."""
    spent: dict[tuple[str, int], float] = defaultdict(float)
    for stack, weight in recording.stacks.items():
        if stack[0].file and stack[0].address:
            spent[stack[0].file, stack[0].address] += weight
    whole = sum(recording.stacks.values())
    return {place: weight / whole for place, weight in spent.items()} if whole else {}


def _bounds(symbols: Sequence[tuple[int, int, str]], address: int) -> tuple[int, int]:
    """The function around an address, or what lies between two functions that the file names."""
    before, after = address - FARTHEST, address + FARTHEST
    for start, size, _ in symbols:
        if start <= address < start + size:
            return start, start + size
        if start + size <= address:
            before = max(before, start + size)
        elif start > address:
            after = min(after, start)
    return before, after


def loops(instructions: Sequence[Instruction]) -> list[tuple[int, int]]:
    """(first, last) position of each loop: from where a jump goes back to, to the jump."""
    position = {each.address: index for index, each in enumerate(instructions)}
    found = []
    for index, each in enumerate(instructions):
        start = position.get(each.target) if each.target is not None else None
        if start is not None and start <= index:
            found.append((start, index))
    return found


def hot_part(instructions: Sequence[Instruction], shares: Mapping[int, float]) -> tuple[int, int, bool]:
    """(first, last) position of what is worth showing, and whether it is a loop.

    The innermost loop around the hottest instruction, unless one around that has much more of the time.
    """
    weights = [shares.get(each.address, 0.0) for each in instructions]
    hottest = max(range(len(weights)), key=lambda index: weights[index])
    around = sorted(
        (last - first, first, last) for first, last in loops(instructions) if first <= hottest <= last
    )

    def weight(first: int, end: int) -> float:
        return sum(weights[first:end])

    outer = max((weight(first, last + 1) for _, first, last in around), default=0.0)
    for _, first, last in around:
        if weight(first, last + 1) >= MOST_OF_IT * outer:
            return first, last, True
    return max(0, hottest - AROUND), min(len(weights) - 1, hottest + AROUND), False


def whole(file: str) -> list[Instruction]:
    """All instructions of a library's own functions."""
    functions = [
        (start, start + size) for start, size, name in sized_functions(file) if size and name not in NOT_OURS
    ]
    return [each for begin, end in functions for each in disassemble(file, begin, end)]


def hot(recording: Recording, symbols: Symbols) -> Optional[Hot]:
    """The hot loop of a side: in the function whose own code takes the most time."""
    spent = spent_by_address(recording)
    by_function: dict[tuple[str, int, int], float] = defaultdict(float)
    for (file, address), share in spent.items():
        if os.path.isfile(file):
            by_function[(file, *_bounds(sized_functions(file), address))] += share
    if not by_function:
        return None
    file, begin, end = max(by_function, key=lambda each: by_function[each])
    shares = {address: share for (where, address), share in spent.items() if where == file}
    instructions = disassemble(file, begin, end)
    if not instructions:
        return None
    first, last, is_loop = hot_part(instructions, shares)
    end = last + 1
    shown = instructions[first:end]
    hottest = max(shown, key=lambda each: shares.get(each.address, 0.0))
    outermost = symbols.at(file, hottest.address)[-1]
    library = os.path.basename(file)
    place = f"{os.path.basename(outermost.file)}:{outermost.line}" if outermost.line else library
    return Hot(file, outermost.function, place, is_loop, tuple(shown), shares)
