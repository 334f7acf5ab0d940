"""One exercise's verdict as a person reads it."""
from __future__ import annotations

import math
from typing import Any, Callable, Mapping, Optional

from .compiling import reference_is_the_twin
from .exercise import Exercise
from .figures import (
    FULL,
    Interval,
    Verdict,
    interval,
    mark_as_speedup,
    number,
    over_python,
    overall,
    p_of_each,
    timed,
    times,
    with_interval,
)
from .statuses import status_of
from .style import Style, plain, printable

LABEL = 12
NOTICEABLE_SECONDS = 0.02  # a first call that takes so much longer has compiled or started something
CLEARLY_BEYOND = 1.02  # an exact copy of the model solution is not ahead of it, whatever the noise
SMELLS = {
    "race": "a race: two runs of one input differ",
    "kept": "something kept from an earlier call: a fresh process is right",
    "unwritten": "a part of the output that is never written",
    "beyond": "an array's end: what lies behind it was read",
    "not_a_number": "a division by 0, or the like: all wrong values are NaN or infinite",
    "rounding": "rounding",
    "integers": "an int: all wrong answers are whole numbers",
    "conjugate": "a sign in an exponent: all wrong values are the right ones' complex conjugates",
    "opposite": "a lost minus: all wrong values have the opposite sign",
    "corners": "corners: all wrong points are level with one",
    "dents": "dents: only contours that are not convex are wrong",
    "inside": "the test for inside: all wrong points are inside",
    "outside": "the test for inside: all wrong points are outside, and treated as inside",
    "real": "a lost imaginary part: all wrong values are real numbers",
    "spacing": "uneven grids: only those whose lines are not all equally far apart are wrong",
    "near": "near pairs: all wrong points are close to the contour",
    "edges": "the edges",
    "zeros": "zeros: all wrong answers are 0",
    "different": "none of the usual reasons: something altogether different",
}


SIGNS = {"good": "✔ ", "unsure": "• ", "bad": "✘ "}


def _dressed(style: Style, mood: str, text: str) -> str:
    return {"good": style.good, "unsure": style.unsure, "bad": style.bad}[mood](text)


def _row(style: Style, label: str, text: str) -> str:
    return f"  {style.dim(label.ljust(LABEL))} {text}"


def bar(
    yours: float,
    mark: float,
    solution: float,
    width: int = 44,
    unicode: bool = True,
    called: Callable[[float], str] = times,
) -> list[str]:
    """From 1× to the solution's speedup (yours, if greater) on a log scale, with the mark; and its labels."""
    full, empty, flag = ("█", "·", "┃") if unicode else ("#", ".", "|")
    end = max(yours, solution)
    if end <= 1.0:
        return []

    def place(speedup: float) -> int:
        return max(0, min(width, round(width * math.log(max(speedup, 1.0)) / math.log(end))))

    cells = [full if cell < place(yours) else empty for cell in range(width)]
    position = min(width - 1, place(mark))
    cells[position] = flag
    first, last = "1×", (f"solution {called(solution)}" if solution >= yours else f"yours {called(yours)}")
    middle = f"mark {called(mark)}"
    start = max(len(first) + 1, position - len(middle) // 2)
    labels = first.ljust(start) + middle
    labels = labels + " " * max(2, width - len(labels) - len(last)) + last
    return ["".join(cells), labels]


def _p(value: float, digits: int = 2) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f}"  # + 0.0: no -0.00


def _p_beside(mark: float, p: Interval) -> str:
    """p and its interval, with more digits where one that is below the mark would read as if it were not."""
    values = (p.median, p.low, p.high)
    digits = 2
    while digits < 5 and any(value < mark <= round(value, digits) for value in values):
        digits += 1
    median, low, high = (_p(value, digits) for value in values)
    return f"p = {median} ({low} … {high})"


def _as_p(speedup: float) -> str:
    return f"p = {_p(math.log(speedup))}"


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
    rows = [_row(style, "right", right)]
    for key, remark in answers.get("wrong") or []:
        rows.append(_row(style, "", printable(f"{key}: {remark}")))
    return rows


def _correctness(verdict: Verdict) -> Optional[str]:
    cases = verdict.get("cases")
    if not isinstance(cases, Mapping) or not cases.get("total"):
        return None
    passed, total = cases.get("passed"), cases.get("total")
    return f"all {total} cases" if passed == total else f"{passed} of {total} cases"


def _speed_at_one_size(workload: Mapping[str, Any]) -> Optional[str]:
    """Yours beside the solution's: where the two lie farthest apart, there is most to gain."""
    yours, solution = interval(workload.get("speedup")), interval(workload.get("solution_speedup"))
    if not yours:
        return None
    other = f", solution {times(solution.median)}" if solution else ""
    name, size = str(workload.get("name")), str(workload.get("size"))
    which = size if size.startswith(name) else f"{name}: {size}"
    return f"{with_interval(yours)}{other}, {which}"


def _speeds(verdict: Verdict, style: Style) -> list[str]:
    """Speedups, mark and bar; nothing where nothing was timed."""
    yours, solution = overall(verdict, "speedup"), overall(verdict, "solution_speedup")
    if yours is None:
        return []
    workloads = timed(verdict)
    rows = [
        _row(
            style,
            "speedup",
            f"{style.bold(with_interval(yours))} over the reference"
            + (f", {workloads[0].get('size')}" if len(workloads) == 1 and workloads[0].get("size") else ""),
        )
    ]
    if len(workloads) > 1:
        rows += [_row(style, "", line) for line in map(_speed_at_one_size, workloads) if line]
    mark, p = verdict.get("mark"), interval(verdict.get("p"))
    if solution is None or not isinstance(mark, (int, float)):
        return rows
    rows.append(_row(style, "solution", f"{with_interval(solution)}, in the same rounds"))
    reached = f"{_p_beside(mark, p)}; " if p else ""
    as_speedup = mark_as_speedup(verdict)
    here = f", here {times(as_speedup)}" if as_speedup else ", the mean over the sizes"
    rows.append(_row(style, "mark", f"{reached}to pass: p = {mark:.2f}{here}"))
    lines: list[str] = []
    if as_speedup:
        lines = bar(yours.median, as_speedup, solution.median, unicode=style.unicode)
    elif p and solution.median > 1.0:
        lines = bar(math.exp(p.median), math.exp(mark), math.e, unicode=style.unicode, called=_as_p)
    return rows + [_row(style, "", line) for line in lines]


def _ladder(exercise: Exercise, verdict: Verdict) -> Optional[str]:
    """The speedup over the baselines: a remark, never the grade."""
    twin, python = overall(verdict, "baseline_speedup"), over_python(exercise, verdict)
    if not timed(verdict):
        return None
    if exercise.language.name == "python":
        return "the reference is plain Python itself"
    said = []
    if reference_is_the_twin(exercise):
        said.append("the reference is the naive C++ twin itself")
    elif twin:
        said.append(f"{times(twin.median)} over the naive C++ twin")
    if python:
        said.append(f"about {number(python)}× over the original Python")
    elif (exercise.tree.baseline / "python" / f"{exercise.family}.py").is_file():
        said.append("make baseline times the original Python, to compare with")
    return "; ".join(said) or None


def _units(verdict: Verdict) -> list[str]:
    said = []
    for each in timed(verdict):
        per_unit = each.get("nanoseconds_per_unit")
        if not isinstance(per_unit, (int, float)):
            continue
        text = f"{number(per_unit)} ns per {each.get('unit', 'unit')}"
        share = each.get("share_of_limit")
        if isinstance(share, (int, float)):
            text += f", {100 * share:.0f} % of this machine's limit ({each.get('limit')})"
        said.append(text if len(timed(verdict)) == 1 else f"{text}: {each.get('name')}")
    return said


def _excerpts(verdict: Verdict) -> list[str]:
    """Where the reference would have taken too long for whole inputs."""
    said = []
    for each in timed(verdict):
        excerpt = each.get("excerpt")
        if not isinstance(excerpt, Mapping):
            continue
        who = "the reference and yours are" if excerpt.get("yours_too") else "the reference is"
        name = f"{each.get('name')}: " if len(timed(verdict)) > 1 else ""
        said.append(f"{name}{who} timed on {excerpt.get('size')}, drawn anew each time, and scaled")
    return said


def _first_call(verdict: Verdict) -> Optional[str]:
    """What compiling or starting processes took: no part of the speedup, and when it has paid."""
    first = verdict.get("first_call")
    extra = first.get("extra_seconds") if isinstance(first, Mapping) else None
    if not isinstance(extra, (int, float)) or extra < NOTICEABLE_SECONDS:
        return None
    assert isinstance(first, Mapping)
    calls = first.get("paid_back_after_calls")
    paid = f"paid back after {calls:.0f} calls" if isinstance(calls, (int, float)) else "never paid back"
    return f"took {number(extra)} s longer, {paid}; the speedup is that of the calls after it"


def _processors(verdict: Verdict) -> Optional[str]:
    busy = [each.get("processors_busy") for each in timed(verdict)]
    known = [value for value in busy if isinstance(value, (int, float))]
    return f"{max(known):.2f} kept busy" if known else None


def _sandbox(verdict: Verdict) -> Optional[str]:
    sandbox = verdict.get("sandbox")
    if not isinstance(sandbox, Mapping):
        return None
    layers, missing = sandbox.get("layers") or [], sandbox.get("missing") or []
    if not isinstance(layers, list) or not isinstance(missing, list):
        return None
    if missing:
        total = len(layers) + len(missing)
        return f"{len(layers)} of {total} layers on, without {', '.join(map(str, missing))}"
    return f"all {len(layers)} layers on" if layers else "none"


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _failure(verdict: Verdict, style: Style) -> list[str]:
    """Where it went wrong, and how to see it again."""
    failure = verdict.get("failure")
    if not isinstance(failure, Mapping):
        return []
    rows = []
    case = failure.get("case")
    if case:
        size = failure.get("size")
        rows.append(
            _row(style, "case", f"{case}" + (f" ({size})" if size and str(size) not in str(case) else ""))
        )
    for key in ("index", "got", "expected"):
        if failure.get(key) is not None:
            rows.append(_row(style, key, printable(_value(failure[key]))))
    error, tolerance = failure.get("error"), failure.get("tolerance")
    ratio = failure.get("error_in_tolerances")
    if error is not None or tolerance is not None:
        shown = "not a number" if error is None else _value(error)
        if isinstance(ratio, (int, float)):
            shown += f", {ratio:.3g} times the tolerance"
        if tolerance is not None:
            shown += f" ({_value(tolerance)} is allowed)"
        rows.append(_row(style, "error", shown))
    smell = SMELLS.get(str(failure.get("smell")))
    return [*rows, _row(style, "smells of", smell)] if smell else rows


def _block(title: str, text: str, style: Style) -> list[str]:
    return ["", f"  {style.dim(title)}", *(f"    {line}" for line in printable(text).rstrip().splitlines())]


def _one_sided(exercise: Exercise, verdict: Verdict) -> str:
    """Which sizes hold back one that would pass with the others; nothing where all are alike."""
    each = p_of_each(verdict)
    there = [f"'{name}'" for name, p in each.items() if p >= exercise.mark]
    behind = [f"'{name}'" for name, p in each.items() if p < exercise.mark]
    if verdict.get("status") not in ("too_slow", "undecided") or not there or not behind:
        return ""
    return f"With {' and '.join(there)} alone you would pass: what is missing is in {' and '.join(behind)}."


def advice(exercise: Exercise, verdict: Verdict) -> str:
    """What to look at next; before that, which of several sizes it is about."""
    one_sided = _one_sided(exercise, verdict)
    return " ".join(filter(None, [one_sided, _next_step(exercise, verdict, bool(one_sided))]))


def _next_step(exercise: Exercise, verdict: Verdict, would_pass_with_a_size: bool) -> str:
    """The lesson's own words by how far one has come, else the verdict's."""
    status, p = verdict.get("status"), interval(verdict.get("p"))
    if status in ("to_do", "does_not_compile"):
        return exercise.advice["start"] if status == "to_do" else str(verdict.get("advice") or "")
    if status in ("passed", "too_slow") and p:
        mark = exercise.mark
        step = (
            "beyond"
            if p.low > CLEARLY_BEYOND
            else "passed"
            if status == "passed"
            else "half"
            if p.median >= mark / 2 or would_pass_with_a_size
            else "start"
        )
        return exercise.advice[step]
    said = _with_the_exercises_own_reasons(exercise, verdict, str(verdict.get("advice") or ""))
    return said.replace("EX=...", f"EX={exercise.short_name}")


def _with_the_exercises_own_reasons(exercise: Exercise, verdict: Verdict, said: str) -> str:
    """Where none of the usual reasons fits a wrong answer, the exercise may know others."""
    failure = verdict.get("failure")
    if not isinstance(failure, Mapping) or failure.get("smell") != "different":
        return said
    general = str(failure.get("explanation") or "")
    return said.replace(general, exercise.advice.get("wrong", general), 1) if general else said


def _celebration(verdict: Verdict) -> Optional[str]:
    p, yours, solution = (
        interval(verdict.get("p")),
        overall(verdict, "speedup"),
        overall(verdict, "solution_speedup"),
    )
    if verdict.get("status") == "passed" and p and p.low > CLEARLY_BEYOND and yours and solution:
        return (
            f"You beat the model solution: {times(yours.median)} against {times(solution.median)}. Well done!"
        )
    return None


def render(exercise: Exercise, verdict: Verdict, style: Style) -> str:
    """The whole verdict."""
    status = str(verdict.get("status"))
    lines = _headline(verdict, style)
    if status == "to_do":
        lines += [
            "",
            f"  To do: open {exercise.tree.shown(exercise.learners_file)}; the lesson is "
            f"{exercise.tree.shown(exercise.lesson)}.",
        ]
    elif verdict.get("sentence") and status != "passed":
        lines += ["", "  " + printable(str(verdict["sentence"]))]
    if verdict.get("diagnostics"):
        speaker = "Python's message:" if not exercise.flags else "the compiler's messages:"
        lines += _block(speaker, str(verdict["diagnostics"]), style)
    lines.append("")
    lines += _failure(verdict, style)
    right = _correctness(verdict)
    lines += [_row(style, "right", right)] if right else []
    lines += _answers(verdict, style)
    lines += _speeds(verdict, style)
    remarks = [
        ("baseline", _ladder(exercise, verdict)),
        *(("excerpt", text) for text in _excerpts(verdict)),
        *(("time", text) for text in _units(verdict)),
        ("first call", _first_call(verdict)),
        ("processors", _processors(verdict)),
        ("flags" if exercise.language.name == "c++" else "versions", verdict.get("flags")),
        ("sandbox", _sandbox(verdict)),
    ]
    lines += [_row(style, label, str(text)) for label, text in remarks if text]
    if status not in ("passed", "to_do", "does_not_compile") and verdict.get("seed") is not None:
        lines.append(_row(style, "repeat", f"make check EX={exercise.short_name} SEED={verdict['seed']}"))
    if verdict.get("warnings") and status not in ("passed", "to_do"):
        lines += _block("the compiler warns:", str(verdict["warnings"]), style)
    if verdict.get("printed") and status != "passed":
        lines += _block("your code printed:", str(verdict["printed"]), style)
    for text in (_celebration(verdict), advice(exercise, verdict)):
        lines += ["", "  " + printable(text)] if text else []
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text if style.unicode else plain(text)
