"""python -m course COMMAND: what the person typed, turned into a call of one command and an exit code."""
from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Optional, Sequence

from .children import end_with_parent, ended_by_signals, give_a_temporary_folder
from .errors import Mistake
from .tree import Tree


class _Parser(argparse.ArgumentParser):
    """Mistakes in the call are told like all others."""

    def error(self, message: str) -> NoReturn:
        raise Mistake(f"{message[:1].upper()}{message[1:]}; see grading/course/run --help.")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        value = float(text)
        if 0.1 <= value <= 600.0:  # as the judge has it
            return value
    raise argparse.ArgumentTypeError(f"BUDGET is in seconds, from 0.1 to 600, not '{text}'")


def _seed(text: str) -> int:
    with suppress(ValueError):
        value = int(text, 0)
        if 0 <= value < 2**64:
            return value
    raise argparse.ArgumentTypeError(f"SEED is a whole number from 0 to 2^64 - 1, not '{text}'")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="grading/course/run",
        description="The commands of the course, as make calls them.",
        epilog="Exit code: 0 fine, 1 not passed, 2 a mistake in the call or the set-up.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, text: str, exercise: bool = False, arguments: bool = False
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        if exercise:
            one.add_argument("exercise", nargs="?", metavar="EX", help="12, 12-scatter-bessel or bessel")
        if arguments:
            one.add_argument("--args", metavar="WORDS", help="arguments that are passed on")
        return one

    check = command("check", "grade every exercise, or one", exercise=True)
    check.add_argument("--fresh", action="store_true", help="grade anew what was kept")
    check.add_argument("--json", action="store_true", help="one JSON document on stdout")
    check.add_argument(
        "--seed", type=_seed, metavar="N", help="the seed of the inputs, as a verdict printed it"
    )
    check.add_argument("--budget", type=_seconds, metavar="SECONDS", help="for the timed rounds at most")
    command("build", "compile what checks would have to compile first")
    command("list", "list the exercises").add_argument("--json", action="store_true", help="as JSON")
    command("next", "say what to do next, and why")
    command("watch", "check again whenever the file is saved", exercise=True)
    command("hint", "one more hint at each call", exercise=True)
    for name, text in (
        ("profile", "see where the time goes, in reference, yours and solution"),
        ("compare", "see yours and the solution from close by: profile, machine code, remarks, difference"),
    ):
        look = command(name, text, exercise=True)
        look.add_argument("--tool", metavar="NAME", help="perf, gperftools, callgrind or cprofile")
        look.add_argument(
            "--budget", type=_seconds, metavar="SECONDS", help="of work to look at, for each of them"
        )
        look.add_argument("--json", action="store_true", help="the profile as JSON on stdout")
    report = command("report", "write a page with every measurement")
    report.add_argument(
        "--fresh", action="store_true", help="measure the machine and compute the wave anew"
    )
    solution = command("solution", "show the solution with its notes", exercise=True)
    solution.add_argument("--force", action="store_true", help="do not ask when yours has not passed")
    command("sanitize", "look for errors with sanitizers and valgrind", exercise=True)
    command("reset", "put the starting file back, keep yours as a backup", exercise=True)
    command("baseline", "time the original Python programs here", arguments=True)
    command("ladder", "time all rungs, from the original Python to the top", arguments=True)
    command("scatter", "run the C++ program", arguments=True)
    command("bench", "explore an exercise with Google Benchmark", exercise=True, arguments=True)
    test = command("test", "test the course itself")  # the shell script starts these, without this program
    test.add_argument("words", nargs="*", metavar="WORD", help="what pytest is to run, and its options")
    return parser


def _run(tree: Tree, call: argparse.Namespace) -> int:
    from . import check_command, commands
    from .checking import Options

    if call.command == "check":
        options = Options(call.fresh, call.seed, call.budget)
        if call.exercise is not None:
            return check_command.check_one(tree, call.exercise, options, call.json)
        return check_command.check_all(tree, options, call.json)
    if call.command == "build":
        return commands.build(tree)
    if call.command == "list":
        return commands.show_list(tree, call.json)
    if call.command == "next":
        return commands.show_next(tree)
    if call.command == "report":
        return commands.report(tree, call.fresh)
    if call.command == "bench":
        return commands.bench(tree, call.exercise, call.args)
    if call.command in ("profile", "compare"):
        return commands.profile(tree, call.command, call.exercise, call.tool, call.budget, call.json)
    if call.command == "test":
        raise Mistake("The tests of the course itself are started by grading/course/run test.")
    if call.command == "sanitize":
        return commands.sanitize(tree, call.exercise)
    if call.command == "watch":
        return commands.watch(tree, call.exercise)
    if call.command == "solution":
        return commands.show_solution(tree, call.exercise, call.force)
    if call.command in ("hint", "reset"):
        act = commands.show_hint if call.command == "hint" else commands.reset
        return act(tree, call.exercise)
    with_arguments = {
        "baseline": commands.baseline,
        "ladder": commands.climb_ladder,
        "scatter": commands.scatter,
    }
    return with_arguments[call.command](tree, call.args)


def _complain(sentence: str, as_json: bool) -> int:
    """Tells it where it is expected, or where it can be told at all."""
    try:
        if as_json:
            print(json.dumps({"error": sentence}))
        sys.stdout.flush()
    except OSError:
        _let_go_of_stdout()
        as_json = False
    if not as_json:
        print(sentence, file=sys.stderr)
    return Mistake.exit_code


def _let_go_of_stdout() -> None:
    """What nobody takes is not to be written, and complained of, once more when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Optional[Sequence[str]] = None, tree: Optional[Tree] = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    if sys.stderr is None:  # closed, and so is stdout below: 2>&-
        sys.stderr = open(os.devnull, "w", encoding="utf-8")
    if sys.stdout is None:
        print("There is no standard output to write to; please do not close it.", file=sys.stderr)
        return Mistake.exit_code
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        call = _parser().parse_args(words)
        with ended_by_signals():
            if "MAKELEVEL" in os.environ:
                end_with_parent()
            give_a_temporary_folder()
            returned = _run(tree or Tree(Path(__file__).resolve().parents[2]), call)
        sys.stdout.flush()  # while it can still be told that this does not work
        return returned
    except Mistake as error:
        return _complain(str(error), as_json)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _let_go_of_stdout()
        return 141
    except OSError as error:
        return _complain(
            f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.", as_json
        )
    except Exception as error:
        traceback.print_exc()
        said = f"The course itself made a mistake ({type(error).__name__}); please report it."
        return _complain(said, as_json)


if __name__ == "__main__":
    sys.exit(main())
