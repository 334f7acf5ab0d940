"""The obstacle's contour: from two expressions in t to a polygon that is known to be sound."""
import ast
import math
import re
from typing import List, Tuple

import numpy
import simpleeval

from command_line import UsageError

Contour = Tuple[numpy.ndarray, numpy.ndarray]

FUNCTIONS = {
    "sin": (numpy.sin, 1), "cos": (numpy.cos, 1), "tan": (numpy.tan, 1),
    "asin": (numpy.arcsin, 1), "acos": (numpy.arccos, 1), "atan": (numpy.arctan, 1),
    "atan2": (numpy.arctan2, 2), "sinh": (numpy.sinh, 1), "cosh": (numpy.cosh, 1), "tanh": (numpy.tanh, 1),
    "exp": (numpy.exp, 1), "log": (numpy.log, 1), "sqrt": (numpy.sqrt, 1), "abs": (numpy.fabs, 1),
    "min": (numpy.minimum, 2), "max": (numpy.maximum, 2),
}
LONGEST_EXPRESSION = 1000


def check_words(option: str, text: str) -> None:
    """Refuse characters and names that an expression in t cannot have; the parser then sees nothing else."""
    if len(text) > LONGEST_EXPRESSION:
        raise UsageError(f"{option} has {len(text)} characters; {LONGEST_EXPRESSION} is the most.")
    word = re.compile(r"(?P<number>([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)"
                      r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|[-+*/^(), ]")
    position = 0
    while position < len(text):
        found = word.match(text, position)
        if not found:
            raise UsageError(f"{option} has an unexpected '{text[position]}' at character {position + 1}: "
                             f"'{text}'.")
        name = found.group("name")
        if name and name not in FUNCTIONS and name not in ("t", "pi"):
            raise UsageError(f"{option} has the unknown name '{name}' at character {position + 1}: '{text}'; "
                             f"known are t, pi, {', '.join(sorted(FUNCTIONS))}.")
        position = found.end()


def exactly(function: numpy.ufunc, count: int):
    """The function, with the number of its arguments checked (a ufunc takes one more, for its output)."""
    def call(*values):
        if len(values) != count:
            raise TypeError("wrong number of arguments")
        return function(*values)
    return call


def evaluate(option: str, text: str, t: numpy.ndarray) -> numpy.ndarray:
    """The values of an expression at all t. Both ^ and ** mean power; 1/0 and the like give inf or nan."""
    check_words(option, text)
    evaluator = simpleeval.SimpleEval(
        operators={ast.Add: numpy.add, ast.Sub: numpy.subtract, ast.Mult: numpy.multiply,
                   ast.Div: numpy.divide, ast.Pow: numpy.power,
                   ast.USub: numpy.negative, ast.UAdd: numpy.positive},
        functions={name: exactly(*function) for name, function in FUNCTIONS.items()},
        names={"t": t, "pi": numpy.pi})
    # All numbers are floating-point ones: a huge power overflows instead of filling the memory with digits.
    evaluator.nodes[ast.Constant] = lambda node: numpy.float64(node.value)
    try:
        with numpy.errstate(all="ignore"):
            values = evaluator.eval(text.replace("^", "**").strip())
            return numpy.broadcast_to(numpy.asarray(values, dtype=float), t.shape).copy()
    except SyntaxError as error:
        raise unreadable(option, text, error.offset or 1) from None
    except (simpleeval.InvalidExpression, TypeError, ValueError, AttributeError, IndexError):
        raise unreadable(option, text, 1) from None
    except (RecursionError, MemoryError):
        raise UsageError(f"{option} is nested too deeply: '{text}'.") from None


def unreadable(option: str, text: str, offset: int) -> UsageError:
    """The error for an expression whose grammar is wrong; offset counts from 1 with every ^ written as **."""
    leading = len(text) - len(text.lstrip())
    position = leading + 1
    while position <= len(text) and len(text[leading:position].replace("^", "**")) < offset:
        position += 1
    return UsageError(f"{option} cannot be read at character {position}: '{text}'; write an expression in t "
                      "such as cos(2*pi*t).")


def make_contour(x_text: str, y_text: str, nc: int) -> Contour:
    """The contour's points at t = 0, 1/nc, ..., 1, checked; the last one is exactly the first."""
    t = numpy.arange(nc + 1) / nc
    xc, yc = evaluate("--xc", x_text, t), evaluate("--yc", y_text, t)
    check_values(t, xc, yc)
    size = max(numpy.ptp(xc), numpy.ptp(yc))
    check_closed(xc, yc, size)
    xc[-1], yc[-1] = xc[0], yc[0]
    check_segments(t, xc, yc, size)
    check_crossings(t, xc, yc, size)
    check_direction(xc, yc, size)
    return xc, yc


def check_values(t: numpy.ndarray, xc: numpy.ndarray, yc: numpy.ndarray) -> None:
    """Each point has to be a finite one, and the obstacle as large as arithmetic with squares allows."""
    bad = numpy.flatnonzero(~(numpy.isfinite(xc) & numpy.isfinite(yc)))
    if len(bad):
        i = bad[0]
        raise UsageError(f"the contour is not finite at t = {t[i]:.6g}: x = {xc[i]:.6g}, y = {yc[i]:.6g}; "
                         "change --xc or --yc.")
    size = max(numpy.abs(xc).max(), numpy.abs(yc).max())
    if not 1e-100 < size < 1e100:
        raise UsageError(f"the contour's largest coordinate is {size:.6g}; it must lie between 1e-100 and "
                         "1e100.")


def check_closed(xc: numpy.ndarray, yc: numpy.ndarray, size: float) -> None:
    """The contour has to end where it starts, up to rounding."""
    if numpy.hypot(xc[-1] - xc[0], yc[-1] - yc[0]) > 1e-9 * size:
        raise UsageError(f"the contour is not closed: it starts at ({xc[0]:.6g}, {yc[0]:.6g}) and ends at "
                         f"({xc[-1]:.6g}, {yc[-1]:.6g}); --xc and --yc must be the same at t = 0 and t = 1.")


def check_segments(t: numpy.ndarray, xc: numpy.ndarray, yc: numpy.ndarray, size: float) -> None:
    """A segment needs a length, or it has no normal."""
    ds = numpy.hypot(numpy.diff(xc), numpy.diff(yc))
    short = numpy.flatnonzero(ds <= 1e-12 * size)
    if len(short):
        i = short[0]
        raise UsageError(f"the contour has a segment without length: the points at t = {t[i]:.6g} and "
                         f"t = {t[i + 1]:.6g} are the same; change --xc, --yc or --nc.")


def check_crossings(t: numpy.ndarray, xc: numpy.ndarray, yc: numpy.ndarray, size: float) -> None:
    """No segment may cross or touch another one.

    The segments are sorted by their left ends, so that each is compared only with those that begin before it
    ends.
    """
    tolerance = 1e-12 * size
    x, y = xc.tolist(), yc.tolist()
    nc = len(x) - 1
    order = sorted(range(nc), key=lambda s: min(x[s], x[s + 1]))
    for place, a in enumerate(order):
        right = max(x[a], x[a + 1]) + tolerance
        low, high = min(y[a], y[a + 1]) - tolerance, max(y[a], y[a + 1]) + tolerance
        for later in range(place + 1, nc):
            b = order[later]
            if min(x[b], x[b + 1]) > right:
                break
            if max(y[b], y[b + 1]) < low or min(y[b], y[b + 1]) > high:
                continue
            if segments_meet(x, y, a, b, tolerance):
                first, second = min(a, b), max(a, b)
                raise UsageError(f"the contour crosses or touches itself: the segments at t = {t[first]:.6g} "
                                 f"and t = {t[second]:.6g} meet; change --xc, --yc or --nc.")


def segments_meet(x: List[float], y: List[float], a: int, b: int, tolerance: float) -> bool:
    """Whether segments a and b have a point in common, other than the one that neighbours share."""
    nc = len(x) - 1
    if nc == 3:
        return False  # a triangle can only be flat, and then its area tells
    if (b + 1) % nc == a:
        a, b = b, a
    if (a + 1) % nc == b:
        # Neighbours meet again only where the second one folds back on the first.
        return min(distance(x, y, b + 1, a), distance(x, y, a, b)) <= tolerance
    if is_left(x, y, b, a) != is_left(x, y, b + 1, a) and is_left(x, y, a, b) != is_left(x, y, a + 1, b):
        return True
    return min(distance(x, y, b, a), distance(x, y, b + 1, a),
               distance(x, y, a, b), distance(x, y, a + 1, b)) <= tolerance


def is_left(x: List[float], y: List[float], point: int, s: int) -> bool:
    """Whether a point of the contour lies to the left of the line through segment s."""
    return (x[s + 1] - x[s]) * (y[point] - y[s]) - (y[s + 1] - y[s]) * (x[point] - x[s]) > 0.0


def distance(x: List[float], y: List[float], point: int, s: int) -> float:
    """The distance of a point of the contour from segment s."""
    tx, ty = x[s + 1] - x[s], y[s + 1] - y[s]
    px, py = x[point] - x[s], y[point] - y[s]
    along = min(1.0, max(0.0, (px * tx + py * ty) / (tx * tx + ty * ty)))
    return math.hypot(px - along * tx, py - along * ty)


def check_direction(xc: numpy.ndarray, yc: numpy.ndarray, size: float) -> None:
    """The contour has to run anticlockwise (its area, taken with a sign, is then positive)."""
    x, y = xc - xc[0], yc - yc[0]
    area = 0.5 * numpy.sum(x[:-1] * y[1:] - x[1:] * y[:-1])
    if abs(area) <= 1e-12 * size**2:
        raise UsageError("the contour encloses no area; change --xc, --yc or --nc.")
    if area < 0.0:
        raise UsageError("the contour runs clockwise; put (1 - t) for t in --xc and --yc to make it "
                         "anticlockwise.")
