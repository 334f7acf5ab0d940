#!/usr/bin/python3
"""The wave that an obstacle scatters, in plain Python: what the course's speedups are measured against.

The program around the formula, which is in scattered_field.py: command line, contour, grid, files.
"""
import argparse
import importlib.util
import math
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Callable, Iterable, List, Optional, Sequence

import numpy

from command_line import Parser, UsageError, check_memory, positive_number, run_program, whole_number
from contour import Contour, make_contour
from output_file import check_writable
from picture import write_picture
from progress import with_progress
from scattered_field import scattered_field
from vtr import write_vtr

FRAMES = 20
BESSEL = Path(__file__).resolve().parents[1] / "bessel"  # what a file for --kernel may import
DEFAULT_XC = "cos(2*pi*t + 0.5*sin(2*pi*t + 0.9))"
DEFAULT_YC = "sin(2*pi*t)"


def field_by_rows(k: numpy.ndarray, contour: Contour, x: numpy.ndarray, y: numpy.ndarray,
                  rows: Iterable[int]) -> numpy.ndarray:
    """The scattered wave at all points, in single precision; `rows` can show the progress."""
    field = numpy.zeros((len(y), len(x)), dtype=numpy.complex64)
    for j in rows:
        field[j] = scattered_field(k, *contour, x, y[j:j + 1])[0]
    return field


def load_kernel(path: str) -> Callable[..., numpy.ndarray]:
    """The function scattered_field of another file, an exercise's for instance."""
    sys.path.append(str(BESSEL))
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"--kernel needs a Python file, not '{path}'.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # as an import does it: what it starts in other processes is found there
    try:
        spec.loader.exec_module(module)
        return module.scattered_field
    except (ImportError, OSError) as error:
        raise UsageError(f"--kernel {path} cannot be loaded: {str(error).rstrip('.')}.") from None
    except AttributeError:
        raise UsageError(f"--kernel {path} does not define the function scattered_field.") from None


def total_field(k: numpy.ndarray, x: numpy.ndarray, y: numpy.ndarray,
                scattered: numpy.ndarray) -> numpy.ndarray:
    """The incident and the scattered wave together, row by row to need less memory; 0 inside the obstacle."""
    total = numpy.zeros_like(scattered)
    for j, outside in enumerate(scattered != 0.0):
        incident = numpy.exp(1j * (k[0] * x + k[1] * y[j])).astype(numpy.complex64)
        total[j] = numpy.where(outside, incident + scattered[j], 0.0)
    return total


def checksum(field: numpy.ndarray) -> float:
    """The sum of |scattered wave|^2 over all points."""
    return float(numpy.sum(field.real.astype(float)**2) + numpy.sum(field.imag.astype(float)**2))


def make_grid(xc: numpy.ndarray, yc: numpy.ndarray, wavelength: float, nx: int, ny: int) -> Contour:
    """The grid lines, from some wavelengths before the obstacle to some behind it."""
    x = numpy.linspace(xc.min() - 5.0 * wavelength, xc.max() + 3.0 * wavelength, nx + 1)
    y = numpy.linspace(yc.min() - 3.0 * wavelength, yc.max() + 4.0 * wavelength, ny + 1)
    return x, y


def frame_name(prefix: str, n: int) -> str:
    """The name of the n-th file of one period."""
    return f"{prefix}{n:02d}.vtr"


def save_period(prefix: str, x: numpy.ndarray, y: numpy.ndarray, total: numpy.ndarray) -> None:
    """Write one period of the total wave, a file for each moment."""
    for n in range(FRAMES):
        phase = numpy.complex64(numpy.exp(-2j * math.pi * n / FRAMES))
        write_vtr(frame_name(prefix, n), x, y, "wave", (total * phase).real)


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = Parser("scatter", "Computes the wave that an obstacle scatters when the plane wave exp(i k x), "
                    "k = 2 pi / lambda, meets it. All lengths are in one unit, that of the contour.")
    add = parser.add_argument
    add("--lambda", dest="wavelength", type=positive_number("--lambda", "0.5"), default=0.5, metavar="LENGTH",
        help="wavelength (default: %(default)s)")
    add("--nx", type=whole_number("--nx", 1, 10**9), default=128, metavar="COUNT",
        help="grid cells along x, from 5 wavelengths before to 3 behind the obstacle (default: %(default)s)")
    add("--ny", type=whole_number("--ny", 1, 10**9), default=128, metavar="COUNT",
        help="grid cells along y, from 3 wavelengths below to 4 above the obstacle (default: %(default)s)")
    add("--nc", type=whole_number("--nc", 3, 10**6), default=128, metavar="COUNT",
        help="segments of the contour (default: %(default)s)")
    add("--xc", default=DEFAULT_XC, metavar="EXPRESSION",
        help="the contour's x for t = 0 ... 1, anticlockwise (default: %(default)s)")
    add("--yc", default=DEFAULT_YC, metavar="EXPRESSION", help="the contour's y (default: %(default)s)")
    add("--kernel", metavar="FILE",
        help="compute with the function scattered_field(k, xc, yc, x, y) of this Python file")
    add("--checksum", action="store_true", help="print the sum of |scattered wave|^2 over the grid")
    add("--save", metavar="PREFIX",
        help=f"write one period of the total wave to PREFIX00.vtr ... PREFIX{FRAMES - 1}.vtr, for ParaView")
    add("--png", metavar="FILE", help="write a picture of the total wave")
    return parser.read(argv)


def check_arguments(arguments: argparse.Namespace, contour: Contour) -> None:
    """Refuse what would fail after the long computation."""
    xc, yc = contour
    size = max(numpy.ptp(xc), numpy.ptp(yc))
    if not 1e-6 * size <= arguments.wavelength <= 1e6 * size:
        raise UsageError(f"--lambda {arguments.wavelength:.6g} does not fit an obstacle of size {size:.6g}; "
                         f"it must lie between {1e-6 * size:.6g} and {1e6 * size:.6g}.")
    bytes_per_point = 24.0 if arguments.save or arguments.png else 8.0
    points = (arguments.nx + 1.0) * (arguments.ny + 1.0)
    check_memory(points * bytes_per_point + 16.0 * (arguments.nx + arguments.ny),
                 f"a grid of {arguments.nx + 1} x {arguments.ny + 1} points", "a smaller --nx or --ny")
    if arguments.save:
        for n in range(FRAMES):
            check_writable(frame_name(arguments.save, n))
    if arguments.png:
        check_writable(arguments.png)


def write_results(arguments: argparse.Namespace, k: numpy.ndarray, x: numpy.ndarray, y: numpy.ndarray,
                  scattered: numpy.ndarray) -> None:
    """Write the files that were asked for."""
    total = total_field(k, x, y, scattered)
    if arguments.save:
        save_period(arguments.save, x, y, total)
        print(f"saved: {frame_name(arguments.save, 0)} to {frame_name(arguments.save, FRAMES - 1)}")
    if arguments.png:
        write_picture(arguments.png, x, y, total.real, scattered == 0.0)
        print(f"picture: {arguments.png}")


def main(argv: Optional[List[str]] = None) -> int:
    """Run the program; returns its exit code."""
    arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
    xc, yc = make_contour(arguments.xc, arguments.yc, arguments.nc)
    check_arguments(arguments, (xc, yc))
    try:
        x, y = make_grid(xc, yc, arguments.wavelength, arguments.nx, arguments.ny)
        k = numpy.array([2.0 * math.pi / arguments.wavelength, 0.0])
        kernel = load_kernel(arguments.kernel) if arguments.kernel else None
        start = time.perf_counter()
        if kernel:
            field = kernel(k, xc, yc, x, y).astype(numpy.complex64)
        else:
            with closing(with_progress("scatter", len(y))) as rows:
                field = field_by_rows(k, (xc, yc), x, y, rows)
        seconds = time.perf_counter() - start
        interactions = max(1, numpy.count_nonzero(field) * arguments.nc)
        print(f"time: {seconds:.3f} s, {1e9 * seconds / interactions:.4g} ns per interaction "
              f"({len(x)} x {len(y)} points, {arguments.nc} segments)")
        if arguments.checksum:
            print(f"checksum: {checksum(field):.10g}")
        if arguments.save or arguments.png:
            write_results(arguments, k, x, y, field)
    except MemoryError:
        raise UsageError("there is not enough memory; choose a smaller --nx or --ny.") from None
    return 0


if __name__ == "__main__":
    sys.exit(run_program("scatter", main))
