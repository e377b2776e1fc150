"""What the cards and the notice board say: each point with what was gathered about it, as plain dataclasses."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.assessments.models import Assessment, Basis
from app.controls.duties import duties_of
from app.core.actor import Actor
from app.core.db import AT_ONCE, batched, session
from app.enterprises.models import OrgUnit
from app.enterprises.service import get_unit
from app.printing.card import Card
from app.printing.choosing import Chosen, own_subjects, rows_of_each, said_of
from app.printing.emergency_card import EmergencyCard
from app.printing.gather import NOBODY, Gathered, gather, responsible_of, unconfirmed
from app.printing.notice_board import NoticeBoard, NoticeRow
from app.printing.page import paint
from app.printing.signs import choose
from app.risks.models import ControlMeasure, HazardSource, RiskPoint, RiskZone
from app.risks.points import list_points, of_own_units
from app.risks.rollup import steps
from app.risks.terms import MeasureCategory
from app.tags.models import Tag
from app.tags.service import address_of
from app.tags.states import STANDING
from risk_models import RiskLevel

BOARD_LEVELS = (RiskLevel.RED, RiskLevel.ORANGE)
"""What a notice board lists unless a level is named. Source: DOMAIN.md 8."""
OF_USE_IN_EMERGENCIES = (MeasureCategory.PPE, MeasureCategory.EMERGENCY)


def points_of(actor: Actor, keys: Sequence[str]) -> list[RiskPoint]:
    """The points of these keys that are in use; a leader's are those of his own units."""
    statement = of_own_units(actor, list_points(actor)).where(RiskPoint.id.in_([UUID(key) for key in keys]))
    return list(session().scalars(statement))


def good_tags(actor: Actor, point_ids: Sequence[UUID]) -> dict[UUID, Tag]:
    """The good tag of each point that has hung longest: a further one bound beside it changes no card."""
    found: dict[UUID, Tag] = {}
    for ids in batched(point_ids, AT_ONCE):
        good = select(Tag).where(Tag.enterprise_id == actor.enterprise, Tag.point_id.in_(ids), STANDING)
        for tag in session().scalars(good.order_by(Tag.issued_at, Tag.id)):
            if tag.point_id:
                found.setdefault(tag.point_id, tag)
    return found


def warning_cards_of(actor: Actor, keys: Sequence[str]) -> dict[str, tuple[RiskPoint, Card]]:
    """The warning card of each point by its key."""
    gathered, addresses = _gathered(actor, keys)
    return {str(point.id): (point, _card(gathered, point, addresses.get(point.id, ""))) for point in gathered.points}


def emergency_cards_of(actor: Actor, keys: Sequence[str]) -> dict[str, tuple[RiskPoint, EmergencyCard]]:
    """The emergency card of each point by its key."""
    gathered, addresses = _gathered(actor, keys)
    return {
        str(point.id): (point, _emergency_card(gathered, point, addresses.get(point.id, "")))
        for point in gathered.points
    }


def notice_boards_of(actor: Actor, subjects: Sequence[str]) -> dict[str, NoticeBoard]:
    """The notice board of each subject, the highest levels first."""
    asked = own_subjects(actor, subjects)
    chosen = asked.chosen
    statements = [_listed(actor, one) for one in chosen.values()]
    of_each = rows_of_each(RiskPoint, statements, RiskPoint.code, RiskPoint.id)
    gathered = gather(actor, list({point.id: point for points in of_each for point in points}.values()))
    return {
        subject: _board(gathered, one, points, _unit_names(actor))
        for (subject, one), points in zip(chosen.items(), of_each, strict=True)
    }


def concerned(actor: Actor, keys: Sequence[str]) -> dict[str, set[UUID]]:
    """For each point the ids whose events change its cards: all that was ever identified there, people and places."""
    points = points_of(actor, keys)
    zones = {zone.id: zone.path for zone in _rows(actor, RiskZone, RiskZone.id, {point.zone_id for point in points})}
    found = {
        point.id: {actor.enterprise, point.id, point.responsible_id, point.unit_id, *steps(zones[point.zone_id])}
        for point in points
    }
    sources = {source.id: source.point_id for source in _rows(actor, HazardSource, HazardSource.point_id, found)}
    for source_id, point_id in sources.items():
        found[point_id].add(source_id)
    of_sources: tuple[Any, ...] = (ControlMeasure, Assessment)
    for model in of_sources:
        for row in _rows(actor, model, model.source_id, sources):
            found[sources[row.source_id]].add(row.id)
    for point_id, duties in duties_of(actor, points).items():
        found[point_id] |= {each for duty in duties for each in (duty.unit_id, duty.person_id) if each}
    for tag in _rows(actor, Tag, Tag.point_id, found):
        found[tag.point_id].add(tag.id)
    return {str(point_id): ids for point_id, ids in found.items()}


def _rows(actor: Actor, model: type[Any], column: Any, values: Iterable[UUID]) -> list[Any]:
    found: list[Any] = []
    for ids in batched(list(values), AT_ONCE):
        found += session().scalars(select(model).where(model.enterprise_id == actor.enterprise, column.in_(ids)))
    return found


def _gathered(actor: Actor, keys: Sequence[str]) -> tuple[Gathered, dict[UUID, str]]:
    points = points_of(actor, keys)
    tags = good_tags(actor, [point.id for point in points])
    return gather(actor, points), {point_id: address_of(tag) for point_id, tag in tags.items()}


def _card(gathered: Gathered, point: RiskPoint, address: str) -> Card:
    sources, measures = gathered.sources[point.id], gathered.measures_at(point)
    accidents = _accidents(sources)
    texts = [*(source.name for source in sources), *(measure.text for measure in measures), point.name]
    return Card(
        enterprise=gathered.enterprise.name,
        place=gathered.zones[point.zone_id],
        point_name=point.name,
        code=point.code,
        category=point.category.label,
        level=point.shown_level,
        level_basis=basis_of(point, sources).label,
        main_risks=tuple(source.name for source in sources),
        accident_types=accidents,
        consequences=_consequences(sources),
        measures=tuple((measure.category.label, measure.text) for measure in measures),
        check_items=tuple(measure.check for measure in measures if measure.check),
        check_cycle=point.check_cycle,
        emergency_steps=tuple(point.emergency_steps),
        emergency_phone=gathered.enterprise.emergency_phone,
        qr_text=address,
        signs=tuple(sign.key for sign in choose(accidents, texts)),
        raised=_raised(point),
        controllers=tuple((duty.tier.label, duty.person or NOBODY) for duty in gathered.duties[point.id]),
        status=unconfirmed(point),
        **responsible_of(gathered.people[point.responsible_id]),
    )


def _emergency_card(gathered: Gathered, point: RiskPoint, address: str) -> EmergencyCard:
    sources, measures = gathered.sources[point.id], gathered.measures_at(point)
    return EmergencyCard(
        enterprise=gathered.enterprise.name,
        place=gathered.zones[point.zone_id],
        point_name=point.name,
        code=point.code,
        level=point.shown_level,
        accident_types=_accidents(sources),
        steps=tuple(point.emergency_steps),
        equipment=tuple(measure.text for measure in measures if measure.category in OF_USE_IN_EMERGENCIES),
        emergency_phone=gathered.enterprise.emergency_phone,
        qr_text=address,
        status=unconfirmed(point),
        **responsible_of(gathered.people[point.responsible_id]),
    )


def _board(gathered: Gathered, chosen: Chosen, points: Sequence[RiskPoint], units: dict[UUID, str]) -> NoticeBoard:
    levels = _levels(chosen)
    ordered = sorted(points, key=lambda point: levels.index(point.shown_level) if point.shown_level in levels else -1)
    phone = gathered.enterprise.emergency_phone
    parts = {name: value for name, value in chosen.items() if name != "level"}
    return NoticeBoard(
        enterprise=gathered.enterprise.name,
        place=said_of(parts, gathered.zones, units),
        levels="和".join(paint(level).words for level in levels),
        level_basis="现状风险（未评估现状的为固有风险）",
        rows=tuple(_notice(gathered, point) for point in ordered),
        emergency_phone=phone,
        how_to_report=(
            "1. 扫风险点旁的二维码上报或举报，拍照、写明位置和情况。",
            f"2. 打本单位应急电话 {phone or '（未填写）'}，或告诉责任人、班组长、安全管理员。",
            "3. 险情紧急先停止作业、撤离，再报告：火警 119，急救 120。",
            "4. 也可向应急管理部门举报：12350。",
        ),
    )


def _notice(gathered: Gathered, point: RiskPoint) -> NoticeRow:
    sources, measures = gathered.sources[point.id], gathered.measures_at(point)
    return NoticeRow(
        code=point.code,
        point_name=point.name,
        place=gathered.zones[point.zone_id],
        level=point.shown_level,
        raised=_raised(point),
        main_risks=tuple(source.name for source in sources),
        accident_types=_accidents(sources),
        check_items=tuple(measure.check for measure in measures if measure.check),
        consequences=_consequences(sources),
        measures=tuple(measure.text for measure in measures),
        emergency_steps=tuple(point.emergency_steps),
        status=unconfirmed(point),
        **responsible_of(gathered.people[point.responsible_id]),
    )


def _levels(chosen: Chosen) -> tuple[RiskLevel, ...]:
    return (chosen["level"],) if "level" in chosen else BOARD_LEVELS


def _listed(actor: Actor, chosen: Chosen) -> Select[RiskPoint]:
    """The points a board lists; zone and unit stand for all below them."""
    statement = list_points(actor, zone_id=chosen.get("zone_id"))
    statement = statement.where(RiskPoint.shown_level.in_(_levels(chosen)))
    if "unit_id" not in chosen:
        return statement
    path = get_unit(actor, chosen["unit_id"]).path
    units = select(OrgUnit.id).where(OrgUnit.enterprise_id == actor.enterprise, OrgUnit.path.startswith(path))
    return statement.where(RiskPoint.unit_id.in_(units))


def basis_of(point: RiskPoint, sources: Sequence[HazardSource]) -> Basis:
    """The basis of the level a point shows: that of the sources it comes from, residual where any of them has one."""
    worst_are_residual = any(source.residual_level == point.shown_level for source in sources)
    return Basis.RESIDUAL if worst_are_residual or point.shown_level is None else Basis.INHERENT


def _raised(point: RiskPoint) -> RiskLevel | None:
    return point.current_level if point.current_level != point.shown_level else None


def _accidents(sources: Sequence[HazardSource]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for source in sources for kind in source.accident_types))


def _consequences(sources: Sequence[HazardSource]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source.consequences for source in sources if source.consequences))


def _unit_names(actor: Actor) -> dict[UUID, str]:
    rows = session().execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.enterprise_id == actor.enterprise))
    return {row.id: row.name for row in rows}
