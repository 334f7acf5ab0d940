"""The whole text of a verdict."""
from __future__ import annotations

from typing import Mapping, Optional

from ..exercise import Exercise
from ..figures import FULL, Verdict
from ..statuses import status_of
from ..style import Style, plain, printable
from .advice import advice, celebration
from .failure import failure_rows
from .rows import block, paragraph, row
from .speeds import excerpts, first_call, over_the_baselines, processors, speeds, times_per_unit

PRINTED_LINES_SHOWN = 12  # at the beginning, and at the end
SIGNS = {"good": "✔ ", "unsure": "• ", "bad": "✘ "}


def _dressed(style: Style, mood: str, text: str) -> str:
    return {"good": style.good, "unsure": style.unsure, "bad": style.bad}[mood](text)


def _headline(verdict: Verdict, style: Style) -> list[str]:
    status = status_of(verdict.get("status"))
    points = verdict.get("points")
    said = (SIGNS[status.mood] if style.unicode else "") + status.heading
    if isinstance(points, (int, float)):
        said += f", {points:g} of {FULL} points"
    title = f"{verdict.get('exercise')} · {verdict.get('title', '')}"
    kept = style.dim("   (kept: nothing changed since; FRESH=1 grades anew)") if verdict.get("kept") else ""
    return [style.bold(title), "", _dressed(style, status.mood, said) + kept]


def _answers(verdict: Verdict, style: Style) -> list[str]:
    """Of a questionnaire: how many are right, and where to look for the others."""
    answers = verdict.get("answers")
    if not isinstance(answers, Mapping):
        return []
    right = f"{answers.get('right')} of {answers.get('total')} answers"
    if verdict.get("status") == "to_do":
        right = "nothing is answered yet"
    rows = [row(style, "right", right)]
    for key, remark in answers.get("wrong") or []:
        rows.append(row(style, "", printable(f"{key}: {remark}")))
    return rows


def _was_run(verdict: Verdict) -> bool:
    """Not where the machine was seen to be unfit before anything was started."""
    cases = verdict.get("cases")
    return isinstance(cases, Mapping) and bool(cases.get("total"))


def _correctness(verdict: Verdict) -> Optional[str]:
    if not _was_run(verdict):
        return None
    cases = verdict["cases"]
    passed, total = cases.get("passed"), cases.get("total")
    return f"all {total} cases" if passed == total else f"{passed} of {total} cases"


def _sandbox(verdict: Verdict) -> Optional[str]:
    sandbox = verdict.get("sandbox")
    if not isinstance(sandbox, Mapping) or not _was_run(verdict):
        return None
    layers, missing = sandbox.get("layers") or [], sandbox.get("missing") or []
    if not isinstance(layers, list) or not isinstance(missing, list):
        return None
    if missing:
        total = len(layers) + len(missing)
        return f"{len(layers)} of {total} layers on, without {', '.join(map(str, missing))}"
    return f"all {len(layers)} layers on" if layers else "none"


def _what_came_of_it(exercise: Exercise, verdict: Verdict, style: Style) -> list[str]:
    """In a sentence; and the compiler's own words where it has none."""
    lines: list[str] = []
    if verdict.get("status") == "to_do":
        file, lesson = exercise.tree.shown(exercise.learners_file), exercise.tree.shown(exercise.lesson)
        lines += paragraph(f"To do: open {file}; the lesson is {lesson}.", style)
    elif verdict.get("sentence") and verdict.get("status") != "passed":
        lines += paragraph(str(verdict["sentence"]), style)
    if verdict.get("diagnostics"):
        speaker = "Python's message:" if not exercise.flags else "the compiler's messages:"
        lines += block(speaker, str(verdict["diagnostics"]), style)
    return lines


def _remarks(exercise: Exercise, verdict: Verdict, style: Style) -> list[str]:
    """What stands beside the grade and is no part of it."""
    remarks = [
        ("baseline", over_the_baselines(exercise, verdict)),
        *(("excerpt", text) for text in excerpts(verdict)),
        *(("time", text) for text in times_per_unit(verdict)),
        ("first call", first_call(verdict)),
        ("processors", processors(verdict)),
        ("flags" if exercise.language.name == "c++" else "versions", verdict.get("flags")),
        ("sandbox", _sandbox(verdict)),
    ]
    return [row(style, label, str(text)) for label, text in remarks if text]


def _without_the_middle(text: str) -> str:
    """What is printed in a loop would push all else off the screen; a traceback's point is at its end."""
    lines = printable(text).rstrip().splitlines()
    left_out = len(lines) - 2 * PRINTED_LINES_SHOWN
    if left_out <= 1:
        return text
    first, last = lines[:PRINTED_LINES_SHOWN], lines[-PRINTED_LINES_SHOWN:]
    return "\n".join([*first, f"... {left_out} lines ...", *last])


def _to_look_into(exercise: Exercise, verdict: Verdict, style: Style) -> list[str]:
    """Of one that has not passed: how to see it again, what the compiler warned of, what the code printed."""
    status = verdict.get("status")
    lines: list[str] = []
    if status not in ("passed", "to_do") and _was_run(verdict) and verdict.get("seed") is not None:
        lines.append(row(style, "repeat", f"make check EX={exercise.short_name} SEED={verdict['seed']}"))
    if verdict.get("warnings") and status not in ("passed", "to_do"):
        lines += block("the compiler warns:", str(verdict["warnings"]), style)
    if verdict.get("printed") and status != "passed":
        lines += block("your code printed:", _without_the_middle(str(verdict["printed"])), style)
    return lines


def render(exercise: Exercise, verdict: Verdict, style: Style) -> str:
    """The whole verdict."""
    right = _correctness(verdict)
    lines = [
        *_headline(verdict, style),
        *_what_came_of_it(exercise, verdict, style),
        "",
        *failure_rows(verdict, style),
        *([row(style, "right", right)] if right else []),
        *_answers(verdict, style),
        *speeds(verdict, style),
        *_remarks(exercise, verdict, style),
        *_to_look_into(exercise, verdict, style),
    ]
    for text in (celebration(verdict), advice(exercise, verdict)):
        lines += paragraph(text, style) if text else []
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text if style.unicode else plain(text)
