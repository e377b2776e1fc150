"""What a plan covers: points named, points of zones or of a profession, a round, or the management half.

A scope is kept as it was given and looked up afresh for every turn, so that a new point of a zone is in the next one
and a retired one is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import invalid_field
from app.core.rows import own
from app.plans.models import Round
from app.risks.models import RiskPoint, RiskZone
from app.risks.points import workable_points
from app.risks.terms import Category
from app.risks.zones import usable_zone

ONE_OF = (
    "请在 risk_point_ids、zone_ids、categories、round_id、management 中选定一种范围（zone_ids 可与 categories 同用）。"
)
NOTHING = "所选范围内没有在用的风险点，请先建立风险点，或改选范围。"
Scope = Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """Everything of an enterprise a scope can mean: the points in use in the order of their codes, zones, rounds."""

    points: Mapping[str, RiskPoint]  # by id, as text
    paths: Mapping[UUID, str]  # of zones
    rounds: Mapping[str, Round]

    def stops(self, scope: Scope) -> list[UUID | None]:
        """What a turn asks to be inspected, in order; None stands for the management checklist."""
        if scope.get("management"):
            return [None]
        if "round_id" in scope:
            named: Iterable[str] = self.rounds[scope["round_id"]].stops
        elif "point_ids" in scope:
            named = scope["point_ids"]
        else:
            return [point.id for point in self.points.values() if self._covers(scope, point)]
        return [self.points[each].id for each in named if each in self.points]

    def _covers(self, scope: Scope, point: RiskPoint) -> bool:
        zones = [UUID(each).hex for each in scope.get("zone_ids", ())]
        in_zone = not zones or any(f"{zone}/" in self.paths[point.zone_id] for zone in zones)
        return in_zone and point.category in scope.get("categories", [point.category])


def ground_of(actor: Actor) -> Ground:
    """The ground of the enterprise: three queries."""
    points = session().scalars(
        select(RiskPoint)
        .where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.retired_at.is_(None))
        .order_by(RiskPoint.code, RiskPoint.id)
    )
    zones = session().execute(select(RiskZone.id, RiskZone.path).where(RiskZone.enterprise_id == actor.enterprise))
    rounds = session().scalars(select(Round).where(Round.enterprise_id == actor.enterprise))
    return Ground(
        points={str(point.id): point for point in points},
        paths={row.id: row.path for row in zones},
        rounds={str(one.id): one for one in rounds},
    )


def settled_scope(actor: Actor, given: Scope) -> dict[str, Any]:
    """A scope as it is kept. Raises Invalid for none, several, absent or doubled things, or nothing to inspect.

    A leader's may hold points of his own units alone, else Forbidden; a retired point or zone is a Conflict.
    """
    scope = {name: value for name, value in given.items() if value}
    if len(scope) != 1 and set(scope) != {"zone_ids", "categories"}:
        raise invalid_field("/scope", ONE_OF)
    if "point_ids" in scope:
        once_each(scope["point_ids"], field="/scope/risk_point_ids")
        workable_points(actor, scope["point_ids"], field="/scope/risk_point_ids")
    for place, zone_id in enumerate(scope.get("zone_ids", ())):
        usable_zone(actor, zone_id, field=f"/scope/zone_ids/{place}")
    if "round_id" in scope and own(actor, Round, scope["round_id"], field="/scope/round_id", absent=ABSENT).retired_at:
        raise invalid_field("/scope/round_id", "这条巡检路线已停用，请改选在用的路线。")
    kept = {name: _plain(value) for name, value in scope.items()}
    stops = ground_of(actor).stops(kept)
    if not stops:
        raise invalid_field("/scope", NOTHING)
    if actor.role == "leader":
        workable_points(actor, [stop for stop in stops if stop], field="/scope")
    return kept


ABSENT = "没有这条巡检路线，请先建立。"


def once_each(ids: Sequence[UUID], *, field: str) -> None:
    """Raise Invalid for the place of an id that was named before."""
    for place, each in enumerate(ids):
        if each in ids[:place]:
            raise invalid_field(f"{field}/{place}", "这个风险点列了两次，请删去一个。")


def scope_text(scope: Scope, ground: Ground, zones: Mapping[UUID, str]) -> str:
    """A scope as people read it on paper; `zones` are the names of zones by id."""
    if scope.get("management"):
        return "基础管理（全企业）"
    if "round_id" in scope:
        one = ground.rounds[scope["round_id"]]
        return f"{one.kind.label}路线：{one.name}（{len(one.stops)} 个风险点）"
    if "point_ids" in scope:
        named = [ground.points[each] for each in scope["point_ids"] if each in ground.points]
        return "、".join(f"{point.code} {point.name}" for point in named)
    where = "、".join(zones.get(UUID(each), "（已停用的分区）") for each in scope.get("zone_ids", ())) or "全企业"
    kinds = "、".join(Category(each).label for each in scope.get("categories", ()))
    return f"{where}（{kinds}类风险点）" if kinds else where


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, bool) else str(value)
