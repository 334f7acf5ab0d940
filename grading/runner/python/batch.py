"""The arrays of one call as they lie in shared memory; the same layout as grading/interface/batch.hpp."""
from __future__ import annotations

import numpy

HEADER_WORDS = 4  # items, inputs per item, outputs per item, padding
WORD = 8


class Batch:
    """A view of the two areas, whatever batch lies in them; it owns nothing and keeps nothing."""

    def __init__(self, inputs: memoryview, outputs: memoryview) -> None:
        self._inputs, self._outputs = inputs, outputs

    def places(self) -> tuple[int, list[list[tuple[int, int]]]]:
        """How many inputs an item has, and of each item the (offset, count) of its arrays, inputs first."""
        items, inputs, outputs, _ = numpy.frombuffer(self._inputs, numpy.uint64, HEADER_WORDS).tolist()
        arrays = inputs + outputs
        table = numpy.frombuffer(self._inputs, numpy.uint64, 2 * items * arrays, HEADER_WORDS * WORD)
        rows = table.reshape(items, arrays, 2).tolist()
        return inputs, [[(offset, count) for offset, count in row] for row in rows]

    def input(self, place: tuple[int, int]) -> numpy.ndarray:
        """A read-only array."""
        return numpy.frombuffer(self._inputs, numpy.float64, place[1], place[0])

    def output(self, place: tuple[int, int]) -> numpy.ndarray:
        return numpy.frombuffer(self._outputs, numpy.float64, place[1], place[0])
