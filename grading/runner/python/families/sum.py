"""The `sum` family: hands every array of the batch to the learner's function."""
from __future__ import annotations

from typing import Any, Callable

import numpy

from answers import in_words
from batch import Batch

FUNCTION = "mysum"
SIGNATURE = "mysum(array)"


def run(function: Callable[[Any], Any], batch: Batch) -> None:
    _, rows = batch.places()
    for values, result in rows:
        answer = function(batch.input(values))
        try:
            batch.output(result)[0] = _number(answer)
        except (TypeError, ValueError):
            raise TypeError(f"{FUNCTION} returned {in_words(answer)}, not a number") from None


def _number(answer: Any) -> float:
    """`float` refuses None, which NumPy would make NaN; but it reads texts, and halves complex numbers."""
    if isinstance(answer, numpy.ndarray) and answer.size == 1:
        answer = answer.item()  # `float` takes no array of shape (1,) from NumPy 2.4 on
    if isinstance(answer, (str, bytes, numpy.complexfloating)):
        raise TypeError
    return float(answer)
