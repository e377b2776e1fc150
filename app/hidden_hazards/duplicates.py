"""重复隐患: a report of what is known already ends as a duplicate and counts as an occurrence of the original."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import invalid_field
from app.hidden_hazards.grounds import must_have_arrived
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.proof import record, row_of
from app.hidden_hazards.stopping import carried_over
from app.hidden_hazards.terms import State
from app.risks.mergers import survivor_of
from app.risks.models import RiskPoint

Facts = Mapping[str, Any]


def marked(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Mark as the duplicate of another one, which counts one more occurrence.

    Raises Invalid for an original that is absent, elsewhere, or itself dismissed or a duplicate.
    """
    original = session().get(HiddenHazard, (actor.enterprise, facts["original_id"]))
    problem = "本企业没有这项隐患，请核对。" if original is None else _unfit(hazard, original)
    if original is None or problem:
        raise invalid_field("/original_id", problem)
    must_have_arrived(actor, hazard, facts)
    before = row_of(original)
    original.occurrences += hazard.occurrences
    held = carried_over(hazard, to=original)
    data = {
        "occurrences": original.occurrences,
        "duplicate_id": str(hazard.id),
        "duplicate_code": hazard.code,
        "description": hazard.description,
    }
    record(actor, original, "hidden_hazard.found_again", before=before, data=data)
    return {"duplicate_of_id": original.id, **held}


def _unfit(hazard: HiddenHazard, original: HiddenHazard) -> str:
    """Why the other one cannot be the original, in Chinese; empty when it can."""
    if original.id == hazard.id:
        return "不能是它自己的重复，请选另一项隐患。"
    if original.state in (State.DISMISSED, State.DUPLICATE):
        return f"{original.code} {original.state.label}，不能作为原隐患，请选未销号或已销号的隐患。"
    if not _together(hazard, original):
        return f"{original.code} 不在同一风险点（地点），不是重复，请核对。"
    return ""


def _together(one: HiddenHazard, other: HiddenHazard) -> bool:
    """Whether both are at one point, or at one that took over the other's, or at a place of the same words."""
    points = {_survivor(hazard) for hazard in (one, other)}
    return (len(points) == 1 and None not in points) or one.place.strip() == other.place.strip()


def _survivor(hazard: HiddenHazard) -> UUID | None:
    if hazard.point_id is None:
        return None
    return survivor_of(session().get_one(RiskPoint, (hazard.enterprise_id, hazard.point_id))).id
