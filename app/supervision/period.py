"""Which days and which instant a figure is for (pure). Days and months are local, ends included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.clock import LOCAL
from app.core.errors import invalid_field

LONGEST_DAYS = 5 * 366


@dataclass(frozen=True)
class Period:
    """What was found from the day `found_from` to the day `found_to`, as things stood at `as_of`."""

    found_from: date
    found_to: date
    as_of: datetime

    @property
    def start(self) -> datetime:
        return start_of(self.found_from)

    @property
    def end(self) -> datetime:
        """The instant after the last; what was found later than `as_of` is not in the period either."""
        return start_of(self.found_to + timedelta(days=1))

    @property
    def months(self) -> Iterator[tuple[str, datetime]]:
        """Each month touched, as "2026-03" with the instant at which it has ended."""
        month = self.found_from.replace(day=1)
        while month <= self.found_to:
            following = (month + timedelta(days=31)).replace(day=1)
            yield f"{month:%Y-%m}", start_of(following)
            month = following


def period_of(found_from: date | None, found_to: date | None, as_of: datetime | None, *, now: datetime) -> Period:
    """The period asked for: without an instant now, without days the year so far.

    Raises Invalid for an instant to come, days in the wrong order, or more than five years.
    """
    as_of = as_of or now
    if as_of > now:
        raise invalid_field("/as_of", "统计时点不能晚于现在，请改为现在或更早的时间，或不填。")
    found_to = found_to or as_of.astimezone(LOCAL).date()
    found_from = found_from or found_to.replace(month=1, day=1)
    if found_from > found_to:
        raise invalid_field("/found_to", "结束日期不能早于开始日期（found_from）。")
    if (found_to - found_from).days >= LONGEST_DAYS:
        raise invalid_field("/found_from", "一次最多统计五年，请缩短期间。")
    return Period(found_from, found_to, as_of)


def start_of(day: date) -> datetime:
    """The instant a local day begins."""
    return datetime.combine(day, time(), LOCAL)
