"""The Python runner: loads its modules once, then forks a locked-in process whenever the judge wants one.

    runner.py LIBRARY FAMILY THREADS [MODULE...]

LIBRARY is the C++ part (walls.cpp), FAMILY says which function is called, THREADS how many threads it may
have, and the MODULEs are imported before the first fork, so that no learner waits for them. The judge alone
starts this, with a socket as descriptor 3; grading/interface/protocol.hpp has the words. This first process,
the nursery, never loads a submission; the forked ones lock themselves in before they do.
"""
from __future__ import annotations

import array
import contextlib
import faulthandler
import gc
import importlib
import os
import socket
import struct
import sys
import sysconfig
import warnings
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, NoReturn, Sequence

# These libraries would start threads when they are loaded, for nobody.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[variable] = "1"
sys.dont_write_bytecode = True

OWN_MODULES = Path(__file__).resolve().parents[3] / "baseline"  # NAME/NAME.py: modules of the course's own
SOCKET, LIBRARY_DESCRIPTOR = 3, 6
MESSAGE = struct.Struct("=IIq240s")
OUTPUT_PLACES = (1, 2)  # a runner's first descriptor is its standard output and standard error


def readable_places() -> list[Path]:
    """Where this interpreter's own files and modules are; what `import` and a lazily loaded library need."""
    paths = sysconfig.get_paths()
    places = [paths["stdlib"], paths["platstdlib"], *sys.path]
    for prefix in (sys.prefix, sys.base_prefix):
        if prefix != "/usr":
            places.append(os.path.join(prefix, "lib"))
    return [Path(place) for place in dict.fromkeys(places) if place and os.path.exists(place)]


def prepare(numba: ModuleType) -> None:
    """Makes numba fit for life in here, and for forks.

    `cache=True` would look for a folder to write to, find none and fail; here it simply has no effect. The
    very first compilation in a process also loads most of numba itself, which every fork would pay again.
    """
    from numba.core import dispatcher

    dispatcher.Dispatcher.enable_caching = lambda self: None

    @numba.jit(nopython=True)
    def total(array):  # type: ignore[no-untyped-def]
        result = 0.0
        for i in range(len(array)):
            result += array[i]
        return result

    total(importlib.import_module("numpy").zeros(1))
    # parallel=True loads this when it compiles; as another user it could not from a folder of root's own.
    importlib.import_module("numba.np.ufunc.workqueue")
    # What numba says where the sandbox refuses it a lock; what matters is that a thread is refused, next.
    warnings.filterwarnings("ignore", "Could not obtain multiprocessing lock")


def load_modules(names: Sequence[str]) -> None:
    for name in names:
        folder = OWN_MODULES / name
        if (folder / f"{name}.py").is_file():
            sys.path.insert(0, str(folder))
            importlib.import_module(name)
            sys.path.pop(0)
            continue
        module = importlib.import_module(name)
        if name == "numba":
            prepare(module)


def receive_fork(line: socket.socket) -> tuple[str, list[int]]:
    """What the next submission is called, and its descriptors; ends when the judge has."""
    descriptors = array.array("i")
    data, control, _, _ = line.recvmsg(MESSAGE.size, socket.CMSG_SPACE(5 * descriptors.itemsize))
    if len(data) != MESSAGE.size:
        os._exit(0)
    for level, kind, content in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content)
    return MESSAGE.unpack(data)[3].split(b"\0", 1)[0].decode(errors="replace"), descriptors.tolist()


def take_descriptors(descriptors: Sequence[int]) -> None:
    """Gives the received descriptors a runner's numbers; nothing else stays open."""
    above = [os.dup2(each, 64 + place) for place, each in enumerate(descriptors)]
    output, *others = above
    for number in OUTPUT_PLACES:
        os.dup2(output, number)
    for number, descriptor in enumerate(others, SOCKET):
        os.dup2(descriptor, number, inheritable=False)
    os.closerange(LIBRARY_DESCRIPTOR + 1, 1024)


def print_last(text: str) -> None:
    """After all that was printed so far; a submission may have closed `sys.stdout` or replaced it."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    with contextlib.suppress(OSError):
        os.write(OUTPUT_PLACES[0], text.encode(errors="backslashreplace"))


def serve(walls: Any, family: ModuleType, shown: str) -> NoReturn:
    """A forked runner's whole life."""
    import failures
    import pools
    from batch import Batch
    from places import taken_by_chance
    from submission import lend_library, load, unpacked
    from walls import Fault

    os.setpgid(0, 0)  # so that the judge can stop it together with its own processes, if it may have any
    os.register_at_fork(after_in_child=walls.die_with_parent)
    source, library = unpacked(LIBRARY_DESCRIPTOR)
    faulthandler.enable(file=OUTPUT_PLACES[0], all_threads=False)  # the course takes its words to pieces
    batch = Batch(*walls.lock_in(readable_places()))
    fault, function = Fault.not_loadable, None

    def tell(error: BaseException) -> NoReturn:
        print_last(failures.way_there(error, shown, function) + "\n")
        walls.fault(fault, failures.sentence(error, shown, function))

    pools.prepare(tell)
    # What NumPy says of this runner's own copying, as where a number does not fit, is seen in the answer.
    warnings.filterwarnings("ignore", module=r"families\.")
    try:
        if library:
            lend_library(library, LIBRARY_DESCRIPTOR)
        module = load(source, shown)
        function = getattr(module, family.FUNCTION, None)
        if not callable(function):
            walls.fault(Fault.not_loadable, failures.no_function(module, shown, family))
        walls.ready()
        fault = Fault.exception
        run, own = family.run, os.getpid()
        chance, held = Random(), list[int]()
        while True:
            held[:] = taken_by_chance(chance)
            walls.wait_for_go()
            run(function, batch)
            if os.getpid() != own:
                what = "a process that was forked came back from the function: end it with os._exit"
                raise ChildProcessError(what)
            walls.done()
    except SystemExit as error:
        print_last(f"{error.code}\n" if isinstance(error.code, str) else "")
        os._exit(error.code if isinstance(error.code, int) else 0 if error.code is None else 1)
    except MemoryError as error:
        walls.fault(Fault.out_of_memory, failures.sentence(error, shown))
    except BaseException as error:
        tell(error)


def fork(walls: Any, family: ModuleType, shown: str, descriptors: Sequence[int]) -> int:
    """A runner whose parent has ended, so that the judge becomes its parent; returns its process number."""
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        runner = os.fork()
        if runner == 0:
            try:
                take_descriptors(descriptors)
                serve(walls, family, shown)
            finally:
                os._exit(1)
        os.write(writing, struct.pack("=q", runner))
        os._exit(0)
    os.close(writing)
    os.waitpid(between, 0)
    (process,) = struct.unpack("=q", os.read(reading, 8))
    os.close(reading)
    for descriptor in descriptors:
        os.close(descriptor)
    return process


def main(arguments: Sequence[str]) -> NoReturn:
    from walls import MessageKind, Walls

    library, family_name, threads, *modules = arguments
    os.environ["NUMBA_NUM_THREADS"] = threads
    # OpenMP's threads wait for each other by spinning: beside one busy process that takes ten times as long.
    os.environ["NUMBA_THREADING_LAYER"] = "workqueue"
    line = socket.socket(fileno=SOCKET)

    def say(kind: MessageKind, number: int = 0, text: str = "") -> None:
        line.send(MESSAGE.pack(kind, 0, number, text.encode()[:239]))

    try:
        walls = Walls(Path(library))
        family = importlib.import_module(f"families.{family_name}")
        load_modules(modules)
        import failures, places, pools, submission  # noqa: E401, F401  (before the walls)
    except BaseException as error:
        say(MessageKind.fault, 0, f"{type(error).__name__}: {error}")
        os._exit(1)
    os.chdir("/")  # nothing of the checkout lies below it that may be read
    sys.path.pop(0)  # this folder: nothing there is for a submission
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    # Thousands of objects of the modules that no collection need look at again, in any fork.
    gc.collect()
    gc.freeze()
    say(MessageKind.ready)
    while True:
        shown, descriptors = receive_fork(line)
        say(MessageKind.forked, fork(walls, family, shown, descriptors))


if __name__ == "__main__":
    main(sys.argv[1:])
