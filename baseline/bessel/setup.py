"""Builds the library of Bessel functions for whoever does not use make: python3 setup.py build

Where Boost is in no standard place, BOOST_DIR names its folder. The library goes where bessel.py looks.
"""
import hashlib
import os
import sys
from pathlib import Path

try:
    from setuptools import Extension, setup
    from setuptools.command.build_ext import build_ext
except ImportError:
    sys.exit("setup.py takes the module setuptools (apt-get install python3-setuptools, or python3 -m pip "
             "install setuptools); `make build` does without.")

FOLDER = Path(__file__).resolve().parent
BUILD = FOLDER.parents[1] / "build"
SOURCE = FOLDER / "bessel.cpp"


class BuildLibrary(build_ext):
    """A plain shared library: no module that Python could import, no version of Python in its name."""

    def get_ext_filename(self, fullname):
        return f"lib{fullname}.so"


def boost_folders():
    """Where Boost's headers may be below BOOST_DIR, if that is set."""
    boost = os.environ.get("BOOST_DIR")
    return [str(Path(boost, "include")), boost] if boost else []


os.chdir(FOLDER)
setup(
    name="bessel",
    ext_modules=[
        Extension(
            "bessel",
            ["bessel.cpp"],
            include_dirs=boost_folders(),
            define_macros=[("BESSEL_SOURCE", '"' + hashlib.sha256(SOURCE.read_bytes()).hexdigest() + '"')],
            extra_compile_args=["-std=c++20", "-O2", "-fvisibility=hidden"],
            language="c++",
        )
    ],
    cmdclass={"build_ext": BuildLibrary},
    options={"build": {"build_base": str(BUILD / "setup.py"), "build_lib": str(BUILD / "bin")}},
)
