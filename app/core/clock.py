"""The one clock. Times are aware UTC everywhere; local time exists only on pages and prints."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

_stopped: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)


def now() -> datetime:
    """The present instant, aware, UTC, to the microsecond."""
    return _stopped.get() or datetime.now(UTC)


def today() -> date:
    """The present day where the enterprises are."""
    return now().astimezone(LOCAL).date()


def local_text(moment: datetime | None) -> str:
    """An instant as people read it on paper: 2026-11-21 08:30, local; empty when there is none."""
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if moment else ""


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Let `now` be `moment` within the block: for tests and for seeding a story of past weeks."""
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)


def months_after(day: date, months: int) -> date:
    """The same day so many months later (earlier for a negative number), or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
