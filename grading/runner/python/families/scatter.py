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
        try:
            same_shape = numpy.shape(answer) == field.shape
            if same_shape:
                field[:] = answer
        except (TypeError, ValueError):
            same_shape = False
        if not same_shape:
            wanted = f"an array of complex numbers of shape {field.shape}"
            raise TypeError(f"{FUNCTION} returned {in_words(answer)}, not {wanted}")
