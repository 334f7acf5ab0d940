"""Draws the lesson's picture: what processors can add, what memory can deliver, where sums stand.
Run it from the top of the repository: it writes exercises/05-sum-threads/roofline.svg."""
from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import numpy  # noqa: E402
from matplotlib import pyplot  # noqa: E402

PICTURE = Path(__file__).resolve().parents[2] / "exercises" / "05-sum-threads" / "roofline.svg"

# Measured on a quiet 2-core virtual machine, Intel Xeon with AVX-512 at 3.0 GHz, g++ 12.2; two threads.
BANDWIDTHS = {"L2 cache (0.8 MB)": 166, "L3 cache (32 MB)": 54, "memory (512 MB)": 27}  # GB/s, reading
MOST_ADDITIONS = 96  # 10⁹ in a second: 2 cores, 2 units each, vectors of 8, 3.0 GHz
INTENSITY = 1 / 8  # additions for each byte: one for a double
SUMS = {  # 10⁹ additions in a second, on 32 MB
    "an atomic addition each": 1 / 42.9,
    "one thread, one total": 1 / 0.70,
    "two threads, eight vectors each": 1 / 0.1475,
}


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    matplotlib.rcParams.update({"svg.hashsalt": "roofline", "svg.fonttype": "none"})
    intensity = numpy.logspace(-2, 1.3, 200)
    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    for shade, (place, bandwidth) in zip(("0.6", "tab:blue", "0.2"), BANDWIDTHS.items()):
        axes.loglog(intensity, numpy.minimum(bandwidth * intensity, MOST_ADDITIONS), color=shade)
        height = 0.011 * bandwidth * (0.5 if "memory" in place else 1.25)
        axes.annotate(f"{place}: {bandwidth} GB/s", (0.011, height), rotation=29, fontsize=8)
    axes.annotate(f"{MOST_ADDITIONS} · 10⁹ additions in a second", (1.3, MOST_ADDITIONS * 1.2), fontsize=8)
    axes.axvline(INTENSITY, color="0.8", linewidth=0.8, zorder=0)
    for name, rate in SUMS.items():
        axes.plot(INTENSITY, rate, "o", color="tab:red")
        on_paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # no line goes through the words
        place = (INTENSITY * 1.15, rate)
        axes.annotate(name, place, va="center", fontsize=8, color="tab:red", bbox=on_paper)
    axes.set_xlabel("additions for each byte read (a sum: 1/8)")
    axes.set_ylabel("10⁹ additions in a second")
    axes.set_ylim(0.01, 300)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
