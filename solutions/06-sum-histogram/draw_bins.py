"""Draws the lesson's picture: what a value costs, against the number of bins, in three ways.
Run it from the top of the repository: it writes exercises/06-sum-histogram/bins.svg."""
from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

PICTURE = Path(__file__).resolve().parents[2] / "exercises" / "06-sum-histogram" / "bins.svg"

# Nanoseconds for a value; two threads, values at random, 4 million of them (with the most bins 32 million),
# on a quiet 2-core virtual machine, Intel Xeon with AVX-512, g++ 12.2.
BINS = (16, 256, 4096, 65536, 200000, 1000000, 4000000, 32000000)
WAYS = {  # with the colour, and the number of bins where the name begins
    "atomic": ((25.5, 16.5, 6.1, 4.8, 4.7, 4.9, 5.4, 10.6), "tab:red", 256),
    "a copy for each thread": ((0.33, 0.33, 0.35, 0.69, 0.80, 1.85, 4.7, 13.5), "tab:blue", 48),
}
SORTED = ((1000000, 4000000, 32000000), (1.8, 2.3, 3.6), "0.2")
CACHES = {"L1: 48 KB": 6144, "L2: 2 MB": 262144}  # so many bins fill them


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    matplotlib.rcParams.update({"svg.hashsalt": "bins", "svg.fonttype": "none"})
    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    for name, (times, colour, begin) in WAYS.items():
        axes.loglog(BINS, times, "o-", color=colour)
        axes.annotate(name, (begin, times[1] * 1.2), fontsize=8, color=colour)
    axes.loglog(SORTED[0], SORTED[1], "o-", color=SORTED[2])
    axes.annotate("sorted by blocks", (SORTED[0][0] * 2, SORTED[1][0] * 0.8), fontsize=8, color=SORTED[2])
    for name, bins in CACHES.items():
        axes.axvline(bins, color="0.8", linewidth=0.8, zorder=0)
        axes.annotate(name, (bins * 1.1, 0.22), fontsize=8, color="0.4")
    axes.set_xlabel("bins, of 8 bytes each")
    axes.set_ylabel("ns for a value")
    axes.set_ylim(0.2, 40)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
