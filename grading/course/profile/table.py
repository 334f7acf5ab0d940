"""The table of `make profile`: the hottest functions and lines of all sides, and the change between two."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence, TextIO

from ..figures import number
from ..table import print_table, width_of
from .analysis import Spent, by_function, by_line, own_and_called
from .model import CLEARLY, Profile, Side

ROWS = 7  # of each section
SAME = 0.1  # the least change of a row that is shown as one
CHANCE = 2.0  # times what the samples leave open is still no change: in 95 of 100 cases it is not more
LEAST_SHARE = 0.02  # of a row, on at least one side
LEAST_ROOM = 18  # characters for a name


@dataclass(frozen=True)
class Row:
    """One function or line, and what each side spends there; None where it has no such thing."""

    label: str
    spent: Mapping[str, Optional[float]]


def _rows(sides: Mapping[str, Side], spent: Mapping[str, Mapping[str, float]]) -> list[Row]:
    """The rows that matter on some side, the one with the largest share on any side first."""
    labels = dict.fromkeys(label for by_label in spent.values() for label in by_label)

    def largest(label: str) -> float:
        return max(sides[role].share(by_label.get(label, 0.0)) for role, by_label in spent.items())

    hot = sorted((label for label in labels if largest(label) >= LEAST_SHARE), key=largest, reverse=True)
    return [Row(label, {role: spent[role].get(label) for role in sides}) for label in hot[:ROWS]]


def is_only_a_way(spent: Spent, side: Side) -> bool:
    """A function that everything is below of, and that does next to nothing by itself: no news."""
    return side.share(spent.total) > 0.97 and side.share(spent.own) < 0.3


def functions_with_callees(profile: Profile) -> list[Row]:
    known = {role: own_and_called(side) for role, side in profile.sides.items()}
    labels = dict.fromkeys(name for each in known.values() for name in each)
    sides = profile.sides

    def tells(name: str, role: str) -> bool:
        return name in known[role] and not is_only_a_way(known[role][name], sides[role])

    telling = [name for name in labels if any(tells(name, role) for role in sides)]
    everywhere = {role: by_function(side) for role, side in profile.sides.items()}
    spent = {
        role: {name: everywhere[role][name].total for name in telling if name in everywhere[role]}
        for role in profile.sides
    }
    return _rows(profile.sides, spent)


def functions_by_themselves(profile: Profile) -> list[Row]:
    spent = {
        role: {name: each.own for name, each in by_function(side).items() if each.own > 0}
        for role, side in profile.sides.items()
    }
    return _rows(profile.sides, spent)


def lines(profile: Profile) -> list[Row]:
    """Lines are the same where their texts are, since numbers change with every edit; of those within one
    file the hottest is shown. Yours are numbered."""
    spent: dict[str, dict[str, float]] = {}
    numbers: dict[str, int] = {}
    for role, side in profile.sides.items():
        texts = side.text.splitlines()
        by_text: dict[str, float] = {}
        for line, each in by_line(side).items():
            text = texts[line - 1].strip() if line <= len(texts) else f"line {line}"
            if text in by_text and each.total <= by_text[text]:
                continue
            by_text[text] = each.total
            if role == "yours":
                numbers[text] = line
        spent[role] = by_text
    rows = _rows(profile.sides, spent)
    return [Row(f"{numbers.get(row.label, ''):>4}  {row.label}", row.spent) for row in rows]


def _cell(side: Side, spent: Optional[float]) -> str:
    if spent is None:
        return "–"
    return f"{number(spent)}  {100 * side.share(spent):3.0f} %"


def _change(row: Row, sides: Mapping[str, Side], of: str, against: str) -> str:
    """The difference, where it is more than chance: two runs of the same code are some per cent apart."""
    mine, theirs = row.spent.get(of) or 0.0, row.spent.get(against) or 0.0
    change = mine - theirs
    if not mine and not theirs:
        return ""
    doubt = CHANCE * math.hypot(_doubt(sides[of], mine), _doubt(sides[against], theirs))
    return _signed(change, SAME * max(mine, theirs) + doubt)


def _change_of_a_call(of: Side, against: Side) -> str:
    """The same for whole calls, which no samples stand for: a clock has measured them."""
    least = (CLEARLY - 1) * min(of.milliseconds, against.milliseconds)
    return _signed(of.milliseconds - against.milliseconds, least)


def _signed(change: float, least: float) -> str:
    if abs(change) < least:
        return "≈ 0"
    return ("+" if change > 0 else "−") + number(abs(change))


def _doubt(side: Side, spent: float) -> float:
    """What the number of samples leaves open: n of them stand for n ± sqrt(n)."""
    return math.sqrt(spent * side.milliseconds / side.samples) if side.samples else 0.0


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _rows_of_table(profile: Profile, of: str, against: str) -> list[list[tuple[str, str]]]:
    """Texts and their style: a name, a cell for each side, and the difference."""
    sides = profile.sides
    rows = []
    sections = (
        ("functions, with all that they call", functions_with_callees(profile)),
        ("functions by themselves", functions_by_themselves(profile)),
        ("lines, with all that they call", lines(profile)),
    )
    for title, section in sections:
        if section:
            rows.append([(title, "bold"), *(("", "") for _ in range(len(sides) + 1))])
        for row in section:
            cells = [(_cell(side, row.spent.get(role)), "") for role, side in sides.items()]
            rows.append([(f"  {row.label}", ""), *cells, (_change(row, sides, of, against), "")])
    whole = [(f"{number(side.milliseconds)}  100 %", "bold") for side in sides.values()]
    rows.append([("one call", "bold"), *whole, (_change_of_a_call(sides[of], sides[against]), "bold")])
    return rows


def _taken(headings: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> int:
    """The characters of a line that the figures take, with what stands between the columns."""
    columns = zip(headings, *([text for text, _ in row[1:]] for row in rows))
    longest = [max(len(line) for text in column for line in text.split("\n")) for column in columns]
    return sum(longest) + 3 * len(longest) + 2


def show(profile: Profile, of: str, against: str, out: TextIO) -> None:
    """Prints the table; `of` and `against` are the sides whose difference is the last column.

    Part of a figure would be another figure: where there is no room, names are cut, then the
    difference is left out, and at last the lines are longer than the terminal's.
    """
    rows = _rows_of_table(profile, of, against)
    for change in (f"{of} − {against}", f"{of}\n− {against}", ""):
        headings = [*profile.sides, *([change] if change else [])]
        taken = _taken(headings, rows)
        if taken + LEAST_ROOM <= width_of(out):
            break
    room = max(LEAST_ROOM, width_of(out) - taken)
    columns: dict[str, Any] = {"Milliseconds a call, and share": {"max_width": room}}
    columns.update({heading: {"justify": "right", "no_wrap": True} for heading in headings})
    for row in rows:
        label, dress = row[0]
        row[0] = (label if dress else _cut(label, room), dress)  # headings may go on in the next line
    print_table(columns, [row[: len(columns)] for row in rows], out, room + taken)
