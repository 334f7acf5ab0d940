"""The compiler's sanitizers, and valgrind's memcheck for memory that nobody has given a value, which those
do not see: how each is called, where this machine has it."""
from __future__ import annotations

import math
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from ..exercise import Exercise
from ..machine import compiler

SECONDS_IN_MEMCHECK = 10.0  # no case is begun after them: everything is hundreds of times slower there
MEMORY_MIB = 2048  # the course's own files take up to about 100
# What memcheck knows for certain, and the most that it knows: on Arm it has no SVE.
PLAIN = {"x86_64": ("-march=x86-64",), "aarch64": ("-march=armv8-a",)}.get(platform.machine(), ())
WIDER = {"x86_64": ("-march=x86-64-v3",), "aarch64": ("-march=armv8.2-a",)}.get(platform.machine(), ())
LEFT_OUT = Path(__file__).with_name("left_out.supp").resolve()
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
    then: Optional[Sanitizer] = None  # quicker, if less close: for the cases that are left


def addresses() -> Sanitizer:
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
                f"{_use_after_return()}:handle_abort=1:soft_rss_limit_mb={MEMORY_MIB}",
            ),
            ("UBSAN_OPTIONS", "print_stacktrace=1"),
        ),
    )


def _use_after_return() -> str:
    """To look for uses of a local variable after its function's return, but with GCC 13: there right code
    with vectors of 64 bytes crashed, as these were misplaced (seen with 13.2, not with 12.2 or 14.2)."""
    known = compiler()
    misplaces = not known.is_clang and re.search(r" 13\.", known.short)
    return f"detect_stack_use_after_return={0 if misplaces else 1}"


def threads() -> Optional[Sanitizer]:
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
                f'suppressions="{LEFT_OUT}":exitcode=0:soft_rss_limit_mb={MEMORY_MIB}',
            ),
            ("OMP_TOOL_LIBRARIES", str(archer)),
            ("OMP_NUM_THREADS", "4"),
        ),
    )


def values() -> Optional[Sanitizer]:
    """Memcheck, which knows neither AVX-512 nor SVE. An error ends the program, as with the others. What is
    not optimised takes more than ten times as long, where there are vectors: large cases are for what is."""
    valgrind = shutil.which("valgrind")
    if not valgrind:
        return None
    looks = ("--track-origins=yes", "--leak-check=no", "--exit-on-first-error=yes", "--error-exitcode=1")
    quick = Sanitizer(
        "memcheck",
        compiler().command,
        ("-O1", *PLAIN),  # of wide registers it loses track
        (("OMP_NUM_THREADS", "2"), ("OMP_WAIT_POLICY", "passive")),
        (valgrind, "-q", *looks, "--fair-sched=try", "--fullpath-after="),
        SECONDS_IN_MEMCHECK,
        ("-O1", *WIDER),
    )
    # A variable in a register always has some value: in memory it need not.
    return replace(quick, flags=("-O0", *PLAIN), or_flags=("-O0", *WIDER), then=quick)


def of_exercise(
    exercise: Exercise, threads: Optional[Sanitizer], values: Optional[Sanitizer]
) -> list[Sanitizer]:
    """Memcheck last: it is only asked about what the others have found nothing in."""
    found = [addresses(), threads if exercise.threads > 1 else None, values]
    return [each for each in found if each]
