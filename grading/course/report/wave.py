"""The wave around the obstacle, moving: computed by the learner's own fastest code where that has passed.

The field is complex; its real part times exp(-iωt) is what one would see at time t. One period of that makes
an animation that has neither beginning nor end.
"""
from __future__ import annotations

import base64
import io
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

import numpy
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from PIL import Image

from .. import compiling, ladder
from ..compiling import DoesNotCompile
from ..errors import CourseBroken, Mistake
from ..figures import interval, timed
from ..files import read_json_object, write_json
from ..ladder import Step
from ..machine import Compiler, processor_identity
from ..progress import Progress
from ..tree import Tree
from .data import Entry

SIZES = (64, 128, 256)  # nx = ny = nc; the largest one that takes no longer than
LIMIT_SECONDS = 2.0
WIDTH = 440  # pixels: what a phone shows, and sharp enough on a page
FRAMES, FRAME_MILLISECONDS = 20, 70
LARGEST_VALUE = 2.0  # an incident wave of amplitude 1 and its full reflection
OBSTACLE = (128, 128, 128)
QUALITY = 40  # of 100; the waves are smooth


class NoWave(Exception):
    """Why there is no wave, in a sentence."""


@dataclass(frozen=True)
class Wave:
    """The animation and one frame of it, as data: addresses, and what computed it in which time."""

    exercise: str
    is_yours: bool
    size: int
    seconds: float
    width: int
    height: int
    moving: str
    still: str


def _nanoseconds(each: Entry, own: bool) -> float:
    """A unit's time by the latest verdict, the learner's own or the model solution's."""
    last = (timed(each.latest or {}) or [{}])[-1]
    time = last.get("nanoseconds_per_unit" if own else "reference_nanoseconds_per_unit")
    gained = None if own else interval(last.get("solution_speedup"))
    if not isinstance(time, (int, float)) or not (own or gained):
        return math.inf
    return time / gained.median if gained else float(time)


def _candidates(entries: Sequence[Entry]) -> list[Step]:
    """Who could compute it: the learner's own passed code, the fastest first; then the model solutions."""
    scattering = [
        each
        for each in entries
        if each.exercise.family == ladder.FAMILY and each.exercise.language.name != "questions"
    ]
    passed = [each for each in scattering if each.standing.state == "passed"]
    own = sorted(passed, key=lambda each: _nanoseconds(each, own=True))
    models = sorted(scattering, key=lambda each: _nanoseconds(each, own=False))
    return [
        *(Step(each.exercise.title, each.exercise, "yours") for each in own[:1]),
        *(Step(each.exercise.title, each.exercise, "solution") for each in models[:1]),
    ]


def of(tree: Tree, entries: Sequence[Entry], known: Compiler, fresh: bool, progress: Progress) -> Wave:
    """The kept wave if the same code computed it on this machine, or else a new one; NoWave if nobody can."""
    reason = "There is no exercise about the scattered wave."
    for step in _candidates(entries):
        try:
            return _computed_by(tree, step, known, fresh, progress)
        except (DoesNotCompile, CourseBroken, Mistake) as error:
            reason = str(error)
    raise NoWave(reason)


def _computed_by(tree: Tree, step: Step, known: Compiler, fresh: bool, progress: Progress) -> Wave:
    if step.lacks:
        raise Mistake(f"{step.exercise.name} needs {step.lacks}, which this Python does not have.")
    plan = compiling.plan(step.exercise, known, (step.role,))
    kept = tree.build / "wave.json"
    key = f"{plan.submissions[0].key} {processor_identity()} {SIZES}"
    document = read_json_object(kept) or {}
    if document.get("key") == key and not fresh:
        wave = _read(document)
        if wave:
            return wave
    progress.step(f"computing the wave with {step.exercise.name}")
    compiling.build(plan, progress.tick)
    wave = _draw(step, plan.libraries[step.role], progress)
    write_json(kept, {"key": key, "wave": vars(wave)})
    return wave


def _read(document: Mapping[str, Any]) -> Optional[Wave]:
    try:
        return Wave(**document["wave"])
    except (KeyError, TypeError):
        return None


def _draw(step: Step, library: Path, progress: Progress) -> Wave:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "field"
        results = ladder.timed(step, library, SIZES, LIMIT_SECONDS, progress, file)
        size = max(results)
        field = numpy.fromfile(file, dtype=complex).reshape(size + 1, size + 1)
    width, height = (float(length) for length in results[size]["extent"])
    moving, still, pixels = pictures(field, height / width)
    return Wave(
        exercise=step.exercise.name,
        is_yours=step.role == "yours",
        size=size,
        seconds=float(results[size]["seconds"]),
        width=pixels[0],
        height=pixels[1],
        moving=moving,
        still=still,
    )


def pictures(field: Any, aspect: float) -> tuple[str, str, tuple[int, int]]:
    """The moving picture, the still one, and their size."""
    pixels = WIDTH, round(WIDTH * aspect)

    def enlarged(values: Any, how: Any) -> Any:
        upwards = Image.fromarray(values[::-1].astype(numpy.float32))
        return numpy.asarray(upwards.resize(pixels, how))

    wave = enlarged(field.real, Image.BICUBIC) + 1j * enlarged(field.imag, Image.BICUBIC)
    inside = enlarged(field == 0, Image.BICUBIC).clip(0, 1)[..., None]
    frames = [_frame(wave, inside, 2 * math.pi * frame / FRAMES) for frame in range(FRAMES)]
    return _encoded(frames), _encoded(frames[:1]), pixels


def _frame(wave: Any, inside: Any, phase: float) -> Image.Image:
    """What one sees at a time: blue is down, red is up."""
    values = (wave * numpy.exp(-1j * phase)).real
    scale = ScalarMappable(Normalize(-LARGEST_VALUE, LARGEST_VALUE), "RdBu_r")
    shades = scale.to_rgba(values, bytes=True)[..., :3]
    blended = (1 - inside) * shades + inside * numpy.array(OBSTACLE)
    return Image.fromarray(blended.astype(numpy.uint8))


def _encoded(frames: Sequence[Image.Image]) -> str:
    """A data: address of a WebP picture, which moves when there are several frames."""
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": frames[1:], "duration": FRAME_MILLISECONDS, "loop": 0}
    try:
        frames[0].save(buffer, "WEBP", quality=QUALITY, method=6, **(more if len(frames) > 1 else {}))
    except (KeyError, OSError) as error:
        raise Mistake(f"Pillow cannot write WebP here ({error}).") from None
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
