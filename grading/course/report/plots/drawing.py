"""What the page's figures have in common: sizes, marks, axes, and SVG that takes the page's colours."""
from __future__ import annotations

import io
import math
import re
from contextlib import contextmanager
from html import escape
from typing import Any, Iterator, Sequence

import matplotlib

matplotlib.use("Agg")  # no display, and no window

from matplotlib.figure import Figure  # noqa: E402

from ...figures import as_tick, time_in_words  # noqa: E402
from ...palette import LIGHT  # noqa: E402

WIDTH = 5.5  # inches: about a phone's width when drawn in its own size, so that the letters can be read there
RC = {
    "font.size": 10,
    "svg.fonttype": "none",
    "axes.facecolor": "none",
    "text.color": LIGHT["ink"],
    "axes.labelcolor": LIGHT["muted"],
    "axes.edgecolor": LIGHT["muted"],
    "xtick.color": LIGHT["muted"],
    "ytick.color": LIGHT["ink"],
    "legend.frameon": False,
}
MARKS = {"reference": "s", "yours": "o", "solution": "D"}
NAMES = {"reference": "start", "yours": "yours", "solution": "model solution"}


@contextmanager
def new_figure(salt: str, height: float) -> Iterator[Figure]:
    """An empty figure, to be drawn and written in this block; the salt keeps an SVG's ids the same."""
    with matplotlib.rc_context({**RC, "svg.hashsalt": salt}):
        yield Figure(figsize=(WIDTH, height), layout="constrained")


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values between low and high: 1, 2, 5, 10 over a few decades, or else whole decades."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**decade for decade in decades for step in steps]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) <= most:
            return inside
    return inside[:: math.ceil(len(inside) / most)]


def bare(axes: Any) -> None:
    """Leaves the lower edge only, with the grid behind what is drawn."""
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)


def legend(axes: Any) -> None:
    """Above the figure, where no mark can be."""
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncol=3, fontsize=9, borderaxespad=0.2)


def time_axis(axes: Any, values: Sequence[float]) -> None:
    """A logarithmic axis with room at both ends, three times as long as short at least."""
    low, high = min(values) / 1.3, max(values) * 1.3
    widen = max(1.0, math.sqrt(3.0 * low / high))
    axes.set_xscale("log")
    axes.set_xlim(low / widen, high * widen)
    ticks = log_ticks(*axes.get_xlim())
    axes.set_xticks(ticks, [as_tick(time_in_words(tick)) for tick in ticks])
    axes.minorticks_off()
    axes.grid(axis="x", color=LIGHT["grid"])


def both(places: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """All x, and all y, as matplotlib takes them."""
    return [x for x, _ in places], [y for _, y in places]


def marks(axes: Any, name: str, places: Sequence[tuple[float, float]], size: float) -> None:
    """Of the start, of one's own or of the model solution: each side has its mark in all figures."""
    if places:
        colours = {"c": LIGHT["paper"] if name == "reference" else LIGHT[name], "edgecolors": LIGHT[name]}
        looks = {**colours, "marker": MARKS[name], "linewidths": 1.2, "zorder": 3}
        axes.scatter(*both(places), s=size, label=NAMES[name], **looks)


def svg(figure: Figure, name: str, description: str) -> str:
    """The figure as an element of the page: colours by name, ids of its own, and a text for it."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg"):]
    text = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    for colour, value in LIGHT.items():
        text = text.replace(value, f"var(--{colour})")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\g<1>{name}-", text)
    box = re.search(r'viewBox="[^"]*"', text)
    head = f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" {box.group() if box else ""} role="img"'
    return re.sub(r"<svg[^>]*>", lambda _: f'{head} aria-label="{escape(description)}">', text, count=1)
