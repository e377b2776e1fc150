"""What is worth a second look (pure): one function a kind of signal, over plain records, by `thresholds.toml`.

Every function gives what it found with the data it rests on, and nothing else: what it means, a person decides. A long
delay between a check and its arrival is no signal: those who work out of reach of the network are honest.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from math import asin, cos, radians, sin, sqrt
from typing import Any
from uuid import UUID

from app.signals.terms import SignalKind

LIMITS: dict[str, dict[str, float]] = tomllib.loads(
    resources.files("app.signals").joinpath("thresholds.toml").read_text(encoding="utf-8")
)
EARTH = 6_371_000  # metres


@dataclass(frozen=True)
class Place:
    """A position in degrees, and how exact it is, in metres; None where it does not say."""

    latitude: float
    longitude: float
    accuracy: float | None = None


@dataclass(frozen=True)
class Visit:
    """One inspection as the rules look at it; every time but `received_at`, and the fix, are the phone's word."""

    id: UUID
    person: UUID
    point: UUID | None  # none: the management half, which is nowhere
    client_at: datetime
    received_at: datetime
    failed: int
    inapplicable: int = 0  # items, where not one was found to apply
    started_at: datetime | None = None
    scanned_at: datetime | None = None
    scanned_here: bool = True  # the code that was scanned is this point's
    scannable: bool = True  # the point has a code
    fix: Place | None = None
    point_place: Place | None = None
    answered: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Rate:
    """What others found at a point of late: how many visits, and how many of them found something."""

    visits: int
    failures: int


@dataclass(frozen=True)
class Found:
    """A signal about a subject; `cause` tells two of one kind about one subject apart."""

    kind: SignalKind
    subject: UUID
    cause: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def metres_between(one: Place, other: Place) -> float:
    """The distance of two places over the ground."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    half = sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def impossible_speed(visits: Sequence[Visit]) -> Iterator[Found]:
    """Two checks of one person, in the order of their times, that nobody could have walked between, or at once."""
    limit = LIMITS["speed"]
    before: Visit | None = None
    placed: tuple[Visit, Place, float] | None = None
    for visit in (visit for visit in visits if visit.point):
        if before and before.point != visit.point:
            seconds = (visit.client_at - before.client_at).total_seconds()
            if seconds < limit["same_instant_seconds"]:
                yield from _moved(before, visit, seconds, None)
        before = visit
        here = _standing(visit)
        if here is None:
            continue
        if placed and placed[0].point != visit.point:
            earlier, there, doubt = placed
            seconds = (visit.client_at - earlier.client_at).total_seconds()
            metres = metres_between(there, here[0]) - doubt - here[1]
            too_fast = metres > limit["metres_per_second"] * max(1.0, seconds)
            if too_fast and metres >= limit["least_metres"] and seconds >= limit["same_instant_seconds"]:
                yield from _moved(earlier, visit, seconds, metres)
        placed = (visit, *here)


def all_normal_streak(visits: Sequence[Visit], others: Mapping[UUID, Rate]) -> Iterator[Found]:
    """One person's checks in a row that found nothing where others, at the same points, keep finding something."""
    limit = LIMITS["streak"]
    run: list[Visit] = []
    expected = 0.0
    for visit in visits:
        rate = others.get(visit.point) if visit.point else None
        if visit.failed:
            yield from _streak(run, expected, limit)
            run, expected = [], 0.0
        elif rate and rate.visits >= limit["others_visits"]:
            run.append(visit)
            expected += rate.failures / rate.visits
    yield from _streak(run, expected, limit)


def same_second_answers(visit: Visit) -> Iterator[Found]:
    """Every item answered in the same moment."""
    limit = LIMITS["answers"]
    if len(visit.answered) < limit["items"]:
        return
    seconds = (max(visit.answered) - min(visit.answered)).total_seconds()
    if seconds <= limit["within_seconds"]:
        data = {"items": len(visit.answered), "seconds": seconds, "answered_at": min(visit.answered).isoformat()}
        yield Found(SignalKind.SAME_SECOND_ANSWERS, visit.id, data=data)


def far_from_point(visit: Visit) -> Iterator[Found]:
    """Submitted from a place that is not the point's, however inexact the position."""
    if visit.fix is None or visit.point_place is None:
        return
    limit, metres = LIMITS["place"], metres_between(visit.fix, visit.point_place)
    doubt = limit["fix_accuracy_metres"] if visit.fix.accuracy is None else visit.fix.accuracy
    if metres > limit["metres"] + doubt:
        data = {"metres": round(metres), "accuracy_metres": round(doubt)}
        yield Found(SignalKind.FAR_FROM_POINT, visit.id, data=data)


def no_fresh_scan(visit: Visit) -> Iterator[Found]:
    """The point's code was not scanned for this check: not at all, too long before, or another's was."""
    if visit.point is None or not visit.scannable:
        return
    why = ""
    if visit.scanned_at is None:
        why = "not_scanned"
    elif not visit.scanned_here:
        why = "another_code"
    elif visit.client_at - visit.scanned_at > timedelta(minutes=LIMITS["scan"]["minutes"]):
        why = "scanned_before"
    if why:
        scanned = visit.scanned_at.isoformat() if visit.scanned_at else None
        data = {"why": why, "scanned_at": scanned, "client_at": visit.client_at.isoformat()}
        yield Found(SignalKind.NO_FRESH_SCAN, visit.id, data=data)


def times_disagree(visit: Visit) -> Iterator[Found]:
    """The phone's times cannot be: submitted after it arrived, or begun after it was submitted."""
    slack = timedelta(minutes=LIMITS["times"]["clock_minutes"])
    times = {"client_at": visit.client_at, "received_at": visit.received_at, "started_at": visit.started_at}
    data = {name: moment.isoformat() for name, moment in times.items() if moment}
    if visit.client_at > visit.received_at + slack:
        yield Found(SignalKind.TIMES_DISAGREE, visit.id, "clock_ahead", {"why": "clock_ahead", **data})
    if visit.started_at and visit.started_at > visit.client_at + slack:
        yield Found(SignalKind.TIMES_DISAGREE, visit.id, "begun_after", {"why": "begun_after", **data})


def nothing_inspected(visit: Visit) -> Iterator[Found]:
    """Not one of several items was said to apply: it counts for no task."""
    if visit.inapplicable:
        yield Found(SignalKind.NOTHING_INSPECTED, visit.id, data={"items": visit.inapplicable})


def of_visit(visit: Visit) -> Iterator[Found]:
    """Everything to be noticed about one visit alone."""
    for detect in (same_second_answers, far_from_point, no_fresh_scan, times_disagree, nothing_inspected):
        yield from detect(visit)


def _standing(visit: Visit) -> tuple[Place, float] | None:
    """Where a check was made and the doubt of it in metres: the point's own place, else the phone's fix."""
    limit = LIMITS["speed"]
    if visit.point_place:
        return visit.point_place, limit["point_accuracy_metres"]
    if visit.fix:
        return visit.fix, limit["fix_accuracy_metres"] if visit.fix.accuracy is None else visit.fix.accuracy
    return None


def _moved(earlier: Visit, later: Visit, seconds: float, metres: float | None) -> Iterator[Found]:
    """About both: which of the two was not made where it says, nobody can tell from this."""
    data = {
        "seconds": seconds,
        "metres": None if metres is None else round(metres),
        "metres_per_second": None if metres is None else round(metres / max(1.0, seconds), 1),
    }
    for one, other in ((later, earlier), (earlier, later)):
        times = {"client_at": one.client_at.isoformat(), "other_at": other.client_at.isoformat()}
        found = {"other_id": str(other.id), **times, **data}
        yield Found(SignalKind.IMPOSSIBLE_SPEED, one.id, str(other.id), found)


def _streak(run: Sequence[Visit], expected: float, limit: Mapping[str, float]) -> Iterator[Found]:
    if len(run) < limit["visits"] or expected < limit["expected_failures"]:
        return
    data = {"visits": len(run), "expected_failures": round(expected, 1), "since": run[0].client_at.isoformat()}
    for visit in run:
        yield Found(SignalKind.ALL_NORMAL_STREAK, visit.id, data=data)
