"""Draws the picture of the lesson: when the operations of Kahan's sum can begin, for one chain and for eight.
Run it from the top of the repository: it writes exercises/04-sum-compensated/chains.svg."""
from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

LATENCY = 4  # cycles that an operation takes
UNITS = 2  # operations that can begin in each cycle
CYCLES = 32
OPERATIONS = ("x − e", "t + c", "n − t", "− c")  # of one element, each waiting for the one before it
PICTURE = Path(__file__).resolve().parents[2] / "exercises" / "04-sum-compensated" / "chains.svg"


def draw(axes: Axes, chains: int, title: str) -> None:
    """One row a unit, one box an operation, at the cycle in which it begins; a colour for each chain."""
    colours = pyplot.get_cmap("tab10")
    for unit in range(UNITS):
        axes.barh(unit, CYCLES, height=0.8, color="0.93")
    for chain in range(chains):
        for number, start in enumerate(range(chain // UNITS, CYCLES, LATENCY)):
            unit = chain % UNITS
            axes.barh(unit, 1, left=start, height=0.8, color=colours(chain), edgecolor="white", linewidth=0.6)
            if chains == 1:
                name = OPERATIONS[number % len(OPERATIONS)]
                axes.annotate(name, (start + 1.1, unit), va="center", fontsize=8)
            else:
                place = (start + 0.5, unit)
                axes.annotate(str(chain + 1), place, ha="center", va="center", fontsize=8, color="white")
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_yticks(range(UNITS), [f"unit {unit + 1}" for unit in range(UNITS)])
    axes.invert_yaxis()
    axes.set_xlim(0, CYCLES)
    axes.set_xticks(range(0, CYCLES + 1, LATENCY))
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    matplotlib.rcParams.update({"svg.hashsalt": "chains", "svg.fonttype": "none"})
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(8, 3.2), sharex=True)
    draw(above, 1, "One chain: two elements in 32 cycles, and nothing else can begin")
    draw(below, UNITS * LATENCY, "Eight chains (numbered): an operation begins in each unit in every cycle")
    below.set_xlabel("cycle in which an operation begins; each takes four")
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
