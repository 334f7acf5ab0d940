"""What a learner's function gave, in words, where it is not what was asked for."""
from __future__ import annotations

from typing import Any

import numpy


def in_words(answer: Any) -> str:
    if answer is None:
        return "nothing (None; is its `return` missing?)"
    if isinstance(answer, numpy.ndarray):
        return f"an array of {answer.dtype} of shape {answer.shape}"
    return type(answer).__name__
