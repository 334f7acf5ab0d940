"""The `scatter` family: hands every problem of the batch to the learner's function."""
from __future__ import annotations

from typing import Any, Callable

import numpy

from answers import in_words
from batch import Batch

FUNCTION = "scattered_field"
SIGNATURE = "scattered_field(k, xc, yc, x, y)"


def run(function: Callable[..., Any], batch: Batch) -> None:
    _, rows = batch.places()
    for row in rows:
        xc, yc, x, y, k = (batch.input(place) for place in row[:5])
        answer = function(k, xc, yc, x, y)
        field = batch.output(row[5]).view(numpy.complex128).reshape(len(y), len(x))
        if not _taken(answer, field):
            wanted = f"an array of complex numbers of shape {field.shape}"
            raise TypeError(f"{FUNCTION} returned {in_words(answer)}, not {wanted}")


def _taken(answer: Any, field: numpy.ndarray) -> bool:
    """Copies the answer to the field, if it is one; NumPy would repeat a row, and read texts."""
    try:
        values = numpy.asarray(answer)
        if values.shape != field.shape or values.dtype.kind in "SU":
            return False
        field[:] = values
    except (TypeError, ValueError):
        return False
    return True
