"""For tests that call a submission's library themselves, without judge and sandbox."""
from __future__ import annotations

import ctypes
import struct
from pathlib import Path
from typing import Any, Sequence

from course import compiling
from course.exercise import Exercise
from course.machine import compiler


def built(exercise: Exercise, role: str) -> Path:
    """The library of the exercise's reference or solution, compiled as for a check."""
    plan = compiling.plan(exercise, compiler(), (role,))
    compiling.build(plan)
    return plan.libraries[role]


def call(library: Path, inputs: Sequence[Any], output: Any) -> None:
    """Fills the output, through the one function that the library shows: grading/interface/batch.hpp."""
    header, place = struct.Struct("4Q"), struct.Struct("2Q")
    start = header.size + (len(inputs) + 1) * place.size
    places, data = [], b""
    for array in inputs:
        padded = array.tobytes().ljust(-(-array.nbytes // 8) * 8, b"\0")
        places.append(place.pack(start + len(data), len(padded) // 8))
        data += padded
    places.append(place.pack(0, -(-output.nbytes // 8)))
    start_of_all = header.pack(1, len(inputs), 1, -output.nbytes % 8)
    batch = ctypes.create_string_buffer(start_of_all + b"".join(places) + data)
    run = ctypes.CDLL(str(library)).faster_scatter_run
    run(ctypes.cast(batch, ctypes.c_void_p), ctypes.c_void_p(output.ctypes.data))
