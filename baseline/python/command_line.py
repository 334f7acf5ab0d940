"""What the programs' command lines share: numbers, values that begin with a minus, errors, Ctrl-C."""
import argparse
import math
import os
import re
import sys
from typing import Callable, List, NoReturn, Optional, Sequence


class UsageError(Exception):
    """A mistake in the call: one sentence for the person who typed it. The program ends with exit code 2."""


class OutputError(Exception):
    """A result that could not be written: one sentence. The program ends with exit code 1."""


class Parser(argparse.ArgumentParser):
    """An argument parser that reports a mistake as a UsageError, and that takes -sin(t) for a value."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Called by argparse for a mistake that it finds."""
        raise UsageError(f"{message}; {self.prog} --help lists the options.")

    def read(self, argv: Sequence[str]) -> argparse.Namespace:
        """Parse the arguments; an unknown one is named in the error."""
        arguments, unknown = self.parse_known_args(self._attach_values(argv))
        if unknown:
            kind = "option" if unknown[0].startswith("-") else "argument"
            raise UsageError(f"unknown {kind} '{unknown[0]}'; {self.prog} --help lists the options.")
        return arguments

    def _attach_values(self, argv: Sequence[str]) -> List[str]:
        """Turn `--yc -t` into `--yc=-t`, which nobody takes for two options."""
        options = {name: action for action in self._actions for name in action.option_strings}
        attached: List[str] = []
        words = iter(argv)
        for word in words:
            name, equals, value = word.partition("=")
            takes_value = name in options and options[name].nargs is None
            if takes_value and not equals:
                value = next(words, "")
            if takes_value and (not value or value in options):
                raise UsageError(f"{name} needs a value; {self.prog} --help lists the options.")
            if equals and name in options and not takes_value:
                raise UsageError(f"{name} takes no value; {self.prog} --help lists the options.")
            attached.append(f"{name}={value}" if takes_value else word)
        return attached


def whole_number(option: str, lowest: int, highest: int) -> Callable[[str], int]:
    """A converter for argparse: plain digits within the limits."""
    def convert(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,18}", text) and lowest <= int(text) <= highest:
            return int(text)
        raise UsageError(f"{option} needs a whole number from {lowest} to {highest} in plain digits, "
                         f"not '{text}'.")
    return convert


def positive_number(option: str, example: str) -> Callable[[str], float]:
    """A converter for argparse: a finite number above 0."""
    def convert(text: str) -> float:
        is_number = re.fullmatch(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text)
        if is_number and 0.0 < float(text) < math.inf:
            return float(text)
        raise UsageError(f"{option} needs a positive, finite number such as {example}, not '{text}'.")
    return convert


def available_memory() -> float:
    """The bytes that a new program can have without swapping; infinite where the system does not tell."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return 1024.0 * float(line.split()[1])
    except OSError:
        pass
    return math.inf


def check_memory(needed: float, what: str, remedy: str) -> None:
    """Refuse what does not fit in memory, before the system has to."""
    available = available_memory()
    if needed > available:
        raise UsageError(f"{what} needs {needed / 2**30:.3g} GiB of memory but "
                         f"{available / 2**30:.3g} GiB are available; choose {remedy}.")


def run_program(name: str, main: Callable[[Optional[List[str]]], int]) -> int:
    """Run main; a mistake, a failed write and Ctrl-C each become one line on stderr and an exit code."""
    try:
        code = main(None)
        sys.stdout.flush()
        return code
    except UsageError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except (OutputError, OSError) as error:
        is_told = isinstance(error, OutputError)
        print(f"{name}: {error if is_told else 'the result cannot be printed.'}", file=sys.stderr)
        # What is left in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print(f"{name}: interrupted.", file=sys.stderr)
        return 130
