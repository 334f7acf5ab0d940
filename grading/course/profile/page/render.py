"""Puts the page together: one file with the data, the drawing library and our own few lines around it."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ...figures import number
from ...palette import DARK, LIGHT
from .. import sentences, table
from ..model import IN_WORDS, Profile, Side
from . import flame

HERE = Path(__file__).parent
LIBRARIES = ("d3-selection.min.js", "d3-flamegraph.min.js")


def _for_script(value: Any) -> Markup:
    """JSON that cannot end the element which it stands in."""
    text = json.dumps(value, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _script(path: Path) -> Markup:
    return Markup(path.read_text(encoding="utf-8"))


def _with_code(sentence: str) -> Markup:
    """What stands between backticks is code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(sentence))))


def _data(profile: Profile) -> dict[str, Any]:
    return {
        role: {
            "milliseconds": side.milliseconds,
            "samples": side.samples,
            "tree": flame.tree(side),
            "totals": flame.totals(side),
        }
        for role, side in profile.sides.items()
    }


def _cell(side: Side, spent: Any) -> str:
    return "–" if spent is None else f"{number(spent)} ms, {100 * side.share(spent):.0f} %"


def _sections(profile: Profile) -> list[dict[str, Any]]:
    """The rows of the table on the terminal, for those who would rather read than look."""
    sides = profile.sides
    return [
        {
            "title": title,
            "rows": [
                (row.label.strip(), [_cell(side, row.spent.get(role)) for role, side in sides.items()])
                for row in rows
            ],
        }
        for title, rows in (
            ("Functions, with all that they call", table.functions_with_callees(profile)),
            ("Functions by themselves", table.functions_by_themselves(profile)),
            ("Lines, with all that they call", table.lines(profile)),
        )
        if rows
    ]


def _bars(profile: Profile) -> list[dict[str, Any]]:
    """Every side's time of one call on one scale."""
    longest = max(side.milliseconds for side in profile.sides.values())
    return [
        {
            "role": role,
            "name": IN_WORDS[role],
            "milliseconds": number(side.milliseconds),
            "percent": f"{100 * side.milliseconds / longest:.3f}" if longest else "0",
        }
        for role, side in profile.sides.items()
    ]


def render(profile: Profile) -> str:
    """The page's whole text."""
    environment = Environment(
        loader=FileSystemLoader(str(HERE)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(
        profile=profile,
        names=IN_WORDS,
        sentences=[_with_code(sentence) for sentence in sentences.two(profile)],
        bars=_bars(profile),
        sections=_sections(profile),
        above=[role for role in profile.sides if role != "yours"],
        light=LIGHT,
        dark=DARK,
        style=_script(HERE / "page.css"),
        libraries=[_script(HERE / "vendor" / name) for name in LIBRARIES],
        script=_script(HERE / "page.js"),
        data=_for_script(_data(profile)),
    )
