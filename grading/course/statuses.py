"""What can become of an exercise: the words of the judge (docs/judge.md), and those that the course adds."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """How a status is told: its words, their colour ("good", "unsure" or "bad"), and what follows from it."""

    heading: str
    mood: str = "bad"
    in_a_table: str = ""  # where there is less room
    is_fine: bool = False  # nothing to complain about: the exit code of `make check` is 0
    is_final: bool = True  # otherwise a quieter or better equipped machine may well decide otherwise

    @property
    def short(self) -> str:
        return self.in_a_table or self.heading


JUDGES = {
    "passed": Status("passed", "good", is_fine=True),
    "too_slow": Status("right, but not fast enough yet", "unsure", in_a_table="too slow"),
    "undecided": Status("undecided", "unsure", is_final=False),
    "suspect": Status("suspect", is_final=False),
    "wrong": Status("wrong"),
    "crashed": Status("crashed"),
    "exited": Status("exited"),
    "hung": Status("hung"),
    "too_much_memory": Status("too much memory"),
    "too_much_output": Status("too much output"),
    "forbidden": Status("forbidden"),
    "broken_protocol": Status("broken protocol"),
    "not_loadable": Status("cannot be loaded"),
    "skipped": Status(
        "skipped on this machine", "unsure", in_a_table="skipped", is_fine=True, is_final=False
    ),
}
COURSES = {
    "to_do": Status("to do", "unsure", is_fine=True),
    "does_not_compile": Status("does not compile"),
    "not_judged": Status("not judged"),
}
LISTS = {  # in `make list` only
    "changed": Status("changed, not checked yet", "unsure"),
    "missing": Status("file missing"),
}


def status_of(name: object) -> Status:
    """Also of one that a newer judge may have written into the history."""
    known = {**JUDGES, **COURSES, **LISTS}
    return known.get(str(name), Status(str(name).replace("_", " ")))
