"""What time alone does: a hidden hazard that goes overdue raises what its point shows now, until it closes.

Overdue is derived when read and never stored; the raise is, so that it is an event with its reason. It is settled each
minute by whoever serves, and by `flask tick`.
"""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import reading, session
from app.core.ticking import each_enterprise
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.service import is_late
from app.risks.levels import raise_level, release
from app.risks.models import LevelRaise, RaiseKind

PREFIX = "overdue:"


def settle_overdue() -> int:
    """Raise for every hidden hazard that has gone overdue and let go of what no longer is; how many changed.

    One read finds what is to do in all enterprises; each enterprise is then written in its own transaction.
    """
    with reading():
        waiting = sorted(_unsettled())
    return each_enterprise(waiting, settle_overdue_of)


def settle_overdue_of(actor: Actor) -> None:
    """The same for one enterprise, in the transaction that is open."""
    to_raise, to_release = _unsettled(actor.enterprise).get(actor.enterprise, ({}, {}))
    for because, hazard in to_raise.items():
        reason = f"隐患 {hazard.code} 逾期未整改"
        if hazard.point_id:
            raise_level(actor, hazard.point_id, because=because, kind=RaiseKind.OVERDUE, reason=reason)
    for because in to_release:
        release(actor, because=because, reason="逾期隐患已处理，不再逾期")


def because_of(hazard_id: UUID) -> str:
    """The name of the reason a hidden hazard is overdue."""
    return f"{PREFIX}{hazard_id}"


def _unsettled(enterprise_id: UUID | None = None) -> dict[UUID, tuple[dict[str, HiddenHazard], dict[str, UUID]]]:
    """By enterprise: the overdue hidden hazards nothing is raised for, and the raises whose cause is gone."""
    late = select(HiddenHazard).where(*is_late(), HiddenHazard.point_id.is_not(None))
    raised = select(LevelRaise.enterprise_id, LevelRaise.because, LevelRaise.point_id).where(
        LevelRaise.kind == RaiseKind.OVERDUE, LevelRaise.released_at.is_(None)
    )
    if enterprise_id:
        late = late.where(HiddenHazard.enterprise_id == enterprise_id)
        raised = raised.where(LevelRaise.enterprise_id == enterprise_id)
    wanted: dict[UUID, dict[str, HiddenHazard]] = defaultdict(dict)
    standing: dict[UUID, dict[str, UUID]] = defaultdict(dict)
    for hazard in session().scalars(late.order_by(HiddenHazard.deadline_at)):
        wanted[hazard.enterprise_id][because_of(hazard.id)] = hazard
    for owner, because, point_id in session().execute(raised):
        standing[owner][because] = point_id
    found = {}
    for owner in {*wanted, *standing}:
        to_raise = {because: one for because, one in wanted[owner].items() if because not in standing[owner]}
        to_release = {because: one for because, one in standing[owner].items() if because not in wanted[owner]}
        if to_raise or to_release:
            found[owner] = (to_raise, to_release)
    return found
