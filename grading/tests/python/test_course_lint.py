"""The course's own lint: every exercise here is complete, and nothing stands where it should not."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT
from course import compiling, hints, stub
from course.exercise import Exercise
from course.exercise_file import load
from course.machine import compiler
from course.tree import FOLDER, Tree
from course.verdicts import runner_files

TREE = Tree(ROOT)
FOLDERS = sorted(path for path in (ROOT / "exercises").glob("*") if path.is_dir())
SECTIONS = [
    "Objectives",
    "Why",
    "Pros and cons",
    "Learn the basics",
    "How it works",
    "Exercise",
    "Hints",
    "Going further",
]
every_exercise = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def exercise_in(folder: Path) -> Exercise:
    return load(TREE, folder)


def files_in(folder: Path) -> set[str]:
    """The files that git has or would take; all of them where the checkout has no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "."],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else [path.name for path in folder.iterdir()]
    return {name for name in names if (folder / name).exists()}


def test_exercises_are_numbered_folders_and_no_number_is_given_twice() -> None:
    assert all(FOLDER.fullmatch(folder.name) for folder in FOLDERS)
    numbers = [folder.name[:2] for folder in FOLDERS]
    assert len(numbers) == len(set(numbers))


def test_no_header_of_the_library_has_the_name_of_an_interface() -> None:
    library = {path.name for path in TREE.library.iterdir()}
    interface = {path.name for path in TREE.interface.iterdir()}
    assert not library & interface


def test_every_solution_has_its_exercise() -> None:
    solutions = [path.name for path in (ROOT / "solutions").glob("*") if path.is_dir()]
    assert set(solutions) <= {folder.name for folder in FOLDERS}


@every_exercise
def test_the_exercise_toml_speaks_in_whole_short_sentences(folder: Path) -> None:
    exercise = exercise_in(folder)
    assert len(exercise.summary) <= 130 and exercise.summary.endswith("."), "summary: one short sentence"
    for key, text in exercise.advice.items():
        assert text.endswith((".", "?", "!")), f"advice.{key} is no whole sentence"


@every_exercise
def test_nothing_stands_in_an_exercises_folder_that_should_not(folder: Path) -> None:
    exercise = exercise_in(folder)
    wanted = {"README.md", "exercise.toml"}
    for part in exercise.parts:
        wanted |= {part.learners.name, part.reference.name}
    found = files_in(folder)
    pictures = {name for name in found if name.endswith((".svg", ".png"))}
    assert not wanted - found, f"missing: {sorted(wanted - found)}"
    assert not found - pictures - wanted, f"of no use here: {sorted(found - pictures - wanted)}"
    lesson = exercise.lesson.read_text(encoding="utf-8")
    unseen = sorted(picture for picture in pictures if picture not in lesson)
    assert not unseen, f"the lesson does not show {unseen}"


@every_exercise
def test_the_solution_has_the_same_file_and_its_notes(folder: Path) -> None:
    exercise = exercise_in(folder)
    for path in (*(part.solution for part in exercise.parts), exercise.notes):
        assert path.is_file(), f"{TREE.shown(path)} is missing"
    words = len(exercise.notes.read_text(encoding="utf-8").split())
    assert words >= 50, f"{TREE.shown(exercise.notes)} has {words} words: too few to say why it is fast"


def prose_of(text: str) -> str:
    """A page without its code: fenced, in backticks, or on indented lines of more than one word."""
    unfenced = re.sub(r"```.+?```", "", text, flags=re.DOTALL)
    return re.sub(r"`[^`]*`|^ {4,}\S+ .*$", "", unfenced, flags=re.MULTILINE)


@every_exercise
def test_no_place_in_lesson_and_notes_still_waits_for_its_text(folder: Path) -> None:
    exercise = exercise_in(folder)
    for page in (exercise.lesson, exercise.notes):
        prose = prose_of(page.read_text(encoding="utf-8"))
        assert not re.findall(r"\b[A-Z]+_[A-Z_]+\b|\b(?:TODO|FIXME|TBD|XXX)\b", prose), page.name


def committed(path: Path) -> bytes:
    """A learner's file as the repository has it; empty where that cannot be asked."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:{TREE.shown(path)}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return shown.stdout if shown.returncode == 0 else b""


@every_exercise
def test_the_stub_is_the_starting_file(folder: Path) -> None:
    exercise = exercise_in(folder)
    for path, fresh in stub.starting_files(exercise).items():
        assert fresh.count("TODO") == 1
        # Whoever has begun with the exercise has changed the file here, and may run the tests all the same.
        assert stub.is_untouched(exercise) or committed(path) == fresh.encode(), "make reset makes it anew"


@every_exercise
def test_stub_reference_and_solution_compile(folder: Path) -> None:
    exercise = exercise_in(folder)
    begun = not stub.is_untouched(exercise)
    plan = compiling.plan(exercise, compiler(), ("reference", "solution") if begun else None)
    compiling.build(plan)
    warned = [each.warnings_file for each in plan.submissions if each.warnings_file.is_file()]
    assert not warned, "".join(path.read_text() for path in warned)


@every_exercise
def test_what_a_check_builds_is_all_that_grading_it_needs(folder: Path) -> None:
    run = (ROOT / "grading" / "course" / "run").read_text()
    (targets,) = re.findall(r"check \| watch\) grading/setup/build ([\w ]+) \|\|", run)
    ninja = ["ninja", "-C", TREE.build / "cmake", "-t", "commands", *targets.split()]
    commands = subprocess.run(ninja, capture_output=True, text=True, check=True).stdout
    for path in (TREE.judge, *runner_files(exercise_in(folder))):
        assert TREE.build not in path.parents or f"bin/{path.name}" in commands, path


@every_exercise
def test_the_lesson_has_all_its_sections_in_order(folder: Path) -> None:
    lesson = exercise_in(folder).lesson.read_text(encoding="utf-8")
    found = re.findall(r"^## (.+?)\s*$", lesson, re.MULTILINE)
    positions = []
    for section in SECTIONS:
        matching = [index for index, title in enumerate(found) if title.startswith(section)]
        assert matching, f"there is no section '## {section}'"
        positions.append(matching[0])
    assert positions == sorted(positions), f"the sections come in this order: {', '.join(SECTIONS)}"
    assert lesson.startswith("# "), "the lesson begins with its title: # ..."


@every_exercise
def test_the_lesson_has_at_least_four_hints(folder: Path) -> None:
    exercise = exercise_in(folder)
    found = hints.read(exercise)
    assert len(found) >= 4, f"there are {len(found)} hints"
    for number, hint in enumerate(found, 1):
        right = hint.summary.startswith(f"Hint {number}: ") and hint.text
        assert right, f"hint {number} is called {hint.summary!r}: it is 'Hint {number}: ...', with a text"


@every_exercise
def test_the_lessons_links_to_files_lead_somewhere(folder: Path) -> None:
    lesson = exercise_in(folder).lesson.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)", lesson):
        if "://" not in link and not link.startswith("mailto:"):
            assert (folder / link).exists(), f"the lesson's link {link} leads nowhere"
