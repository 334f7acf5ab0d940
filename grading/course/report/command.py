"""`make report`: writes build/report/index.html and says where it is."""
from __future__ import annotations

from pathlib import Path

from .. import progress
from ..errors import Mistake
from ..files import write_atomically
from ..lock import only_one
from ..tree import Tree


def path_of(tree: Tree) -> Path:
    return tree.build / "report" / "index.html"


def write(tree: Tree, fresh: bool) -> int:
    try:
        from . import page
    except ModuleNotFoundError as error:
        raise Mistake(
            f"The page is made with {error.name}, which is missing; grading/setup/setup --for report "
            "installs it."
        ) from None
    target = path_of(tree)
    with only_one(tree.build / "lock"), progress.for_stream() as shown:
        shown.begin("report")
        text = page.render(tree, target, fresh, shown)
        write_atomically(target, text.encode())
    print(f"Written: {tree.shown(target)}\nOpen it in a browser: {target.as_uri()}")
    return 0
