"""What the four papers of each unit say: gathered in some dozen queries however many units and points."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from app.accounts.models import User
from app.accounts.policy import Role
from app.core.actor import Actor
from app.core.clock import today
from app.core.db import session
from app.enterprises.models import OrgUnit, UnitKind
from app.enterprises.service import list_units
from app.inspections.judging import limits_text
from app.plans.models import InspectionPlan
from app.plans.planning import frequency_of
from app.plans.scoping import ground_of, scope_text
from app.printing.cards_gather import OF_USE_IN_EMERGENCIES, concerned
from app.printing.gather import NOBODY, Gathered, gather, responsible_of, unconfirmed
from app.printing.post_content import PostCards, PostMeasure, PostPerson, PostPlan, PostPoint, PostSource, PostTier
from app.printing.signs import choose
from app.printing.standing_duties import standing_duties
from app.risks.models import ControlMeasure, HazardSource, RiskPoint
from app.risks.points import list_points, of_own_units
from app.risks.rollup import steps

_TIERS = list(UnitKind)  # the highest first
_ROLES = list(reversed(Role))  # who answers for more comes first
Planned = Mapping[UUID, Sequence[tuple[InspectionPlan, Sequence[RiskPoint]]]]


def units_with_points(actor: Actor, unit_id: UUID | None = None) -> list[OrgUnit]:
    """The units that have points of their own, each after its parent; of one unit and those below where it is named."""
    used = of_own_units(actor, list_points(actor)).order_by(None).with_only_columns(RiskPoint.unit_id)
    statement = list_units(actor).where(OrgUnit.id.in_(used))
    if unit_id:
        above = session().get_one(OrgUnit, (actor.enterprise, unit_id))
        statement = statement.where(OrgUnit.path.startswith(above.path))
    return list(session().scalars(statement))


def post_cards_of(actor: Actor, subjects: Sequence[str]) -> dict[str, PostCards]:
    """The papers of each unit by its id; a unit without points of its own, or not the actor's, has none."""
    points = _points(actor, subjects)
    units = {unit.id: unit for unit in session().scalars(list_units(actor))}
    people = _people(actor, points)
    gathered, planned = gather(actor, [one for some in points.values() for one in some]), _planned(actor)
    told = _Told(actor, gathered, units, people, planned)
    return {str(unit_id): told.cards(units[unit_id], own) for unit_id, own in points.items()}


def concerned_by(actor: Actor, subjects: Sequence[str]) -> dict[str, set[UUID]]:
    """For each unit the ids whose events change its papers: its points and all of theirs, its people, its plans."""
    points = _points(actor, subjects)
    of_points = concerned(actor, [str(one.id) for some in points.values() for one in some])
    units = {unit.id: unit for unit in session().scalars(list_units(actor))}
    planned = _planned(actor, ended=True)
    found = {
        unit_id: {actor.enterprise, *steps(units[unit_id].path)} for unit_id in map(UUID, subjects) if unit_id in units
    }
    for point_id, unit_id in session().execute(_ever(actor, found)):
        found[unit_id] |= {point_id, *of_points.get(str(point_id), ())}
    for unit_id, ids in found.items():
        for plan, _ in planned.get(unit_id, ()):
            ids |= {plan.id, plan.assignee_id, UUID(plan.scope.get("round_id", str(plan.id)))}
    for person in _people(actor, points, left=True).values():
        if person.unit_id in found:
            found[person.unit_id].add(person.id)
    return {str(unit_id): ids for unit_id, ids in found.items()}


def _ever(actor: Actor, unit_ids: Iterable[UUID]) -> Select[UUID, UUID]:
    """Every point of these units with its unit, those no longer in use too: taking one out changes the papers."""
    chosen = RiskPoint.unit_id.in_(list(unit_ids))
    return select(RiskPoint.id, RiskPoint.unit_id).where(RiskPoint.enterprise_id == actor.enterprise, chosen)


def _points(actor: Actor, subjects: Sequence[str]) -> dict[UUID, list[RiskPoint]]:
    """The points in use of each of these units, by code; a leader's units alone."""
    chosen = list_points(actor).where(RiskPoint.unit_id.in_([UUID(subject) for subject in subjects]))
    found: dict[UUID, list[RiskPoint]] = defaultdict(list)
    for point in session().scalars(of_own_units(actor, chosen)):
        found[point.unit_id].append(point)
    return found


def _people(actor: Actor, points: Mapping[UUID, Sequence[RiskPoint]], *, left: bool = False) -> dict[UUID, User]:
    """Everyone at work in these units, who answers for a point of theirs, and whoever a plan names; or who left too."""
    planning = select(InspectionPlan.assignee_id).where(InspectionPlan.enterprise_id == actor.enterprise)
    answering = {point.responsible_id for some in points.values() for point in some}
    wanted = or_(User.unit_id.in_(list(points)), User.id.in_(answering), User.id.in_(planning))
    statement = select(User).where(User.enterprise_id == actor.enterprise, wanted)
    if not left:
        statement = statement.where(User.disabled_at.is_(None))
    return {person.id: person for person in session().scalars(statement.order_by(User.login))}


def _planned(actor: Actor, *, ended: bool = False) -> Planned:
    """The plans that go on by unit, with the unit's points they cover: maybe none where it only answers for one."""
    statement = select(InspectionPlan).where(InspectionPlan.enterprise_id == actor.enterprise)
    if not ended:
        goes_on = or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= today())
        statement = statement.where(goes_on, InspectionPlan.stopped_at.is_(None))
    ground = ground_of(actor)
    found: dict[UUID, list[tuple[InspectionPlan, Sequence[RiskPoint]]]] = defaultdict(list)
    for plan in session().scalars(statement.order_by(InspectionPlan.code)):
        covered: dict[UUID, list[RiskPoint]] = {plan.unit_id: []}
        for stop in ground.stops(plan.scope):
            if stop:
                point = ground.points[str(stop)]
                covered.setdefault(point.unit_id, []).append(point)
        for unit_id, points in covered.items():
            found[unit_id].append((plan, points))
    return found


class _Told:
    """What papers say of some units, read once for all of them."""

    def __init__(
        self, actor: Actor, gathered: Gathered, units: Mapping[UUID, OrgUnit], people: Mapping[UUID, User],
        planned: Planned,
    ) -> None:  # fmt: skip
        self.gathered, self.units, self.people, self.planned = gathered, units, people, planned
        self.ground = ground_of(actor)

    def cards(self, unit: OrgUnit, points: Sequence[RiskPoint]) -> PostCards:
        return PostCards(
            enterprise=self.gathered.enterprise.name,
            unit=unit.name,
            kind=unit.kind.label,
            above=" › ".join(self.units[each].name for each in steps(unit.path)[:-1]),
            emergency_phone=self.gathered.enterprise.emergency_phone,
            points=tuple(map(self._point, points)),
            tiers=self._tiers(points),
            people=self._persons(unit, points),
            plans=tuple(self._plan(plan, covered, points) for plan, covered in self.planned[unit.id]),
            standing=standing_duties(),
        )

    def _point(self, point: RiskPoint) -> PostPoint:
        sources, measures = self.gathered.sources[point.id], self.gathered.measures_at(point)
        accidents = dict.fromkeys(kind for source in sources for kind in source.accident_types)
        texts = [*(source.name for source in sources), *(measure.text for measure in measures), point.name]
        return PostPoint(
            code=point.code,
            name=point.name,
            place=self.gathered.zones[point.zone_id],
            category=point.category.label,
            level=point.shown_level,
            raised=point.current_level if point.current_level != point.shown_level else None,
            status=unconfirmed(point),
            check_cycle=point.check_cycle,
            sources=tuple(self._source(source) for source in sources),
            emergency_steps=tuple(point.emergency_steps),
            equipment=tuple(
                dict.fromkeys(measure.text for measure in measures if measure.category in OF_USE_IN_EMERGENCIES)
            ),
            signs=tuple(sign.key for sign in choose(accidents, texts)),
            **responsible_of(self.gathered.people[point.responsible_id]),
        )

    def _source(self, source: HazardSource) -> PostSource:
        return PostSource(
            name=source.name,
            accident_types=tuple(source.accident_types),
            level=source.residual_level or source.inherent_level,
            measures=tuple(map(_measure, self.gathered.measures[source.id])),
        )

    def _tiers(self, points: Sequence[RiskPoint]) -> tuple[PostTier, ...]:
        """Who controls the points on each tier, the highest first; who controls several is named once."""
        found: dict[Any, list[RiskPoint]] = defaultdict(list)
        for point in points:
            for duty in self.gathered.duties[point.id]:
                found[duty.tier, duty.unit, duty.person, duty.lack].append(point)
        return tuple(
            PostTier(
                tier=tier.label, unit=unit or NOBODY, person=person or NOBODY, points=_named(some, points), lack=lack
            )
            for (tier, unit, person, lack), some in sorted(found.items(), key=lambda one: _TIERS.index(one[0][0]))
        )

    def _persons(self, unit: OrgUnit, points: Sequence[RiskPoint]) -> tuple[PostPerson, ...]:
        """The people of the unit and who answers for something of it from elsewhere; its own come first."""
        answering = {point.responsible_id for point in points}
        answering |= {plan.assignee_id for plan, _ in self.planned[unit.id]}
        own = [one for one in self.people.values() if one.unit_id == unit.id]
        others = [one for one in self.people.values() if one.unit_id != unit.id and one.id in answering]
        return tuple(
            self._person(one, unit, points)
            for some in (own, others)
            for one in sorted(some, key=lambda person: _ROLES.index(person.role))
        )

    def _person(self, person: User, unit: OrgUnit, points: Sequence[RiskPoint]) -> PostPerson:
        at = self.units.get(person.unit_id or unit.id, unit)
        controlled: dict[str, list[RiskPoint]] = defaultdict(list)
        for point in points:
            for duty in self.gathered.duties[point.id]:
                if duty.person_id == person.id:
                    controlled[f"{duty.tier.label}级管控"].append(point)
            if point.responsible_id == person.id:
                controlled["负责"].append(point)
        planned = [
            f"排查：{plan.name}（{plan.code}），{frequency_of(plan)}"
            for plan, _ in self.planned[unit.id]
            if plan.assignee_id == person.id
        ]
        return PostPerson(
            name=person.name,
            role=person.role.label + (f"（{at.name}）" if at.id != unit.id else ""),
            duties=(
                *(f"{what}：{_named(some, points)}" for what, some in controlled.items()),
                *planned,
                *(duty.says for duty in standing_duties(person.role)),
            ),
        )

    def _plan(self, plan: InspectionPlan, covered: Sequence[RiskPoint], points: Sequence[RiskPoint]) -> PostPlan:
        assignee = self.people.get(plan.assignee_id)
        return PostPlan(
            code=plan.code,
            kind=plan.kind.label,
            name=plan.name,
            scope=scope_text(plan.scope, self.ground, self.gathered.zones),
            content=plan.content,
            frequency=frequency_of(plan),
            responsible=assignee.name if assignee else NOBODY,
            points=_named(covered, points) if covered else "",
        )


def _measure(measure: ControlMeasure) -> PostMeasure:
    return PostMeasure(
        category=measure.category,
        text=measure.text,
        check=measure.check,
        how=measure.how,
        standard=measure.standard,
        limits=limits_text(measure.reading) if measure.reading else "",
        photo=measure.photo_required,
    )


def _named(some: Sequence[RiskPoint], of_all: Iterable[RiskPoint]) -> str:
    """Points by code and name; all of the unit's are counted, for its risk list names them."""
    if len(some) > 1 and {point.id for point in some} == {point.id for point in of_all}:
        return f"本单位全部 {len(some)} 个风险点"
    return "、".join(f"{point.code} {point.name}" for point in some)
