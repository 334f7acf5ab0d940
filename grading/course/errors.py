"""What can go wrong with a command, each told to the person in one sentence."""
from __future__ import annotations

NOT_PASSED = 1  # the exit code where nothing is wrong with the call


class Mistake(Exception):
    """A mistake in the call or in the set-up: one sentence that says what is wrong, where, and what to do."""

    exit_code = 2


class JudgeFailed(Mistake):
    """The judge could not do its work, so that there is no verdict."""


class CourseBroken(Mistake):
    """Something of the course itself, not of the learner's, does not work."""


def reason(error: Exception) -> str:
    """Why a file cannot be read, without its full path."""
    return getattr(error, "strerror", None) or str(error)
