"""Exercises are found by what a person types, and a mistake in exercise.toml is one clear sentence."""
from __future__ import annotations

import pytest
from conftest import TOML, Course
from course.errors import Mistake
from course.exercise_file import load
from course.exercises import resolve
from course.stub import starting_file


@pytest.mark.parametrize(
    "typed",
    [
        "3",
        "03",
        "03-sum-chains",
        "chains",
        "sum-chains",
        "CHAINS",
        "exercises/03-sum-chains/",
        "exercises/03-sum-chains/sum.cpp",
        " chains ",
        "03-sum-ch",
        "chain",
        "hain",
        "ain",
    ],
)
def test_an_exercise_is_found_by_its_number_its_name_or_a_part_of_it(course: Course, typed: str) -> None:
    assert resolve(course.tree, typed).name == "03-sum-chains"


def test_a_name_that_fits_several_exercises_is_answered_with_all_of_them(course: Course) -> None:
    with pytest.raises(Mistake, match="could mean 03-sum-chains or 04-sum-compensated"):
        resolve(course.tree, "sum")


def test_an_unknown_name_is_answered_with_the_nearest_one(course: Course) -> None:
    with pytest.raises(Mistake, match="no exercise 'bezzel'. Do you mean 12-scatter-bessel?"):
        resolve(course.tree, "bezzel")


def test_a_name_that_is_like_no_other_points_to_the_list(course: Course) -> None:
    for typed in ("99", "ai"):
        with pytest.raises(Mistake, match=f"no exercise '{typed}'. make list shows"):
            resolve(course.tree, typed)


def test_a_number_of_thousands_of_digits_is_no_exercise(course: Course) -> None:
    with pytest.raises(Mistake, match="no exercise '9+…'. make list shows") as raised:
        resolve(course.tree, 5000 * "9")
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("typed", ["", "   ", "/"])
def test_an_empty_name_is_a_mistake(course: Course, typed: str) -> None:
    with pytest.raises(Mistake, match="EX= is empty"):
        resolve(course.tree, typed)


def test_a_path_that_leads_elsewhere_is_no_exercise(course: Course) -> None:
    with pytest.raises(Mistake, match="There is no exercise"):
        resolve(course.tree, "../../etc/passwd")


@pytest.mark.parametrize(
    "line, replacement, sentence",
    [
        ('title = "TITLE"\n', "", "exercise.toml: 'title' is missing"),
        ("mark = 0.6", "", "'grade.mark' is missing"),
        ("mark = 0.6", "mark = 1.6", "'grade.mark' must lie between 0 and 1"),
        ("mark = 0.6", "mark = true", "'grade.mark' must be a number"),
        ('flags = ["-O0"]', 'flags = ["-O0", 3]', "'build.flags' must be a list of texts"),
        ('"-O0"', '"-O0\\u0000"', "'build.flags' must be a list of texts without control characters"),
        ("TITLE", "One\\u001b[2J", "'title' must hold no control character and no line break"),
        ("TITLE", "One\\nTwo", "'title' must hold no control character and no line break"),
        ("TITLE", "One\\u2028Two", "'title' must hold no control character and no line break"),
        ('summary = "', 'summary = "\\r', "'summary' must hold no control character and no line break"),
        ('file = "', 'file = "\\t', "'file' must hold no control character and no line break"),
        ("Advice: more s", "Advice:\\n\\u009bmore s", "'advice.half' must hold no control character."),
        ("[advice]", '[ladder]\nrung = "a\\u0007"\n[advice]', "'ladder.rung' must hold no control char"),
        ('clock = "cpu"', 'clock = "sundial"', '\'grade.clock\' must be "cpu" or "wall"'),
        (
            'family = "sum"',
            'family = "../sum"',
            "'family' is '../sum', which is none of the families: ",
        ),
        ('file = "sum.cpp"', 'file = "../sum.cpp"', "'file' must be the name of a .cpp file"),
        ('file = "sum.cpp"', 'file = "reference.cpp"', "'file' is 'reference.cpp', which is what the"),
        ("mark = 0.6", "mark = 0.6\nthreads = 0", "'grade.threads' must be greater than 0"),
        ("[advice]", "[advices]", "'advice.start' is missing"),
        ("[advice]", "[advice]\nwrong = 3", "'advice.wrong' must be a text"),
        ("[advice]", '[advice]\nwrong = "\\u0007"', "'advice.wrong' must hold no control character."),
        ("[advice]", '[advice]\nhalv = "x"', "'advice.halv' means nothing; there are start, half"),
        ("[build]", '[build]\nlibary = ["hankel.hpp"]', "'build.libary' means nothing; there are flags, l"),
        ("[advice]", '[ladder]\nrug = "x"\n[advice]', "'ladder.rug' means nothing; there are rung"),
        ("mark = 0.6", 'mark = 0.6\nlimit = "far"', "'grade.limit' is 'far'; there are"),
        ("[[timed]]", "[timed]", "'timed' must be a list"),
        ('title = "TITLE"\n', 'title = "TITLE"\nladder = 5\n', "'ladder' must be a table"),
        ("[grade]", "[grade", "is not valid TOML"),
    ],
)
def test_a_mistake_in_exercise_toml_names_the_file_and_the_key(
    course: Course, line: str, replacement: str, sentence: str
) -> None:
    folder = course.tree.exercises / "03-sum-chains"
    assert line in TOML
    (folder / "exercise.toml").write_text(TOML.replace(line, replacement))
    with pytest.raises(Mistake) as raised:
        load(course.tree, folder)
    assert sentence in str(raised.value)
    assert "exercises/03-sum-chains/exercise.toml" in str(raised.value)


def in_language(course: Course, language: str) -> str:
    """An exercise.toml of that language, for whose family there is a stand-in."""
    families = course.tree.families_in("python")
    families.mkdir(parents=True, exist_ok=True)
    (families / "sum.py").write_text("")
    suffix = {"c++": ".cpp", "python": ".py", "questions": ".toml"}[language]
    return TOML.replace("family =", f'language = "{language}"\nfamily =').replace("sum.cpp", f"sum{suffix}")


@pytest.mark.parametrize(
    "language, key, said",
    [
        ("c++", 'build.modules = ["numpy"]', "'build.modules' is for exercises in Python; leave it out."),
        ("python", 'build.flags = ["-O3"]', "'build.flags' is for exercises in C++ or with an extension in"),
        ("python", 'build.library = ["hankel.hpp"]', "'build.library' is for exercises in C++; leave it"),
        ("python", 'grade.limit = "read"', "'grade.limit' is for exercises in C++; leave it out."),
        ("questions", 'build.modules = ["numpy"]', "'build.modules' is for exercises in Python; leave it"),
        ("questions", 'build.flags = ["-O3"]', "'build.flags' is for exercises in C++ or with an extension"),
        ("questions", 'advice.wrong = "x"', "'advice.wrong' is for exercises that the judge checks; leave"),
        ("questions", 'ladder.rung = "x"', "'ladder.rung' is for exercises that have a solution to time;"),
    ],
)
def test_a_key_that_nobody_reads_in_such_an_exercise_is_a_mistake(
    course: Course, language: str, key: str, said: str
) -> None:
    folder = course.tree.exercises / "03-sum-chains"
    section, line = key.split(".", 1)
    text = in_language(course, language)
    if language != "c++":
        text = text.replace('flags = ["-O0"]', "")
    if language == "python":
        text = text.replace("[build]", "[build]\nmodules = []")
    (folder / "exercise.toml").write_text(text)
    load(course.tree, folder)
    table = f"[{section}]\n"
    text = text if table in text else text + table
    (folder / "exercise.toml").write_text(text.replace(table, f"{table}{line}\n"))
    with pytest.raises(Mistake) as raised:
        load(course.tree, folder)
    assert str(raised.value).startswith(f"exercises/03-sum-chains/exercise.toml: {said}")


@pytest.mark.parametrize("module", ["", "..x", "numpy; import os"])
def test_what_no_module_can_be_called_is_a_mistake(course: Course, module: str) -> None:
    """Looking such a one up raises an error that nobody awaits: make list would show no exercise."""
    folder = course.tree.exercises / "03-sum-chains"
    text = in_language(course, "python")
    (folder / "exercise.toml").write_text(text.replace('flags = ["-O0"]', f'modules = ["{module}"]'))
    with pytest.raises(Mistake, match="'build.modules' must be a list of modules' names"):
        load(course.tree, folder)


def test_a_folder_without_an_exercise_toml_is_told_in_one_sentence(course: Course) -> None:
    folder = course.tree.exercises / "05-sum-threads"
    folder.mkdir()
    with pytest.raises(Mistake, match="exercises/05-sum-threads/exercise.toml is missing"):
        load(course.tree, folder)


def test_an_exercise_toml_that_is_no_text_is_told_in_one_sentence(course: Course) -> None:
    folder = course.tree.exercises / "03-sum-chains"
    (folder / "exercise.toml").write_bytes(TOML.replace("TITLE", "Größe").encode("latin-1"))
    with pytest.raises(Mistake, match="exercises/03-sum-chains/exercise.toml cannot be read: 'utf-8' codec"):
        load(course.tree, folder)


def test_advice_and_a_task_may_have_lines_and_a_title_any_letter(course: Course) -> None:
    folder = course.tree.exercises / "03-sum-chains"
    text = TOML.replace("TITLE", "Größe\u00a0→ 数").replace("Advice: more s", "Advice:\\n\\tmore s")
    (folder / "exercise.toml").write_text(text.replace("several additions", "several\\nadditions"))
    exercise = load(course.tree, folder)
    assert exercise.advice["half"] == "Advice:\n\tmore sums." and "several\nadditions" in exercise.task


def test_a_reference_that_is_missing_is_told_without_the_systems_words_for_it(course: Course) -> None:
    course.exercise().reference.unlink()
    with pytest.raises(Mistake) as raised:
        starting_file(course.exercise())
    why = "No such file or directory"
    assert str(raised.value) == f"exercises/03-sum-chains/reference.cpp cannot be read: {why}."
