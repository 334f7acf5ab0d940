"""What a profile means, in two sentences: where your time is, and where the other side's is."""
from __future__ import annotations

from collections import defaultdict
from typing import Optional

from ..figures import number
from .analysis import Spent, by_function, own_and_called
from .model import CLEARLY, IN_WORDS, Profile, Side
from .table import is_only_a_way

LINE_WIDTH = 60


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "hardly any"


def hottest(side: Side) -> tuple[str, Spent]:
    """The function to look at: the one with most below it that is more than a way there."""
    known = own_and_called(side) or by_function(side)
    telling = {name: spent for name, spent in known.items() if not is_only_a_way(spent, side)} or known
    found = max(telling.items(), key=lambda each: (each[1].total, each[1].own))
    itself = _hottest_by_itself(side)
    return found if found[1].total > 0.3 * itself[1].own else itself


def _hottest_by_itself(side: Side) -> tuple[str, Spent]:
    return max(by_function(side).items(), key=lambda each: each[1].own)


def library_of(side: Side, function: str) -> str:
    """The library that a function is in, where that is not the submission itself."""
    for stack in side.stacks:
        for step in stack:
            if step.function == function:
                foreign = ".so" in step.library and not step.library.startswith(side.role)
                return step.library if foreign else ""
    return ""


def _lines_of(side: Side, function: str) -> dict[int, float]:
    """Milliseconds in a function by line: its own lines, or those that call it."""
    spent: dict[int, float] = defaultdict(float)
    if side.lines is not None:
        own = {line: each.total for line, each in side.lines.items() if each.function == function}
        return own or {line: each.total for line, each in side.lines.items()}
    for stack, milliseconds in side.stacks.items():
        places = [position for position, step in enumerate(stack) if step.function == function]
        way = stack[: places[-1] + 1] if places else ()
        own_steps = [step for step in way if step.own and step.line]
        if own_steps:
            spent[own_steps[-1].line] += milliseconds
    return dict(spent)


def hottest_line(side: Side, function: str) -> Optional[tuple[int, str]]:
    """The line of the source in which a function's time is spent."""
    spent = _lines_of(side, function)
    if not spent:
        return None
    line = max(spent, key=lambda each: spent[each])
    texts = side.text.splitlines()
    text = texts[line - 1].strip() if 0 < line <= len(texts) else ""
    return line, text if len(text) <= LINE_WIDTH else text[: LINE_WIDTH - 1] + "…"


def _own_functions(side: Side) -> set[str]:
    """Those that stand in the submission's source file."""
    return {step.function for stack in side.stacks for step in stack if step.own}


def _called_there(name: str, side: Side, other: Side) -> str:
    """The same function's name on the other side.

    Of a method the compiler tells the class as well, unless that is in an unnamed namespace: there
    `Sums::add` is `add`. A header's methods have their class's name on both sides.
    """
    there = _own_functions(other)
    if name in there or name not in _own_functions(side):
        return name
    method = name.rpartition("::")[2]
    alike = [each for each in there if each.rpartition("::")[2] == method and method in (name, each)]
    return alike[0] if len(alike) == 1 else name


def _there(side: Side, other: Side, name: str, mine: Spent) -> str:
    """What the other side spends in the same function."""
    spent = by_function(other).get(_called_there(name, side, other))
    subject = IN_WORDS[other.role]
    if spent is None:
        return f"{subject} has no such function"
    if 0.9 * mine.total <= spent.total <= mine.total / 0.9:
        return f"{subject} spends {_percent(other.share(spent.total))} there, too"
    return f"{subject} spends {_percent(other.share(spent.total))} there, {number(spent.total)} ms"


def _yours(side: Side, other: Side) -> str:
    name, spent = hottest(side)
    said = f"{_percent(side.share(spent.total))} of your time ({number(spent.total)} ms a call) is in {name}"
    line = hottest_line(side, name)
    if line:
        said += f" (line {line[0]}: `{line[1]}`)"
    return f"{said}; {_there(side, other, name, spent)}."


def _what_runs(side: Side) -> str:
    """The function whose code it is that runs, where that is not the one that was named already."""
    name, _ = hottest(side)
    itself, own = _hottest_by_itself(side)
    if itself == name or side.share(own.own) < 0.1:
        return ""
    library = library_of(side, itself)
    place = f"{itself} ({library})" if library else itself
    return f"By itself, {place} takes the most, {_percent(side.share(own.own))}; "


def _comparison(side: Side, other: Side, clock: str) -> str:
    name, spent = hottest(other)
    mine, theirs = (
        each.wall_milliseconds if clock == "wall" else each.milliseconds for each in (side, other)
    )
    ratio = mine / theirs if theirs else 1.0
    clock_in_words = " by the clock" if clock == "wall" else ""
    said = f"{IN_WORDS[other.role]} takes {number(theirs)} ms a call{clock_in_words}, "
    if ratio > CLEARLY:
        said += f"{number(ratio)} times less"
    else:
        # A profile looks at no answers: nothing is quicker than a program that leaves its work out.
        more = f"{number(1 / ratio)} times more (make check says whether yours is right)"
        said += more if ratio < 1 / CLEARLY else "as long"
    said = f"{_what_runs(side)}{said}, {_percent(other.share(spent.total))} of its time in {name}."
    return said[0].upper() + said[1:]


def two(profile: Profile) -> list[str]:
    """Yours against the solution."""
    side, other = profile.sides["yours"], profile.sides["solution"]
    return [_yours(side, other), _comparison(side, other, profile.clock)]
