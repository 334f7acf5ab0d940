"""What is wrong with an answer: where, by how much, and what that looks like."""
from __future__ import annotations

from typing import Any, Mapping

from ..figures import Verdict
from ..style import Style, printable
from .rows import row

SMELLS = {
    "race": "chance: two runs of one input differ",
    "kept": "something kept from an earlier call: a fresh process is right",
    "unwritten": "a part of the output that is never written",
    "beyond": "an array's end: what lies behind it was read",
    "not_a_number": "a division by 0, or the like: all wrong values are NaN or infinite",
    "rounding": "rounding",
    "integers": "an int: all wrong answers are whole numbers",
    "conjugate": "a sign in an exponent: all wrong values are the right ones' complex conjugates",
    "opposite": "a lost minus: all wrong values have the opposite sign",
    "multiple": "a factor lost or taken twice: all wrong answers are the right ones times 2, 4, ½, ¼ or i",
    "factor": "a factor lost or taken twice: all wrong answers are the right ones times one number",
    "whole_wave": "the whole wave: the incident one was added",
    "mask": "a mask's values: all wrong ones are neither 0 nor 1",
    "hair": "lost digits: all wrong points are next to the contour",
    "corners": "corners: all wrong points are level with one",
    "dents": "dents: only contours that are not convex are wrong",
    "inside": "the test for inside: all wrong points are inside",
    "outside": "the test for inside: all wrong points are outside, and treated as inside",
    "exchanged": "rows and columns exchanged: all wrong answers are right for another point",
    "mirrored": "a row or a column from its end: all wrong answers are right for another point",
    "shifted": "an index that is off by one: all wrong answers are right for the point beside",
    "real": "a lost imaginary part: all wrong values are real numbers",
    "spacing": "uneven grids: only those whose lines are not all equally far apart are wrong",
    "sides": "the test for inside: all wrong points are on the wrong side",
    "near": "near pairs: all wrong points are close to the contour",
    "edges": "the edges",
    "flushed": "tiny numbers taken for 0: only sums of subnormal numbers are wrong",
    "first": "a loop's beginning: each sum is off by its array's first element",
    "last": "a loop's end: each sum is off by its array's last element",
    "zeros": "zeros: all wrong answers are 0",
    "different": "none of the usual reasons: something altogether different",
}


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def failure_rows(verdict: Verdict, style: Style) -> list[str]:
    """Where it went wrong, and how to see it again."""
    failure = verdict.get("failure")
    if not isinstance(failure, Mapping):
        return []
    rows = []
    case = failure.get("case")
    if case:
        size = failure.get("size")
        rows.append(
            row(style, "case", f"{case}" + (f" ({size})" if size and str(size) not in str(case) else ""))
        )
    for key in ("index", "got", "expected"):
        if failure.get(key) is not None:
            rows.append(row(style, key, printable(_value(failure[key]))))
    error, tolerance = failure.get("error"), failure.get("tolerance")
    ratio = failure.get("error_in_tolerances")
    if error is not None or tolerance is not None:
        shown = "not a number" if error is None else _value(error)
        if isinstance(ratio, (int, float)):
            shown += f", {ratio:.3g} times the tolerance"
        if tolerance is not None:
            shown += f" ({_value(tolerance)} is allowed)"
        rows.append(row(style, "error", shown))
    smell = SMELLS.get(str(failure.get("smell")))
    return [*rows, row(style, "smells of", smell)] if smell else rows
