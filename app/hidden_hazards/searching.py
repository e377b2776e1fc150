"""Which hidden hazards a list holds: by state and kind, by place, by words, by day, and whose turn it is."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from app.core.actor import Actor
from app.core.clock import LOCAL
from app.enterprises.models import OrgUnit
from app.enterprises.service import get_unit
from app.hidden_hazards.guards import HANDLE, HANDLE_MAJOR, KEEP_LISTING, RECHECK
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.service import is_late
from app.hidden_hazards.terms import Gravity, Source, State
from app.risks.models import RiskPoint
from app.risks.points import of_own_units
from app.risks.zones import below, get_zone

Condition = ColumnElement[bool]


class Mine(StrEnum):
    """我的隐患: those a person is to rectify, has found, or is to accept."""

    RECTIFIER = "rectifier"
    FINDER = "finder"
    ACCEPTOR = "acceptor"

    @property
    def label(self) -> str:
        return {"rectifier": "待我整改", "finder": "我发现的", "acceptor": "待我验收（复查、核查）"}[self.value]


def list_hazards(
    actor: Actor,
    *,
    mine: Mine | None = None,
    text: str | None = None,
    zone_id: UUID | None = None,
    unit_id: UUID | None = None,
    found_from: date | None = None,
    found_to: date | None = None,
    due_before: datetime | None = None,
    overdue: bool = False,
    listed: bool = False,
    extension_asked: bool = False,
    **equal: Any,
) -> Select[HiddenHazard]:
    """The hidden hazards of the enterprise, newest first; a zone or a unit stands for all below it.

    `equal` names columns: state, gravity, source, channel, point_id, rectifier_id, ordered. The day
    `found_to` is included. Each word of `text` stands in the description, the place, the measures or the code.
    """
    wanted: list[Condition] = [HiddenHazard.enterprise_id == actor.enterprise]
    wanted += [getattr(HiddenHazard, name) == value for name, value in equal.items() if value is not None]
    wanted += [_holding(word) for word in (text or "").split()]
    if mine:
        wanted.append(_of(actor, mine))
    if zone_id:
        wanted.append(_at(RiskPoint.zone_id.in_(below(actor, get_zone(actor, zone_id, field="/zone_id")))))
    if unit_id:
        path = get_unit(actor, unit_id, field="/unit_id").path
        units = select(OrgUnit.id).where(OrgUnit.enterprise_id == actor.enterprise, OrgUnit.path.startswith(path))
        wanted.append(_at(RiskPoint.unit_id.in_(units)))
    if found_from:
        wanted.append(HiddenHazard.found_at >= _start_of(found_from))
    if found_to:
        wanted.append(HiddenHazard.found_at < _start_of(found_to + timedelta(days=1)))
    if due_before:
        wanted.append(HiddenHazard.deadline_at < due_before)
    if overdue:
        wanted += is_late()
    if listed:
        wanted += [HiddenHazard.listed_at.is_not(None), HiddenHazard.delisted_at.is_(None)]
    if extension_asked:
        wanted.append(HiddenHazard.extension_asked_by.is_not(None))
    newest = (HiddenHazard.found_at.desc(), HiddenHazard.id.desc())
    return select(HiddenHazard).where(*wanted).order_by(*newest)


def _of(actor: Actor, mine: Mine) -> Condition:
    if mine is Mine.RECTIFIER:
        return and_(HiddenHazard.rectifier_id == actor.id, HiddenHazard.state == State.RECTIFYING)
    return HiddenHazard.found_by == actor.id if mine is Mine.FINDER else or_(false(), *_to_accept(actor))


def _to_accept(actor: Actor) -> Sequence[Condition]:
    """What waits for a person's acceptance, recheck or review: the table of moves, for a query."""
    found: list[Condition] = []
    pending = HiddenHazard.state == State.PENDING_ACCEPTANCE
    governments = HiddenHazard.source == Source.GOVERNMENT
    if actor.may(HANDLE):
        conditions = [pending, ~governments, HiddenHazard.rectifier_id != actor.id]
        if not actor.may(HANDLE_MAJOR):
            conditions.append(HiddenHazard.gravity != Gravity.MAJOR)
        if actor.role == "leader":
            own = of_own_units(actor, select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise))
            conditions.append(HiddenHazard.point_id.in_(own.with_only_columns(RiskPoint.id)))
        found.append(and_(*conditions))
    if actor.may(RECHECK):
        found.append(and_(pending, governments))
    if actor.may(KEEP_LISTING):
        found.append(HiddenHazard.state == State.PENDING_REVIEW)
    return found


def _at(where: Condition) -> Condition:
    """The condition that a hidden hazard is at a point of these."""
    points = select(RiskPoint.id).where(RiskPoint.enterprise_id == HiddenHazard.enterprise_id, where)
    return HiddenHazard.point_id.in_(points)


def _holding(word: str) -> Condition:
    columns = (HiddenHazard.description, HiddenHazard.place, HiddenHazard.measures, HiddenHazard.code)
    return or_(*(column.contains(word, autoescape=True) for column in columns))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)
