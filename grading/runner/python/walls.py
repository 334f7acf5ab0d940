"""The runner's walls and words, which are C++ (walls.cpp); no call here comes back if the judge is gone."""
from __future__ import annotations

import ctypes
import enum
from pathlib import Path
from typing import NoReturn, Sequence


class MessageKind(enum.IntEnum):
    """What a nursery says: the part of grading::MessageKind that it has words of its own for."""

    ready = 1
    fault = 4
    forked = 6


class Fault(enum.IntEnum):
    """Why a runner gives up: the part of grading::Fault that an interpreter can tell."""

    exception = 2
    out_of_memory = 3
    not_loadable = 5
    set_up = 6


class _MappedAreas(ctypes.Structure):
    _fields_ = [
        ("inputs", ctypes.c_void_p),
        ("input_size", ctypes.c_size_t),
        ("outputs", ctypes.c_void_p),
        ("output_size", ctypes.c_size_t),
    ]


def _memory(address: int, size: int) -> memoryview:
    return memoryview((ctypes.c_char * size).from_address(address)).cast("B")


class Walls:
    """The library, loaded while this process may still open files."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self.ready = self._library.faster_scatter_ready
        self.wait_for_go = self._library.faster_scatter_wait_for_go
        self.done = self._library.faster_scatter_done
        self.die_with_parent = self._library.faster_scatter_die_with_parent
        for function in (self.ready, self.wait_for_go, self.done, self.die_with_parent):
            function.restype = None

    def lock_in(self, readable: Sequence[Path]) -> tuple[memoryview, memoryview]:
        """Locks this process in, for good; returns the inputs (read-only) and the outputs."""
        places = (ctypes.c_char_p * len(readable))(*(str(place).encode() for place in readable))
        mapped = _MappedAreas()
        self._library.faster_scatter_lock_in(places, ctypes.c_size_t(len(readable)), ctypes.byref(mapped))
        inputs = _memory(mapped.inputs, mapped.input_size).toreadonly()
        return inputs, _memory(mapped.outputs, mapped.output_size)

    def fault(self, fault: Fault, text: str) -> NoReturn:
        """The last words; ends the process."""
        self._library.faster_scatter_fault(ctypes.c_uint32(fault), text.encode(errors="replace"))
        raise AssertionError("the process has ended")
