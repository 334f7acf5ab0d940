"""The ladder's figure: what each rung takes, the model solutions' and one's own."""
from __future__ import annotations

import textwrap

from ...figures import time_in_words
from ...palette import LIGHT
from ..data import Climb
from .drawing import bare, both, legend, marks, new_figure, svg, time_axis


def climb(ladder: Climb) -> str:
    """Rungs from top to bottom; model solutions joined by a line, the learner's marks over it."""
    with new_figure(f"ladder {ladder.family}", 1.3 + 0.42 * len(ladder.rungs)) as figure:
        axes = figure.add_subplot()
        rungs = list(enumerate(ladder.rungs))
        starts = [(rung.start, row) for row, rung in rungs if rung.start]
        models = [(rung.model, row) for row, rung in rungs if rung.model]
        yours = [(rung.yours, row) for row, rung in rungs if rung.yours]
        middles = [(own.median, row) for own, row in yours]
        ends = [end for own, _ in yours for end in (own.low, own.high)]
        time_axis(axes, [x for x, _ in [*starts, *models]] + ends)
        axes.plot(*both(models), color=LIGHT["solution"], linewidth=1, alpha=0.6)
        marks(axes, "reference", starts, 40)
        marks(axes, "solution", models, 64)
        for own, row in yours:
            axes.plot([own.low, own.high], [row, row], color=LIGHT["yours"], linewidth=4, alpha=0.5)
        axes.plot(*both(middles), color=LIGHT["yours"], linewidth=1.5)
        marks(axes, "yours", middles, 40)
        axes.set_yticks(
            range(len(ladder.rungs)), [textwrap.fill(rung.title, 24) for rung in ladder.rungs], fontsize=9
        )
        axes.set_ylim(len(ladder.rungs) - 0.5, -0.5)
        axes.set_xlabel(f"{ladder.what} (left is faster)", fontsize=9)
        bare(axes)
        legend(axes)
        return svg(figure, f"ladder-{ladder.family}", _ladder_in_words(ladder))


def _ladder_in_words(ladder: Climb) -> str:
    known = [(rung.title, rung.yours) for rung in ladder.rungs if rung.yours]
    said = "; ".join(f"{title}: yours {time_in_words(own.median)}" for title, own in known)
    said = said or "Nothing of yours yet"
    return f"The ladder, {ladder.what}, on a logarithmic axis. {said}. The table has all."
