"""The real judge on Python submissions, through the course's own `check`. Each file under
grading/tests/submissions/python says in its heading what is expected: `expect: one status or another`, and,
once or more, `says: words of the sentence`."""
from __future__ import annotations

import importlib.util
import math
import os
import re
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from course import exercises, python
from course.tree import Tree
from judging import SUBMISSIONS, assert_all_walls_stand, changeable, check, each_headed, headed, submissions

EXERCISE = "01-sum-numba"

pytestmark = pytest.mark.skipif(
    python.missing_module(exercises.find(Tree(ROOT), EXERCISE)) is not None, reason="numba is not installed"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A checkout whose exercises may be changed; all else is the real one."""
    return changeable(tmp_path_factory.mktemp("a Python course with spaces"))


def judge(course: Tree, text: str, **options: Any) -> dict[str, Any]:
    exercise = exercises.find(course, EXERCISE)
    exercise.learners_file.write_text(text)
    return check(exercise, **{"budget": None, **options})


@pytest.mark.parametrize("source", submissions("python/hostile", "*.py"))
def test_a_hostile_submission_never_passes_and_is_told_why(course: Tree, source: Path) -> None:
    verdict = judge(course, source.read_text(), budget=4.0)
    assert verdict["status"] in headed(source, "expect").split(" or "), verdict["sentence"]
    assert all(words in verdict["sentence"] for words in each_headed(source, "says"))
    assert headed(source, "advises") in verdict["advice"]
    assert verdict["status"] == "too_slow" or verdict["advice"]
    for of_the_runner in ("Traceback (most recent call last)", "runner.py", "site-packages"):
        assert of_the_runner not in verdict.get("printed", "")


@pytest.mark.parametrize("source", submissions("python/honest", "*.py"))
def test_an_honest_submission_is_never_called_wrong(course: Tree, source: Path) -> None:
    verdict = judge(course, source.read_text(), budget=1.0)
    assert verdict["status"] in headed(source, "expect").split(" or "), verdict["sentence"]
    assert verdict["cases"]["passed"] == verdict["cases"]["total"]


def test_a_name_that_was_not_imported_is_told_how_to_be(course: Tree) -> None:
    verdict = judge(course, "@jit\ndef mysum(array):\n    return array.sum()\n")
    assert verdict["status"] == "not_loadable" and "'jit' is not defined" in verdict["sentence"]
    assert "Import that name" in verdict["advice"]


def test_all_walls_stand_around_an_interpreter_too(course: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's environment is none of its business: numba would not compile, or not find its library."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    says = "import numba\nprint('does not compile:', numba.config.DISABLE_JIT)\n"
    verdict = judge(course, says + "def mysum(array):\n    return float('nan')\n")
    assert_all_walls_stand(verdict)
    assert verdict["printed"] == "does not compile: 0\n"


COUNTED_BY_THREADS = """from numba import jit, prange

@jit(nopython=True, parallel=True)
def mysum(array):
    total = 0.0
    for i in prange(len(array)):
        total += 1.0
    return total
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's submissions run as another user")
def test_numbas_threads_are_there_though_numba_lies_where_root_alone_may_look(
    course: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numba = importlib.util.find_spec("numba")
    assert numba and numba.origin
    environment = tmp_path / "environment"
    venv.create(environment, system_site_packages=True)
    environment.chmod(0o700)
    (modules,) = environment.glob("lib/python*/site-packages")
    (modules / "numba").symlink_to(Path(numba.origin).parent)
    monkeypatch.setattr(sys, "executable", str(environment / "bin" / "python"))
    verdict = judge(course, COUNTED_BY_THREADS)  # which are not allowed: numba got so far
    assert verdict["status"] == "forbidden", verdict["sentence"]


def test_an_exception_is_shown_with_the_learners_own_frames_and_lines(course: Tree) -> None:
    root = "import math\n\n\ndef root(x):\n    return math.sqrt(x)\n"
    text = root + "\n\ndef mysum(array):\n    return root(-1)\n"
    verdict = judge(course, text)
    assert verdict["status"] == "crashed"
    with pytest.raises(ValueError) as raised:
        math.sqrt(-1)  # newer versions of Python say it in other words
    assert f"ValueError: {raised.value} (line 5 of exercises/01-sum-numba/sum.py" in verdict["sentence"]
    printed = verdict["printed"].splitlines()
    assert printed[0] == "Traceback (your own lines):"
    assert printed[1:5] == [
        '  File "exercises/01-sum-numba/sum.py", line 9, in mysum',
        "    return root(-1)",
        '  File "exercises/01-sum-numba/sum.py", line 5, in root',
        "    return math.sqrt(x)",
    ]
    assert "runner.py" not in verdict["printed"]


LOOPING_WHEN_TIMED = """def forever():
    while True:
        pass


timed_calls = 0


def mysum(array):
    global timed_calls
    timed_calls += len(array) == 25000
    return array.sum() if timed_calls < 40 else forever()
"""  # any call before these may need ten seconds to compile something


def test_a_loop_without_end_is_shown_with_its_line(course: Tree) -> None:
    verdict = judge(course, LOOPING_WHEN_TIMED)
    assert verdict["status"] == "hung"
    named = r" s \(line [23] of exercises/01-sum-numba/sum\.py: `(while True:|pass)`\)\. The case is a "
    assert re.search(named, verdict["sentence"])
    assert verdict["printed"].splitlines()[:3] == [
        "Traceback (your own lines):",
        '  File "exercises/01-sum-numba/sum.py", line 12, in mysum',
        "    return array.sum() if timed_calls < 40 else forever()",
    ]


# What a learner writes, and words of the sentence that answers it; others are among the hostile submissions.
COMPILED = "from numba import njit, prange\n\n\n@njit\n"
MISTAKES = {
    "all inputs changed at once": (
        "def mysum(array):\n    array[:] = 0\n", "the inputs are read-only: change a copy (line 2 of"),
    "nothing": ("", "does not define the function mysum(array)"),
    "a module in an annotation that is not imported": (
        "def mysum(array: numpy.ndarray):\n    return 0.0\n\n\nmysum.__annotations__\n",  # 3.14 waits for it
        "name 'numpy' is not defined (line 1 of"),
    "too few parameters": (
        "def mysum():\n    return 0.0\n", "takes 0 positional arguments but 1 was given (line 1 of"),
    "too many parameters": ("def mysum(array, n):\n    return 0.0\n", "missing 1 required positional"),
    "a text": ("def mysum(array):\n    return '12'\n", "mysum returned str, not a number (line 1 of"),
    "an array": ("def mysum(array):\n    return array[:0]\n", "an array of float64 of shape (0,), not a"),
    "a text with half a character in it": (
        "def mysum(array):\n    raise ValueError('half: \\ud800')\n", "ValueError: half: ? (line 2 of"),
    "an exception after the output was closed": (
        "import sys\n\n\ndef mysum(array):\n    sys.stdout.close()\n    return 1 / 0\n",
        "ZeroDivisionError: division by zero (line 6 of"),
    "inputs changed in compiled code": (
        COMPILED + "def mysum(array):\n    array[0] = 0.0\n    return 0.0\n",
        "TypingError: Cannot modify readonly array"),
    "a name that is not there, in compiled code": (
        COMPILED + "def mysum(array):\n    return totl\n", "name 'totl' is not defined (line 6 of"),
    "a function that is not imported, in compiled code": (
        "from numba import njit\n\n\n@njit(parallel=True)\ndef mysum(array):\n"
        "    for i in prange(3):\n        pass\n    return 0.0\n", "is its import missing? (line 6 of"),
    "what numba cannot do, and gives no line for": (
        COMPILED + "def mysum(array):\n    with open('a') as file:\n        return 0.0\n",
        "is not supported (line 5 of exercises/01-sum-numba/sum.py: `def mysum(array):`)"),
    "an exception within NumPy": (
        "import numpy\n\n\ndef mysum(array):\n    return numpy.linalg.inv(array)\n",
        "LinAlgError: 1-dimensional array given. Array must be at least two-dimensional (line 5 of"),
    "a question to the person": ("input('n? ')\n", "nobody is there to answer (line 1 of"),
    "a file of the person's": (
        "import numpy\n\nnumpy.loadtxt('data.txt')\n", "there are no files of yours in the sandbox (line 3"),
}


@pytest.mark.parametrize("text, said", list(MISTAKES.values()), ids=list(MISTAKES))
def test_a_mistake_is_answered_with_its_line_and_what_to_do(course: Tree, text: str, said: str) -> None:
    verdict = judge(course, text)
    assert verdict["status"] in ("crashed", "not_loadable")
    assert said in verdict["sentence"]
    assert "runner.py" not in verdict["printed"] and "site-packages" not in verdict["printed"]


def test_what_it_says_when_it_exits_is_shown(course: Tree) -> None:
    verdict = judge(course, "import sys\n\n\ndef mysum(array):\n    sys.exit('no sum today')\n")
    assert verdict["status"] == "exited" and "exit code 1" in verdict["sentence"]
    assert verdict["printed"] == "no sum today\n"


def test_a_thread_where_none_is_allowed_is_refused_and_numbas_own_warning_not_shown(course: Tree) -> None:
    loop = "def mysum(array):\n    total = 0.0\n    for i in prange(len(array)):\n        total += array[i]\n"
    parallel = COMPILED.replace("@njit", "@njit(parallel=True)") + loop + "    return total\n"
    verdict = judge(course, parallel)
    assert verdict["status"] == "forbidden" and "parallel=True" in verdict["advice"]
    assert verdict["printed"] == ""


def test_a_signature_without_read_only_arrays_is_told_what_to_do(course: Tree) -> None:
    decorator = "from numba import njit\n\n\n@njit('float64(float64[:])')\n"
    text = decorator + "def mysum(array):\n    return array.sum()\n"
    verdict = judge(course, text)
    assert verdict["status"] == "crashed"
    assert "leave the signature to numba" in verdict["sentence"]


def test_a_mistake_in_the_grammar_is_shown_with_its_line(course: Tree) -> None:
    verdict = judge(course, "def mysum(array)\n    return 0.0\n")
    assert verdict["status"] == "does_not_compile"
    assert 'File "exercises/01-sum-numba/sum.py", line 1' in verdict["diagnostics"]
    assert "expected ':'" in verdict["diagnostics"] or "invalid syntax" in verdict["diagnostics"]


def test_a_file_that_fails_while_it_is_loaded_is_told_so(course: Tree) -> None:
    verdict = judge(course, "import nunba\n")
    assert verdict["status"] == "not_loadable"
    assert "ModuleNotFoundError: No module named 'nunba'; this Python does not have it" in verdict["sentence"]


def test_without_its_module_an_exercise_is_skipped_and_says_what_to_do(
    course: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python, "missing_module", lambda exercise: "numba")
    verdict = judge(course, "def mysum(array):\n    return 0.0\n")
    assert verdict["status"] == "skipped"
    assert "make setup" in verdict["advice"] and verdict["points"] is None


def test_a_seed_brings_the_same_failure_back(course: Tree) -> None:
    text = (SUBMISSIONS / "python" / "hostile" / "wrong_at_one_index.py").read_text()
    first = judge(course, text)["failure"]
    assert judge(course, text, seed=first["seed"])["failure"] == first


def test_a_kept_verdict_knows_the_file_by_its_content(course: Tree) -> None:
    text = (SUBMISSIONS / "python" / "hostile" / "wrong_at_one_index.py").read_text()
    judge(course, text)
    assert judge(course, text, fresh=False)["kept"]
    assert not judge(course, text + "\n# changed\n", fresh=False)["kept"]
