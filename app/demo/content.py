"""What the demo tells: its documents, and when things in them happen, counted back from today."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

from app.core.clock import LOCAL
from app.core.fields import Schema

REGIONS = "regions"
ENTERPRISES = ("chemical_plant", "machine_shop", "grain_store")
FIRST_DAY = 84  # days before today the first round is walked: twelve weeks
SET_UP_DAY = 85  # days before today everything is entered


def document(name: str) -> dict[str, Any]:
    """One of the demo's documents."""
    return tomllib.loads(files("app.demo").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def loaded(schema: type[Schema], **values: Any) -> dict[str, Any]:
    """Values as if they had crossed the wire: the demo holds nothing that the API would refuse."""
    given: dict[str, Any] = schema().load({name: value for name, value in values.items() if value is not None})
    return given


@dataclass(frozen=True)
class Calendar:
    """Days counted back from today, where the enterprises are. The last day of the story is yesterday."""

    today: date

    def moment(self, days_before: int, hour: int, minute: int = 0) -> datetime:
        """A local time on the day so many days before today."""
        return datetime.combine(self.today - timedelta(days=days_before), time(hour, minute), LOCAL)

    def is_workday(self, days_before: int) -> bool:
        return (self.today - timedelta(days=days_before)).weekday() < 5

    def workday(self, days_before: int) -> int:
        """The same day, or the Friday before a weekend."""
        while not self.is_workday(days_before):
            days_before += 1
        return days_before


def end_of_day(moment: datetime, *, days_after: int) -> datetime:
    """Local midnight at the end of the day so many days after a moment: what a deadline in days means."""
    day = moment.astimezone(LOCAL).date() + timedelta(days=days_after + 1)
    return datetime.combine(day, time(), LOCAL)
