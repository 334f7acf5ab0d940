"""Reads an exercise.toml: a key that is missing, wrong or read by nobody is told in one sentence."""
from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Union

from .errors import Mistake, reason
from .exercise import LANGUAGES, Exercise, Language
from .tree import Tree

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ADVICE = ("start", "half", "passed", "beyond")
ADVICE_IF_THERE = ("wrong", "crashed")
KEYS = {
    "build": ("flags", "library", "modules"),
    "ladder": ("rung",),
    "advice": (*ADVICE, *ADVICE_IF_THERE),
}
SHOWN = (
    *("title", "summary", "file", "extension", "task", "ladder.rung"),
    *(f"advice.{key}" for key in KEYS["advice"]),
)


def _in_words(kind: Union[type, tuple[type, ...]]) -> str:
    words = {str: "a text", list: "a list", dict: "a table", int: "a whole number"}
    return "a number" if isinstance(kind, tuple) else words[kind]


class _Reader:
    """Takes values out of an exercise.toml; one that is missing or wrong is a Mistake naming file and key."""

    def __init__(self, shown: str, content: Mapping[str, Any]) -> None:
        self.shown = shown
        self.content = content

    def fault(self, key: str, what: str) -> Mistake:
        return Mistake(f"{self.shown}: '{key}' {what}.")

    def get(
        self, key: str, kind: Any, holds: Callable[[Any], bool] = bool, should: str = "not be empty"
    ) -> Any:
        value: Any = self.content
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                raise self.fault(key, "is missing")
            value = value[part]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.fault(key, f"must be {_in_words(kind)}")
        if not holds(value):
            raise self.fault(key, f"must {should}")
        return value

    def get_if_there(self, section: str, key: str, kind: Any, *demand: Any) -> Any:
        """None without the key; `demand` is what `get` calls `holds` and `should`."""
        if section not in self.content:
            return None
        table = self.get(section, dict, lambda _: True)
        return self.get(f"{section}.{key}", kind, *demand) if key in table else None


def parsed(path: Path, shown: str) -> dict[str, Any]:
    """The content of a TOML file; raises Mistake with one sentence."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise Mistake(f"{shown} is missing; every exercise has one.") from None
    except OSError as error:
        raise Mistake(f"{shown} cannot be read: {reason(error)}.") from None
    return parsed_text(text, shown)


def parsed_text(text: bytes, shown: str) -> dict[str, Any]:
    """The content of what was read of a TOML file."""
    try:
        return dict(tomllib.loads(text.decode("utf-8-sig")))  # some editors begin every file with a mark
    except UnicodeDecodeError as error:
        raise Mistake(f"{shown} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise Mistake(f"{shown} is not valid TOML: {error}.") from None
    except ValueError:
        raise Mistake(f"{shown} cannot be read: a number in it has too many digits.") from None
    except RecursionError:
        raise Mistake(f"{shown} cannot be read: its brackets lie too deep within one another.") from None


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_positive(value: float) -> bool:
    return value > 0


def _has_control_characters(text: str, allowed: str = "") -> bool:
    """Those that end a line among them: what is shown in a line would fill several, or steer the terminal."""
    return any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") and sign not in allowed for sign in text)


def _are_flags(values: list[Any]) -> bool:
    return _are_texts(values) and not any(map(_has_control_characters, values))


NUMBER = (int, float)
POSITIVE = (_is_positive, "be greater than 0")


def _is_share(value: float) -> bool:
    return 0 < value <= 1


def _are_modules(values: list[Any]) -> bool:
    return _are_texts(values) and all(part.isidentifier() for value in values for part in value.split("."))


def _is_clock(value: str) -> bool:
    return value in ("cpu", "wall")


def _language(reader: _Reader) -> Language:
    if "language" not in reader.content:
        return LANGUAGES["c++"]
    name: str = reader.get("language", str)
    if name not in LANGUAGES:
        raise reader.fault("language", f"is '{name}'; it must be one of {', '.join(LANGUAGES)}")
    return LANGUAGES[name]


def _family(tree: Tree, reader: _Reader, language: Language) -> str:
    family: str = reader.get("family", str)
    if language.name == "questions":
        return family  # what the questions are about; nothing is called
    known = sorted(
        path.stem for path in tree.families_in(language.name).glob(f"[!_]*{language.suffix}")
    )
    if family not in known:
        raise reader.fault("family", f"is '{family}', which is none of the families: {', '.join(known)}")
    return family


def _file(reader: _Reader, key: str, suffix: str) -> str:
    """What the learner edits; never the reference, which make reset would overwrite."""
    name: str = reader.get(
        key,
        str,
        lambda file: file == Path(file).name and file.endswith(suffix),
        f"be the name of a {suffix} file in the exercise's folder",
    )
    if Path(name).stem == "reference":
        raise reader.fault(key, f"is '{name}', which is what the learner's file is made from: name another")
    return name


def _extension(reader: _Reader, language: Language) -> Optional[str]:
    if "extension" not in reader.content:
        return None
    if language.name != "python":
        raise reader.fault("extension", "is for Python exercises")
    return _file(reader, "extension", LANGUAGES["c++"].suffix)


def _flags(reader: _Reader) -> tuple[str, ...]:
    should = "be a list of texts without control characters"
    return tuple(reader.get("build.flags", list, _are_flags, should))


def _modules(reader: _Reader) -> tuple[str, ...]:
    should = "be a list of modules' names"
    return tuple(reader.get("build.modules", list, _are_modules, should))


def _library(tree: Tree, reader: _Reader) -> tuple[str, ...]:
    headers: list[str] = reader.get_if_there("build", "library", list) or []
    known = sorted(path.name for path in tree.library.glob("*.hpp"))
    for header in headers:
        if header not in known:
            raise reader.fault("build.library", f"names {header!r}; there are {', '.join(known)}")
    return tuple(headers)


def _limit(tree: Tree, reader: _Reader) -> Optional[str]:
    limit: Optional[str] = reader.get_if_there("grade", "limit", str)
    known = sorted(path.stem for path in (tree.runner_sources / "limits").glob("*.cpp"))
    if limit is not None and limit not in known:
        raise reader.fault("grade.limit", f"is {limit!r}; there are {', '.join(known)}")
    return limit


def _no_others(reader: _Reader) -> None:
    """Refuses keys that nobody reads: a slip of the pen would leave out what it was meant for. (The other
    tables' keys are the judge's.)"""
    for section, known in KEYS.items():
        table = reader.content.get(section)
        for key in table if isinstance(table, dict) else ():
            if key not in known:
                raise reader.fault(f"{section}.{key}", f"means nothing; there are {', '.join(known)}")


def _none_of_another_language(reader: _Reader, language: Language, extension: Optional[str]) -> None:
    """Refuses keys that mean something, but that nobody reads in this exercise."""
    in_cpp, in_python = (language.name == name for name in ("c++", "python"))
    readers = {
        "build.flags": (in_cpp or extension is not None, "in C++ or with an extension in it"),
        "build.library": (in_cpp, "in C++"),
        "build.modules": (in_python, "in Python"),
        "grade.limit": (in_cpp, "in C++"),
        "ladder.rung": (in_cpp or in_python, "that have a solution to time"),
        **{f"advice.{key}": (in_cpp or in_python, "that the judge checks") for key in ADVICE_IF_THERE},
    }
    for key, (is_read, whose) in readers.items():
        section, name = key.split(".")
        table = reader.content.get(section)
        if not is_read and isinstance(table, dict) and name in table:
            raise reader.fault(key, f"is for exercises {whose}; leave it out")


def _no_control_characters(reader: _Reader) -> None:
    """In whatever is shown; the advice and the task may be longer than a line."""
    for key in SHOWN:
        section, _, name = key.rpartition(".")
        table = reader.content.get(section) if section else reader.content
        value = table.get(name) if isinstance(table, dict) else None
        lines = "\n\t" if key == "task" or section == "advice" else ""
        if isinstance(value, str) and _has_control_characters(value, lines):
            raise reader.fault(key, f"must hold no control character{'' if lines else ' and no line break'}")


def _has_what_the_judge_reads(reader: _Reader) -> None:
    """Only that it is there: what it must be, the judge knows."""
    for key in ("timed", "cases"):
        reader.get(key, list)
    for key in ("tolerance.formula", "tolerance.derivation"):
        reader.get(key, str)
    reader.get("tolerance.factor", NUMBER, *POSITIVE)


def _advice(reader: _Reader) -> dict[str, str]:
    advice = {key: reader.get(f"advice.{key}", str) for key in ADVICE}
    there = {key: reader.get_if_there("advice", key, str) for key in ADVICE_IF_THERE}
    return {**advice, **{key: text for key, text in there.items() if text is not None}}


def load(tree: Tree, folder: Path) -> Exercise:
    """The exercise in a folder; raises Mistake with one sentence that names the file and the key."""
    shown = tree.shown(folder / "exercise.toml")
    reader = _Reader(shown, parsed(folder / "exercise.toml", shown))
    _no_others(reader)
    _no_control_characters(reader)
    language = _language(reader)
    extension = _extension(reader, language)
    _none_of_another_language(reader, language, extension)
    judged = language.name != "questions"
    if judged:
        _has_what_the_judge_reads(reader)
    return Exercise(
        tree=tree,
        name=folder.name,
        title=reader.get("title", str),
        summary=reader.get("summary", str),
        language=language,
        family=_family(tree, reader, language),
        file=_file(reader, "file", language.suffix),
        extension=extension,
        task=reader.get("task", str),
        flags=_flags(reader) if language.name == "c++" or extension else (),
        library=_library(tree, reader),
        modules=_modules(reader) if language.name == "python" else (),
        mark=float(reader.get("grade.mark", NUMBER, _is_share, "lie between 0 and 1")),
        clock=reader.get("grade.clock", str, _is_clock, 'be "cpu" or "wall"') if judged else "cpu",
        threads=reader.get_if_there("grade", "threads", int, *POSITIVE) or 1,
        budget_seconds=float(reader.get("grade.budget_seconds", NUMBER, *POSITIVE)) if judged else 0.0,
        memory_mib=reader.get("grade.memory_mib", int, *POSITIVE) if judged else 0,
        limit=_limit(tree, reader),
        rung=reader.get_if_there("ladder", "rung", str),
        advice=_advice(reader),
    )
