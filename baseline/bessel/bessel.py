"""The Bessel functions j0, j1, y0 and y1 of Boost: Python can call them, and numba from compiled code.

They come from a shared library that `make build` makes, or `python3 setup.py build` in this folder.
"""
from __future__ import annotations

import ctypes
import hashlib
from pathlib import Path

__all__ = ["j0", "j1", "y0", "y1"]

FOLDER = Path(__file__).resolve().parent
SOURCE = FOLDER / "bessel.cpp"
LIBRARY = FOLDER.parents[1] / "build" / "bin" / "libbessel.so"
REMEDY = f"`make build` in {FOLDER.parents[1]} builds it, and so does `python3 setup.py build` in {FOLDER}"


def digest_of_source() -> str:
    """What the library must have been built from."""
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


def load(path: Path) -> ctypes.CDLL:
    """The library in this very file, and no other: ImportError if it isn't there, or is not of our source."""
    if not path.is_file():
        raise ImportError(f"The library of Bessel functions, {path}, is not built: {REMEDY}.")
    try:
        library = ctypes.CDLL(str(path.resolve()))
        library.faster_scatter_bessel_source.restype = ctypes.c_char_p
        built_from = library.faster_scatter_bessel_source().decode()
    except (OSError, AttributeError) as error:
        raise ImportError(f"{path} is no library of Bessel functions ({error}): {REMEDY}.") from None
    if built_from != digest_of_source():
        raise ImportError(f"{path} was built from another version of {SOURCE.name}: {REMEDY}.")
    return library


def _function(name: str):  # type: ignore[no-untyped-def]  # ctypes has no public name for the type
    function = getattr(_library, f"faster_scatter_{name}")
    function.argtypes, function.restype = [ctypes.c_double], ctypes.c_double
    return function


_library = load(LIBRARY)
j0, j1, y0, y1 = (_function(name) for name in __all__)
