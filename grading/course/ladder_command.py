"""`make ladder`: times the ladder, prints its table, and writes table, picture and figures."""
from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Optional, Sequence

from . import ladder, progress
from .errors import Mistake
from .files import write_atomically, write_json
from .lock import only_one
from .machine import compiler
from .tree import Tree

SIZES = (128, 512, 2048)
SMALLEST, LARGEST = 3, 8192


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Mistake(f'{message[:1].upper()}{message[1:]}; see make ladder ARGS="--help".')


def _size(text: str) -> int:
    with suppress(ValueError):
        value = int(text)
        if SMALLEST <= value <= LARGEST:
            return value
    raise argparse.ArgumentTypeError(f"'{text}' is no whole number from {SMALLEST} to {LARGEST}")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        value = float(text)
        if 0.1 <= value <= 3600.0:
            return value
    raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds from 0.1 to 3600")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="make ladder",
        description="Times every rung of the ladder on this machine, from the original Python to the top, "
        "and writes build/ladder/ladder.md, .svg, .png and .json.",
        epilog='Given as ARGS="…". What would take longer than the limit is scaled by its interactions, and '
        "marked.",
    )
    parser.add_argument(
        "--sizes", type=_size, nargs="+", default=list(SIZES), metavar="N", help="nx = ny = nc (128 512 2048)"
    )
    parser.add_argument(
        "--limit", type=_seconds, default=10.0, metavar="SECONDS", help="for one call at most (%(default)s)"
    )
    parser.add_argument(
        "--publish", action="store_true", help="also put table and picture into docs/, which README.md shows"
    )
    return parser


def run(tree: Tree, words: Sequence[str]) -> int:
    """2 where a rung is broken: the others are timed all the same, but nothing with a hole is published."""
    options = _parser().parse_args(words)
    sizes = sorted(set(options.sizes))
    known = compiler()
    with only_one(tree.build / "lock"), progress.for_stream() as shown:
        climbed = ladder.climb(tree, known, sizes, options.limit, shown, whole=options.publish)
    table = ladder.as_markdown(climbed)
    written = [path for folder in _folders(tree, options.publish) for path in _write(climbed, table, folder)]
    write_json(tree.build / "ladder" / "ladder.json", ladder.as_json(climbed))
    print(table)
    print("Written: " + ", ".join(tree.shown(path) for path in written))
    return Mistake.exit_code if climbed.broken else 0


def _folders(tree: Tree, publish: bool) -> list[Path]:
    return [tree.build / "ladder", *([tree.root / "docs"] if publish else [])]


def _write(climbed: ladder.Ladder, table: str, folder: Path) -> list[Path]:
    from . import ladder_chart

    page = f"# The ladder\n\n![The times below, on a logarithmic scale](ladder.svg)\n\n{table}"
    write_atomically(folder / "ladder.md", page.encode())
    return [folder / "ladder.md", *ladder_chart.save(climbed, folder)]


def main(tree: Tree, words: Optional[Sequence[str]]) -> int:
    """The command's exit code; --help is no mistake."""
    try:
        return run(tree, words or [])
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 0
