"""When the turns of a plan open and are due (pure), in the local time of the enterprises.

A turn is a stretch of local time: some hours, a shift, or whole days. Three rules move it. Of working days alone: a
turn without one is not made, and one of several days is due by the last of them. A shutdown: a turn wholly inside is
not made, for who stands still misses nothing; one that begins in it opens when it is over; one that ends in it keeps
its own deadline when less than half of it stands still, and else is not made: no deadline moves to another day. The
plan's own days: outside them nothing is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.core.clock import LOCAL, months_after
from app.enterprises.workdays import is_workday
from app.plans.terms import CycleUnit

ONE_DAY = timedelta(1)
MONTHS = {CycleUnit.MONTH: 1, CycleUnit.QUARTER: 3, CycleUnit.YEAR: 12}
DAYS = {CycleUnit.DAY: 1, CycleUnit.WEEK: 7}
COUNTED = {CycleUnit.MONTH: "个月", CycleUnit.QUARTER: "个季度"}


@dataclass(frozen=True)
class Shift:
    """A shift in local time; one that ends at or before its beginning ends the next day."""

    name: str
    start: time
    end: time


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often a plan comes round. `pauses` are the first and last days of shutdowns; without an end it goes on."""

    unit: CycleUnit
    every: int = 1
    starts_on: date
    ends_on: date | None = None
    workdays_only: bool = False
    shifts: Sequence[Shift] = ()
    pauses: Sequence[tuple[date, date]] = ()
    grace: timedelta = timedelta()

    def paused(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.pauses)

    def worked(self, day: date) -> bool:
        """Whether work is done on a day: the enterprise does not stand still, and it is no day off that counts."""
        return not self.paused(day) and (not self.workdays_only or is_workday(day))


@dataclass(frozen=True)
class Slot:
    """One turn: `key` names it within its plan for ever, `label` names it to people."""

    key: str
    label: str
    opens_at: datetime
    due_at: datetime
    grace_until: datetime


@dataclass(frozen=True)
class _Turn:
    """A stretch of local time before the rules move it."""

    key: str
    label: str
    start: datetime
    end: datetime


def start_of(day: date) -> datetime:
    """The instant a local day begins."""
    return datetime.combine(day, time(), LOCAL)


def slots(rhythm: Rhythm, after: datetime, before: datetime) -> Iterator[Slot]:
    """The turns that are due after one instant and open before another, in order."""
    first = _earliest(rhythm, after)
    last = before.astimezone(LOCAL).date()
    if rhythm.ends_on:
        last = min(last, rhythm.ends_on)
    for turn in _turns(rhythm, first, last):
        slot = _moved(rhythm, turn)
        if slot and slot.due_at > after and slot.opens_at < before:
            yield slot


def paused_turns(rhythm: Rhythm, after: datetime, until: datetime) -> int:
    """How many turns that would be due after one instant and by another are not made because of shutdowns."""
    if not rhythm.pauses:
        return 0
    free = replace(rhythm, pauses=())
    first = _earliest(free, max(after, start_of(min(first for first, _ in rhythm.pauses))))
    last = min(until.astimezone(LOCAL).date(), max(last for _, last in rhythm.pauses))
    if rhythm.ends_on:
        last = min(last, rhythm.ends_on)
    made = ((_moved(free, turn), turn) for turn in _turns(rhythm, first, last))
    return sum(1 for slot, turn in made if slot and after < slot.due_at <= until and not _moved(rhythm, turn))


def frequency(unit: CycleUnit, every: int, *, shifts: Sequence[Shift] = (), workdays_only: bool = False) -> str:
    """How often, as people say it: 每 2 小时一次, 每周一次, 每工作日一次."""
    if unit is CycleUnit.ONCE:
        return "一次"
    if unit is CycleUnit.SHIFT:
        return "每班一次" + (f"（{'、'.join(shift.name for shift in shifts)}）" if shifts else "")
    if unit is CycleUnit.HOUR:
        return f"每 {every} 小时一次" if every > 1 else "每小时一次"
    if every == 1:
        return "每工作日一次" if workdays_only and unit is CycleUnit.DAY else f"每{unit.label}一次"
    return f"每 {every} {COUNTED.get(unit, unit.label)}一次"


def hours_between(rhythm: Rhythm) -> float | None:
    """The hours from one turn to the next within a day; None for rhythms of days and longer."""
    if rhythm.unit is CycleUnit.HOUR:
        return rhythm.every
    return 24 / max(1, len(rhythm.shifts)) if rhythm.unit is CycleUnit.SHIFT else None


def _earliest(rhythm: Rhythm, after: datetime) -> date:
    """The first day on which a turn that is due after an instant can begin: no turn is due later than it ends."""
    length = DAYS.get(rhythm.unit, 1) * rhythm.every + 31 * MONTHS.get(rhythm.unit, 0) * rhythm.every
    day = after.astimezone(LOCAL).date() - ONE_DAY
    return max(rhythm.starts_on, day - timedelta(length))


def _turns(rhythm: Rhythm, first: date, last: date) -> Iterator[_Turn]:
    """The turns that begin, or of whole days lie, from `first` to `last`."""
    if rhythm.unit is CycleUnit.HOUR:
        yield from _hours(rhythm, first, last)
    elif rhythm.unit is CycleUnit.SHIFT:
        yield from _shifts(rhythm, first, last)
    else:
        yield from _days(rhythm, first, last)


def _hours(rhythm: Rhythm, first: date, last: date) -> Iterator[_Turn]:
    for day in _each(first, last):
        for hour in range(0, 24, rhythm.every):
            start = start_of(day) + timedelta(hours=hour)
            end = min(start + timedelta(hours=rhythm.every), start_of(day + ONE_DAY))
            yield _Turn(f"{day}T{hour:02}", f"{day:%m-%d} {start:%H:%M}–{end:%H:%M}", start, end)


def _shifts(rhythm: Rhythm, first: date, last: date) -> Iterator[_Turn]:
    for day in _each(first, last):
        for shift in sorted(rhythm.shifts, key=lambda shift: shift.start):
            ends = day + ONE_DAY if shift.end <= shift.start else day
            start, end = datetime.combine(day, shift.start, LOCAL), datetime.combine(ends, shift.end, LOCAL)
            yield _Turn(f"{day}/{shift.name}", f"{day:%m-%d} {shift.name}", start, end)


def _days(rhythm: Rhythm, first: date, last: date) -> Iterator[_Turn]:
    for begins, ends in _stretches(rhythm, first, last):
        opens = max(begins, rhythm.starts_on)
        closes = min(ends, rhythm.ends_on or ends)
        key, label = _named(rhythm, begins, opens, closes)
        yield _Turn(key, label, start_of(opens), start_of(closes + ONE_DAY))


def _stretches(rhythm: Rhythm, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The whole days of each cycle that touches `first` to `last`, counted from the one the plan begins in."""
    if rhythm.unit is CycleUnit.ONCE:
        yield rhythm.starts_on, rhythm.ends_on or rhythm.starts_on
        return
    step = rhythm.every * DAYS.get(rhythm.unit, 0) or rhythm.every * MONTHS[rhythm.unit]
    anchor = _anchor(rhythm)

    def begins(n: int) -> date:
        return anchor + timedelta(n * step) if rhythm.unit in DAYS else months_after(anchor, n * step)

    passed = (first - anchor).days if rhythm.unit in DAYS else _months_between(anchor, first)
    n = max(0, passed // step)
    while begins(n) <= last:
        yield begins(n), begins(n + 1) - ONE_DAY
        n += 1


def _anchor(rhythm: Rhythm) -> date:
    """The first day of the cycle the plan begins in: its Monday, its month, its quarter, its year."""
    day = rhythm.starts_on
    if rhythm.unit is CycleUnit.WEEK:
        return day - timedelta(day.weekday())
    if rhythm.unit in MONTHS:
        months = MONTHS[rhythm.unit]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day


def _months_between(anchor: date, day: date) -> int:
    return (day.year - anchor.year) * 12 + day.month - anchor.month


def _named(rhythm: Rhythm, begins: date, opens: date, closes: date) -> tuple[str, str]:
    """The key and the label of a turn of whole days."""
    year, quarter = begins.year, (begins.month + 2) // 3
    if rhythm.unit is CycleUnit.ONCE:
        return "once", ""
    if rhythm.every == 1:
        if rhythm.unit is CycleUnit.DAY:
            return f"{begins}", f"{begins:%m-%d}"
        if rhythm.unit is CycleUnit.MONTH:
            return f"{begins:%Y-%m}", f"{year}年{begins.month}月"
        if rhythm.unit is CycleUnit.QUARTER:
            return f"{year}-Q{quarter}", f"{year}年第{quarter}季度"
        if rhythm.unit is CycleUnit.YEAR:
            return f"{year}", f"{year}年"
    key = "{}-W{:02}".format(*begins.isocalendar()[:2]) if rhythm.unit is CycleUnit.WEEK else f"{begins}+"
    return key, f"{opens:%m-%d} 至 {closes:%m-%d}"


def _moved(rhythm: Rhythm, turn: _Turn) -> Slot | None:
    """The turn as the rules move it; None when it is not made."""
    days = list(_each(turn.start.date(), (turn.end - timedelta(microseconds=1)).date()))
    within_a_day = rhythm.unit in (CycleUnit.HOUR, CycleUnit.SHIFT)
    free = [day for day in days if not rhythm.paused(day)]
    worked = [day for day in days if rhythm.worked(day)]
    if not worked or (within_a_day and rhythm.workdays_only and not is_workday(days[0])):
        return None
    opens, due = turn.start, turn.end
    if rhythm.paused(days[0]):
        opens = start_of(free[0])
    if rhythm.paused(days[-1]) and 2 * _stands_still(rhythm, turn, days) >= turn.end - turn.start:
        return None
    if rhythm.workdays_only and not within_a_day:
        due = start_of(worked[-1] + ONE_DAY)
    return Slot(turn.key, turn.label, opens, due, due + rhythm.grace)


def _stands_still(rhythm: Rhythm, turn: _Turn, days: Sequence[date]) -> timedelta:
    """How long of a turn the enterprise stands still."""
    parts = (
        min(turn.end, start_of(day + ONE_DAY)) - max(turn.start, start_of(day)) for day in days if rhythm.paused(day)
    )
    return sum(parts, timedelta())


def _each(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY
