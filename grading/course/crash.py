"""Where a Python submission was when it crashed or hung: the learner's lines of what faulthandler says."""
from __future__ import annotations

import re
from typing import Any

from .exercise import Exercise

BEGIN = re.compile(r"^(Fatal Python error: .*|(Current thread|Thread) 0x\w+ .*)$", re.MULTILINE)
FRAME = re.compile(
    r'^  File "(?P<file>[^"]+)", line (?P<line>[1-9]\d{0,8}) in (?P<function>.+)$', re.MULTILINE
)


def placed(exercise: Exercise, verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict, with the line in its sentence, and the way there in place of the interpreter's words."""
    printed = str(verdict.get("printed") or "")
    begin = BEGIN.search(printed)
    if not begin or verdict["status"] not in ("crashed", "hung"):
        return verdict
    shown = exercise.tree.shown(exercise.learners_file)
    own = [frame for frame in FRAME.finditer(printed, begin.start()) if frame["file"] == shown]
    if not own:
        return {**verdict, "printed": printed[: begin.start()]}
    text = exercise.learners_file.read_text(errors="replace").splitlines()
    way = ["Traceback (your own lines):"]
    for frame in reversed(own):  # innermost first, there
        way += [f'  File "{shown}", line {frame["line"]}, in {frame["function"]}']
        way += [f"    {line.strip()}" for line in text[int(frame["line"]) - 1: int(frame["line"])]]
    where = f"line {own[0]['line']} of {shown}: `{way[-1].strip()}`"
    what, the_case_is, case = str(verdict["sentence"]).partition(" The case is ")
    return {
        **verdict,
        "sentence": f"{what.rstrip('.')} ({where}).{the_case_is}{case}",
        "printed": printed[: begin.start()] + "\n".join(way) + "\n",
    }
