"""The rates an office sees of its enterprises, and an enterprise of itself: counted, named and laid out."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Invalid, invalid_field
from app.enterprises.models import Enterprise, Region
from app.enterprises.scope import within
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Source
from app.supervision.counting import GOVERNMENTS, Condition, Counted, GroupBy, count, in_region, key_of
from app.supervision.period import Period, period_of
from app.supervision.rates import Tally, breakdown_length, rates_of, unreported_rate

MOST_GROUPS = 300
Named = dict[Any, tuple[str, str]]  # the code and name of each group, by its key, in the order shown


def rates(
    actor: Actor,
    *,
    group_by: GroupBy,
    found_from: date | None = None,
    found_to: date | None = None,
    as_of: datetime | None = None,
    region_code: str = "",
    trade: str = "",
) -> dict[str, Any]:
    """The rates of the enterprises in the actor's scope, by group and in total, each source apart.

    Raises Invalid for an impossible period or more than 300 groups.
    """
    period = period_of(found_from, found_to, as_of, now=now())
    length = region_length(actor, region_code)
    where: list[Condition] = [HiddenHazard.enterprise_id.in_(within(actor, select(Enterprise.id)))]
    if region_code:
        where.append(in_region(HiddenHazard.region_code, region_code))
    if trade:
        where.append(HiddenHazard.trade == trade)
    counted = count(key_of(group_by, period, region_length=length), period, *where, most=MOST_GROUPS)
    few_enough(counted)
    if not counted:  # an enterprise that moved here may have findings from elsewhere
        check_region(actor, region_code)
    if group_by is GroupBy.ENTERPRISE:
        named = _enterprises(actor, region_code, trade, counted)
    elif group_by is GroupBy.MONTH:
        named = _months(period)
    else:
        named = names_of(group_by, counted)
    return _answer(period, group_by, few_enough(named), counted)


def own_rates(
    actor: Actor,
    *,
    by_month: bool = True,
    found_from: date | None = None,
    found_to: date | None = None,
    as_of: datetime | None = None,
) -> dict[str, Any]:
    """The rates of the enterprise acted in, by month and in total, or in total only."""
    period = period_of(found_from, found_to, as_of, now=now())
    key = key_of(GroupBy.MONTH, period, region_length=0)
    counted = count(key, period, HiddenHazard.enterprise_id == actor.enterprise, most=MOST_GROUPS)
    return _answer(period, "month" if by_month else "none", _months(period) if by_month else {}, counted)


def region_length(actor: Actor, region_code: str) -> int:
    """How many digits tell apart the regions below the office's, or below the narrower one asked for."""
    return breakdown_length(max(actor.region_code, region_code, key=len))


def check_region(actor: Actor, region_code: str) -> None:
    """Raise Invalid for a region that is not the office's own or below it: a row of noughts would read as a finding."""
    if not region_code.startswith(actor.region_code) and region_code:
        detail = f"不在您的辖区内，请用 {actor.region_code} 或以它开头的区划代码。"
        raise invalid_field("/region_code", detail, code="outside_region")


def names_of(group_by: GroupBy, keys: Collection[str]) -> Named:
    """The names of regions by their codes; an industry goes by its code."""
    named: Named = {key: (key, key) for key in sorted(keys)}
    if group_by is GroupBy.REGION:
        for region in session().scalars(select(Region).where(Region.code.in_(keys))):
            named[region.code] = (region.code, region.name)
    return named


def few_enough(groups: dict[Any, Any]) -> dict[Any, Any]:
    """The same groups. Raises Invalid when they are more than one answer holds."""
    if len(groups) > MOST_GROUPS:
        raise Invalid(f"分组超过 {MOST_GROUPS} 个，请用 region_code 或 trade 缩小范围。", code="too_many_groups")
    return groups


def _enterprises(actor: Actor, region_code: str, trade: str, counted: Counted) -> Named:
    """The enterprises in scope by code, those without a finding too: a silent one is a signal."""
    asked = [in_region(Enterprise.region_code, region_code)] if region_code else []
    asked += [Enterprise.trade == trade] if trade else []
    statement = within(actor, select(Enterprise))
    if asked:
        statement = statement.where(or_(Enterprise.id.in_(list(counted)), and_(*asked)))
    found = session().scalars(statement.order_by(Enterprise.code).limit(MOST_GROUPS + 1))
    return {one.id: (one.code, one.name) for one in found}


def _months(period: Period) -> Named:
    return {month: (month, f"{month[:4]}年{int(month[5:])}月") for month, _ in period.months}


def _answer(period: Period, group_by: str, named: Named, counted: Counted) -> dict[str, Any]:
    total: dict[Source, Tally] = {}
    for tallies in counted.values():
        for source, tally in tallies.items():
            total[source] = total.get(source, Tally()) + tally
    return {
        **asdict(period),
        "group_by": group_by,
        "items": [
            {"key": str(key), "code": code, "name": name, "sources": _shown(counted.get(key, {}), period)}
            for key, (code, name) in named.items()
        ],
        "total": _shown(total, period),
    }


def _shown(tallies: dict[Source, Tally], period: Period) -> dict[str, Any]:
    """Each source by itself; one with nothing found is there too, with rates of nothing."""
    shown: dict[str, Any] = {}
    for source in Source:
        tally = tallies.get(source, Tally())
        shown[source] = {
            "label": source.label,
            **asdict(tally.everything),
            "rates": rates_of(tally.everything, as_of=period.as_of),
            "major": {**asdict(tally.major), "rates": rates_of(tally.major, as_of=period.as_of, major=True)},
        }
        if source is Source.GOVERNMENT:
            shown[source]["channels"] = {str(channel): getattr(tally, channel) for channel in GOVERNMENTS}
            shown[source]["without_point"] = tally.everything.cohort - tally.located
            shown[source]["unreported"] = unreported_rate(tally, as_of=period.as_of)
    return shown
