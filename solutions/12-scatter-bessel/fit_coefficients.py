"""Fits the coefficient tables of this exercise's scatter.cpp, and checks that the file holds them.

Where it stands in the flow: before everything else, by hand. Nothing in the build calls it. scatter.cpp holds
the numbers and this script says where they come from, so that one can move the border or change a degree and
see what that costs.

    /usr/bin/python3 fit_coefficients.py                       prints the tables as they stand in scatter.cpp
    /usr/bin/python3 fit_coefficients.py --check scatter.cpp   exits 1 when the file holds other numbers

Each function is interpolated at Chebyshev nodes, with 40 digits. The polynomial's worst error is within a
small factor of the best that any polynomial of its degree can do ("near-minimax"), and much the same all over
the range, where a Taylor series is far too good at one end and useless at the other. Needs python3-mpmath.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Optional

import mpmath as mp

mp.mp.dps = 40

Function = Callable[[mp.mpf], mp.mpf]

BORDER = mp.mpf(10)  # x < 10 is near, x >= 10 is far
FAR_DEGREE = 7
NEAR_DEGREE = 16
SINE_DEGREE = 7
COSINE_DEGREE = 8
CENTRE = BORDER**2 / 2  # the near polynomials' variable is x² − 50: centred, their terms do not cancel
ERROR_SAMPLES = 400
LINE_LENGTH = 110


@dataclass(frozen=True)
class Fit:
    """One table: a function of one variable, the variable's range, and how much its error counts."""

    name: str
    meaning: str
    function: Function
    low: mp.mpf
    high: mp.mpf
    degree: int
    weight: mp.mpf

    def coefficients(self) -> List[float]:
        """The coefficients as doubles, the constant term first."""
        highest_first = mp.chebyfit(self.function, [self.low, self.high], self.degree + 1)
        return [float(c) for c in reversed(highest_first)]

    def worst_error(self, coefficients: List[float]) -> float:
        """The largest error that the rounded coefficients cause, their evaluation being exact."""
        highest_first = [mp.mpf(c) for c in reversed(coefficients)]
        step = (self.high - self.low) / ERROR_SAMPLES
        variables = [self.low + (i + mp.mpf(1) / 2) * step for i in range(ERROR_SAMPLES)]
        errors = [abs(mp.polyval(highest_first, v) - self.function(v)) for v in variables]
        return float(self.weight * max(errors))

    def table(self, coefficients: List[float]) -> str:
        """The table in C++."""
        lines = [f"constexpr std::array<double, {len(coefficients)}> {self.name}{{"]
        line = "   "
        for i, c in enumerate(coefficients):
            number = f" {c!r}" + ("," if i + 1 < len(coefficients) else "};")
            if len(line) + len(number) > LINE_LENGTH:
                lines.append(line)
                line = "   "
            line += number
        return "\n".join(lines + [line])


def far(order: int, imaginary: bool) -> Function:
    """P, or x Q, as a function of 1/x², where H = x^(-1/2) e^{i(x − order·π/2 − π/4)} (P + i Q)."""

    def function(inverse_square: mp.mpf) -> mp.mpf:
        x = 1 / mp.sqrt(inverse_square)
        slow = mp.hankel1(order, x) * mp.sqrt(x) * mp.expj(order * mp.pi / 2 + mp.pi / 4 - x)
        return slow.imag * x if imaginary else slow.real

    return function


def near_j(order: int) -> Function:
    """J0, or J1/x, as a function of x² − 50."""

    def function(centred_square: mp.mpf) -> mp.mpf:
        x = mp.sqrt(centred_square + CENTRE)
        return mp.besselj(order, x) / x**order

    return function


def near_r(order: int) -> Function:
    """What is left of Y0, or of Y1/x, without its logarithm and its pole, as a function of x² − 50."""

    def function(centred_square: mp.mpf) -> mp.mpf:
        x = mp.sqrt(centred_square + CENTRE)
        singular = 2 / mp.pi * (mp.log(x / 2) * mp.besselj(order, x) - order / x)
        return (mp.bessely(order, x) - singular) / x**order

    return function


def sine_over_angle(square: mp.mpf) -> mp.mpf:
    return mp.sinc(mp.sqrt(square))


def cosine(square: mp.mpf) -> mp.mpf:
    return mp.cos(mp.sqrt(square))


def all_fits() -> List[Fit]:
    """The tables, in the order in which scatter.cpp has them."""
    zero, last, quarter_turn = mp.mpf(0), 1 / BORDER**2, mp.pi / 2
    fits = []
    for n in (0, 1):
        fits.append(Fit(f"far_p{n}", f"P{n}", far(n, False), zero, last, FAR_DEGREE, BORDER**-0.5))
        fits.append(Fit(f"far_q{n}", f"x Q{n}", far(n, True), zero, last, FAR_DEGREE, BORDER**-1.5))
    for n, per_x in ((0, ""), (1, " / x")):
        fits.append(Fit(f"near_j{n}", f"J{n}{per_x}", near_j(n), -CENTRE, CENTRE, NEAR_DEGREE, BORDER**n))
        fits.append(Fit(f"near_r{n}", f"R{n}", near_r(n), -CENTRE, CENTRE, NEAR_DEGREE, BORDER**n))
    squared = quarter_turn**2
    fits.append(Fit("sine", "sin(a) / a", sine_over_angle, zero, squared, SINE_DEGREE, quarter_turn))
    fits.append(Fit("cosine", "cos(a)", cosine, zero, squared, COSINE_DEGREE, mp.mpf(1)))
    return fits


def print_tables() -> None:
    for fit in all_fits():
        coefficients = fit.coefficients()
        print(f"// {fit.meaning}: error at most {fit.worst_error(coefficients):.1e}")
        print(fit.table(coefficients), flush=True)


def names_of_differing_tables(source: str) -> List[str]:
    """Which tables a C++ source does not hold; white space, which a formatter may change, does not count."""
    held = "".join(source.split())
    return [fit.name for fit in all_fits() if "".join(fit.table(fit.coefficients()).split()) not in held]


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Fits the coefficient tables of scatter.cpp.")
    parser.add_argument("--check", type=Path, metavar="FILE", help="exit 1 when FILE holds other tables")
    file = parser.parse_args(arguments).check
    if file is None:
        print_tables()
        return 0
    try:
        source = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"Cannot read {file} ({error}): give --check a scatter.cpp.", file=sys.stderr)
        return 2
    differing = names_of_differing_tables(source)
    if differing:
        print(f"{file} holds other numbers for {', '.join(differing)}: run this without --check and paste.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
