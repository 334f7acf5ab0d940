"""The page itself: what was collected, put into words and figures, through the template."""
from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Callable, Optional, Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .. import ladder, machine, overview
from ..errors import Mistake
from ..figures import (
    FULL,
    Verdict,
    mark_as_speedup,
    number,
    overall,
    rate_in_words,
    time_in_words,
    timed,
    times,
    with_interval,
)
from ..overview import best_in_words
from ..palette import DARK, LIGHT
from ..progress import Progress
from ..statuses import status_of
from ..tree import Tree
from . import ceilings, plots, roofline, wave
from .data import Climb, Entry, climbs, entry, relative

SHOWN_ATTEMPTS = 20  # in a table; the figure has more
QUIET = 0.02  # a spread of the reference that is none to speak of


@dataclass(frozen=True)
class Section:
    """One exercise's part of the page, ready to be shown."""

    entry: Entry
    state: str
    lesson: str
    profile: Optional[str]
    notes: Optional[str]
    speedup: str
    solution: str
    mark: str
    best: str
    limits: tuple[str, ...]
    rounds: Optional[Markup]
    measured: str
    attempts: Optional[Markup]
    rows: tuple[tuple[int, str, str, str, str], ...]


@dataclass(frozen=True)
class Ladder:
    """A ladder's figure, and the same as a table's rows."""

    climb: Climb
    figure: Markup
    rows: tuple[tuple[str, str, str, str, str], ...]


def _said(value: Optional[float], write: Callable[[float], str]) -> str:
    return "–" if value is None else write(value)


def _speed(verdict: Optional[Verdict], key: str, full: bool = False) -> str:
    value = overall(verdict or {}, key)
    return "–" if value is None else with_interval(value) if full else times(value.median)


def _points(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, (int, float)) else "–"


def _share(value: float) -> str:
    return f"{100 * value:.{0 if value >= 0.1 else 1}f} %"


def _limits(verdict: Optional[Verdict]) -> tuple[str, ...]:
    """How near to the hardware's limit each workload comes, where the judge has measured that."""
    return tuple(
        f"{each.get('name')}: {_share(each['share_of_limit'])} of {each.get('limit')}"
        for each in timed(verdict or {})
        if isinstance(each.get("share_of_limit"), (int, float)) and each.get("limit")
    )


def _moment(text: Any) -> str:
    """2026-11-24T02:09:50+0000 without what nobody needs."""
    return str(text or "")[:16].replace("T", " ")


def _attempt_rows(each: Entry) -> tuple[tuple[int, str, str, str, str], ...]:
    numbered = list(enumerate(each.attempts, 1))[-SHOWN_ATTEMPTS:]
    return tuple(
        (
            count,
            _moment(verdict.get("time")),
            status_of(verdict.get("status")).heading,
            _speed(verdict, "speedup", True),
            _points(verdict.get("points")),
        )
        for count, verdict in reversed(numbered)
    )


def _section(each: Entry, page: Path) -> Section:
    exercise, measurement = each.exercise, each.measurement
    tree = exercise.tree
    profile = tree.build / "profile" / f"{exercise.name}.html"
    drawn = plots.attempts(exercise.name, each.attempts) if each.attempts else None
    own = each.latest if each.begun else None
    return Section(
        entry=each,
        state=each.standing.in_words,
        lesson=relative(exercise.lesson, page),
        profile=relative(profile, page) if profile.is_file() else None,
        notes=relative(exercise.notes, page) if each.stars and exercise.notes.is_file() else None,
        speedup=_speed(own, "speedup", True),
        solution=_speed(each.latest, "solution_speedup", True),
        mark=_said(mark_as_speedup(each.latest or {}), times),
        best=best_in_words(each.standing.best) or "–",
        limits=_limits(own),
        rounds=Markup(plots.rounds(exercise.name, measurement)) if measurement else None,
        measured=_moment(measurement.context.get("date")) if measurement else "",
        attempts=Markup(drawn) if drawn else None,
        rows=_attempt_rows(each),
    )


def _ladder(climb: Climb) -> Ladder:
    def over_top(value: Optional[float]) -> str:
        return times(climb.top / value) if climb.top and value else "–"

    rows = tuple(
        (
            rung.title,
            _said(rung.start, time_in_words),
            _said(rung.model, time_in_words),
            _said(rung.yours.median if rung.yours else None, time_in_words),
            over_top(rung.yours.median if rung.yours else rung.model),
        )
        for rung in climb.rungs
    )
    return Ladder(climb, Markup(plots.climb(climb)), rows)


@dataclass(frozen=True)
class Roof:
    """The roofline's figure, and the same as a table's rows; or why there is none."""

    reason: str
    known: Optional[ceilings.Ceilings] = None
    figure: Optional[Markup] = None
    without: str = ""
    rows: tuple[tuple[str, str, str, str, str, str], ...] = ()


def _roof(tree: Tree, entries: Sequence[Entry], fresh: bool, shown: Progress) -> Roof:
    try:
        known = ceilings.of_this_machine(
            tree, fresh, lambda: shown.step("measuring what this machine can do at best")
        )
    except ceilings.Unknown as error:
        return Roof(str(error))
    roof = roofline.of(entries, known)
    if not roof.kernels:
        return Roof("No exercise has been measured yet: make check does.", known)
    rows = tuple(
        (
            kernel.exercise,
            number(kernel.intensity),
            rate_in_words(kernel.start),
            rate_in_words(kernel.solution),
            _said(kernel.yours, rate_in_words),
            rate_in_words(known.roof(kernel.intensity, kernel.threads)),
        )
        for kernel in roof.kernels
    )
    return Roof("", known, Markup(plots.roofline(roof)), " and ".join(roof.without), rows)


def _wave(
    tree: Tree, entries: Sequence[Entry], fresh: bool, shown: Progress
) -> tuple[Optional[wave.Wave], str]:
    """The wave, and who computed it; or nothing, and why."""
    try:
        found = wave.of(tree, entries, machine.compiler(), fresh, shown)
    except (wave.NoWave, Mistake) as error:
        return None, str(error)
    own = any(each.standing.state == "passed" and each.exercise.family == ladder.FAMILY for each in entries)
    time_taken = time_in_words(1e9 * found.seconds)
    size = f"{found.size} × {found.size} intervals and {found.size} segments in {time_taken}"
    if found.is_yours:
        return found, f"Computed by your own {found.exercise}, the fastest that you have passed: {size}."
    why = "yours could not be asked" if own else "no exercise about the scattered wave is passed yet"
    return found, f"Computed by the model solution of {found.exercise}, as {why}: {size}."


def _at_best(known: ceilings.Ceilings) -> list[tuple[str, str]]:
    """What was measured of the machine, with one processor and with all."""

    def one_and_all(speeds: dict[int, float], unit: str) -> str:
        return ", ".join(
            f"{rate_in_words(speed)}{unit}/s on {threads}" for threads, speed in sorted(speeds.items())
        )

    facts = [("Multiply-adds", one_and_all(dict(known.arithmetic), ""))]
    for source in dict.fromkeys(each.source for each in known.readings):
        speeds = {each.threads: each.bytes_per_second for each in known.readings if each.source == source}
        facts.append((f"Reading {source}", one_and_all(speeds, "B")))
    return facts


def _machine(entries: Sequence[Entry], known: Optional[ceilings.Ceilings]) -> list[tuple[str, str]]:
    """What is known of the machine: now, and from the last measurement's own context."""
    facts = [("Processor", machine.processor())]
    contexts = [each.measurement.context for each in entries if each.measurement]
    latest = max(contexts, key=lambda context: str(context.get("date")), default={})
    if latest.get("num_cpus"):
        facts.append(("Processors", str(latest["num_cpus"])))
    if isinstance(latest.get("mhz_per_cpu"), (int, float)) and machine.tells_its_clock():
        facts.append(("Clock", f"{latest['mhz_per_cpu']} MHz, as the system says"))
    caches = latest.get("caches")
    for cache in caches if isinstance(caches, list) else []:
        if not isinstance(cache, dict) or not isinstance(cache.get("size"), int):
            continue
        if cache.get("type") != "Instruction":
            size = f"{cache['size'] / 1024:,.0f} KiB".replace(",", " ")
            facts.append((f"Cache, level {cache.get('level')}", size))
    facts += _at_best(known) if known else []
    try:
        facts.append(("Compiler", machine.compiler().short))
    except Mistake:
        facts.append(("Compiler", "none found"))
    return facts


def _noise(entries: Sequence[Entry]) -> tuple[str, list[tuple[str, str, str, str, str]]]:
    """How far the reference's own epochs lie apart: a sentence, and a row for each exercise."""
    rows, spreads = [], []
    for each in entries:
        if each.measurement is None:
            continue
        spread, context = each.measurement.spread, each.measurement.context
        count = max(len(one.epochs["reference"]) for one in each.measurement.workloads)
        load = context.get("load_avg")
        busy = f"{load[0]:.2f}" if isinstance(load, list) and load and isinstance(load[0], float) else "–"
        rows.append(
            (each.exercise.name, _moment(context.get("date")), str(count), _said(spread, _share), busy)
        )
        spreads += [spread] if spread is not None else []
    if not spreads:
        return "Nothing has been measured yet.", rows
    middle = median(spreads)
    return (
        "The reference is the same code all the time, so its epochs should all take the same. The middle "
        f"half of them lies within {_share(middle)} (the median over the exercises); the machine was "
        + (
            "quiet: differences of a few percent mean something."
            if middle <= QUIET
            else "noisy: each comparison is made side by side, so the speedups hold, but small differences "
            "mean little."
        ),
        rows,
    )


def render(tree: Tree, page: Path, fresh: bool, shown: Progress) -> str:
    """The page's whole text."""
    standings, complaints = overview.all_standings(tree)
    entries = [entry(standing) for standing in standings]
    roof = _roof(tree, entries, fresh, shown)
    moving, by = _wave(tree, entries, fresh, shown)
    shown.step("drawing the ladder", "drawing")
    ladders = [_ladder(climb) for climb in climbs(tree, entries)]
    sections = []
    for each in entries:
        shown.step(f"drawing {each.exercise.name}", "drawing")
        sections.append(_section(each, page))
    noise, noise_rows = _noise(entries)
    environment = Environment(
        loader=FileSystemLoader(str(Path(__file__).parent)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(
        light=LIGHT,
        dark=DARK,
        sections=sections,
        ladders=ladders,
        roof=roof,
        wave=moving,
        wave_by=by,
        complaints=complaints,
        points=f"{sum(each.points or 0.0 for each in entries):g}",
        possible=FULL * len(entries),
        passed=sum(each.passed for each in entries),
        all_stars=sum(each.stars for each in entries),
        begun=any(each.attempts for each in entries),
        next=overview.next_step(tree),
        machine=_machine(entries, roof.known),
        noise=noise,
        noise_rows=noise_rows,
        show_points=_points,
        moment=time.strftime("%Y-%m-%d %H:%M"),
    )
