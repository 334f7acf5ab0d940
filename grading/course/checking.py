"""Grading one exercise: untouched or not, compiled or not, kept or judged anew; the outcome is a verdict."""
from __future__ import annotations

import platform
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from . import compiling, crash, history, judging, python, questionnaire, quota, stub, verdicts
from .errors import CourseBroken, Mistake
from .exercise import Exercise
from .machine import Compiler, processor, processor_count, processor_features
from .progress import Progress
from .statuses import status_of

Verdict = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    fresh: bool = False
    seed: Optional[int] = None
    budget: Optional[float] = None


def _completed(exercise: Exercise, compiler: Compiler, verdict: Verdict) -> Verdict:
    """The verdict with what the course knows about it."""
    tools = f"{compiler.short} {' '.join(exercise.flags)}"
    same = ", the same for reference, yours and solution"
    if exercise.language.name == "questions":
        tools, same = f"Python {platform.python_version()}", ", by which your answers were checked"
    elif exercise.language.name == "python":
        tools = python.versions(exercise) + (f", {tools}" if exercise.extension else "")
    return {
        **verdict,
        "exercise": exercise.name,
        "title": exercise.title,
        "family": exercise.family,
        "file": exercise.tree.shown(exercise.learners_file),
        "mark": verdict.get("mark", exercise.mark),
        "machine": verdict.get("machine") or processor(),
        "flags": tools + same,
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _does_not_compile(error: compiling.DoesNotCompile) -> Verdict:
    return {
        "status": "does_not_compile",
        "sentence": error.sentence,
        "diagnostics": error.messages,
        "points": None,
        "p": None,
        "timed": [],
        "failure": None,
        "printed": "",
        "advice": "Start with the first message; the later ones often follow from it."
        if error.messages
        else "",
    }


def _skipped(sentence: str, advice: str) -> Verdict:
    """An exercise that this machine cannot judge: nobody's fault."""
    return {
        "status": "skipped",
        "sentence": sentence,
        "advice": advice,
        "points": None,
        "p": None,
        "timed": [],
        "failure": None,
        "printed": "",
    }


def _against_clang(exercise: Exercise, features: str) -> str:
    """Why clang cannot compile an exercise for a processor with these features; empty when it can.

    With AVX-512, GCC 12's std::experimental::simd is wrong under clang: `where(mask, x) = y` ends in
    _S_blend_avx512 of <experimental/bits/simd_x86.h>, which has `__k ? __a : __b` for clang, a choice of one
    whole vector if any lane is set, as a remark there says. Without AVX-512 another way is taken: right.
    """
    if "-fopenmp" in exercise.flags:
        return "It is about OpenMP, and LLVM's library for it needs files that the judge's sandbox forbids."
    if exercise.library and "avx512f" in features.split():
        return "It uses std::experimental::simd, which is wrong under clang on processors with AVX-512."
    return ""


def unfit(exercise: Exercise, compiler: Compiler) -> Optional[Verdict]:
    """The verdict where something is missing that the exercise is about."""
    lacking = python.missing_module(exercise)
    if lacking:
        return _skipped(
            f"It is about {lacking}, which this Python ({sys.executable}) does not have.",
            f"make setup installs {lacking}, or says how" + _or_pip(lacking),
        )
    if compiler.is_clang:
        reason = _against_clang(exercise, processor_features())
        if reason:
            return _skipped(reason, f"Have g++ compile it: make check EX={exercise.short_name} CXX=g++")
    return None


def _or_pip(module: str) -> str:
    """pip's command, where it may install anything: Debian's own interpreter refuses it (PEP 668)."""
    managed = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").is_file()
    return "" if managed else f"; or: {sys.executable} -m pip install {module}"


def _judged(
    exercise: Exercise,
    compiler: Compiler,
    plan: compiling.Plan,
    untouched: bool,
    options: Options,
    progress: Progress,
) -> tuple[Verdict, bool]:
    """A new verdict, and whether it may be kept."""
    if exercise.language.name == "questions":
        progress.step("profiling, to compare your answers with", "profile")
        answers = plan.learners_texts[exercise.learners_file]
        return _completed(exercise, compiler, questionnaire.judge(exercise, answers, progress.tick)), True
    skipped = unfit(exercise, compiler)
    if skipped:
        return _completed(exercise, compiler, skipped), True
    try:
        if not plan.ready:
            progress.step("compiling" if exercise.flags else "reading")
        compiling.build(plan, progress.tick)
    except compiling.DoesNotCompile as error:
        return _completed(exercise, compiler, _does_not_compile(error)), error.lasting
    progress.step("starting the judge", "start")
    verdict = judging.judge(
        exercise, plan.libraries, progress.event, progress.tick, options.seed, options.budget, untouched
    )
    if exercise.language.name == "python":
        verdict = crash.placed(exercise, verdict)
    verdict["quota"] = quota.processors_allowed(processor_count())
    verdict["warnings"] = plan.warnings
    return _completed(exercise, compiler, verdict), options.seed is None


def _as_to_do(exercise: Exercise, verdict: Verdict) -> Verdict:
    """An untouched stub is neither wrong nor slow: nobody has begun. What was measured stays, but a speedup
    of 1.01 is noise and no points."""
    return {
        **verdict,
        "status": "to_do",
        "judged": verdict["status"],
        "points": 0.0,
        "sentence": f"To do: open {verdict['file']}.",
        "advice": exercise.advice["start"],
    }


def _right_from_the_start(exercise: Exercise, verdict: Verdict, lasting: bool) -> Verdict:
    """The verdict on an untouched stub; CourseBroken where it gives no right answers. (A form has none.)"""
    status = status_of(verdict["status"])
    if status.mood != "bad" or not status.is_final or exercise.language.name == "questions":
        return verdict
    if verdict["status"] == "does_not_compile" and not lasting:
        raise Mistake(f"{verdict['file']} is not compiled. {verdict['sentence']}")
    seed = f" SEED={verdict['seed']}" if "seed" in verdict else ""
    raise CourseBroken(
        f"{verdict['file']} is untouched, and yet: {verdict['sentence']} That is no mistake of yours but "
        "the course's: its reference, its tolerance or its judge is wrong (make check "
        f"EX={exercise.short_name}{seed} repeats it)."
    )


def check(exercise: Exercise, compiler: Compiler, options: Options, progress: Progress) -> Verdict:
    """The exercise's verdict; raises Mistake where there can be none."""
    plan = compiling.plan(exercise, compiler)
    key = verdicts.key_of(plan)
    if not options.fresh and options.seed is None and options.budget is None:
        kept = verdicts.kept(exercise, key)
        if kept and status_of(kept["status"]).is_final:
            return {**kept, "kept": True}
    untouched = stub.is_untouched(exercise, plan.learners_texts)
    verdict, lasting = _judged(exercise, compiler, plan, untouched, options, progress)
    if untouched and verdict["status"] != "skipped":
        verdict = _as_to_do(exercise, _right_from_the_start(exercise, verdict, lasting))
    if lasting:
        verdicts.keep(exercise, key, verdict)
    history.append(exercise, verdict)
    return {**verdict, "kept": False}


def not_judged(name: str, title: str, error: Mistake) -> Verdict:
    """What stands in the table for an exercise that could not be graded."""
    return {
        "exercise": name,
        "title": title,
        "status": "not_judged",
        "sentence": str(error),
        "points": None,
        "p": None,
        "timed": [],
        "kept": False,
    }
