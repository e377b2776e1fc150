"""Who controls a risk point on each tier its level asks for: a responsible unit and person each.

What is not named follows from the units above the point: the enterprise and its principal, then the nearest unit of
each kind and its leader; the lowest tier falls to whoever answers for the point. Red is always the principal's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select

from app.accounts.models import User
from app.accounts.policy import Role
from app.accounts.service import working_person
from app.controls.gaps import governing_level
from app.controls.models import TierDuty
from app.core import events
from app.core.actor import Actor
from app.core.db import AT_ONCE, batched, session
from app.core.errors import invalid_field
from app.core.ids import new_id
from app.enterprises.models import Enterprise, OrgUnit, UnitKind
from app.enterprises.service import get_unit
from app.risks.models import RiskPoint
from app.risks.points import workable_point
from app.risks.rollup import steps
from app.risks.rules import Rules, rules_of
from risk_models import RiskLevel


@dataclass(frozen=True)
class Duty:
    """Who controls a point on one tier; without a person, `lack` says in Chinese why and what to do."""

    tier: UnitKind
    unit_id: UUID | None
    unit: str
    person_id: UUID | None
    person: str
    named: bool
    lack: str = ""


@dataclass(frozen=True)
class _Staff:
    """What duties are derived from: the enterprise's units and people, and what was named."""

    enterprise: str
    units: dict[UUID, OrgUnit]
    people: dict[UUID, User]
    leaders: dict[UUID, User]  # by unit
    principal: User | None
    named: dict[tuple[UUID, UnitKind], TierDuty]  # by point and tier


def duties_of(actor: Actor, points: Sequence[RiskPoint], *, rules: Rules | None = None) -> dict[UUID, list[Duty]]:
    """The duties of each point by its id, highest tier first: four queries however many the points."""
    rules = rules or rules_of(actor.enterprise)
    staff = _staff(actor, points)
    found = {}
    for point in points:
        level = governing_level(point.inherent_level, point.shown_level)
        tiers = rules.tiers_of(level)
        found[point.id] = [_duty(staff, point, tier, level, lowest=tier is tiers[-1]) for tier in tiers]
    return found


def name_duties(actor: Actor, point_id: UUID, duties: Sequence[dict[str, Any]]) -> RiskPoint:
    """Name who controls a point on some tiers, in place of what was named before; the others follow from the units.

    Raises Invalid for a tier named twice, one but the company's without a unit, and for anybody but a principal on
    the company tier of a red point.
    """
    point = workable_point(actor, point_id)
    for place, duty in enumerate(duties):
        _check(actor, point, duty, first=[each["tier"] for each in duties].index(duty["tier"]), place=place)
    former = (TierDuty.enterprise_id == actor.enterprise) & (TierDuty.point_id == point_id)
    session().execute(delete(TierDuty).where(former).execution_options(synchronize_session="fetch"))
    session().add_all(TierDuty(enterprise_id=actor.enterprise, id=new_id(), point_id=point_id, **one) for one in duties)
    session().flush()
    told = [
        {"tier": one["tier"], "unit_id": one["unit_id"] and str(one["unit_id"]), "person_id": str(one["person_id"])}
        for one in duties
    ]
    events.append(actor.enterprise, "point.duties_named", point_id, actor_id=actor.id, data={"duties": told})
    return point


def _check(actor: Actor, point: RiskPoint, duty: dict[str, Any], *, first: int, place: int) -> None:
    at = f"/duties/{place}"
    if first != place:
        raise invalid_field(f"{at}/tier", f"{duty['tier'].label}级写了两次，每个层级只写一次。")
    person = working_person(actor, duty["person_id"], field=f"{at}/person_id")
    if duty["unit_id"]:
        get_unit(actor, duty["unit_id"], field=f"{at}/unit_id")
    if duty["tier"] is not UnitKind.COMPANY:
        if duty["unit_id"] is None:
            raise invalid_field(f"{at}/unit_id", f"{duty['tier'].label}级请写明责任单位。")
    elif _is_red(point) and person.role is not Role.PRINCIPAL:
        raise invalid_field(f"{at}/person_id", "重大风险（红色）由主要负责人组织管控，公司级责任人只能是主要负责人。")


def _is_red(point: RiskPoint) -> bool:
    return governing_level(point.inherent_level, point.shown_level) is RiskLevel.RED


def _duty(staff: _Staff, point: RiskPoint, tier: UnitKind, level: RiskLevel | None, *, lowest: bool) -> Duty:
    named = staff.named.get((point.id, tier))
    person = staff.people.get(named.person_id) if named else None
    if named and person and not _must_be_principal(tier, level, person):
        unit = staff.units.get(named.unit_id) if named.unit_id else None
        lack = f"{tier.label}级：指定的责任人{person.name}账号已停用，请另行指定责任人。" if person.disabled_at else ""
        return _filled(staff, tier, unit, person, named=True, lack=lack)
    if tier is UnitKind.COMPANY:
        lack = "" if staff.principal else "公司级：没有在用的主要负责人账号，请先建立。"
        return _filled(staff, tier, None, staff.principal, lack=lack)
    return _derived(staff, point, tier, lowest=lowest)


def _must_be_principal(tier: UnitKind, level: RiskLevel | None, person: User) -> bool:
    """Whether a person named while a point was not red cannot stand for it now that it is."""
    return tier is UnitKind.COMPANY and level is RiskLevel.RED and person.role is not Role.PRINCIPAL


def _derived(staff: _Staff, point: RiskPoint, tier: UnitKind, *, lowest: bool) -> Duty:
    own = staff.units[point.unit_id]
    above = (staff.units[unit_id] for unit_id in reversed(steps(own.path)))
    unit = next((one for one in above if one.kind is tier), None)
    leader = staff.leaders.get(unit.id) if unit else None
    if leader is None and lowest:
        answers = staff.people[point.responsible_id]
        lack = f"{tier.label}级：风险点责任人{answers.name}账号已停用，请改派责任人。" if answers.disabled_at else ""
        return _filled(staff, tier, unit or own, answers, lack=lack)
    if unit is None:
        lack = f"{tier.label}级：{own.name}之上没有{tier.label}，请为这一层级指定责任单位和责任人。"
        return Duty(tier, None, "", None, "", named=False, lack=lack)
    lack = "" if leader else f"{tier.label}级：{unit.name}没有在用的负责人账号，请为这一层级指定责任人。"
    return _filled(staff, tier, unit, leader, lack=lack)


def _filled(
    staff: _Staff, tier: UnitKind, unit: OrgUnit | None, person: User | None, *, named: bool = False, lack: str = ""
) -> Duty:
    fit = person if not lack else None
    return Duty(
        tier, unit.id if unit else None, unit.name if unit else staff.enterprise, fit.id if fit else None,
        fit.name if fit else "", named, lack,
    )  # fmt: skip


def _staff(actor: Actor, points: Sequence[RiskPoint]) -> _Staff:
    named = _named(actor, [point.id for point in points])
    rows = session().execute(
        select(Enterprise.name, OrgUnit)
        .outerjoin(OrgUnit, OrgUnit.enterprise_id == Enterprise.id)
        .where(Enterprise.id == actor.enterprise)
    )
    named_units = [(name, unit) for name, unit in rows]
    people = _people(actor, {duty.person_id for duty in named.values()} | {point.responsible_id for point in points})
    at_work = [person for person in sorted(people.values(), key=attrgetter("login")) if not person.disabled_at]
    leaders: dict[UUID, User] = {}
    for person in at_work:
        if person.role is Role.LEADER and person.unit_id:
            leaders.setdefault(person.unit_id, person)
    return _Staff(
        enterprise=named_units[0][0],
        units={unit.id: unit for _, unit in named_units if unit},
        people=people,
        leaders=leaders,
        principal=next((person for person in at_work if person.role is Role.PRINCIPAL), None),
        named=named,
    )


def _named(actor: Actor, point_ids: Sequence[UUID]) -> dict[tuple[UUID, UnitKind], TierDuty]:
    found: dict[tuple[UUID, UnitKind], TierDuty] = {}
    for ids in batched(point_ids, AT_ONCE):
        statement = select(TierDuty).where(TierDuty.enterprise_id == actor.enterprise, TierDuty.point_id.in_(ids))
        found.update(((duty.point_id, duty.tier), duty) for duty in session().scalars(statement))
    return found


def _people(actor: Actor, others: set[UUID]) -> dict[UUID, User]:
    """Everyone who leads a unit or the enterprise, and these others."""
    found: dict[UUID, User] = {}
    for ids in batched(others, AT_ONCE):
        leading = User.role.in_((Role.LEADER, Role.PRINCIPAL))
        statement = select(User).where(User.enterprise_id == actor.enterprise, or_(leading, User.id.in_(ids)))
        found.update((person.id, person) for person in session().scalars(statement))
    return found
