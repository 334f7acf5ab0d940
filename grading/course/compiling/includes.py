"""What a source file includes from elsewhere: an exercise is one file, and stands by itself."""
from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Sequence

from ..machine import Compiler, understood
from ..tree import Tree


def listing_includes(compiler: Compiler) -> list[str]:
    """Has the compiler list what it reads; g++ by the names under which it was found, links not followed."""
    return ["-MD", "-MF", "includes.d", *([] if compiler.is_clang else ["-fno-canonical-system-headers"])]


def system_folders(compiler: Compiler, words: Sequence[str]) -> list[str]:
    """Where the compiler, called with these words, looks for headers, as it says itself; also by their real
    names."""
    call = [*compiler.command, *understood(words, compiler.is_clang), "-E", "-v", "-x", "c++", os.devnull]
    environment = {**os.environ, "LC_ALL": "C"}
    said = subprocess.run(call, capture_output=True, stdin=subprocess.DEVNULL, env=environment).stderr
    listed = said.decode(errors="replace").partition("search starts here:")[2].partition("End of search")[0]
    named = [line.strip() for line in listed.splitlines() if line.startswith(" /")]
    return list(dict.fromkeys([*named, *map(os.path.realpath, named)]))


def foreign_includes(
    tree: Tree, folder: Path, systems: Sequence[str], allowed: Sequence[Path] = ()
) -> list[Path]:
    """What was included from elsewhere than `folder`, where the compiler ran, the system's and the allowed
    places; a way that leads through a folder of the system and out again counts for where it ends."""
    listed = folder / "includes.d"
    if not listed.is_file():
        return []
    known = [os.path.realpath(place) for place in (folder, *allowed)]
    courses = (tree.exercises, tree.solutions, tree.baseline, tree.runner_sources.parent, tree.build)
    own = tuple(f"{os.path.realpath(place)}{os.sep}" for place in courses)
    below = tuple(f"{place}{os.sep}" for place in systems)

    def is_allowed(path: str) -> bool:
        return os.path.dirname(path) in known or (path.startswith(below) and not path.startswith(own))

    foreign = []
    for word in _files_of_rule(listed.read_text(errors="replace")):
        path = os.path.join(folder, word)
        if ".." in path.split(os.sep) or not is_allowed(path):  # for the others there is no look at the disk
            real = os.path.realpath(path)
            foreign += [] if is_allowed(real) else [Path(real)]
    return foreign


def _files_of_rule(rule: str) -> list[str]:
    """What a rule for make depends on; a blank, # or $ of a name is written as `\\ `, `\\#` or `$$` there."""
    words = re.findall(r"(?:\\[ \t#]|\S)+", rule.replace("\\\n", " "))
    return [re.sub(r"\\([ \t#])|\$(\$)", r"\1\2", word) for word in words[1:]]
