"""From source files to the small shared libraries that the judge compares. What is compiled is known by its
content, never by a time stamp: a backup moved back into place is old by its date and new by its text."""
from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence

from . import children, diagnostics, extension, headers, python
from .errors import CourseBroken
from .exercises import Exercise
from .machine import Compiler, boost_folders, processor_kind
from .tree import Tree

SECONDS = 60.0  # of processor time: others who keep the machine busy are no fault of the file
PATIENCE = 5  # times as long may pass by the clock
MEMORY_BYTES = 4 << 30
FILE_BYTES = 512 << 20
WITHOUT_THE_LIBRARY = ("baseline", "limit")  # roles whose files include the interface alone
AT_ONCE = 2
KEPT = 8  # libraries of one role kept, so that going back to an earlier text costs nothing

Tick = Callable[[], None]


class DoesNotCompile(Exception):
    """The learner's file does not become a library: why, the messages, and whether that will last."""

    def __init__(self, sentence: str, messages: str = "", lasting: bool = True) -> None:
        super().__init__(sentence)
        self.sentence, self.messages, self.lasting = sentence, messages, lasting

    @property
    def in_full(self) -> str:
        return "\n".join(filter(None, [self.sentence, self.messages]))


@dataclass(frozen=True)
class Submission:
    """One library to be: its part in the judging, its source, and where it goes (the name holds the key).

    The texts are kept: a file may be saved anew at any moment, and what is compiled is what was hashed.
    """

    role: str
    source: Path
    text: bytes
    library: Path
    key: str
    extension: Optional[Path] = None  # a Python file's second file, in C++
    extension_text: bytes = b""

    @property
    def texts(self) -> dict[Path, bytes]:
        """What was read of each file."""
        return {self.source: self.text, **({self.extension: self.extension_text} if self.extension else {})}


@dataclass(frozen=True)
class Plan:
    """All libraries of one exercise; `compiler` and `adapter` mean nothing in Python."""

    exercise: Exercise
    compiler: Compiler
    adapter: Path
    submissions: tuple[Submission, ...]

    @property
    def libraries(self) -> dict[str, Path]:
        return {each.role: each.library for each in self.submissions}

    @property
    def learners_texts(self) -> dict[Path, bytes]:
        """What was read of the learner's files."""
        return next((each.texts for each in self.submissions if each.role == "yours"), {})

    @property
    def ready(self) -> bool:
        return all(each.library.is_file() for each in self.submissions)


def digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "little") + part)
    return whole.hexdigest()[:20]


def _read(tree: Tree, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseBroken(f"{tree.shown(path)} cannot be read: {error.strerror}.") from None


def _twin(exercise: Exercise) -> Path:
    return exercise.tree.baseline / "cpp" / f"{exercise.family}.cpp"


def reference_is_the_twin(exercise: Exercise) -> bool:
    """Is the exercise's reference the course's naive program itself?"""
    twin = _twin(exercise)
    return twin.is_file() and exercise.reference.resolve() == twin.resolve()


def _sources(exercise: Exercise) -> dict[str, Path]:
    """What takes part: the naive twin only where the reference is not that very file."""
    tree = exercise.tree
    sources = {
        "reference": exercise.reference,
        "yours": exercise.learners_file,
        "solution": exercise.solution,
    }
    if _twin(exercise).is_file() and not reference_is_the_twin(exercise):
        sources["baseline"] = _twin(exercise)
    if exercise.limit:
        sources["limit"] = tree.runner_sources / "limits" / f"{exercise.limit}.cpp"
    return sources


def _library_headers(exercise: Exercise) -> list[Path]:
    """The headers of the course's library that the exercise names, and those that these include."""
    tree = exercise.tree
    found: list[Path] = []
    waiting = list(exercise.library)
    while waiting:
        path = tree.library / waiting.pop()
        if path.is_file() and path not in found:
            found.append(path)
            waiting += re.findall(r'^#include "([^"]+)"', _read(tree, path).decode(), re.MULTILINE)
    return sorted(found)


def plan(exercise: Exercise, compiler: Compiler, roles: Optional[Sequence[str]] = None) -> Plan:
    """What is to be compiled, and under which names; nothing is compiled yet."""
    if exercise.language.name == "questions":
        return _answers_plan(exercise, compiler)
    if exercise.language.name == "python":
        return _python_plan(exercise, compiler, roles)
    tree = exercise.tree
    adapter = tree.families / f"{exercise.family}.cpp"

    def named(headers: Sequence[Path]) -> list[bytes]:
        return [part for path in headers for part in (path.name.encode(), _read(tree, path))]

    common = digest(
        compiler.version.encode(),
        processor_kind().encode(),
        " ".join(exercise.flags).encode(),
        " ".join((*compiler.command, *boost_folders())).encode(),
        _read(tree, adapter),
        *named(sorted(tree.interface.glob("*.hpp"))),
    )
    library = named(_library_headers(exercise))
    version_script = _read(tree, tree.runner_sources / "exports.map")
    folder = tree.build / "submissions" / exercise.name
    submissions = []
    for role, source in _sources(exercise).items():
        if roles is None or role in roles:
            text = _read(tree, source)
            used = () if role in WITHOUT_THE_LIBRARY else library
            key = digest(common.encode(), version_script, exercise.file.encode(), text, *used)
            name = f"{role}-{key}.so"
            submissions.append(Submission(role, source, text, folder / name, name))
    adapter_object = tree.build / "submissions" / "adapters" / f"{exercise.family}-{common}.o"
    return Plan(exercise, compiler, adapter_object, tuple(submissions))


@dataclass
class _Step:
    """One call of the compiler: where it runs, and what it makes."""

    arguments: list[str]
    folder: Path
    role: str


@dataclass(frozen=True)
class _Outcome:
    step: _Step
    output: str
    returned: int
    late: bool  # by the clock, whatever it had worked until then

    @property
    def worked_too_long(self) -> bool:
        return self.returned == -signal.SIGXCPU or "CPU time limit exceeded" in self.output

    @property
    def timed_out(self) -> bool:
        return self.late or self.worked_too_long


def _environment(scratch: Path) -> dict[str, str]:
    """Plain English, whatever the terminal speaks, and nothing left behind when the compiler is stopped."""
    return {**os.environ, "LC_ALL": "C", "GCC_COLORS": "", "TMPDIR": str(scratch.resolve())}


def _run(compiler: Compiler, steps: Sequence[_Step], tick: Tick, seconds: float) -> list[_Outcome]:
    """Runs the steps, two at a time, each within its limits."""
    waiting = list(steps)
    outcomes: list[_Outcome] = []
    with ExitStack() as all_children:
        active: list[tuple[_Step, subprocess.Popen[bytes], Path, float]] = []
        while waiting or active:
            while waiting and len(active) < AT_ONCE:
                step = waiting.pop(0)
                log = step.folder / f"{step.role}.log"
                file = all_children.enter_context(open(log, "wb"))
                child = all_children.enter_context(
                    children.running(
                        [*compiler.command, *step.arguments],
                        file,
                        subprocess.STDOUT,
                        step.folder,
                        children.limits(MEMORY_BYTES, FILE_BYTES, seconds),
                        _environment(step.folder),
                    )
                )
                active.append((step, child, log, children.deadline(PATIENCE * seconds)))
            for entry in list(active):
                step, child, log, end = entry
                late = time.monotonic() > end
                if child.poll() is None and not late:
                    continue
                if late:
                    children.end(child, patience=0.2)
                text = log.read_bytes()[: 1 << 20].decode(errors="replace")
                outcomes.append(_Outcome(step, text, child.returncode, late))
                active.remove(entry)
            if active:
                tick()
                time.sleep(0.01)
    return outcomes


def _why_stopped(outcome: _Outcome, seconds: float) -> Optional[str]:
    """The sentence for a compiler that was stopped, not one that found a mistake."""
    if outcome.worked_too_long:
        return (
            f"The compiler was stopped after {seconds:.0f} s: the machine is very busy, or something in the "
            "file makes it work on and on; look for deep templates, huge unrolled loops or constexpr "
            "computations."
        )
    if outcome.late:
        return (
            f"The compiler was stopped: {PATIENCE * seconds:.0f} s had passed, of which it had worked less "
            f"than {seconds:.0f} s. The machine is too busy with other things; please try again."
        )
    memory = re.search(
        r"out of memory|Cannot allocate memory|virtual memory exhausted|bad_alloc|Killed signal",
        outcome.output,
    )
    if memory or outcome.returned == -signal.SIGKILL:
        return (
            f"The compiler needed more than {MEMORY_BYTES >> 30} GiB of memory and was stopped; look for "
            "huge constexpr tables, deep templates or very large unrolled loops."
        )
    if "File size limit exceeded" in outcome.output or outcome.returned == -signal.SIGXFSZ:
        return (
            f"The compiled file would be larger than {FILE_BYTES >> 20} MiB; look for a huge array with "
            "initial values."
        )
    return None


def _refuse(plan: Plan, outcome: _Outcome, sentence: str, messages: str, lasting: bool = True) -> None:
    """A failure is the learner's where it is their file, and the course's own where it is any other."""
    if outcome.step.role == "yours":
        raise DoesNotCompile(sentence, messages, lasting)
    raise CourseBroken(
        f"{plan.exercise.name}: the course's own {outcome.step.role} does not compile with "
        f"{plan.compiler.short}. {sentence}" + (f"\n{messages}" if messages else "")
    )


def _source_of(plan: Plan, role: str) -> Path:
    sources = {each.role: each.source for each in plan.submissions}
    return sources.get(role, plan.exercise.tree.families / f"{plan.exercise.family}.cpp")


def _check(plan: Plan, outcomes: Sequence[_Outcome], linking: bool, seconds: float) -> None:
    tree = plan.exercise.tree
    for outcome in sorted(outcomes, key=lambda each: each.step.role == "yours"):
        if not outcome.timed_out and outcome.returned == 0:
            continue
        source = _source_of(plan, outcome.step.role)
        stopped = _why_stopped(outcome, seconds)
        if stopped:
            _refuse(plan, outcome, stopped, "", lasting=not outcome.timed_out)
        if linking:
            header = tree.interface / f"{plan.exercise.family}.hpp"
            messages = diagnostics.of_linker(outcome.output, tree.shown(source), header)
            _refuse(plan, outcome, "It compiles, but does not link.", messages)
        messages = diagnostics.of_compiler(
            outcome.output, _copied_name(plan, outcome.step.role), tree.shown(source)
        )
        _refuse(plan, outcome, _why_not_compiled(plan, outcome.output), messages)


def _why_not_compiled(plan: Plan, output: str) -> str:
    """The sentence for what the compiler refuses; the course knows better about its own library."""
    missing = re.search(r"fatal error: '?(\w+\.hpp)(?:: No such file|' file not found)", output)
    if not missing or not (plan.exercise.tree.library / missing[1]).is_file():
        return "It does not compile."
    allowed = ", ".join(path.name for path in _library_headers(plan.exercise)) or "nothing"
    return (
        f"It does not compile: {missing[1]} is part of the course's library, of which this exercise may "
        f"include {allowed}."
    )


def _copied_name(plan: Plan, role: str) -> str:
    return plan.exercise.file if role == "yours" else _source_of(plan, role).name


def _check_includes(plan: Plan, folder: Path) -> None:
    """An exercise is one file: what it includes by itself could be a solution, and is not part of the key."""
    tree = plan.exercise.tree
    systems = _system_folders(plan)
    for each in plan.submissions:
        read = _headers_read(plan, each, folder)
        allowed = [tree.interface, *([read.parent] if read else [])]
        for path in _foreign_includes(tree, folder / each.role, systems, allowed):
            included = tree.shown(path)
            sentence = f"{tree.shown(each.source)} includes {included}, but an exercise is one file."
            _refuse(plan, _Outcome(_Step([], folder, each.role), "", 1, False), sentence, "")


def _foreign_includes(
    tree: Tree, folder: Path, systems: Sequence[str], allowed: Sequence[Path] = ()
) -> list[Path]:
    """What was included from elsewhere than `folder`, where the compiler ran, the system's and the allowed
    places; a way that leads through a folder of the system and out again counts for where it ends."""
    listed = folder / "includes.d"
    if not listed.is_file():
        return []
    known = [os.path.realpath(place) for place in (folder, *allowed)]
    courses = (tree.exercises, tree.solutions, tree.baseline, tree.runner_sources.parent, tree.build)
    own = tuple(f"{os.path.realpath(place)}{os.sep}" for place in courses)
    below = tuple(f"{place}{os.sep}" for place in systems)

    def is_allowed(path: str) -> bool:
        return os.path.dirname(path) in known or (path.startswith(below) and not path.startswith(own))

    foreign = []
    for word in _files_of_rule(listed.read_text(errors="replace")):
        path = os.path.join(folder, word)
        if ".." in path.split(os.sep) or not is_allowed(path):  # for the others there is no look at the disk
            real = os.path.realpath(path)
            foreign += [] if is_allowed(real) else [Path(real)]
    return foreign


def _listing_includes(compiler: Compiler) -> list[str]:
    """Has the compiler list what it reads; g++ by the names under which it was found, links not followed."""
    return ["-MD", "-MF", "includes.d", *([] if compiler.is_clang else ["-fno-canonical-system-headers"])]


def _files_of_rule(rule: str) -> list[str]:
    """What a rule for make depends on; a blank, # or $ of a name is written as `\\ `, `\\#` or `$$` there."""
    words = re.findall(r"(?:\\[ \t#]|\S)+", rule.replace("\\\n", " "))
    return [re.sub(r"\\([ \t#])|\$(\$)", r"\1\2", word) for word in words[1:]]


def _system_folders(plan: Plan) -> list[str]:
    """Where the compiler looks for headers, as it says itself; also by their real names."""
    words = [word for word in _common_words(plan) if word != "-c"]
    call = [*plan.compiler.command, *words, "-E", "-v", "-x", "c++", os.devnull]
    environment = {**os.environ, "LC_ALL": "C"}
    said = subprocess.run(call, capture_output=True, stdin=subprocess.DEVNULL, env=environment).stderr
    listed = said.decode(errors="replace").partition("search starts here:")[2].partition("End of search")[0]
    named = [line.strip() for line in listed.splitlines() if line.startswith(" /")]
    return list(dict.fromkeys([*named, *map(os.path.realpath, named)]))


def build(plan: Plan, tick: Tick = lambda: None, seconds: float = SECONDS) -> None:
    """Compiles and links what is not there yet. DoesNotCompile for the learner's file, else CourseBroken."""
    missing = [each for each in plan.submissions if not each.library.is_file()]
    if not missing:
        return
    if plan.exercise.language.name == "python":
        _build_python(plan, missing, tick, seconds)
        return
    folder = plan.exercise.tree.build / "submissions" / plan.exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    missing = [each for each in missing if not _take_what_is_compiled(each)]
    plan.adapter.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="compiling-", dir=folder) as scratch:
        _compile(plan, missing, Path(scratch), tick, seconds)
        _link(plan, missing, Path(scratch), tick, seconds)
    for each in missing:
        _forget_old(folder, each)


def _take_what_is_compiled(submission: Submission) -> bool:
    """Takes over what was compiled of the same text: of a model solution put in the exercise's place, say, or
    of the naive twin for another exercise."""
    path = submission.library
    for other in path.parent.parent.glob(f"*/{path.name.replace(submission.role, '*', 1)}"):
        try:
            os.link(other, path)
        except OSError:  # gone in between, or no links here: it is compiled
            continue
        return True
    return False


def _common_words(plan: Plan) -> list[str]:
    """What every compilation of an exercise has in common."""
    interface = plan.exercise.tree.interface.resolve()
    words = ["-std=c++20", *plan.exercise.flags, "-fPIC", "-I", str(interface), "-c"]
    for place in boost_folders():
        words += ["-isystem", place]
    return words


def _headers_read(plan: Plan, submission: Submission, scratch: Path) -> Optional[Path]:
    """What the compiler has read already of what the learner's file begins with."""
    copy = scratch / submission.role / _copied_name(plan, submission.role)
    return headers.ready(plan, copy) if submission.role == "yours" and copy.is_file() else None


def _source_step(plan: Plan, submission: Submission, scratch: Path, words: Sequence[str]) -> _Step:
    """Source to object file, from a copy in a folder of its own, from which ../ leads to no solution."""
    folder = scratch / submission.role
    folder.mkdir()
    copy = _copied_name(plan, submission.role)
    for header in _library_headers(plan.exercise):
        shutil.copy2(header, folder / header.name)  # of the same date: for `#pragma once` it is the same file
    (folder / copy).write_bytes(submission.text)
    read = _headers_read(plan, submission, scratch)
    first = ["-include", str(read.resolve())] if read else []
    return _Step([*_common_words(plan), *words, *first, copy, "-o", "object.o"], folder, submission.role)


def read_headers(plan: Plan, folder: Path, name: str) -> bool:
    """Has the compiler read a header in this folder for later; whether it could, and may be used."""
    for header in _library_headers(plan.exercise):
        shutil.copy2(header, folder / header.name)
    words = [*_listing_includes(plan.compiler), "-x", "c++-header", name, "-o", f"{name}.gch"]
    step = _Step([*_common_words(plan), *words], folder, "headers")
    (outcome,) = _run(plan.compiler, [step], lambda: None, SECONDS)
    tree = plan.exercise.tree
    foreign = _foreign_includes(tree, folder, _system_folders(plan), [tree.interface])
    return outcome.returned == 0 and not outcome.timed_out and not foreign


def _compile(plan: Plan, missing: Sequence[Submission], scratch: Path, tick: Tick, seconds: float) -> None:
    """All missing submissions' object files, and the adapter's."""
    words = ["-Wall", "-Wextra", *_listing_includes(plan.compiler)]
    if not plan.compiler.is_clang:
        words.append("-fmax-errors=20")
    steps = [_source_step(plan, each, scratch, words) for each in missing]
    if not plan.adapter.is_file():
        folder = scratch / "adapter"
        folder.mkdir()
        source = (plan.exercise.tree.families / f"{plan.exercise.family}.cpp").resolve()
        steps.append(_Step([*_common_words(plan), str(source), "-o", "object.o"], folder, "adapter"))
    _check(plan, _run(plan.compiler, steps, tick, seconds), linking=False, seconds=seconds)
    _check_includes(plan, scratch)
    if not plan.adapter.is_file():
        os.replace(scratch / "adapter" / "object.o", plan.adapter)


def remarks(plan: Plan, words: Sequence[str], tick: Tick = lambda: None) -> dict[str, str]:
    """What the compiler says of each submission, compiled once more with these words; nothing is kept."""
    folder = plan.exercise.tree.build / "submissions" / plan.exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="compiling-", dir=folder) as scratch:
        steps = [_source_step(plan, each, Path(scratch), words) for each in plan.submissions]
        return {outcome.step.role: outcome.output for outcome in _run(plan.compiler, steps, tick, SECONDS)}


def _link(plan: Plan, missing: Sequence[Submission], scratch: Path, tick: Tick, seconds: float) -> None:
    """Object files to a library which shows one function and reaches nothing of the judge's."""
    exports = (plan.exercise.tree.runner_sources / "exports.map").resolve()
    steps = [
        _Step(
            [
                "-shared",
                *plan.exercise.flags,
                "object.o",
                str(plan.adapter.resolve()),
                "-Wl,-z,defs",
                f"-Wl,--version-script={exports}",
                "-Wl,--build-id=none",
                "-o",
                "library.so",
            ],
            scratch / each.role,
            each.role,
        )
        for each in missing
    ]
    _check(plan, _run(plan.compiler, steps, tick, seconds), linking=True, seconds=seconds)
    for each in missing:
        os.replace(scratch / each.role / "library.so", each.library)


def _answers_plan(exercise: Exercise, compiler: Compiler) -> Plan:
    """Answers are no library: what a verdict depends on, and nothing to build."""
    path = exercise.learners_file
    machine = f"{processor_kind()}|{platform.python_version()}"
    text = _read(exercise.tree, path)
    key = digest(machine.encode(), text)
    return Plan(exercise, compiler, exercise.tree.build, (Submission("yours", path, text, path, key),))


def _python_plan(exercise: Exercise, compiler: Compiler, roles: Optional[Sequence[str]]) -> Plan:
    """A Python submission is a copy of its file, in folders that give it its name: exercises/NN-name/…"""
    tree = exercise.tree
    common = [processor_kind().encode(), python.versions(exercise).encode(), exercise.file.encode()]
    if exercise.extension:
        words = [extension.library_name(exercise.learners_file), compiler.version, *compiler.command]
        common += [word.encode() for word in (*words, *exercise.flags)]
    seconds = extension.sources(exercise)
    submissions = []
    for role, source in python.sources(exercise).items():
        if roles is None or role in roles:
            second = seconds.get(role)
            text, second_text = _read(tree, source), _read(tree, second) if second else b""
            key = f"{role}-{digest(*common, text, *([second_text] if second else []))}"
            place = tree.build / "submissions" / exercise.name / key / Path(tree.shown(source))
            submissions.append(Submission(role, source, text, place, key, second, second_text))
    return Plan(exercise, compiler, tree.build, tuple(submissions))


def _build_python(plan: Plan, missing: Sequence[Submission], tick: Tick, seconds: float) -> None:
    """Nothing to compile: the copies, once the interpreter finds no mistake in their grammar."""
    folder = plan.exercise.tree.build / "submissions" / plan.exercise.name
    folder.mkdir(parents=True, exist_ok=True)
    for each in sorted(missing, key=lambda one: one.role == "yours"):
        with tempfile.TemporaryDirectory(prefix="reading-", dir=folder) as scratch:
            copy = Path(scratch) / each.source.name
            copy.write_bytes(each.text)
            shown = plan.exercise.tree.shown(each.source)
            step = _Step(python.check_syntax(copy.name, shown), Path(scratch), each.role)
            (outcome,) = _run(python.as_compiler(), [step], tick, seconds)
            stopped = _why_stopped(outcome, seconds)
            if stopped:
                _refuse(plan, outcome, stopped, "", lasting=not outcome.timed_out)
            if outcome.returned != 0:
                _refuse(plan, outcome, "It is not valid Python.", outcome.output.strip())
            if each.extension:
                library = _build_extension(plan, each, Path(scratch), tick, seconds)
                copy = extension.packed(copy, library, Path(scratch))
            each.library.parent.mkdir(parents=True, exist_ok=True)
            os.replace(copy, each.library)
        _forget_old(folder, each)


def _build_extension(
    plan: Plan, submission: Submission, scratch: Path, tick: Tick, seconds: float
) -> Path:
    """A shared library of the second file, which shows whatever that declares extern "C"."""
    assert submission.extension
    shown, name = plan.exercise.tree.shown(submission.extension), submission.extension.name
    folder = scratch / "extension"
    folder.mkdir()
    (folder / name).write_bytes(submission.extension_text)

    def step(arguments: list[str]) -> _Outcome:
        (outcome,) = _run(plan.compiler, [_Step(arguments, folder, submission.role)], tick, seconds)
        stopped = _why_stopped(outcome, seconds)
        if stopped:
            _refuse(plan, outcome, stopped, "", lasting=not outcome.timed_out)
        return outcome

    compiled = step(extension.compile_arguments(plan.exercise, name, _listing_includes(plan.compiler)))
    if compiled.returned != 0:
        messages = diagnostics.of_compiler(compiled.output, name, shown)
        _refuse(plan, compiled, f"{shown} does not compile.", messages)
    for path in _foreign_includes(plan.exercise.tree, folder, _system_folders(plan)):
        _refuse(plan, compiled, f"{shown} includes {path}, but it must stand by itself.", "")
    linked = step(extension.link_arguments(plan.exercise))
    if linked.returned != 0:
        messages = diagnostics.of_linker(linked.output, shown, None)
        _refuse(plan, linked, f"{shown} compiles, but does not link.", messages)
    return folder / extension.LIBRARY


def _forget_old(folder: Path, submission: Submission) -> None:
    def age(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0

    made = sorted(folder.glob(f"{submission.role}-*"), key=age, reverse=True)
    for old in made[KEPT:]:
        if old.name == submission.key:
            continue
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)
