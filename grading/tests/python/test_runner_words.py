"""What the Python runner makes of numba's pages, whatever its release, and of lost processes."""
from __future__ import annotations

import bdb
import enum
import linecache
import multiprocessing.pool
import re
import sys
from multiprocessing.process import BaseProcess
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn, Optional

import numpy
import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "grading" / "runner" / "python"))
import failures  # noqa: E402
import numba_errors  # noqa: E402
import places  # noqa: E402
import pools  # noqa: E402
import submission  # noqa: E402
import walls  # noqa: E402
from families import scatter as scatter_family  # noqa: E402
from families import sum as sum_family  # noqa: E402

SHOWN = "exercises/01-sum-numba/sum.py"
READ_ONLY = """Failed in nopython mode pipeline (step: nopython frontend)
No implementation of function Function(<built-in function setitem>) found for signature:

 >>> setitem(readonly array(float64, 1d, C), Literal[int](0), float64)

There are 16 candidate implementations:
   - Of which 14 did not match due to:
   Overload of function 'setitem': File: <numerous>: Line N/A.
     With argument(s): '(readonly array(float64, 1d, C), int64, float64)':
    No match.
   - Of which 2 did not match due to:
   Overload in function 'SetItemBuffer.generic': File: numba/core/typing/arraydecl.py: Line 221.
    Rejected as the implementation raised a specific error:
      NumbaTypeError: Cannot modify readonly array of type: readonly array(float64, 1d, C)

During: typing of staticsetitem at exercises/01-sum-numba/sum.py (6)

File "exercises/01-sum-numba/sum.py", line 6:
"""
ADDED = """Failed in nopython mode pipeline (step: nopython frontend)
No implementation of function Function(<built-in function add>) found for signature:

 >>> add(readonly array(float64, 1d, C), none)

There are 20 candidate implementations:
  - Of which 18 did not match due to:
    No match.
"""
NO_ATTRIBUTE = """Failed in nopython mode pipeline (step: nopython frontend)
Internal error at resolving type of attribute "interp2" of "$4load_global.0".
module 'numpy' has no attribute 'interp2'
During: typing of get attribute at exercises/01-sum-numba/sum.py (7)
"""
WITHIN = """Failed in nopython mode pipeline (step: nopython frontend)
No implementation of function Function(<built-in function zeros>) found for signature:

 >>> zeros(Tuple(int64, float64))

   Rejected as the implementation raised a specific error:
     TypingError: Failed in nopython mode pipeline (step: nopython frontend)
"""
ARGUMENT = """Failed in nopython mode pipeline (step: nopython frontend)
Internal error at <numba.core.typeinfer.CallConstraint object at 0x7f17959d9510>.
missing a required argument: 'y'
During: resolving callee type: type(CPUDispatcher(<function scattered_wave at 0x7f1795>))
"""
NEWER = "Exception object cannot be stored into variable (e).. Raised from exercises/01-sum-numba/sum.py (8)"
NEWER_WITHOUT = "The 'with (context manager) as (variable):' construct is not supported.. Raised from None"
CALLS = "No implementation of function Function(<built-in function {0}>) found for signature: {0}({1})"


@pytest.mark.parametrize("words", [walls.MessageKind, walls.Fault])
def test_the_words_have_the_numbers_that_the_judge_knows(words: type[enum.IntEnum]) -> None:
    protocol = (ROOT / "grading" / "interface" / "protocol.hpp").read_text(encoding="utf-8")
    (members,) = re.findall(rf"enum class {words.__name__} : std::uint32_t {{([^}}]*)}}", protocol)
    numbers = {name.strip(): number for number, name in enumerate(members.split(","))}
    assert {word.name: word.value for word in words} == {word.name: numbers[word.name] for word in words}


@pytest.mark.parametrize(
    "page, says, line",
    [
        (READ_ONLY, "Cannot modify readonly array of type: readonly array(float64, 1d, C), in setitem(", 6),
        (ADDED, CALLS.format("add", "readonly array(float64, 1d, C), none"), None),
        (NO_ATTRIBUTE, "module 'numpy' has no attribute 'interp2'", None),
        (ARGUMENT, "missing a required argument: 'y'", None),
        (WITHIN, CALLS.format("zeros", "Tuple(int64, float64)"), None),
        (NEWER, "Exception object cannot be stored into variable (e).", 8),
        (NEWER_WITHOUT, "The 'with (context manager) as (variable):' construct is not supported.", None),
    ],
    ids=["read-only", "no operation", "no attribute", "no argument", "within numba", "newer", "no place"],
)
def test_of_a_page_the_line_that_matters_comes_first(page: str, says: str, line: Optional[int]) -> None:
    assert numba_errors.says(page).startswith(says)
    assert numba_errors.place(Exception(page), page, SHOWN) == line


def test_a_place_that_only_the_exception_knows_is_taken_from_there() -> None:
    error = Exception("name 'total' is not defined")
    error.loc = SimpleNamespace(filename=SHOWN, line=9)  # type: ignore[attr-defined]
    assert numba_errors.place(error, str(error), SHOWN) == 9
    assert numba_errors.place(error, str(error), "another.py") is None


@pytest.mark.parametrize(
    "source",
    [
        b"import math\n\x0c\n\x0b#\nx = 1  # \xe2\x80\xa8\nlast()\n",
        b"\xef\xbb\xbf\r\n\r\n\r\n\r\nlast()\r\n",
        b"\r\r\r\rlast()\r",
        b"# coding: latin-1\n# \xfc\n\n\nlast()\n",
        b"# \xfc, which is no UTF-8\n\n\n\nlast()\n",
    ],
    ids=["form feed", "byte order mark", "old line ends", "another encoding", "no encoding at all"],
)
def test_a_files_lines_are_counted_as_python_counts_them(source: bytes) -> None:
    lines = submission.lines_of(source)
    assert lines[4] == "last()\n" and lines[0][0] in "i#\n"


class CudaSupportError(Exception):
    """Numba's, by its name."""


@pytest.mark.parametrize(
    "error, sentence",
    [
        (ModuleNotFoundError("No module named 'helper'"), "files beside yours are not read"),
        (FileNotFoundError(2, "No usable temporary directory found in ['/tmp']"), 'or CDLL("libm.so.6")'),
        (bdb.BdbQuit(), "BdbQuit; nobody is there to answer"),
        (CudaSupportError("Error at driver init:\n"), "Error at driver init; no GPU can be used here"),
        (
            Exception("Untyped global name 'add': Cannot determine Numba type of <class 'function'>"),
            "compiled code calls compiled functions: decorate it, too",
        ),
        (
            Exception("Untyped global name 'hankel1': Cannot determine Numba type of <class 'numpy.ufunc'>"),
            "numba calls C functions in place of it: see lesson 09",
        ),
        (
            Exception("signature:\n\n >>> setitem(array(float64, 2d, C), UniTuple(int64 x 2), complex128)\n"),
            "an array for complex numbers needs dtype=numpy.complex128",
        ),
        (
            Exception("found for signature:\n\n >>> zeros(int64, dtype=Function(<class 'complex'>))\n"),
            "compiled code calls it dtype=numpy.complex128",
        ),
        (Exception("found for signature:\n\n >>> zeros(int64, int64)\n"), "one argument: (rows, columns)"),
        (
            Exception(
                "Invalid use of type(CPUDispatcher(<function is_inside at 0x7f>)) with parameters (readonly "
                "array(float64, 1d, C))\nKnown signatures:\n * (array(float64, 1d, A),) -> bool"
            ),
            "the inputs are read-only: leave the signature to numba",
        ),
        (ValueError("cannot set WRITEABLE flag to True of this array"), "read-only: change a copy"),
        (TypeError("'numpy.ndarray' object is not callable"), "or a variable hides a function"),
        (
            AttributeError("Can't get attribute 'row' on <module 'scatter' from 'exercises/…/scatter.py'>"),
            "the pool was made before it: make it in a function",
        ),
        (
            AttributeError("module 'scatter' has no attribute 'row'"),  # Python 3.14 on
            "the pool was made before it: make it in a function",
        ),
        (AttributeError("module 'numpy' has no attribute 'row'"), "'numpy' has no attribute 'row'"),
    ],
)
def test_what_is_not_to_be_had_is_told_with_what_to_do(error: Exception, sentence: str) -> None:
    assert failures.sentence(error, SHOWN).endswith(sentence)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "answer",
    ["1", b"1", None, 1j, numpy.complex128(1), numpy.complex64(1), [1.0]]
    + [numpy.array(held) for held in (["1"], [1j], [1.0, 2.0], [])],
)
def test_a_sum_is_one_real_number(answer: object) -> None:
    assert sum_family._number(numpy.array([1.0]).sum(keepdims=True)) == 1.0
    with pytest.raises(TypeError):
        sum_family._number(answer)


@pytest.mark.parametrize(
    "answer, taken",
    [
        (numpy.ones((2, 3), complex), True),
        (numpy.ones((2, 3), complex, order="F").astype(object), True),
        ([[1, 2.0, 3j], [4, 5, 6]], True),
        (numpy.ones((2, 3), complex).astype(str), False),
        ([["1", "2", "3"], ["4", "5", "6"]], False),
        (numpy.ones(3), False),
        (numpy.ones((3, 2)), False),
        ([[1, 2, 3], [4, 5]], False),
        (None, False),
    ],
)
def test_a_field_is_a_table_of_numbers(answer: object, taken: bool) -> None:
    field = numpy.zeros((2, 3), complex)
    assert scatter_family._taken(answer, field) is taken
    assert field.any() == taken


def test_what_only_a_program_of_its_own_would_define_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(last: str) -> None:
        lines = ["def mysum(array):\n", "    return pool\n", last]
        monkeypatch.setitem(linecache.cache, SHOWN, (0, None, lines, SHOWN))

    missing = NameError("name 'pool' is not defined")
    module, family = ModuleType("sum"), ModuleType("families.sum")
    family.FUNCTION, family.SIGNATURE = "mysum", "mysum(array)"  # type: ignore[attr-defined]
    keep("if __name__ == '__main__':\n")
    assert failures.sentence(missing, SHOWN).endswith("what stands below `if __name__` is not run")
    assert failures.no_function(module, SHOWN, family).endswith("below `if __name__` is not run")
    assert "imported" not in failures.sentence(UnboundLocalError("local variable 'pool'"), SHOWN)
    keep("pool = None\n")
    assert "imported" not in failures.sentence(missing, SHOWN)
    assert failures.no_function(module, SHOWN, family).endswith("mysum(array)")


def test_a_long_way_is_told_by_its_two_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "def mysum(n):\n    return mysum(n - 1) if n else 1 // n\n"
    monkeypatch.setitem(linecache.cache, SHOWN, (0, None, source.splitlines(True), SHOWN))
    own: dict[str, Any] = {}
    exec(compile(source, SHOWN, "exec"), own)
    frame = [f'  File "{SHOWN}", line 2, in mysum', "    return mysum(n - 1) if n else 1 // n"]
    for calls, left_out in ((8, []), (9, ["  ... 1 more"]), (20, ["  ... 12 more"])):
        with pytest.raises(ZeroDivisionError) as caught:
            own["mysum"](calls - 1)
        said = failures.way_there(caught.value, SHOWN).split("\n")
        assert said[0] == "Traceback (your own lines):"
        assert said[1:-1] == 4 * frame + left_out + 4 * frame
        assert said[-1].startswith("ZeroDivisionError: ")


def test_an_exception_of_several_lines_is_one_sentence() -> None:
    assert failures.sentence(ValueError("one\n  two"), SHOWN) == "ValueError: one two"
    assert failures.way_there(ValueError("one\ntwo"), SHOWN) == "ValueError: one\ntwo"


def test_a_file_is_loaded_without_the_runners_own_future(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which would make texts of annotations, for whoever looks at them."""
    monkeypatch.setitem(sys.modules, "loaded_here", ModuleType("loaded_here"))
    module = submission.load(b"def mysum(array: list) -> float: ...\n", "exercises/loaded_here.py")
    assert module.mysum.__annotations__ == {"array": list, "return": float}
    assert sys.modules["loaded_here"] is module


class EndsWhenLookedAt:
    """A process that is at its end when somebody asks for the second time."""

    def __init__(self, code: int) -> None:
        self.code, self.looks = code, 0

    @property
    def exitcode(self) -> Optional[int]:
        self.looks += 1
        return self.code if self.looks > 1 else None

    def join(self) -> None:
        pass


def test_a_learner_may_say_that_processes_are_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    default = multiprocessing.context._default_context
    for name in ("_default_context", "_actual_context"):
        monkeypatch.setattr(default, name, multiprocessing.get_context("spawn"))
    pools._fork_unless_told_otherwise()
    multiprocessing.set_start_method("fork")
    multiprocessing.set_start_method(None, force=True)
    assert multiprocessing.get_start_method() == "fork"


@pytest.mark.parametrize("code, how", [(3, "exit code 3"), (-9, "signal 9")])
def test_a_process_of_a_pool_that_ends_between_two_looks_is_told(
    monkeypatch: pytest.MonkeyPatch, code: int, how: str
) -> None:
    def tell(error: BaseException) -> NoReturn:
        raise error

    kept = staticmethod(multiprocessing.pool.Pool._join_exited_workers)
    monkeypatch.setattr(multiprocessing.pool.Pool, "_join_exited_workers", kept)
    pools._tell_exit_codes(tell)
    with pytest.raises(ChildProcessError, match=how):
        multiprocessing.pool.Pool._join_exited_workers([EndsWhenLookedAt(code)])


def test_a_process_of_the_learners_own_may_end_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(error: BaseException) -> NoReturn:
        raise AssertionError(f"was told of {error!r}")

    monkeypatch.setattr(BaseProcess, "run", BaseProcess.run)
    pools._tell_exceptions(tell)
    with pytest.raises(SystemExit):
        multiprocessing.get_context("fork").Process(target=sys.exit).run()


def test_the_small_objects_of_a_call_lie_now_here_now_there() -> None:
    """Within one cache line, and across two."""
    chance, begin = Random(1), set()
    for _ in range(100):
        taken = places.taken_by_chance(chance)
        begin.add(id(chance.getrandbits(40)) % 64)  # an object of two digits, 32 bytes
        del taken
    assert len(begin) > 1
