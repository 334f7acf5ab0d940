"""Fits the coefficient tables of hankel_tables.hpp, or checks that the file holds them.

Where it stands in the flow: before everything else, by hand. Nothing in the build calls it. The header holds
the numbers and this script says where they come from, so that one can move a border or ask for other digits.

    /usr/bin/python3 fit_hankel.py            prints the header as it should be
    /usr/bin/python3 fit_hankel.py --check    exits 1 when the header beside this script is another one

For every accuracy, each function is interpolated at Chebyshev nodes with 40 digits, with as few coefficients
as keep its share of the error in H below what was asked for. Needs python3-mpmath.
"""
from __future__ import annotations

import argparse
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

import mpmath as mp

mp.mp.dps = 40

Function = Callable[[mp.mpf], mp.mpf]

HEADER = Path(__file__).with_name("hankel_tables.hpp")
MOST_TERMS = 24
ERROR_SAMPLES = 200
LINE_LENGTH = 110


@dataclass(frozen=True)
class Accuracy:
    """One set of tables. The border between near and far is a matter of speed: a larger one makes the far
    polynomials shorter and the near ones longer, and more pairs near."""

    name: str
    error: mp.mpf  # of H0 and H1, relative, all tables together
    border: mp.mpf

    @property
    def of_one_table(self) -> mp.mpf:
        """Not all errors are largest at the same x, and few are as large as they may be: a test says whether
        the whole keeps its promise."""
        return mp.mpf("0.5") * self.error


ACCURACIES = [
    Accuracy("Digits12", mp.mpf(10) ** -12, mp.mpf("10.5")),
    Accuracy("Digits8", mp.mpf(10) ** -8, mp.mpf(7)),
    Accuracy("Digits7", mp.mpf(10) ** -7, mp.mpf("5.5")),
    Accuracy("Digits6", 3 * mp.mpf(10) ** -7, mp.mpf(7)),
]


@dataclass(frozen=True)
class FarAway:
    """One set of tables for pairs that are far away, seen from a neighbour of the point."""

    name: str
    error: mp.mpf
    border: mp.mpf
    largest_growth: mp.mpf
    largest_step: mp.mpf  # x² changes by so many x at most: a neighbour is at most half of that away

    @property
    def of_one_table(self) -> mp.mpf:
        return mp.mpf("0.5") * self.error


FAR_AWAY = [FarAway("FarAway6", 3 * mp.mpf(10) ** -7, mp.mpf(19), mp.mpf("0.098"), mp.mpf(5))]


@dataclass(frozen=True)
class Fit:
    """One table: a function of one variable, the variable's range, and how much its error counts in H."""

    name: str
    meaning: str
    function: Function
    low: mp.mpf
    high: mp.mpf
    weight: mp.mpf = mp.mpf(1)

    def coefficients(self, error: mp.mpf) -> list[float]:
        """As few doubles as are good enough, the constant term first."""
        for terms in range(2, MOST_TERMS + 1):
            coefficients = self.coefficients_of(terms)
            if self.worst_error(coefficients) <= error:
                return coefficients
        raise ValueError(f"{self.name} wants more than {MOST_TERMS} terms")

    def coefficients_of(self, terms: int) -> list[float]:
        highest_first = mp.chebyfit(self.function, [self.low, self.high], terms)
        return [float(c) for c in reversed(highest_first)]

    def worst_error(self, coefficients: list[float]) -> float:
        """The largest error that the rounded coefficients cause in H, their evaluation being exact."""
        highest_first = [mp.mpf(c) for c in reversed(coefficients)]
        step = (self.high - self.low) / ERROR_SAMPLES
        variables = [self.low + (i + mp.mpf(1) / 2) * step for i in range(ERROR_SAMPLES)]
        errors = [abs(mp.polyval(highest_first, v) - self.function(v)) for v in variables]
        return float(self.weight * max(errors))

    def table(self, coefficients: list[float]) -> Iterator[str]:
        """The table in C++, with the error that it causes."""
        yield f"    // {self.meaning}: error at most {self.worst_error(coefficients):.1e}"
        yield f"    static constexpr std::array<double, {len(coefficients)}> {self.name}{{"
        line = "       "
        for i, c in enumerate(coefficients):
            number = f" {c!r}" + ("," if i + 1 < len(coefficients) else "};")
            if len(line) + len(number) > LINE_LENGTH:
                yield line
                line = "       "
            line += number
        yield line


def far(order: int, imaginary: bool) -> Function:
    """P, or x Q, as a function of 1/x², where H = x^(-1/2) e^{i(x − order·π/2 − π/4)} (P + i Q)."""

    def function(inverse_square: mp.mpf) -> mp.mpf:
        x = 1 / mp.sqrt(inverse_square)
        slow = mp.hankel1(order, x) * mp.sqrt(x) * mp.expj(order * mp.pi / 2 + mp.pi / 4 - x)
        return slow.imag * x if imaginary else slow.real

    return function


def near_j(order: int, centre: mp.mpf) -> Function:
    """J0, or J1/x, as a function of x² − centre."""

    def function(centred_square: mp.mpf) -> mp.mpf:
        x = mp.sqrt(centred_square + centre)
        return mp.besselj(order, x) / x**order

    return function


def near_r(order: int, centre: mp.mpf) -> Function:
    """What is left of Y0, or of Y1/x, without its logarithm and its pole, as a function of x² − centre."""

    def function(centred_square: mp.mpf) -> mp.mpf:
        x = mp.sqrt(centred_square + centre)
        singular = 2 / mp.pi * (mp.log(x / 2) * mp.besselj(order, x) - order / x)
        return (mp.bessely(order, x) - singular) / x**order

    return function


def sine_over_half_turns(square: mp.mpf) -> mp.mpf:
    return mp.pi * mp.sincpi(mp.sqrt(square))


def cosine(square: mp.mpf) -> mp.mpf:
    return mp.cospi(mp.sqrt(square))


def logarithm(square: mp.mpf) -> mp.mpf:
    """ln(m) = s · (this function of s²) with s = (m − 1) / (m + 1)."""
    s = mp.sqrt(square)
    return mp.mpf(2) if s == 0 else 2 * mp.atanh(s) / s


def further(growth: mp.mpf) -> mp.mpf:
    """√(1 + growth) = 1 + growth · (this function of growth)."""
    return 1 / (mp.sqrt(1 + growth) + 1)


def root_correction(error: mp.mpf) -> mp.mpf:
    """What a guess of z^(-1/4) must be multiplied with; error = 1 − z guess⁴."""
    return (1 - error) ** mp.mpf("-0.25")


def error_of_first_guess(magic: int) -> float:
    """The largest |1 − z guess⁴| where the guess has the bits magic − (bits of z) / 4. All that matters
    happens between z = 1 and 16, and is a smooth line between powers of two."""

    def guess(z: float) -> float:
        (bits,) = struct.unpack("<Q", struct.pack("<d", z))
        (value,) = struct.unpack("<d", struct.pack("<Q", magic - (bits >> 2)))
        return float(value)

    samples = 4000
    return max(abs(1 - z * guess(z) ** 4) for z in (16 ** (i / samples) for i in range(samples)))


def best_first_guess() -> tuple[int, float]:
    """The magic number whose guess has the least error, and that error. Its bits are those of 5/4 of an
    exponent of zero, less a little; the little is what is looked for, in steps of a thousandth."""
    candidates = [int(5 * (1023 - little / 1000) / 4 * 2**52) for little in range(80)]
    best = min(candidates, key=error_of_first_guess)
    return best, error_of_first_guess(best) * 1.001


def roots() -> Iterator[str]:
    """The struct with the tables for roots: two steps lead to a double's last digits, one to a float's."""
    magic, error = best_first_guess()
    first = root_fit("first_step", error)
    coefficients = first.coefficients_of(4)
    left = 4 * first.worst_error(coefficients)
    yield (
        "/// From a first guess of z^(-1/4), whose bits are `magic` less a quarter of z's, to z^(-1/4): "
        "a step is a"
    )
    yield "/// polynomial of 1 − z guess⁴."
    yield "struct RootTables {"
    yield f"    static constexpr std::uint64_t magic = {magic:#x};"
    yield from first.table(coefficients)
    second = root_fit("second_step", left * 1.01)
    yield from second.table(second.coefficients_of(3))
    only = root_fit("step_in_float", error)
    yield from only.table(only.coefficients_of(6))
    yield "};"


def root_fit(name: str, error: float) -> Fit:
    return Fit(name, "z^(-1/4) / guess", root_correction, mp.mpf(-error), mp.mpf(error))


def far_fits(border: mp.mpf) -> Iterator[Fit]:
    """The tables of P and Q."""
    zero, last = mp.mpf(0), 1 / border**2
    for n in (0, 1):
        yield Fit(f"far_p{n}", f"P{n}", far(n, False), zero, last)
        yield Fit(f"far_q{n}", f"x Q{n}", far(n, True), zero, last, 1 / border)


def fits(accuracy: Accuracy) -> Iterator[Fit]:
    """All tables of one accuracy but the roots'."""
    border = accuracy.border
    centre = border**2 / 2
    zero, quarter = mp.mpf(0), mp.mpf(1) / 4
    yield from far_fits(border)
    for n, per_x in ((0, ""), (1, " / x")):
        weight = border**n * mp.sqrt(border)
        yield Fit(f"near_j{n}", f"J{n}{per_x}", near_j(n, centre), -centre, centre, weight)
        yield Fit(f"near_r{n}", f"R{n}", near_r(n, centre), -centre, centre, weight)
    yield Fit("sine", "sin(π u) / u", sine_over_half_turns, zero, quarter, mp.mpf(1) / 2)
    yield Fit("cosine", "cos(π u)", cosine, zero, quarter)
    yield Fit("logarithm", "ln(m) / s", logarithm, zero, (3 - 2 * mp.sqrt(2)) ** 2)


def far_away_fits(far_away: FarAway) -> Iterator[Fit]:
    """H1 / x has the inverse root to the third power; an error of `further` is one of the phase, for as far
    as the neighbour is away."""
    growth = far_away.largest_growth
    yield from far_fits(far_away.border)
    yield Fit(
        "inverse_root", "(1 + growth)^(-1/4)", lambda g: root_correction(-g), -growth, growth, mp.mpf(3)
    )
    yield Fit("further", "(√(1 + growth) − 1) / growth", further, -growth, growth, far_away.largest_step)


def constant(name: str, value: mp.mpf) -> str:
    return f"    static constexpr double {name} = {float(value)!r};"


def set_of_tables(name: str, constants: list[str], tables: Iterator[Fit], error: mp.mpf) -> Iterator[str]:
    """One set of tables in C++, each of them with an error of at most `error`."""
    yield f"struct {name} {{"
    yield from constants
    for fit in tables:
        yield from fit.table(fit.coefficients(error))
    yield "};"


def header() -> str:
    """The whole header, as clang-format would leave it."""
    lines = [
        "// The tables of hankel.hpp, one struct for each accuracy. Made by fit_hankel.py; do not edit.",
        "#pragma once",
        "",
        "#include <array>",
        "#include <cstdint>",
        "",
        "namespace wave {",
        "",
        "// clang-format off",
        "",
        *roots(),
    ]
    for accuracy in ACCURACIES:
        lines += [
            "",
            f"/// Relative error of H0 and H1: {mp.nstr(accuracy.error, 2)} at most, rounding apart.",
            *set_of_tables(
                accuracy.name,
                [
                    constant("error", accuracy.error),
                    "    /// Below this x the \"near\" tables hold, from it on the \"far\" ones.",
                    constant("border", accuracy.border),
                ],
                fits(accuracy),
                accuracy.of_one_table,
            ),
        ]
    for far_away in FAR_AWAY:
        lines += [
            "",
            "/// For x from `border` on, seen from a neighbour of the point: x² is (1 + growth) times the"
            " neighbour's, and x",
            f"/// differs from that by {mp.nstr(far_away.largest_step / 2, 2)} at most. Relative error of H0"
            f" and H1 / x: {mp.nstr(far_away.error, 2)} at most, rounding apart.",
            *set_of_tables(
                far_away.name,
                [
                    constant("error", far_away.error),
                    constant("border", far_away.border),
                    "    /// Up or down.",
                    constant("largest_growth", far_away.largest_growth),
                ],
                far_away_fits(far_away),
                far_away.of_one_table,
            ),
        ]
    return "\n".join(lines + ["", "// clang-format on", "", "}  // namespace wave", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description="Fits the coefficient tables of hankel_tables.hpp.")
    parser.add_argument("--check", action="store_true", help="exit 1 when the header is another one")
    if not parser.parse_args().check:
        print(header(), end="")
        return 0
    if HEADER.read_text(encoding="utf-8") == header():
        return 0
    print(f"{HEADER.name} holds other numbers: run this without --check, and keep what it prints.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
