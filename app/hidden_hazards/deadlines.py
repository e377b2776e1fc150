"""How a deadline is said: as an instant, or as so many working days, which end with the day the last one ends."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from marshmallow import ValidationError, validates_schema

from app.core.clock import LOCAL, today
from app.core.fields import Instant, Schema, Whole
from app.enterprises.workdays import workdays_after

MOST_WORKDAYS = 250


class Deadlined(Schema):
    """A body that says a deadline either way."""

    deadline_at = Instant(load_default=None, allow_none=True)
    within_workdays = Whole(
        1,
        MOST_WORKDAYS,
        load_default=None,
        allow_none=True,
        metadata={"description": "期限为今天之后第几个工作日的当日结束（按国务院放假安排）；与 deadline_at 二选一"},
    )

    @validates_schema
    def _said_once(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("deadline_at") and data.get("within_workdays"):
            raise ValidationError("deadline_at 与 within_workdays 只填一项。", "within_workdays")


def dated(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts with the deadline as an instant, however it was said."""
    said = dict(facts)
    days = said.pop("within_workdays", None)
    return {**said, "deadline_at": end_of_day(workdays_after(today(), days))} if days else said


def end_of_day(day: date) -> datetime:
    """The instant a day ends where the enterprises are."""
    return datetime.combine(day, time(), LOCAL) + timedelta(days=1)
