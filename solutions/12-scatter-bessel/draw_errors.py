"""Draws how wrong three kinds of polynomial are for the far P0: exercises/12-scatter-bessel/errors.svg.

    /usr/bin/python3 solutions/12-scatter-bessel/draw_errors.py

All is computed with 40 digits, so that what is seen is the polynomials' own error. Needs python3-mpmath, as
the fit itself.
"""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable

import matplotlib
import mpmath as mp
from fit_coefficients import BORDER, far

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

PICTURE = Path(__file__).resolve().parents[2] / "exercises" / "12-scatter-bessel" / "errors.svg"
TERMS = 8
LOWEST = 1e-21
SAMPLES = 401
P0 = far(0, False)


def textbook(t: mp.mpf) -> mp.mpf:
    """The first terms of the asymptotic series, in t = 1/x².

    (NIST Digital Library of Mathematical Functions, 10.17.1)
    """
    terms = []
    for m in range(TERMS):
        odd_numbers = mp.fprod(2 * i - 1 for i in range(1, 2 * m + 1))
        terms.append((-1) ** m * odd_numbers**2 / (mp.factorial(2 * m) * mp.mpf(8) ** (2 * m)) * t**m)
    return mp.sqrt(2 / mp.pi) * mp.fsum(terms)


def taylors_around(middle: mp.mpf) -> Callable[[mp.mpf], mp.mpf]:
    coefficients = mp.taylor(P0, middle, TERMS - 1)
    return lambda t: mp.polyval(coefficients[::-1], t - middle)


def through(nodes: list[mp.mpf]) -> Callable[[mp.mpf], mp.mpf]:
    """The polynomial through P0's values at these nodes, by Lagrange's formula."""
    values = [P0(node) for node in nodes]

    def polynomial(t: mp.mpf) -> mp.mpf:
        return mp.fsum(
            value * mp.fprod((t - other) / (node - other) for other in nodes if other != node)
            for node, value in zip(nodes, values)
        )

    return polynomial


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    matplotlib.rcParams.update({"svg.hashsalt": "errors", "svg.fonttype": "none"})
    last = 1 / BORDER**2
    chebyshev = [last / 2 * (1 - mp.cos((q + mp.mpf(1) / 2) * mp.pi / TERMS)) for q in range(TERMS)]
    polynomials = {
        "the textbook's series": (textbook, "tab:red"),
        "Taylor's polynomial around the middle": (taylors_around(last / 2), "tab:orange"),
        "the polynomial through Chebyshev nodes (dots)": (through(chebyshev), "tab:blue"),
    }
    samples = [last * (i + mp.mpf(1) / 2) / SAMPLES for i in range(SAMPLES)]
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for label, (polynomial, colour) in polynomials.items():
        errors = [float(abs(polynomial(t) - P0(t)) / P0(t)) for t in samples]
        axes.semilogy([float(t) for t in samples], errors, color=colour, label=label)
        print(f"{label}: at most {max(errors):.1e}")
    nodes = [float(node) for node in chebyshev]
    axes.plot(nodes, [LOWEST] * TERMS, "o", color="tab:blue", markersize=4, clip_on=False)
    axes.axhline(2.0**-53, color="0.4", linewidth=0.8)
    axes.text(0.0098, 0.1 * 2.0**-53, "a double's rounding", color="0.4", fontsize=9, ha="right")
    axes.set(xlabel="t = 1/x²", ylabel="relative error of P0, eight terms")
    axes.set(xlim=(0, float(last)), ylim=(LOWEST, 1e-8))
    above = axes.secondary_xaxis("top")
    shown = (10, 11, 12, 14, 17, 25, 100)
    above.set_xticks([1 / x**2 for x in shown], map(str, shown))
    above.set_xlabel("x")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
