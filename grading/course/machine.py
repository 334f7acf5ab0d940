"""The compiler and the processor: what a verdict depends on besides the source files."""
from __future__ import annotations

import functools
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import Sequence

from .errors import Mistake

CLOCK_RATE = "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"


@dataclass(frozen=True)
class Compiler:
    """The C++ compiler: its command (CXX may hold a launcher before it) and what it says about itself."""

    command: tuple[str, ...]
    version: str

    @property
    def is_clang(self) -> bool:
        return "clang" in self.version

    @property
    def short(self) -> str:
        """The name and version for a person: g++ 12.2.0."""
        number = re.search(r"\d+\.\d+(\.\d+)?", re.sub(r"\(.*?\)", "", self.version))
        return os.path.basename(self.command[-1]) + (f" {number.group()}" if number else "")


def compiler() -> Compiler:
    """The compiler of $CXX, or else g++, c++ or clang++."""
    wanted = os.environ.get("CXX", "").strip()
    try:
        choices = [shlex.split(wanted)] if wanted else [["g++"], ["c++"], ["clang++"]]
    except ValueError:
        raise Mistake(f"CXX is '{wanted}', whose quotes do not match; name a C++20 compiler there.") from None
    for command in choices:
        if shutil.which(command[0]):
            try:
                answer = subprocess.run(
                    [*command, "--version"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    stdin=subprocess.DEVNULL,
                    timeout=30,
                    check=True,
                )
            except (OSError, subprocess.SubprocessError):
                continue
            return Compiler(tuple(command), answer.stdout.decode(errors="replace").split("\n", 1)[0])
    named = f"CXX is '{wanted}', which does not run" if wanted else "There is no C++ compiler"
    raise Mistake(f"{named}; make setup finds and installs what is missing.")


def understood(words: Sequence[str], is_clang: bool) -> list[str]:
    """A call's words as the compiler knows them: on Arm clang 14 has no -march=native, but -mcpu=native."""
    differs = is_clang and platform.machine() == "aarch64"
    return ["-mcpu=native" if differs and word == "-march=native" else word for word in words]


def boost_folders() -> tuple[str, ...]:
    """Where Boost is in no standard place, BOOST_DIR names its folder."""
    folder = os.path.realpath(os.environ.get("BOOST_DIR", "") or "/usr")
    if folder in ("/usr", "/usr/include"):  # naming these once more would change the order of all headers
        return ()
    return os.path.join(folder, "include"), folder


def processor() -> str:
    """The processor's model for a person."""
    return _fields().get("model name", "") or _named_by_lscpu() or platform.processor() or platform.machine()


@functools.lru_cache(maxsize=None)
def _named_by_lscpu() -> str:
    """Where Linux has but numbers for maker and model, as on Arm, lscpu knows most names: ARM Neoverse-N1."""
    try:
        english = {**os.environ, "LC_ALL": "C"}
        said = subprocess.run(["lscpu"], capture_output=True, text=True, env=english).stdout
    except OSError:
        return ""
    maker = re.search(r"^Vendor ID: +(\S.*)$", said, re.MULTILINE)
    model = re.search(r"^ *Model name: +(\w.*)$", said, re.MULTILINE)
    return " ".join(found.group(1) for found in (maker, model) if found) if model else ""


def processor_kind() -> str:
    """The model and its features: if one of these changes, so does what -march=native means."""
    return f"{processor()}|{hashlib.sha256(processor_features().encode()).hexdigest()}"


def processor_identity() -> str:
    """The kind and the number of processors that we may use: if one of these changes, so do the speeds."""
    return f"{processor_kind()}|{processor_count()}"


def processor_count() -> int:
    """Of those that we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_features() -> str:
    """The names of the processor's extensions, as Linux has them: "... avx2 ... avx512f ..."."""
    fields = _fields()
    return fields.get("flags", fields.get("Features", ""))


def tells_its_clock() -> bool:
    """Whether a clock rate that Google Benchmark gives is one: where Linux tells none, it takes Arm's
    BogoMIPS for it, which says how fast a timer counts."""
    fields = _fields()
    return "BogoMIPS" not in fields or "cpu MHz" in fields or os.path.exists(CLOCK_RATE)


def _fields() -> dict[str, str]:
    """The first processor's entry in /proc/cpuinfo; empty where there is none."""
    fields: dict[str, str] = {}
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if not line.strip():
                    break
                key, _, value = line.partition(":")
                fields[key.strip()] = value.strip()
    except OSError:
        pass
    return fields
