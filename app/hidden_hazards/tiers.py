"""Who is told about a hidden hazard on which tier: those who answer for its place, those above, those over all.

The place is the responsible unit of its risk point; of one without a point, the unit of who rectifies it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.policy import Role
from app.core.actor import Actor
from app.core.db import session
from app.enterprises.models import Enterprise, Office, OrgUnit
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity, Source
from app.risks.models import RiskPoint
from app.risks.rollup import steps
from app.risks.rules import EscalatedTo


@dataclass(frozen=True)
class Tiers:
    """The people of one enterprise and over it, as they stand to some of its hidden hazards."""

    ways: dict[UUID, list[UUID]]  # by hidden hazard: its unit and those above, nearest first
    leaders: dict[UUID, list[UUID]]  # by unit
    managers: list[UUID]
    principals: list[UUID]
    regulators: list[UUID]

    def told(self, hazard: HiddenHazard, to: EscalatedTo) -> list[UUID]:
        """Who is told on a tier; where it has nobody, the company is."""
        company = self.managers + self.principals
        if to is EscalatedTo.REGULATOR:
            return self.regulators
        if to is EscalatedTo.COMPANY:
            return company
        way = self.ways[hazard.id]
        if to is EscalatedTo.WORKSHOP:
            return [each for unit_id in way[1:] for each in self.leaders.get(unit_id, [])] or company
        rectifier = [hazard.rectifier_id] if hazard.rectifier_id else []
        return rectifier + (self._nearest(way) or company)

    def acceptors(self, hazard: HiddenHazard) -> list[UUID]:
        """Who can accept its rectification, nearest first; never who rectified."""
        if hazard.source is Source.GOVERNMENT:
            return self.regulators
        near = [] if hazard.gravity is Gravity.MAJOR else self._nearest(self.ways[hazard.id])
        for some in (near, self.managers, self.principals):
            if others := [each for each in some if each != hazard.rectifier_id]:
                return others
        return []

    def _nearest(self, way: list[UUID]) -> list[UUID]:
        return next((self.leaders[unit_id] for unit_id in way if unit_id in self.leaders), [])


def tiers_of(actor: Actor, hazards: Collection[HiddenHazard]) -> Tiers:
    """Who stands where to these hidden hazards: four queries however many they are."""
    people = session().execute(
        select(User.id, User.role, User.unit_id).where(
            User.enterprise_id == actor.enterprise, User.disabled_at.is_(None)
        )
    )
    leaders: dict[UUID, list[UUID]] = {}
    by_role: dict[Role, list[UUID]] = {Role.SAFETY_MANAGER: [], Role.PRINCIPAL: []}
    units: dict[UUID | None, UUID | None] = {}
    for person_id, role, unit_id in people:
        units[person_id] = unit_id
        if role is Role.LEADER and unit_id:
            leaders.setdefault(unit_id, []).append(person_id)
        elif role in by_role:
            by_role[role].append(person_id)
    return Tiers(
        ways=_ways(actor, hazards, units),
        leaders=leaders,
        managers=by_role[Role.SAFETY_MANAGER],
        principals=by_role[Role.PRINCIPAL],
        regulators=regulators_of(actor),
    )


def _ways(
    actor: Actor, hazards: Collection[HiddenHazard], units: dict[UUID | None, UUID | None]
) -> dict[UUID, list[UUID]]:
    point_ids = {hazard.point_id for hazard in hazards if hazard.point_id}
    points = select(RiskPoint.id, RiskPoint.unit_id).where(RiskPoint.enterprise_id == actor.enterprise)
    of_points = {row.id: row.unit_id for row in session().execute(points.where(RiskPoint.id.in_(point_ids)))}
    paths = select(OrgUnit.id, OrgUnit.path).where(OrgUnit.enterprise_id == actor.enterprise)
    upward: dict[UUID | None, list[UUID]] = {row.id: steps(row.path)[::-1] for row in session().execute(paths)}
    return {
        hazard.id: upward.get(of_points[hazard.point_id] if hazard.point_id else units.get(hazard.rectifier_id), [])
        for hazard in hazards
    }


def regulators_of(actor: Actor) -> list[UUID]:
    """The people of every office whose region and trades cover the enterprise."""
    enterprise = session().get_one(Enterprise, actor.enterprise)
    above = [enterprise.region_code[:length] for length in range(2, len(enterprise.region_code) + 1)]
    rows = session().execute(
        select(User.id, Office.trades)
        .join(Office, Office.id == User.office_id)
        .where(User.disabled_at.is_(None), Office.region_code.in_(above))
    )
    return [person_id for person_id, trades in rows if not trades or enterprise.trade in trades]
