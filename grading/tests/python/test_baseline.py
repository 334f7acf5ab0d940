"""The baseline programs, in Python and in C++: the same options, the same text, the same results."""
import contextlib
import io
import json
import math
import os
import pty
import runpy
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Tuple

import numpy
import pytest
from course import baseline, machine
from course.tree import Tree

ROOT = Path(__file__).resolve().parents[3]
PYTHON_PROGRAMS = ROOT / "baseline" / "python"
CPP_PROGRAMS = Path(os.environ.get("FASTER_SCATTER_BIN", ROOT / "build" / "bin"))

sys.path.insert(0, str(PYTHON_PROGRAMS))
import command_line as command_line_module  # noqa: E402
import contour as contour_module  # noqa: E402
import measure as measure_module  # noqa: E402
import output_file as output_module  # noqa: E402
import picture as picture_module  # noqa: E402
import profiled as profiled_module  # noqa: E402
import scatter as scatter_module  # noqa: E402
import scattered_field as field_module  # noqa: E402
import sum as sum_module  # noqa: E402

# A square, a triangle on its base with its tip up, and a five-lobed star. With a power of two for nc the
# square's sides are parallel to the axes to the last bit; else rounding decides which of them face the wave.
SQUARE_X = "max(-1, min(1, abs(8*t - 4) - 2))"
SQUARE_Y = "max(-1, min(1, max(2 - 8*abs(t - 0.25), 8*t - 8)))"
TRIANGLE_X = "min(4*t - 1, 3 - 4*t)"
TRIANGLE_Y = "max(0, 2 - 8*abs(t - 0.75))"
STAR_X = "(1 + 0.5*cos(10*pi*t))*cos(2*pi*t)"
STAR_Y = "(1 + 0.5*cos(10*pi*t))*sin(2*pi*t)"

# The original program's scattered field at nx = ny = 64, nc = 128: row, column, real part, imaginary part.
ORIGINAL_FIELD = [
    (3, 19, -0.32538775938262987, -0.04978027579309899),
    (6, 12, 0.24316131140945402, -0.22597150743536687),
    (7, 2, -0.13769548596502712, 0.24585568957819365),
    (7, 30, -0.25499127448135744, 0.1876555841918698),
    (8, 51, 0.012458262613938339, -0.16431399989981074),
    (9, 33, -0.046399689572643524, 0.37309270477268336),
    (12, 33, 0.17516951451029628, -0.4116443601164124),
    (17, 32, 0.544096615683027, 0.07966023870208562),
    (18, 56, 0.5494846651224097, 0.09150994679199234),
    (22, 18, -0.34476904332971375, -0.4532877083999609),
    (22, 64, -0.6436128130025269, 0.21161338121042472),
    (24, 16, 0.6136552968551858, 0.0012215223574157433),
    (28, 2, -0.18980394407565862, -0.41659394166383235),
    (30, 13, -0.07941413514292754, -0.6190731128868798),
    (31, 0, 0.31452015670956074, 0.36144201876254123),
    (32, 53, -0.8941512364473032, 0.3988836362979309),
    (33, 64, -0.9715139897920253, 0.04782874470300955),
    (34, 17, -0.10274308354123105, 0.7271807979094566),
    (37, 50, 0.5694210864032365, -0.705606627410291),
    (40, 53, -0.43381751507946215, 0.10327761031052286),
    (43, 10, 0.2911268805728841, 0.6425287331303839),
    (44, 58, -0.17312018543811442, 0.019143041391139877),
    (45, 40, -0.19693056208062112, 0.13390684785353993),
    (46, 16, -0.6618539060075661, -0.3905028904289925),
    (46, 24, -0.584664087891783, -0.2756565728697107),
    (52, 51, 0.03668392094172304, 0.0014441418878878703),
    (52, 59, 0.21248976675575276, 0.1352557483759128),
    (53, 19, 0.45105716039282245, 0.3168113030357006),
    (53, 40, -0.18081547744952595, -0.18951764418551065),
    (54, 10, -0.336917402939252, 0.5507438890412414),
    (54, 14, 0.24416351330474084, -0.5556333884484108),
    (55, 39, 0.17217084296964183, -0.19176610451005044),
    (57, 13, -0.26640231614598375, 0.4891910892327392),
    (59, 0, -0.22371805581731408, 0.5646668707406646),
    (61, 40, 0.18846539939454526, -0.14083161022614304),
    (62, 44, -0.12431061516615396, 0.19989383658573645),
    (62, 57, -0.000249103371017881, 0.0030500703304109783),
    (31, 35, 0.0, 0.0),
    (25, 30, 0.0, 0.0),
    (40, 33, 0.0, 0.0),
]


@pytest.fixture(params=["python", "cpp"])
def language(request: pytest.FixtureRequest) -> str:
    """A test that asks for it runs once for each language."""
    return request.param


def command(language: str, program: str) -> List[str]:
    """How one starts a program."""
    if language == "python":
        return [sys.executable, str(PYTHON_PROGRAMS / f"{program}.py")]
    executable = CPP_PROGRAMS / program
    if not executable.exists():
        pytest.skip(f"{executable} is not built")
    return [str(executable)]


def run(language: str, program: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    """Run a program to its end."""
    return subprocess.run(command(language, program) + list(arguments), capture_output=True, text=True,
                          timeout=120, cwd=cwd, check=False)


def called(language: str, program: str, *arguments: str) -> subprocess.CompletedProcess:
    """As `run`, but without a start of the interpreter, for the many mistakes that a call may hold."""
    if language == "cpp":
        return run(language, program, *arguments)
    main = {"scatter": scatter_module, "sum": sum_module}[program].main
    said, complaint = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaint):
        code = command_line_module.run_program(program, lambda _: main(list(arguments)))
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), complaint.getvalue())


def results(done: subprocess.CompletedProcess) -> Dict[str, str]:
    """The lines `name: value` of a successful run."""
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


def refusal(done: subprocess.CompletedProcess) -> str:
    """The sentence with which a mistake is answered: one line, and nothing computed."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and done.stderr.endswith(".\n"), done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


# What is computed


@pytest.mark.parametrize("n, total", [(0, 0.0), (1, 0.0), (1000, 499.5), (2500, 1123.75)])
def test_sum_adds_the_example_numbers(language: str, n: int, total: float) -> None:
    done = run(language, "sum", "--n", str(n))
    assert float(results(done)["sum"]) == pytest.approx(total, rel=1e-14)


def test_sum_rounds_alike_in_both_languages() -> None:
    first, second = (results(run(language, "sum", "--n", "123457"))["sum"] for language in ("python", "cpp"))
    assert first == second


def test_sum_of_nothing_is_zero() -> None:
    assert sum_module.sum_of(numpy.array([])) == 0.0


def test_python_field_is_the_original_one() -> None:
    contour = contour_module.make_contour(scatter_module.DEFAULT_XC, scatter_module.DEFAULT_YC, 128)
    x, y = scatter_module.make_grid(*contour, 0.5, 64, 64)
    k = numpy.array([4.0 * numpy.pi, 0.0])
    for row, column, real, imaginary in ORIGINAL_FIELD:
        wave = field_module.scattered_wave(k, *contour, numpy.array([x[column], y[row]]))
        assert wave == pytest.approx(complex(real, imaginary), abs=1e-12)


def test_checksum_at_64_is_the_original_one(language: str) -> None:
    """Takes about 8 s in Python."""
    done = run(language, "scatter", "--nx", "64", "--ny", "64", "--checksum")
    assert float(results(done)["checksum"]) == pytest.approx(1200.662353515625, rel=1e-7)


def test_checksum_of_the_default_problem_is_the_published_one() -> None:
    done = run("cpp", "scatter", "--checksum")
    assert float(results(done)["checksum"]) == pytest.approx(4686.33935546875, rel=1e-7)


@pytest.mark.parametrize("arguments", [
    ["--nx", "7", "--ny", "5", "--lambda", ".5"],
    ["--nx", "1", "--ny", "1", "--nc", "3"],
    ["--nx", "9", "--ny", "4", "--nc", "40", "--lambda", "2.5", "--xc", STAR_X, "--yc", STAR_Y],
    ["--nx", "6", "--ny", "6", "--nc", "16", "--xc", SQUARE_X, "--yc", SQUARE_Y],
])
def test_both_languages_compute_the_same(arguments: List[str]) -> None:
    first, second = (float(results(run(language, "scatter", "--checksum", *arguments))["checksum"])
                     for language in ("python", "cpp"))
    assert first == pytest.approx(second, rel=1e-8)
    assert first > 0.0


def test_the_python_program_computes_with_another_files_function_too() -> None:
    kernel = ROOT / "solutions" / "08-scatter-numpy" / "scatter.py"
    arguments = ["--nx", "9", "--ny", "7", "--nc", "40", "--checksum"]
    first = results(run("python", "scatter", *arguments))["checksum"]
    second = results(run("python", "scatter", *arguments, "--kernel", str(kernel)))["checksum"]
    assert float(first) == pytest.approx(float(second), rel=1e-6)


@pytest.mark.parametrize("text, complaint", [
    (None, "cannot be loaded: [Errno 2]"),
    ("import no_such_module\n", "cannot be loaded: No module named 'no_such_module'"),
    ("def scatter():\n    pass\n", "does not define the function scattered_field"),
])
def test_a_kernel_that_cannot_be_used_is_refused(tmp_path: Path, text: Optional[str], complaint: str) -> None:
    path = tmp_path / "mine.py"
    if text is not None:
        path.write_text(text)
    assert complaint in refusal(run("python", "scatter", "--kernel", str(path)))


def test_a_contour_ends_exactly_where_it_starts() -> None:
    for values in contour_module.make_contour(scatter_module.DEFAULT_XC, scatter_module.DEFAULT_YC, 128):
        assert values[-1] == values[0]


def test_points_between_the_lobes_of_a_star_are_outside() -> None:
    xc, yc = contour_module.make_contour(STAR_X, STAR_Y, 200)
    between = 0.7 * numpy.array([numpy.cos(numpy.pi / 5), numpy.sin(numpy.pi / 5)])
    within = 0.7 * numpy.array([1.0, 0.0])
    assert not field_module.is_inside(xc, yc, between)
    assert field_module.is_inside(xc, yc, within)


@pytest.mark.parametrize("kernel", [
    PYTHON_PROGRAMS / "scattered_field.py",
    ROOT / "solutions" / "08-scatter-numpy" / "scatter.py",
    ROOT / "solutions" / "11-scatter-multiprocessing" / "scatter.py",
], ids=lambda path: path.parent.name)
def test_a_point_level_with_an_edge_that_is_almost_level_is_outside(kernel: Path) -> None:
    smallest = 2.0**-1074  # 0.6 of it is rounded to all of it
    xc, yc = numpy.array([0.0, 0.6, 0.5, 0.0]), numpy.array([smallest, 0.0, 1.0, smallest])
    program = runpy.run_path(str(kernel))
    if "are_inside" in program:
        assert not program["are_inside"](xc, yc, numpy.array([0.8]), numpy.array([0.0])).any()
    else:
        assert not program["is_inside"](xc, yc, numpy.array([0.8, 0.0]))


def test_a_point_on_the_contour_counts_as_inside() -> None:
    xc, yc = numpy.array([0.0, 1.0, 1.0, 0.0, 0.0]), numpy.array([0.0, 0.0, 1.0, 1.0, 0.0])
    k = numpy.array([3.0, 0.0])
    for s in range(4):
        middle = numpy.array([0.5 * (xc[s] + xc[s + 1]), 0.5 * (yc[s] + yc[s + 1])])
        assert field_module.scattered_wave(k, xc, yc, middle) == 0.0


# Expressions


@pytest.mark.parametrize("text, value", [
    ("2^3^2", "512"), ("2**3**2", "512"), ("-(t+1)^2", "-4"), ("3*(t+t)^2", "12"), ("2^-t", "0.5"),
    ("1/4", "0.25"), ("atan2(1, -1)*4/pi", "3"), ("max(t, min(2, 3))", "2"), ("abs(-t)", "1"),
    ("sqrt(4)+exp(0)", "3"), (" t ", "1"), (".5", "0.5"), ("1e-1", "0.1"), ("2E+1", "20"), ("1.", "1"),
    ("log(exp(2))", "2"), ("((t))", "1"), ("+t", "1"), ("t*-2", "-2"), ("3 - -t", "4"), ("6/3/2", "1"),
    ("t-1-1", "-1"),
    ("cosh(0)+sinh(0)+tanh(0)", "1"), ("acos(1)+asin(1)*2/pi", "1"), ("tan(atan(t))", "1"),
    ("sin(pi/2)*cos(0)", "1"), ("sinh(1+t)/cosh(1+t)/tanh(1+t)", "1"),
])
def test_an_expression_has_its_usual_value(language: str, text: str, value: str) -> None:
    """Both programs tell the values at t = 0 and t = 1 of a contour that is not closed."""
    said = refusal(called(language, "scatter", "--xc", f"({text})*t", "--yc", "0"))
    assert f"ends at ({value}, 0)" in said


@pytest.mark.parametrize("text, complaint", [
    ("cos(2*pi*t", "cannot be read at character"), ("2*", "cannot be read at character"),
    ("2t", "cannot be read at character"), ("1+t t", "cannot be read at character 5"),
    ("  t^2^2+t t", "cannot be read at character 11"),
    (")", "cannot be read at character 1"), ("sin", "cannot be read"), ("sin()", "cannot be read"),
    ("sin(t, t)", "cannot be read"), ("t(2)", "cannot be read"), ("max(t)", "cannot be read"),
    ("t, t", "cannot be read"), ("()", "cannot be read"), (" ", "cannot be read"),
    ("2*foo(t)", "unknown name 'foo' at character 3"),
    ("__import__", "unknown name '__import__' at character 1"),
    ("1j", "unknown name 'j' at character 2"), ("0x10", "unknown name 'x10' at character 2"),
    ("t if t else 1", "unknown name 'if' at character 3"), ("t.real", "unexpected '.' at character 2"),
    ('"a"', "unexpected '\"' at character 1"), ("t < 1", "unexpected '<' at character 3"),
    ("t; t", "unexpected ';' at character 2"), ("t" * 1001, "1001 characters"),
])
def test_what_is_no_expression_is_refused(language: str, text: str, complaint: str) -> None:
    said = refusal(called(language, "scatter", "--xc", text))
    assert said.startswith("scatter: --xc ") and complaint in said


def test_deep_nesting_does_not_break_the_parser(language: str) -> None:
    assert "not closed" in refusal(run(language, "scatter", "--xc", "(" * 60 + "t" + ")" * 60))
    refusal(run(language, "scatter", "--xc", "-" * 999 + "t"))


# Mistakes in the call


@pytest.mark.parametrize("arguments, complaint", [
    (["--nc", "2"], "--nc needs a whole number from 3"),
    (["--nx", "0"], "--nx needs a whole number from 1"),
    (["--ny", "-3"], "--ny needs a whole number from 1"),
    (["--nx", "1e3"], "'1e3'"),
    (["--nx", "12.0"], "'12.0'"),
    (["--nx", "99999999999999999999999"], "--nx needs a whole number"),
    (["--nx", "+5"], "'+5'"),
    (["--lambda", "0"], "--lambda needs a positive, finite number"),
    (["--lambda", "-1"], "--lambda needs a positive, finite number"),
    (["--lambda", "nan"], "--lambda needs a positive, finite number"),
    (["--lambda", "inf"], "--lambda needs a positive, finite number"),
    (["--lambda", "1e999"], "--lambda needs a positive, finite number"),
    (["--lambda", "1e300"], "does not fit an obstacle of size"),
    (["--lambda", "1e-9"], "does not fit an obstacle of size"),
    (["--lambda"], "--lambda needs a value"),
    (["--xc", "--yc", "t"], "--xc needs a value"),
    (["--yc="], "--yc needs a value"),
    (["--checksum=3"], "--checksum takes no value"),
    (["--speed", "5"], "unknown option '--speed'"),
    (["--check"], "unknown option '--check'"),
    (["wave.png"], "unknown argument 'wave.png'"),
    (["--yc", "-sin(2*pi*t)"], "clockwise"),
    (["--yc=-sin(2*pi*t)"], "clockwise"),
    (["--xc", "1e9 + cos(2*pi*t)", "--yc", "1e9 - sin(2*pi*t)"], "clockwise"),
    (["--yc", "-t"], "not closed"),
    (["--xc", "t"], "not closed"),
    (["--xc", "sin(4*pi*t)"], "crosses or touches itself"),
    (["--xc", "cos(4*pi*t)", "--yc", "sin(4*pi*t)"], "crosses or touches itself"),
    (["--xc", "cos(4*pi*t)", "--yc", "sin(4*pi*t)", "--nc", "127"], "crosses or touches itself"),
    (["--xc", "abs(t - 0.5)", "--yc", "0"], "crosses or touches itself"),
    (["--xc", "abs(t - 0.5)", "--yc", "0", "--nc", "3"], "without length"),
    (["--xc", "t*(1-t)*(2-t)", "--yc", "0", "--nc", "3"], "encloses no area"),
    (["--xc", "1", "--yc", "2"], "without length"),
    (["--xc", "max(cos(2*pi*t), 0)", "--yc", "max(sin(2*pi*t), 0)"], "without length"),
    (["--xc", "1/(t - 0.5)"], "not finite at t = 0.5"),
    (["--xc", "sqrt(t - 0.5)"], "not finite at t = 0"),
    (["--xc", "1e200*cos(2*pi*t)"], "must lie between 1e-100 and 1e100"),
    (["--xc", "1e-101*cos(2*pi*t)", "--yc", "1e-101*sin(2*pi*t)"], "must lie between 1e-100 and 1e100"),
    (["--nx", "1000000", "--ny", "1000000"], "GiB of memory"),
    (["--png", "/no/such/folder/wave.png"], "cannot write '/no/such/folder/wave.png'"),
    (["--save", "/no/such/folder/wave"], "cannot write '/no/such/folder/wave00.vtr'"),
    (["--png", "/dev/null"], "not a regular file"),
    (["--png", "/proc/wave.png"], "cannot write '/proc/wave.png'"),
])
def test_a_mistake_is_answered_with_one_sentence(language: str, arguments: List[str], complaint: str) -> None:
    said = refusal(called(language, "scatter", *arguments))
    assert said.startswith("scatter: ") and complaint in said


@pytest.mark.parametrize("program, arguments", [("scatter", ["--nc", "2"]), ("sum", ["--n", "-1"])])
def test_a_program_that_is_started_answers_as_it_does_here(program: str, arguments: List[str]) -> None:
    started, here = (refusal(do("python", program, *arguments)) for do in (run, called))
    assert started == here


@pytest.mark.parametrize("arguments, complaint", [
    (["--n", "-1"], "--n needs a whole number from 0"),
    (["--n", "1e6"], "'1e6'"),
    (["--n", "999999999999"], "GiB of memory"),
    (["--m", "5"], "unknown option '--m'"),
])
def test_sum_answers_a_mistake_with_one_sentence(language: str, arguments: List[str], complaint: str) -> None:
    assert complaint in refusal(called(language, "sum", *arguments))


def test_what_there_is_no_memory_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line_module, "available_memory", lambda: 2e4)
    needed = "an array of 1000 numbers needs 2.24e-05 GiB of memory but 1.86e-05 GiB are available"
    assert needed in refusal(called("python", "sum", "--n", "1000"))
    grid = ["--nx", "31", "--ny", "31", "--nc", "3"]
    results(called("python", "scatter", *grid))
    for files in (["--png", str(tmp_path / "wave.png")], ["--save", str(tmp_path / "wave")]):
        assert "a grid of 32 x 32 points needs" in refusal(called("python", "scatter", *grid, *files))


def test_both_languages_find_the_same_mistake_in_a_contour() -> None:
    arguments = ["--xc", "sin(4*pi*t) + 0.1*cos(14*pi*t)", "--nc", "61"]
    first, second = (refusal(run(language, "scatter", *arguments)) for language in ("python", "cpp"))
    assert first == second


def test_a_folder_is_not_written_over(language: str, tmp_path: Path) -> None:
    (tmp_path / "wave07.vtr").mkdir()
    said = refusal(run(language, "scatter", "--save", str(tmp_path / "wave")))
    assert "wave07.vtr" in said
    assert os.listdir(tmp_path) == ["wave07.vtr"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_write_protected_folder_is_refused(language: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "Permission denied" in refusal(run(language, "scatter", "--png", str(tmp_path / "wave.png")))


def test_help_shows_options_defaults_and_units(language: str) -> None:
    done = run(language, "scatter", "--help")
    assert done.returncode == 0 and done.stderr == ""
    options = ["--lambda", "--nx", "--ny", "--nc", "--xc", "--yc", "--checksum", "--save", "--png", "--help"]
    for text in options + ["0.5", "128", "sin(2*pi*t)", "unit", "wavelength"]:
        assert text in done.stdout, text


def test_a_result_that_cannot_be_printed_is_an_error(language: str) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(command(language, "sum") + ["--n", "5"], stdout=full, stderr=subprocess.PIPE,
                              text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == "sum: the result cannot be printed.\n"


# Files


def read_vtr(path: Path) -> Dict[str, numpy.ndarray]:
    """The grid lines and the wave of a file, read by VTK itself."""
    vtk_io = pytest.importorskip("vtkmodules.vtkIOXML")
    from vtkmodules.util.numpy_support import vtk_to_numpy
    reader = vtk_io.vtkXMLRectilinearGridReader()
    reader.SetFileName(str(path))
    reader.Update()
    grid = reader.GetOutput()
    columns, rows, layers = grid.GetDimensions()
    assert layers == 1
    wave = vtk_to_numpy(grid.GetPointData().GetArray("wave")).reshape(rows, columns)
    # Copied, because VTK frees its own arrays together with the reader.
    return {"x": vtk_to_numpy(grid.GetXCoordinates()).copy(),
            "y": vtk_to_numpy(grid.GetYCoordinates()).copy(),
            "wave": wave.copy()}


def test_saved_files_hold_one_period_of_the_total_wave(language: str, tmp_path: Path) -> None:
    nx, ny = 11, 9
    done = run(language, "scatter", "--nx", str(nx), "--ny", str(ny), "--save", str(tmp_path / "wave"))
    assert results(done)["saved"] == f"{tmp_path}/wave00.vtr to {tmp_path}/wave19.vtr"
    assert sorted(os.listdir(tmp_path)) == [f"wave{n:02d}.vtr" for n in range(20)]

    contour = contour_module.make_contour(scatter_module.DEFAULT_XC, scatter_module.DEFAULT_YC, 128)
    x, y = scatter_module.make_grid(*contour, 0.5, nx, ny)
    k = numpy.array([4.0 * numpy.pi, 0.0])
    scattered = field_module.scattered_field(k, *contour, x, y)
    assert 0 < numpy.count_nonzero(scattered == 0.0) < scattered.size
    total = numpy.where(scattered == 0.0, 0.0, scattered + numpy.exp(1j * k[0] * x))
    for n in range(20):
        file = read_vtr(tmp_path / f"wave{n:02d}.vtr")
        assert file["x"] == pytest.approx(x, abs=1e-14) and file["y"] == pytest.approx(y, abs=1e-14)
        expected = (total * numpy.exp(-2j * numpy.pi * n / 20)).real
        assert numpy.abs(expected).max() > 0.5
        assert numpy.abs(file["wave"] - expected).max() < 2e-6


def test_both_languages_write_the_same_files(tmp_path: Path) -> None:
    for language in ("python", "cpp"):
        (tmp_path / language).mkdir()
        results(run(language, "scatter", "--nx", "6", "--ny", "7", "--save", str(tmp_path / language / "w")))
    first, second = ((tmp_path / language / "w03.vtr").read_bytes() for language in ("python", "cpp"))
    marker = b'<AppendedData encoding="raw">'
    assert first.split(marker)[0] == second.split(marker)[0]
    assert len(first) == len(second)


def read_picture(path: Path) -> numpy.ndarray:
    """Red, green and blue of each pixel, 0 to 255."""
    image = pytest.importorskip("matplotlib.image")
    return numpy.rint(255.0 * image.imread(path)[..., :3]).astype(int)


def test_a_picture_shows_the_obstacle_grey_and_y_upward(language: str, tmp_path: Path) -> None:
    # The wavelength is short, so that the obstacle is much of the picture.
    triangle = ["--xc", TRIANGLE_X, "--yc", TRIANGLE_Y]
    picture = tmp_path / "wave.png"
    done = run(language, "scatter", "--lambda", "0.1", "--nx", "24", "--ny", "24", "--nc", "16",
               "--png", str(picture), *triangle)
    assert results(done)["picture"] == str(picture)
    assert os.listdir(tmp_path) == ["wave.png"]
    pixels = read_picture(picture)
    assert max(pixels.shape[:2]) == 600
    grey = numpy.all(pixels == 128, axis=2)
    rows = numpy.flatnonzero(grey.any(axis=1))
    assert 0 < grey[rows[0]].sum() < grey[rows[-1]].sum() / 2
    assert 0.1 < grey.mean() < 0.5
    red, blue = pixels[~grey][:, 0], pixels[~grey][:, 2]
    assert (red > blue + 50).any() and (blue > red + 50).any()


@pytest.mark.parametrize("nx, ny, x_length, y_length, size", [
    (9, 7, 2.0, 1.0, (600, 300)), (9, 700, 2.0, 1.0, (700, 350)), (9000, 7, 1.0, 2.0, (2048, 4096)),
    (9, 7, 1e-4, 1.0, (1, 600)), (9, 7, 1.0, 1e-4, (600, 1)),
])
def test_a_picture_has_a_pixel_for_each_point_within_limits(
    nx: int, ny: int, x_length: float, y_length: float, size: Tuple[int, int]
) -> None:
    x, y = numpy.linspace(0.0, x_length, nx), numpy.linspace(0.0, y_length, ny)
    assert picture_module.picture_size(x, y) == size
    for points, pixels in zip((nx, ny), size):
        nearest = picture_module.nearest_points(points, pixels)
        assert len(nearest) == pixels and nearest[0] == 0 and nearest[-1] == (points - 1) * (pixels > 1)


def test_both_languages_draw_the_same_picture(tmp_path: Path) -> None:
    for language in ("python", "cpp"):
        picture = tmp_path / f"{language}.png"
        results(run(language, "scatter", "--nx", "12", "--ny", "9", "--png", str(picture)))
    first, second = (read_picture(tmp_path / f"{language}.png") for language in ("python", "cpp"))
    assert first.shape == second.shape
    assert numpy.abs(first - second).max() <= 1


def test_a_picture_replaces_the_file_behind_a_link(language: str, tmp_path: Path) -> None:
    (tmp_path / "old.png").write_bytes(b"old")
    (tmp_path / "link.png").symlink_to("old.png")
    results(run(language, "scatter", "--nx", "3", "--ny", "3", "--png", "link.png", cwd=tmp_path))
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "old.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(os.listdir(tmp_path)) == ["link.png", "old.png"]


# Waiting


def terminal_output(arguments: List[str], until: str, seconds: float) -> str:
    """What a program writes to a terminal as its stderr; it gets a Ctrl-C after `until` or some seconds."""
    ours, theirs = pty.openpty()
    environment = dict(os.environ, TERM="xterm", COLUMNS="80")
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        end = time.monotonic() + seconds
        written = b""
        while until.encode() not in written and time.monotonic() < end and process.poll() is None:
            if select.select([ours], [], [], 0.1)[0]:
                written += next(read_to_the_end(ours), b"")
        process.send_signal(signal.SIGINT)
        written += b"".join(read_to_the_end(ours))
    os.close(ours)
    return written.decode("utf-8", errors="replace")


def read_to_the_end(terminal: int) -> Iterator[bytes]:
    """All that is left to read; a terminal that nobody has open any more is an error, not an end."""
    try:
        while True:
            yield os.read(terminal, 65536)
    except OSError:
        return


def test_a_long_run_shows_a_progress_bar_on_a_terminal(language: str, tmp_path: Path) -> None:
    arguments = ["--nx", "50", "--ny", "20000", "--png", str(tmp_path / "wave.png")]
    written = terminal_output(command(language, "scatter") + arguments, "%", 20.0)
    assert "scatter" in written and "%" in written
    assert written.endswith("scatter: interrupted.\r\n")
    assert "Traceback" not in written
    assert os.listdir(tmp_path) == []


def test_control_c_ends_a_run_without_a_terminal_with_one_line(language: str, tmp_path: Path) -> None:
    picture = ["--png", str(tmp_path / "wave.png")]
    arguments = command(language, "scatter") + ["--nx", "2000", "--ny", "2000"] + picture
    os.utime(tmp_path, (0, 0))
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while tmp_path.stat().st_mtime_ns == 0:  # until it has tried, as its first act, to write there
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == ""
    assert complaint == "scatter: interrupted.\n"
    assert os.listdir(tmp_path) == []


def test_control_c_while_it_tries_to_write_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = os.remove

    def interrupted_remove(path: str) -> None:
        signal.raise_signal(signal.SIGINT)
        remove(path)

    monkeypatch.setattr(output_module.os, "remove", interrupted_remove)
    with pytest.raises(KeyboardInterrupt):
        output_module.check_writable(str(tmp_path / "wave.png"))
    assert os.listdir(tmp_path) == []


def test_a_file_that_cannot_get_its_name_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    picture = tmp_path / "wave.png"
    with pytest.raises(command_line_module.OutputError, match=f"cannot write '{picture}'"):
        with output_module.output_file(str(picture)):
            picture.mkdir()
    assert os.listdir(tmp_path) == ["wave.png"]


def test_a_short_run_shows_no_progress_bar(language: str) -> None:
    arguments = command(language, "scatter") + ["--nx", "2", "--ny", "2", "--nc", "8"]
    assert terminal_output(arguments, "%", 20.0) == ""


# The figures for the verdicts


def test_measure_writes_the_figures_of_this_machine(tmp_path: Path) -> None:
    output = tmp_path / "baseline.json"
    done = run("python", "measure", "--output", str(output), "--seconds", "0.2")
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["machine"] and figures["date"] and figures["python"]
    assert figures["sum"]["unit"] == "element" and figures["scatter"]["unit"] == "interaction"
    for name in ("sum", "scatter"):
        assert 0.0 < figures[name]["nanoseconds_per_unit"] < math.inf and figures[name]["size"]
    assert len(done.stdout.splitlines()) == 3
    assert os.listdir(tmp_path) == ["baseline.json"]


def test_measure_counts_elements_and_interactions_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_module, "median_seconds", lambda work, budget: 0.5 if budget == 2 else 0.0)
    assert measure_module.measure_sum(2.0)["nanoseconds_per_unit"] == 0.5e9 / 200_000
    contour = contour_module.make_contour(scatter_module.DEFAULT_XC, scatter_module.DEFAULT_YC, 128)
    x, y = scatter_module.make_grid(*contour, 0.5, 12, 12)
    outside = sum(not field_module.is_inside(*contour, (px, py)) for px in x for py in y)
    assert measure_module.measure_scatter(2.0)["nanoseconds_per_unit"] == round(0.5e9 / outside / 128, 1)


def test_measure_takes_the_median_of_three_runs_at_least_and_of_more_where_there_is_time(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    for budget, median in ((0.0, 2.0), (13.0, 3.0)):
        clock = iter([0.0, 1.0, 1.0, 8.0, 8.0, 10.0, 10.0, 14.0])  # runs of 1, 7, 2 and 4 s
        monkeypatch.setattr(measure_module.time, "perf_counter", lambda: next(clock))
        assert measure_module.median_seconds(lambda: None, budget) == median


def test_the_course_has_the_figures_bear_the_name_that_it_knows_the_machine_by(tmp_path: Path) -> None:
    """Figures of another machine are measured anew, which is known by this name."""
    call = baseline.measuring(Tree(ROOT))
    written = tmp_path / "baseline.json"
    done = subprocess.run([*call, "--output", str(written), "--seconds", "0.2"], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(written.read_text(encoding="utf-8"))["machine"] == machine.processor() != ""


def test_measure_refuses_a_file_that_it_cannot_write() -> None:
    said = refusal(run("python", "measure", "--output", "/no/such/folder/baseline.json"))
    assert "cannot write '/no/such/folder/baseline.json'" in said


# The answers that a questionnaire is compared with


def test_a_processor_that_becomes_slower_on_the_way_is_no_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    spent: List[float] = []

    def field_of(cells: int, segments: int) -> Callable[[], object]:
        """Takes as long as it has segments, and from the fourth call on twice as long."""
        return lambda: spent.append(segments * (1.0 if len(spent) < 3 else 2.0))

    monkeypatch.setattr(profiled_module, "field_of", field_of)
    monkeypatch.setattr(profiled_module.time, "process_time", lambda: sum(spent))
    assert profiled_module.growth_with_nc() == 2.0
