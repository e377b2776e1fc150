"""Which days are worked (pure): Monday to Friday, save the State Council's holidays, and the weekends worked for them.

The holidays are dated data in holidays.toml, a year at a time; a year that is not there yet has only its weekends off.
"""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path

HOLIDAYS = Path(__file__).with_name("holidays.toml")
SATURDAY = 5


def is_workday(day: date) -> bool:
    """Whether people work that day."""
    off, worked = _arranged()
    return day in worked or (day.weekday() < SATURDAY and day not in off)


def workdays_after(day: date, n: int) -> date:
    """The n-th working day after `day`, which itself is not counted; `day` itself for n = 0. n ≥ 0."""
    for _ in range(n):
        day += timedelta(1)
        while not is_workday(day):
            day += timedelta(1)
    return day


def workdays_between(first: date, last: date) -> int:
    """How many working days there are after `first` up to and with `last`; 0 when `last` is not later."""
    return sum(is_workday(first + timedelta(n)) for n in range(1, (last - first).days + 1))


def last_workday(first: date, last: date) -> date | None:
    """The last working day from `first` to `last`, both counted; None when none of them is worked."""
    days = (last - timedelta(n) for n in range((last - first).days + 1))
    return next((day for day in days if is_workday(day)), None)


@cache
def _arranged() -> tuple[frozenset[date], frozenset[date]]:
    """The days off and the weekend days worked, of all years there is data for."""
    years = tomllib.loads(HOLIDAYS.read_text(encoding="utf-8")).values()
    off = {
        holiday["from"] + timedelta(n)
        for year in years
        for holiday in year["off"]
        for n in range((holiday["to"] - holiday["from"]).days + 1)
    }
    return frozenset(off), frozenset(day for year in years for day in year["work"])
