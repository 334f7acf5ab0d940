"""What the compiler says about vectors: its remarks on the loops of a source, by line."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Sequence

GCC = ("-fopt-info-vec-optimized", "-fopt-info-vec-missed")
CLANG = (
    "-Rpass=loop-vectorize|slp-vectorizer",
    "-Rpass-missed=loop-vectorize",
    "-Rpass-analysis=loop-vectorize",
)
REMARK = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):\d+: (?:remark: )?(?P<text>.*)$")
# gcc's list of all that it tried is endless; these lines are its verdicts.
TELLING = re.compile(
    r"optimized: |vectorized|missed: +(?:couldn't vectorize loop|not vectorized|statement clobbers)"
)


@dataclass(frozen=True)
class Remark:
    """One remark on a line of the source."""

    line: int
    text: str

    @property
    def is_good(self) -> bool:
        return self.text.startswith("optimized") or self.text.startswith("vectorized")


def words(is_clang: bool) -> tuple[str, ...]:
    """What makes the compiler say it."""
    return CLANG if is_clang else GCC


def parse(output: str, source: str) -> list[Remark]:
    """The remarks on a source's own lines, each once, in their order."""
    found: dict[Remark, None] = {}
    for line in output.splitlines():
        match = REMARK.match(line)
        if match and match.group("file") == source and TELLING.search(match.group("text")):
            text = re.sub(r"\s*\[-R[^]]*\]$", "", re.sub(r"\s+", " ", match.group("text")))
            found[Remark(int(match.group("line")), text)] = None
    return list(found)


def about(remarks: Sequence[Remark], lines: Sequence[int], most: int = 8) -> list[Remark]:
    """Those on the hot lines or the loops just above them; what was achieved first."""
    near = {number for line in lines for number in range(line - 4, line + 1)}
    chosen = [remark for remark in remarks if remark.line in near]
    return sorted(chosen, key=lambda remark: (not remark.is_good, remark.line))[:most]
