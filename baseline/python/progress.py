"""A progress bar for work that takes more than a second, on a terminal only."""
import sys
import time
from typing import Iterator


def with_progress(title: str, count: int) -> Iterator[int]:
    """0, 1, ..., count - 1; the bar shows how many of them are done. To be closed after an interrupt."""
    if not sys.stderr.isatty():
        yield from range(count)
        return
    start = time.monotonic()
    done = 0
    while done < count and time.monotonic() - start < 1.0:
        yield done
        done += 1
    if done < count:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(title, total=count, completed=done)
            for step in range(done, count):
                yield step
                progress.update(task, completed=step + 1)
