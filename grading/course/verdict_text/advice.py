"""What to do next, by how far one has come."""
from __future__ import annotations

import re
from typing import Mapping, Optional

from ..exercise import Exercise
from ..figures import Interval, Verdict, interval, overall, p_of_each, times

CLEARLY_BEYOND = 1.02  # an exact copy of the model solution is not ahead of it, whatever the noise
# A warning of these is often the reason for a wrong answer or a crash, and seldom a matter of taste.
TELLING_WARNING = re.compile(
    r"\[-W(return-type|(maybe-)?uninitialized|array-bounds|stringop-overflow|infinite-recursion|type-limits"
    r"|aggressive-loop-optimizations|dangling-\w+|return-local-addr|sequence-point)=?\]"
    r"|: warning: fast-math"
)
BY_QUOTA = (
    "A quota (of the container, say) halts all programs whenever their processor time is used up, which "
    "looks like noise: measure where there is none, or a larger one."
)


def celebration(verdict: Verdict) -> Optional[str]:
    """A word for who is faster than the model solution."""
    p = interval(verdict.get("p"))
    yours, solution = overall(verdict, "speedup"), overall(verdict, "solution_speedup")
    if verdict.get("status") != "passed" or not (p and p.low > CLEARLY_BEYOND and yours and solution):
        return None
    return f"You beat the model solution: {times(yours.median)} against {times(solution.median)}. Well done!"


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
    said = str(verdict.get("advice") or "")
    if status == "to_do":
        return exercise.advice["start"]
    if status == "does_not_compile":
        return said
    if status in ("passed", "too_slow") and p:
        half_way = p.median >= exercise.mark / 2 or would_pass_with_a_size
        return exercise.advice[_how_far(status == "passed", p, half_way)]
    if status == "undecided" and isinstance(verdict.get("quota"), (int, float)):
        said = f"{BY_QUOTA} {said}"
    said = _with_the_exercises_own_reasons(exercise, verdict, said)
    if status in ("wrong", "crashed", "hung") and TELLING_WARNING.search(str(verdict.get("warnings"))):
        said = f"Begin with the compiler's warning: it may well be the reason. {said}"
    return said.replace("EX=...", f"EX={exercise.short_name}")


def _how_far(passed: bool, p: Interval, half_way: bool) -> str:
    """The key of the lesson's words."""
    if p.low > CLEARLY_BEYOND:
        return "beyond"
    if passed:
        return "passed"
    return "half" if half_way else "start"


def _with_the_exercises_own_reasons(exercise: Exercise, verdict: Verdict, said: str) -> str:
    """A crash may have others than the usual ones, and a wrong answer that none of these fits."""
    if verdict.get("status") == "crashed":
        return f"{said} {exercise.advice.get('crashed', '')}".rstrip()
    failure = verdict.get("failure")
    if not isinstance(failure, Mapping) or failure.get("smell") != "different":
        return said
    general = str(failure.get("explanation") or "")
    return said.replace(general, exercise.advice.get("wrong", general), 1) if general else said
