"""What `multiprocessing` and `subprocess` may do in here, and that nothing goes wrong in a process without
a word."""
from __future__ import annotations

import multiprocessing
import multiprocessing.context
import multiprocessing.pool
import multiprocessing.util
import subprocess
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Callable, NoReturn

Tell = Callable[[BaseException], NoReturn]


def prepare(tell: Tell) -> None:
    """Processes are forks, and `tell` hears of one that ends before its work is done.

    A pool would put another process in its place, whose task is lost all the same, and wait for ever.
    """
    _fork_unless_told_otherwise()
    for context in (multiprocessing.context.SpawnContext, multiprocessing.context.ForkServerContext):
        context._check_available = _refuse_to_run_python
    multiprocessing.util.spawnv_passfds = _refuse_to_run_python
    subprocess.Popen._execute_child = _refuse_to_run_programs
    SharedMemory.__init__ = _refuse_to_leave_memory  # type: ignore[method-assign]
    _tell_exceptions(tell)
    _tell_exit_codes(tell)


def _fork_unless_told_otherwise() -> None:
    """The default, and no choice made: a learner's own set_start_method may be called once in a program."""
    multiprocessing.context._default_context._default_context = multiprocessing.get_context("fork")
    multiprocessing.set_start_method(None, force=True)


def _refuse_to_run_python(*arguments: Any) -> NoReturn:
    """What `spawn` and `forkserver` would do; the sandbox would end the run for it with fewer words."""
    raise RuntimeError('no other program can be started here: use multiprocessing.get_context("fork")')


def _refuse_to_run_programs(*arguments: Any) -> NoReturn:
    """What `subprocess` would do: its process closes the way to the judge before the sandbox ends it, and all
    that is left is a program with exit code 1."""
    raise RuntimeError("no other program can be started here")


def _refuse_to_leave_memory(*arguments: Any, **options: Any) -> NoReturn:
    """Such memory has a name, and stays until somebody removes it: another program sees to that elsewhere."""
    raise RuntimeError("no memory with a name here: use multiprocessing.RawArray, made before the pool")


def _tell_exceptions(tell: Tell) -> None:
    """An exception that leaves a process would be printed there, with all of multiprocessing's own lines."""
    run = BaseProcess.run

    def run_and_tell(process: BaseProcess) -> None:
        try:
            run(process)
        except SystemExit as error:
            if process._target is not multiprocessing.pool.worker:
                raise  # a process of the learner's own may well end so
            tell(error)
        except Exception as error:
            tell(error)

    BaseProcess.run = run_and_tell  # type: ignore[method-assign]


def _tell_exit_codes(tell: Tell) -> None:
    """A pool looks after its processes ten times a second; this looks with it."""
    join = multiprocessing.pool.Pool._join_exited_workers

    def join_and_tell(processes: list[BaseProcess]) -> bool:
        looked_after = list(processes)
        joined = join(processes)  # first: what ends between our look and the pool's would be seen by nobody
        for process in looked_after:
            if process.exitcode:
                code = process.exitcode
                how = f"exit code {code}" if code > 0 else f"signal {-code}"
                tell(ChildProcessError(f"a process of the pool ended ({how}) before its task was done"))
        return joined

    multiprocessing.pool.Pool._join_exited_workers = staticmethod(join_and_tell)
