"""Files that appear whole or not at all: each is written under a temporary name and then renamed."""
import os
import signal
from contextlib import contextmanager
from typing import BinaryIO, Iterator

from command_line import OutputError, UsageError


def temporary_name(path: str) -> str:
    """A name in the same folder that no other program uses."""
    return f"{path}.{os.getpid()}.tmp"


@contextmanager
def interrupted_later() -> Iterator[None]:
    """Control-C waits until this is done."""
    seen = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if seen:
        signal.raise_signal(signal.SIGINT)


def check_writable(path: str) -> None:
    """Find out before a long computation, not after it, whether a file can be written."""
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):
        raise UsageError(f"cannot write '{path}': it exists and is not a regular file.")
    try:
        if os.path.exists(path) and not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
        with interrupted_later():
            with open(temporary_name(path), "xb"):
                pass
            os.remove(temporary_name(path))
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {error.strerror}.") from None


@contextmanager
def output_file(path: str) -> Iterator[BinaryIO]:
    """A binary file to write to; it gets its name when all went well, and leaves nothing behind when not."""
    path = os.path.realpath(path)
    temporary = temporary_name(path)
    try:
        with open(temporary, "xb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException as error:
        if os.path.exists(temporary):
            os.remove(temporary)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write '{path}': {error.strerror}.") from None
        raise
