"""Which point took over from which: chains of mergers, followed to their end and back."""

from uuid import UUID

from sqlalchemy import Select, select

from app.core.db import session
from app.risks.models import RiskPoint


def survivor_of(point: RiskPoint) -> RiskPoint:
    """The point at the end of the chain this one was merged into; itself when it was not merged."""
    if point.merged_into_id is None:
        return point
    own = RiskPoint.enterprise_id == point.enterprise_id
    next_one = select(RiskPoint.id, RiskPoint.merged_into_id)
    chain = next_one.where(own, RiskPoint.id == point.merged_into_id).cte("chain", recursive=True)
    chain = chain.union(next_one.where(own, RiskPoint.id == chain.c.merged_into_id))
    last = select(chain.c.id).where(chain.c.merged_into_id.is_(None))
    return session().scalars(select(RiskPoint).where(own, RiskPoint.id.in_(last))).one()


def taken_over_by(enterprise_id: UUID, point_id: UUID) -> Select[UUID]:
    """The ids of a point and of all that were merged into it, directly or not, for a query."""
    own = RiskPoint.enterprise_id == enterprise_id
    taken = select(RiskPoint.id).where(own, RiskPoint.id == point_id).cte("taken_over", recursive=True)
    taken = taken.union(select(RiskPoint.id).where(own, RiskPoint.merged_into_id == taken.c.id))
    return select(taken.c.id)
