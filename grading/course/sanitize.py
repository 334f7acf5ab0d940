"""`make sanitize`: reference, solution and learner's file on all cases, under the compiler's sanitizers and,
for memory that nobody has given a value, which those do not see, under valgrind's memcheck."""
from __future__ import annotations

import json
import math
import os
import platform
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Callable, Optional, Sequence

from . import children, compiling, progress
from .compiling import diagnostics
from .errors import CourseBroken, Mistake
from .exercises import Exercise, find, folders, load
from .lock import only_one
from .machine import boost_folders, compiler
from .tree import Tree

SECONDS = 300.0
SECONDS_IN_MEMCHECK = 10.0  # no case is begun after them: everything is hundreds of times slower there
MEMORY_MIB = 2048  # the course's own files take up to about 100
SAID_BYTES = 64 << 20  # a report is much shorter; one that prints on and on would fill the disk
ANSWERED = "answered"  # a file beside the program, which grading/runner/sanitized.cpp makes in the end
ROLES = ("reference", "solution", "yours")
IN_PLAIN_WORDS = {  # for what is found, by a part of the sanitizers' words for it
    "use-after-poison": "outside of the arrays that the function was given",
    "heap-buffer-overflow": "outside of memory that it allocated",
    "stack-buffer-overflow": "outside of a local array",
    "global-buffer-overflow": "outside of a global array",
    "heap-use-after-free": "memory that it has already freed",
    "stack-use-after-return": "a local variable of a function that has returned",
    "stack-use-after-scope": "a local variable whose block has ended",
    "stack-overflow": "a function that calls itself on and on, or very large local arrays",
    "double-free": "memory that it frees twice",
    "alloc-dealloc-mismatch": "what malloc gives is for free, what new gives for delete, new[] for delete[]",
    "requested allocation size": "more memory than there can be",
    "SEGV": "an address where it has no memory",
    "ABRT": "it gave up: abort(), or an exception that nobody caught",
    "data race": "two threads use the same memory at a time, and one of them writes",
    "RSS limit": "more than {limit} MiB of memory",
    "SIGXFSZ": "it prints on and on",
    "detected memory leaks": "memory that it allocated and nobody frees",
    "out of bounds for type": "an index that the array does not have",
    "insufficient space": "outside of an array or of a variable",
    "signed integer overflow": "the result is too large for its type",
    "outside the range of representable values": "the number is too large for the type that it becomes",
    "shift exponent": "a shift by more bits than the type has, or by less than none",
    "null pointer": "a pointer that points to nothing",
    "misaligned address": "a pointer to a place where a value of this type cannot begin",
    "not a valid value for type": "memory that nobody has given a value of this type",
    "depends on uninitialised value": "it decides by memory that nobody has given a value",
    "Use of uninitialised value": "an address from memory that nobody has given a value",
    "points to uninitialised byte": "an answer from memory that nobody has given a value, or no answer",
    "without returning a value": "the function promises a result and ends without return",
}
X86 = platform.machine() in ("x86_64", "AMD64")
PLAIN = ("-march=x86-64",) if X86 else ()
WITH_AVX2 = ("-march=x86-64-v3",) if X86 else ()
UNKNOWN_INSTRUCTION = re.compile("unrecognised instruction|unhandled instruction", re.IGNORECASE)
ARCHER = "libarcher.so"  # tells ThreadSanitizer how LLVM's OpenMP makes threads wait for each other


@dataclass(frozen=True)
class Sanitizer:
    """One way to compile, and what it looks for."""

    name: str
    compiler: tuple[str, ...]
    flags: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    under: tuple[str, ...] = ()  # the command that runs the program, where that is what looks
    seconds: float = math.inf  # no case is begun after them
    or_flags: tuple[str, ...] = ()  # for a file that does not compile with the others


class NotLookedAt(Exception):
    """It does not say anything about a program, for once; one sentence."""


@dataclass(frozen=True)
class Finding:
    """What a sanitizer said, and where in the source that is."""

    what: str
    where: str


def _addresses() -> Sanitizer:
    return Sanitizer(
        "AddressSanitizer and UBSan",
        compiler().command,
        (
            "-fsanitize=address,undefined,float-cast-overflow",
            "-fno-sanitize-recover=undefined,float-cast-overflow",
            "-D_GLIBCXX_ASSERTIONS",
        ),
        (
            (
                "ASAN_OPTIONS",
                f"detect_stack_use_after_return=1:handle_abort=1:soft_rss_limit_mb={MEMORY_MIB}",
            ),
            ("UBSAN_OPTIONS", "print_stacktrace=1"),
        ),
    )


def _threads() -> Optional[Sanitizer]:
    """ThreadSanitizer cannot see the barriers of GCC's OpenMP; those of LLVM's, archer tells it.

    Nothing where archer is missing, or clang's own library for it, which may be a package apart.
    """
    clang = shutil.which("clang++") or shutil.which("clang++-14")
    if not clang:
        return None
    answer = subprocess.run([clang, "-print-resource-dir"], capture_output=True, text=True)
    own = Path(answer.stdout.strip())
    archer = own.parent.parent / ARCHER  # LLVM's libraries are two folders up: lib/clang/14.0.6
    if answer.returncode or not archer.is_file() or not any(own.glob("lib/*/libclang_rt.tsan*")):
        return None
    return Sanitizer(
        "ThreadSanitizer",
        (clang,),
        ("-fsanitize=thread",),
        (
            # The exit code stays the program's own, as some reports are left out.
            (
                "TSAN_OPTIONS",
                f"ignore_noninstrumented_modules=1:exitcode=0:soft_rss_limit_mb={MEMORY_MIB}",
            ),
            ("OMP_TOOL_LIBRARIES", str(archer)),
            ("OMP_NUM_THREADS", "4"),
        ),
    )


def _values() -> Optional[Sanitizer]:
    """Memcheck, which knows no AVX-512. An error ends the program, as with the others."""
    valgrind = shutil.which("valgrind")
    if not valgrind:
        return None
    looks = ("--track-origins=yes", "--leak-check=no", "--exit-on-first-error=yes", "--error-exitcode=1")
    return Sanitizer(
        "memcheck",
        compiler().command,
        # A variable in a register always has some value, and of wide registers it loses track.
        ("-O0", *PLAIN),
        (("OMP_NUM_THREADS", "2"), ("OMP_WAIT_POLICY", "passive")),
        (valgrind, "-q", *looks, "--fair-sched=try", "--fullpath-after="),
        SECONDS_IN_MEMCHECK,
        ("-O0", *WITH_AVX2),
    )


def _sanitizers(
    exercise: Exercise, threads: Optional[Sanitizer], values: Optional[Sanitizer]
) -> list[Sanitizer]:
    """Memcheck last: it is only asked about what the others have found nothing in."""
    found = [_addresses(), threads if exercise.threads > 1 else None, values]
    return [each for each in found if each]


def _sources(exercise: Exercise) -> dict[str, Path]:
    return {
        "reference": exercise.reference,
        "solution": exercise.solution,
        "yours": exercise.learners_file,
    }


def _dumped(exercise: Exercise, folder: Path) -> list[str]:
    """The cases' inputs as files: the arguments of the sanitized program."""
    program = exercise.tree.build / "bin" / "work"
    call = [program, "--exercise", exercise.folder, "--dump", folder, "--cases"]
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode != 0:
        raise CourseBroken(done.stderr.strip() or f"{exercise.tree.shown(program)} gave no inputs.")
    batches = json.loads((folder / "work.json").read_text())["batches"]
    return [
        word
        for each in batches
        for batch in each
        for word in (str(folder / batch["file"]), str(batch["output_size"]))
    ]


def _say_no_end() -> None:
    """What a child does before it starts: it will be stopped by SIGXFSZ when it prints on and on."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    soft = SAID_BYTES if hard == resource.RLIM_INFINITY else min(SAID_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _ended(
    command: Sequence[str],
    environment: dict[str, str],
    tick: Callable[[], None] = lambda: None,
    before: Optional[Callable[[], None]] = None,
) -> tuple[Optional[int], str]:
    """The exit code and what was said on standard error; no code when it took too long and was ended."""
    done = children.finished(command, SECONDS, before, environment, tick, SAID_BYTES)
    return done.returned, done.said


def _compile(
    exercise: Exercise,
    source: Path,
    sanitizer: Sanitizer,
    program: Path,
    tick: Callable[[], None] = lambda: None,
) -> None:
    tree = exercise.tree
    places = [tree.interface, tree.library, *boost_folders()]
    command = [
        *sanitizer.compiler,
        "-std=c++20",
        *exercise.flags,
        "-O1",
        "-g1",  # lines, but no variables: to follow those takes g++ minutes where much is inlined
        *sanitizer.flags,
        *(word for place in places for word in ("-I", str(place))),
        str(source),
        str(tree.families / f"{exercise.family}.cpp"),
        str(tree.runner_sources / "sanitized.cpp"),
        "-o",
        str(program),
    ]
    shown = tree.shown(source)
    returned, output = _ended(command, {**os.environ, "LC_ALL": "C"}, tick)
    if returned is None:
        raise Mistake(
            f"The compiler was not done with {shown} after {SECONDS:.0f} s and was stopped: the machine is "
            "very busy, or something in the file makes the compiler work on and on."
        )
    if returned != 0:
        said = diagnostics.of_compiler(output, str(source), shown)
        raise Mistake(f"{shown} does not compile with {sanitizer.name} ({sanitizer.compiler[-1]}).\n{said}")


def _compile_either_way(
    exercise: Exercise, source: Path, sanitizer: Sanitizer, program: Path, tick: Callable[[], None]
) -> None:
    """The second way is for intrinsics that the first way's processor does not have."""
    try:
        _compile(exercise, source, sanitizer, program, tick)
    except Mistake:
        if not sanitizer.or_flags:
            raise
    else:
        return
    try:
        _compile(exercise, source, replace(sanitizer, flags=sanitizer.or_flags), program, tick)
    except Mistake:
        raise NotLookedAt("It does not compile for the processors that valgrind knows.") from None


def _where(report: str, source: Path, shown: str) -> str:
    """The first line of the report that is in the file."""
    for file, line in re.findall(r"([^\s()]+?):(\d+)(?::\d+)?\b", report):
        if os.path.basename(file) == source.name and os.path.realpath(file) == os.path.realpath(source):
            return f"{shown}:{line}"
    return shown


def read(report: str, source: Path, shown: str) -> Optional[Finding]:
    """The first thing that a sanitizer complained of, if it did."""
    found = re.search(
        r"Assertion '(?P<assertion>[^\n]+)' failed"
        r"|ERROR: AddressSanitizer: (?P<address>[^\n]+?)(?: on (?:unknown )?address|\n)"
        r"|runtime error: (?P<undefined>[^\n]+)"
        r"|(?:WARNING|ERROR): ThreadSanitizer: (?P<thread>[^\n(]+)"
        r"|ERROR: LeakSanitizer: (?P<leak>[^\n]+)"
        r"|^==\d+== (?P<value>(?:Conditional jump|Use of uninit|Syscall param|Invalid )[^\n]+)",
        report,
        re.MULTILINE,
    )
    if not found:
        return None
    what = next(text for text in found.groups() if text).strip()
    if found["assertion"]:
        what = f"an index or a size that its container does not have ({what})"
    else:
        known = [words.format(limit=MEMORY_MIB) for part, words in IN_PLAIN_WORDS.items() if part in what]
        what += f" ({known[0]})" if known else ""
    start = max(0, report.rfind("\n", 0, found.start()))  # UBSan names the place in front of its words
    return Finding(what, _where(report[start:], source, shown))


def without_copies_for_tasks(report: str) -> str:
    """Leaves out what ThreadSanitizer says of memory that the OpenMP runtime itself has asked for. A task
    takes copies of variables along in such memory, and the runtime uses it again for later tasks: in an order
    that it knows and archer does not tell."""
    own = re.compile(r"Location is heap block of size[^\n]*\n *#0 malloc[^\n]*\n *#1 [^\n]*\(libomp\.so")
    bar = "=" * 18 + "\n"
    return bar.join(part for part in report.split(bar) if not own.search(part))


def _clean(program: Path, cases: int) -> str:
    """What can be said of a program in which nothing was found."""
    answered = int(program.with_name(ANSWERED).read_text())
    return "clean" if answered == cases else f"clean in {answered} of {cases} cases, for which there was time"


def _run(
    program: Path,
    inputs: Sequence[str],
    sanitizer: Sanitizer,
    source: Path,
    shown: str,
    tick: Callable[[], None] = lambda: None,
) -> Optional[Finding]:
    environment = {**os.environ, **dict(sanitizer.environment)}
    answered = program.with_name(ANSWERED)
    answered.unlink(missing_ok=True)
    command = [*sanitizer.under, str(program), str(answered), str(sanitizer.seconds), *inputs]
    returned, report = _ended(command, environment, tick, _say_no_end)
    if sanitizer.under and (returned is None or UNKNOWN_INSTRUCTION.search(report)):
        raise NotLookedAt(
            f"A case took more than {SECONDS:.0f} s."
            if returned is None
            else "It does not know an instruction that the compiler used."
        )
    if returned is None:
        return Finding(f"no answer within {SECONDS:.0f} s", shown)
    found = read(without_copies_for_tasks(report), source, shown)
    if found or (returned == 0 and answered.exists()):
        return found
    if returned < 0:
        name = signal.Signals(-returned).name
        why = f" ({IN_PLAIN_WORDS[name]})" if name in IN_PLAIN_WORDS else ""
        return Finding(f"it was ended by {name}{why}", shown)
    when = "after" if answered.exists() else "before"
    return Finding(f"it ended the program, with exit code {returned}, {when} all answers were there", shown)


def _compiles(exercise: Exercise, shown: progress.Progress) -> bool:
    """Whether the learner's file compiles as it does for a check; says why it does not."""
    plan = compiling.plan(exercise, compiler(), ("yours",))
    if not plan.ready:
        shown.step("compiling yours")
    try:
        compiling.build(plan, shown.tick)
    except compiling.DoesNotCompile as error:
        print(f"{exercise.name}, yours: {error.in_full}", flush=True)
        return False
    return True


def _look(
    exercise: Exercise,
    role: str,
    source: Path,
    sanitizer: Sanitizer,
    folder: Path,
    inputs: Sequence[str],
    shown: progress.Progress,
) -> bool:
    """Prints a line for a source and a sanitizer; whether anything is to be said against it."""
    program, place = folder / "program", exercise.tree.shown(source)
    step = partial(shown.step, f"{sanitizer.name}: compiling {role}")
    step()
    try:
        _compile_either_way(exercise, source, sanitizer, program, step)
        step = partial(shown.step, f"{sanitizer.name}: running {role}")
        step()
        found = _run(program, inputs, sanitizer, source, place, step)
    except (Mistake, NotLookedAt) as error:
        no_answer = isinstance(error, NotLookedAt)
        if role != "yours" and not no_answer:
            raise
        print(f"{exercise.name}, {role}, {sanitizer.name}: not looked at. {error}", flush=True)
        return not no_answer
    said = f"{found.what}, at {found.where}" if found else _clean(program, len(inputs) // 2)
    print(f"{exercise.name}, {role}, {sanitizer.name}: {said}", flush=True)
    return found is not None


def _check(
    exercise: Exercise,
    threads: Optional[Sanitizer],
    values: Optional[Sanitizer],
    shown: progress.Progress,
) -> dict[str, int]:
    """Looks at each source with each sanitizer; counts the findings by role."""
    findings = dict.fromkeys(ROLES, 0)
    sources = _sources(exercise)
    if not _compiles(exercise, shown):
        findings["yours"] = 1
        del sources["yours"]
    with tempfile.TemporaryDirectory(prefix="sanitize-", dir=exercise.tree.build) as scratch:
        folder = Path(scratch)
        shown.step("making the cases' inputs")
        inputs = _dumped(exercise, folder)
        for sanitizer in _sanitizers(exercise, threads, values):
            for role, source in sources.items():
                if sanitizer is values and findings[role]:
                    continue
                findings[role] += _look(exercise, role, source, sanitizer, folder, inputs, shown)
    return findings


def sanitize(tree: Tree, wanted: Optional[str]) -> int:
    """`make sanitize`: 1 when the learner's file has a finding, CourseBroken when the course's own has."""
    exercises = [find(tree, wanted)] if wanted else [load(tree, folder) for folder in folders(tree)]
    compiled = [each for each in exercises if each.language.name == "c++"]
    if not compiled:
        raise Mistake(f"{exercises[0].name} is not in C++; sanitizers are the C++ compiler's.")
    threads = _threads()
    if not threads and any(each.threads > 1 for each in compiled):
        lacking = "it needs clang++, its runtime and LLVM's OpenMP (clang, libclang-rt-dev, libomp-dev)"
        print(f"Without ThreadSanitizer: {lacking}.", file=sys.stderr)
    values = _values()
    if not values:
        print("Without memcheck, which looks for memory without a value: it needs valgrind.", file=sys.stderr)
    totals = dict.fromkeys(ROLES, 0)
    with only_one(tree.build / "lock"), progress.for_stream() as shown:
        for each in compiled:
            shown.begin(each.name)
            for role, count in _check(each, threads, values, shown).items():
                totals[role] += count
    if totals["reference"] + totals["solution"]:
        raise CourseBroken("A sanitizer found something in the course's own files; see above.")
    return 1 if totals["yours"] else 0
