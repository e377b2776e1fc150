"""Counting hidden hazards for the rates: one aggregate query, whatever it is grouped by.

What had happened by `as_of` is read from the instants of the row. What the row keeps no instants of is as it is now,
and its definition says so: gravity, what is counted beside the rates, and a submission that was rejected since. How
often something was done to major ones is summed over all that ever were major: a lowering takes no count along.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import QueryableAttribute
from sqlalchemy.sql.functions import FunctionElement

from app.core.db import Instant, session
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Channel, Gravity, Source, State
from app.supervision.period import Period
from app.supervision.rates import REPORTED_BEFORE_DAYS, Tally, tally_of

Key = ColumnElement[Any] | QueryableAttribute[Any]
Condition = ColumnElement[bool]
SUMS = {  # how often, over all of the cohort
    "rejections": HiddenHazard.rejections,
    "joined": HiddenHazard.occurrences - 1,
    "regradings_down": HiddenHazard.regradings_down,
    "extensions": HiddenHazard.extensions,
    "reopenings": HiddenHazard.reopenings,
}
_ANY: ColumnElement[bool] = true()
EVER_MAJOR = or_(HiddenHazard.gravity == Gravity.MAJOR, HiddenHazard.regradings_down > 0)  # a lowering keeps its count
GOVERNMENTS = (Channel.ENFORCEMENT, Channel.PATROL, Channel.EXPERT_SERVICE)
Counted = dict[Any, dict[Source, Tally]]  # by the group's key


class GroupBy(StrEnum):
    """What the figures are broken down by. Region and industry are those at finding."""

    REGION = "region"
    INDUSTRY = "industry"
    ENTERPRISE = "enterprise"
    MONTH = "month"

    @property
    def label(self) -> str:
        return {"region": "区划", "industry": "行业", "enterprise": "企业", "month": "月份"}[self.value]


def count(key: Key, period: Period, *where: Condition, most: int) -> Counted:
    """The tally of each source in each group; of more than `most` groups, enough to see that there are more."""
    grouped = key.label("grouped")
    statement = (
        select(grouped, HiddenHazard.source, *_columns(period))
        .where(*found_within(period), *where)
        .group_by("grouped", HiddenHazard.source)
        .limit(len(Source) * (most + 1))
    )
    counted: Counted = {}
    for row in session().execute(statement).mappings():
        counted.setdefault(row["grouped"], {})[row["source"]] = tally_of(dict(row))
    return counted


def key_of(group_by: GroupBy, period: Period, *, region_length: int) -> Key:
    """The expression rows are grouped by."""
    if group_by is GroupBy.REGION:
        return func.substr(HiddenHazard.region_code, 1, region_length)
    if group_by is GroupBy.INDUSTRY:
        return HiddenHazard.industry
    if group_by is GroupBy.MONTH:
        return case(*[(HiddenHazard.found_at < end, name) for name, end in period.months])
    return HiddenHazard.enterprise_id


def found_within(period: Period) -> tuple[Condition, ...]:
    """The conditions of having been found in the period, and by its instant."""
    found = HiddenHazard.found_at
    return (found >= period.start, found < period.end, found <= period.as_of)


def in_region(column: QueryableAttribute[str], code: str) -> Condition:
    """Whether a region lies within another: a range of codes, so that an index serves it."""
    return column.between(code, code.ljust(12, "9"))


def _columns(period: Period) -> list[ColumnElement[Any]]:
    cohort = _not_dismissed(HiddenHazard, period)
    located = and_(cohort, HiddenHazard.source == Source.GOVERNMENT, HiddenHazard.point_id.is_not(None))
    return [
        *_counts("everything", period),
        *_counts("major", period, HiddenHazard.gravity == Gravity.MAJOR, ever=EVER_MAJOR),
        func.count().filter(located).label("located"),
        func.count().filter(located, ~_reported_before(period)).label("unreported"),
        *(func.count().filter(cohort, HiddenHazard.channel == channel).label(channel) for channel in GOVERNMENTS),
    ]


def _counts(prefix: str, period: Period, *only: Condition, ever: Condition = _ANY) -> Iterator[ColumnElement[Any]]:
    """The counts of `only`; how often something was done is summed over `ever`, which may be more than that."""
    for name, condition in _conditions(period).items():
        yield func.count().filter(condition, *only).label(f"{prefix}_{name}")
    cohort = _not_dismissed(HiddenHazard, period)
    for name, times in SUMS.items():
        yield func.coalesce(func.sum(times).filter(cohort, ever), 0).label(f"{prefix}_{name}")


def _conditions(period: Period) -> dict[str, Condition]:
    """What each count counts."""
    row, as_of = HiddenHazard, period.as_of
    cohort = _not_dismissed(row, period)
    closed = and_(cohort, row.closed_at <= as_of)
    still_open = and_(cohort, or_(row.closed_at.is_(None), row.closed_at > as_of))
    due, due_by_original = row.deadline_at <= as_of, row.original_deadline_at <= as_of
    in_time = row.submitted_at <= row.deadline_at
    late = or_(row.submitted_at.is_(None), row.submitted_at > row.deadline_at)
    rechecked = and_(row.state == State.PENDING_REVIEW, row.rechecked_at <= as_of)
    accepted = and_(cohort, func.coalesce(or_(row.accepted_at <= as_of, row.closed_at <= as_of, rechecked), false()))
    return {
        "found": true(),
        "dismissed": and_(row.dismissed_at <= as_of, row.state != State.DUPLICATE),
        "duplicates": and_(row.dismissed_at <= as_of, row.state == State.DUPLICATE),
        "cohort": cohort,
        "closed": closed,
        "due": and_(cohort, due),
        "closed_due": and_(closed, due),
        "in_time": and_(accepted, due, in_time),
        "waiting": and_(still_open, due, in_time, ~accepted),
        "reviewing": and_(still_open, due, in_time, accepted),
        "overdue": and_(still_open, due, late),
        "due_by_original": and_(cohort, due_by_original),
        "in_time_by_original": and_(accepted, due_by_original, row.submitted_at <= row.original_deadline_at),
    }


def _not_dismissed(row: Any, period: Period) -> Condition:
    return or_(row.dismissed_at.is_(None), row.dismissed_at > period.as_of)


def _reported_before(period: Period) -> Condition:
    """Whether the enterprise itself had reported a hidden hazard at the same point in the days before."""
    earlier = aliased(HiddenHazard)
    return (
        exists()
        .where(
            earlier.enterprise_id == HiddenHazard.enterprise_id,
            earlier.point_id == HiddenHazard.point_id,
            earlier.source == Source.SELF_CHECK,
            earlier.found_at < HiddenHazard.found_at,
            earlier.found_at >= _ReportedSince(HiddenHazard.found_at),
            _not_dismissed(earlier, period),
        )
        .correlate(HiddenHazard)
    )


class _ReportedSince(FunctionElement[Any]):
    """The instant from which the enterprise's own report counts as earlier than a finding; databases differ in it."""

    type = Instant()
    inherit_cache = True


@compiles(_ReportedSince)
def _subtract(element: Any, compiler: Any, **given: Any) -> str:
    return f"({compiler.process(element.clauses, **given)} - interval '{REPORTED_BEFORE_DAYS * 24} hours')"


@compiles(_ReportedSince, "sqlite")
def _modify(element: Any, compiler: Any, **given: Any) -> str:
    found_at = compiler.process(element.clauses, **given)
    return f"strftime('%Y-%m-%d %H:%M:%f', {found_at}, '-{REPORTED_BEFORE_DAYS} days')"
