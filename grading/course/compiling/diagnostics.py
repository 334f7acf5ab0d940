"""A compiler's and a linker's messages for a person: errors or warnings, the first one first, cut short."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Optional, Sequence

MOST_LINES = 25
MOST_LINES_OF_WARNINGS = 12
ERROR = re.compile(r"(^|: )(fatal error|error|internal compiler error): ")
THREADS = re.compile(
    r"\s*#\s*pragma\s+omp\s+(parallel|for|task|sections|single|critical|atomic)\b(?!.*\bsimd\b)"
)
FAST_MATH = re.compile(
    r"\s*#\s*pragma\s+GCC\s+optimize\b.*(?<!no-)(fast-math|Ofast|(unsafe|associative|finite)-math)"
)
WARNING = re.compile(r": warning: ")
NOTE = re.compile(r": note: ")
CONTEXT = re.compile(r"^(In file included from |\s+from )|: (In |At )|: +required |: recursively required ")
DECLARATION = re.compile(r"^[A-Za-z_][^;{}#]*?\b([a-z_][a-z0-9_]*)\([^;{}]*\);", re.MULTILINE)
UNDEFINED = re.compile(r"undefined (?:reference to|symbol:?) [`'\"]?(.+?)['\"]?$", re.MULTILINE)


def _blocks(lines: list[str]) -> list[tuple[str, list[str]]]:
    """The messages, each with the lines that lead to it and that belong to it: (error or warning, lines)."""
    blocks: list[tuple[str, list[str]]] = []
    lead: list[str] = []
    for line in lines:
        kind = "error" if ERROR.search(line) else "warning" if WARNING.search(line) else ""
        if kind:
            blocks.append((kind, [*lead, line]))
            lead = []
        elif blocks and NOTE.search(line):  # what leads to a note, as its header, belongs to it
            blocks[-1][1].extend([*lead, line])
            lead = []
        elif CONTEXT.search(line):
            lead.append(line)
        elif blocks and not lead:
            blocks[-1][1].append(line)
        else:
            lead.append(line)
    if lead:
        blocks.append(("error" if not blocks else blocks[-1][0], lead))
    return blocks


def _cut(lines: list[str], most: int = MOST_LINES) -> list[str]:
    if len(lines) <= most:
        return lines
    return [*lines[:most], f"... and {len(lines) - most} lines more"]


def _with_learners_path(text: str, file: str, shown: str) -> str:
    """The compiler saw a copy; the person knows their own file."""
    return re.sub(rf"(?<![\w./-]){re.escape(file)}(?=[:,])", lambda match: shown, text)


def _lines(output: str, file: str, shown: str) -> list[str]:
    text = _with_learners_path(output, file, shown)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def of_compiler(output: str, file: str, shown: str) -> str:
    """The errors in the order in which the compiler found them."""
    lines = _lines(output, file, shown)
    blocks = _blocks([line for line in lines if not line.startswith(("compilation terminated", "make"))])
    errors = [line for kind, block in blocks if kind == "error" for line in block]
    return "\n".join(_cut(errors or lines))


def warnings(output: str, file: str, shown: str) -> str:
    """The warnings about the file itself; what is wrong with a header is seldom the learner's to mend."""
    own = re.compile(rf"{re.escape(shown)}:[0-9:]+ warning: ")
    blocks = [block for kind, block in _blocks(_lines(output, file, shown)) if kind == "warning"]
    telling = [block for block in blocks if any(own.match(line) for line in block)]
    return "\n".join(_cut([line for block in telling for line in block], MOST_LINES_OF_WARNINGS))


def ignored_pragmas(text: str, flags: Sequence[str], shown: str) -> str:
    """The lines about OpenMP's threads where the flags have only its vectors: no compiler tells them."""
    if "-fopenmp" in flags or "-fopenmp-simd" not in flags:
        return ""
    return "\n".join(
        f"{shown}:{number}: warning: no threads in this exercise: only OpenMP's simd is on, and this line "
        f"does nothing\n{line.rstrip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if THREADS.match(line)
    )


def fast_math(text: str, shown: str) -> str:
    """The lines that let the compiler compute otherwise than written, from there on, with all headers."""
    return "\n".join(
        f"{shown}:{number}: warning: fast-math holds for all that follows, headers, too: sums are regrouped, "
        f"and what is NaN or infinite is taken not to occur\n{line.rstrip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if FAST_MATH.match(line)
    )


def declarations(header: Path) -> dict[str, str]:
    """The functions that an interface header declares: name to declaration."""
    text = re.sub(r"//.*", "", header.read_text(encoding="utf-8"))
    return {
        match.group(1): " ".join(match.group(0).rstrip(";").split()) for match in DECLARATION.finditer(text)
    }


def of_linker(output: str, shown: str, header: Optional[Path]) -> str:
    """What the file lacks, or has twice, in words."""
    missing = list(dict.fromkeys(UNDEFINED.findall(output)))
    declared = declarations(header) if header else {}
    sentences = []
    for symbol in missing:
        name = symbol.split("(", 1)[0]
        if name in declared:
            sentences.append(
                f"{shown}: error: the function is not defined, or with another signature; "
                f"define  {declared[name]}"
            )
        elif name.startswith("omp_"):
            sentences.append(
                f"{shown}: error: '{symbol}' belongs to OpenMP's threads, which this exercise is compiled "
                "without"
            )
        else:
            sentences.append(
                f"{shown}: error: '{symbol}' is used but defined nowhere; an exercise is this one file, "
                "and no other libraries are linked"
            )
    if sentences:
        return "\n".join(_cut(sentences))
    lines = [re.sub(r"^\S*/ld(\.\w+)?: ", "", line) for line in output.splitlines()]
    lines = [re.sub(r"\S*/(\S+\.o)\b:?", r"\1:", line) for line in lines if line and "collect2" not in line]
    return "\n".join(_cut([f"{shown}: error: the linker says:", *lines]))
