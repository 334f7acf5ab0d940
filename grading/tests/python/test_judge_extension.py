"""The real judge on a Python file and the C++ file that it calls through ctypes."""
from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from course import compiling, exercises, solution, stub
from course.exercise import Exercise
from course.machine import compiler
from course.style import Style
from course.verdict_text import render
from judging import changeable, check


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    """The exercise in a checkout of its own, with the model solution in the learner's two files."""
    found = exercises.find(changeable(tmp_path / "a course with spaces"), "02-sum-ctypes")
    for part in found.parts:
        shutil.copyfile(part.solution, part.learners)
    return found


def changed(
    exercise: Exercise, name: str, old: str, new: str, budget: float = 1.0
) -> dict[str, Any]:
    path = exercise.folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return check(exercise, budget=budget)


def test_reset_restores_and_keeps_both_files(exercise: Exercise) -> None:
    backups = stub.reset(exercise)
    assert sorted(path.suffix for path in backups) == [".cpp", ".py"]
    assert stub.is_untouched(exercise)
    (exercise.folder / "sum.cpp").write_text("// begun\n")
    assert not stub.is_untouched(exercise)
    assert [path.read_text() for path in stub.reset(exercise)] == ["// begun\n"]


def test_a_verdict_is_kept_for_both_files_as_they_are(exercise: Exercise) -> None:
    changed(exercise, "sum.cpp", "total += values[i]", "total -= values[i]")
    assert check(exercise, fresh=False, budget=None)["kept"]
    (exercise.folder / "sum.cpp").write_text((exercise.folder / "sum.cpp").read_text() + "// changed\n")
    assert not check(exercise, fresh=False, budget=None)["kept"]


def test_both_files_are_taken_as_they_were_read(exercise: Exercise) -> None:
    plan = compiling.plan(exercise, compiler(), ("yours",))
    texts = {part.learners.name: part.learners.read_bytes() for part in exercise.parts}
    for part in exercise.parts:
        part.learners.write_text("nonsense;\n")
    compiling.build(plan)
    with zipfile.ZipFile(plan.libraries["yours"]) as package:
        assert package.read("sum.py") == texts["sum.py"]


def test_the_compilers_errors_are_shown_with_the_files_name(exercise: Exercise) -> None:
    verdict = changed(exercise, "sum.cpp", "total += values[i]", "totl += values[i]")
    assert verdict["status"] == "does_not_compile"
    assert "exercises/02-sum-ctypes/sum.cpp does not compile" in verdict["sentence"]
    assert "exercises/02-sum-ctypes/sum.cpp:" in verdict["diagnostics"]
    assert "'totl' was not declared" in verdict["diagnostics"]
    assert "the compiler's messages:" in render(exercise, verdict, Style(False, True))


def test_the_extension_may_not_include_a_solution(exercise: Exercise) -> None:
    target = ROOT / "solutions" / "02-sum-ctypes" / "sum.cpp"
    (exercise.folder / "sum.cpp").write_text(f'#include "{target}"\n')
    verdict = check(exercise)
    assert verdict["status"] == "does_not_compile" and "must stand by itself" in verdict["sentence"]


def test_what_is_called_and_defined_nowhere_is_told(exercise: Exercise) -> None:
    text = "double elsewhere();\nextern \"C\" double other() { return elsewhere(); }\nextern \"C\" {"
    verdict = changed(exercise, "sum.cpp", 'extern "C" {', text)
    assert "'elsewhere()' is used but defined nowhere" in verdict["diagnostics"]


def test_a_function_with_a_cpp_name_is_not_found_and_the_remedy_is_told(exercise: Exercise) -> None:
    verdict = changed(exercise, "sum.cpp", 'extern "C"', "namespace")
    assert verdict["status"] == "not_loadable"
    assert 'has to be extern "C" in the C++ file' in verdict["sentence"]


def test_without_a_result_type_the_answer_is_wrong(exercise: Exercise) -> None:
    verdict = changed(exercise, "sum.py", "library.mysum.restype = ctypes.c_double", "")
    assert verdict["status"] == "wrong" and "restype is not set" in verdict["advice"]


def test_without_the_types_of_its_arguments_their_name_is_told(exercise: Exercise) -> None:
    verdict = changed(exercise, "sum.py", "library.mysum.argtypes = ", "_ = ")
    assert verdict["status"] == "crashed" and "the function's argtypes" in verdict["sentence"]


def test_no_name_at_all_opens_the_main_program_which_has_no_such_function(exercise: Exercise) -> None:
    text = 'str(Path(__file__).resolve().with_name("libsum.so"))'
    verdict = changed(exercise, "sum.py", text, '""')
    assert verdict["status"] == "not_loadable" and "undefined symbol: mysum" in verdict["sentence"]


@pytest.mark.parametrize("name", ["libsum", "libsum.so"])
def test_numpys_way_to_open_a_library_opens_it_too(exercise: Exercise, name: str) -> None:
    text = 'ctypes.CDLL(str(Path(__file__).resolve().with_name("libsum.so")))'
    numpys = f'numpy.ctypeslib.load_library("{name}", Path(__file__).parent)'
    verdict = changed(exercise, "sum.py", text, numpys, budget=0.1)  # the cases alone are looked at
    assert verdict["cases"]["passed"] == verdict["cases"]["total"] > 0, verdict["sentence"]
    lesson = (ROOT / "exercises" / "02-sum-ctypes" / "README.md").read_text(encoding="utf-8")
    assert "`make check` hands it your library, too." in lesson


def test_a_crash_in_the_extension_is_a_crash(exercise: Exercise) -> None:
    crash = 'extern int puts(const char*); puts("so far"); double total = *(double*)8;'
    verdict = changed(exercise, "sum.cpp", "double total = 0.0;", crash)
    assert verdict["status"] == "crashed" and "null pointer" in verdict["sentence"]
    assert verdict["printed"].startswith("so far\n")


def test_a_large_local_array_in_the_extension_is_told_as_that(exercise: Exercise) -> None:
    large = "volatile double many[8 << 20]; many[0] = 0.0; double total = many[0];"
    verdict = changed(exercise, "sum.cpp", "double total = 0.0;", large)
    assert verdict["status"] == "crashed" and "used up its stack" in verdict["sentence"]
    assert "large array" in verdict["advice"] and "argtypes" not in verdict["advice"]


def test_a_bus_error_too_is_told_what_to_compare_and_not_of_sanitizers(exercise: Exercise) -> None:
    raised = "extern int raise(int); double total = raise(7);"
    verdict = changed(exercise, "sum.cpp", "double total = 0.0;", raised)
    assert verdict["status"] == "crashed" and "SIGBUS" in verdict["sentence"]
    assert "argtypes" in verdict["advice"] and "make sanitize" not in verdict["advice"]


def test_a_crash_is_shown_with_the_line_that_called_and_what_to_compare(exercise: Exercise) -> None:
    verdict = changed(exercise, "sum.py", "library.mysum(array, len(array))", "library.mysum(array, 10**12)")
    assert verdict["status"] == "crashed" and "argtypes" in verdict["advice"]
    assert f", {compiler().short} {' '.join(exercise.flags)}, the same for" in verdict["flags"]
    assert "of exercises/02-sum-ctypes/sum.py: `return library.mysum(array, 10**12)`)" in verdict["sentence"]
    assert verdict["printed"].startswith("Traceback (your own lines):\n")
    assert "Fatal Python error" not in verdict["printed"] and "runner.py" not in verdict["printed"]


def test_an_exception_that_leaves_the_extension_is_named(exercise: Exercise) -> None:
    verdict = changed(exercise, "sum.cpp", "total += values[i]", "throw values[i]")
    assert verdict["status"] == "crashed" and "an exception that leaves" in verdict["advice"]
    assert "written to beyond an array's end" in verdict["advice"]  # which ends in the same signal


def test_the_extension_writes_to_the_read_only_inputs_in_vain(exercise: Exercise) -> None:
    text = "const_cast<double*>(values)[0] = 0.0; double total = 0.0;"
    verdict = changed(exercise, "sum.cpp", "double total = 0.0;", text)
    assert verdict["status"] == "crashed" and "inputs" in verdict["sentence"]


def test_the_solution_is_shown_with_both_its_files(
    exercise: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    solution.show(exercise)
    said = capsys.readouterr().out
    assert "solutions/02-sum-ctypes/sum.py" in said and "solutions/02-sum-ctypes/sum.cpp" in said
