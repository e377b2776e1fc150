"""The records signals and photos are about, in people's words: an inspection, or a hidden hazard."""

from uuid import UUID

from sqlalchemy import select

from app.accounts.service import names_of
from app.core.actor import Actor
from app.core.db import session
from app.evidence.models import Purpose
from app.hidden_hazards.models import HiddenHazard
from app.inspections.models import Inspection
from app.risks.models import RiskPoint

INSPECTION, HIDDEN_HAZARD = "inspection", "hidden_hazard"


def caption_of(actor: Actor, subject_id: UUID, purpose: str) -> dict[str, str]:
    """What a photo's watermark says of its record: `code` and `place`, and the `person` who shows this with it."""
    hazard = session().get(HiddenHazard, (actor.enterprise, subject_id))
    if hazard:
        return {"code": hazard.code, "place": hazard.place, "person": _name(_shown_by(hazard, purpose))}
    row = (
        session()
        .execute(
            select(Inspection.inspector_id, RiskPoint.code, RiskPoint.name)
            .outerjoin(
                RiskPoint, (RiskPoint.enterprise_id == Inspection.enterprise_id) & (RiskPoint.id == Inspection.point_id)
            )
            .where(Inspection.enterprise_id == actor.enterprise, Inspection.id == subject_id)
        )
        .first()
    )
    if row is None:
        return {}
    return {"place": f"{row.code} {row.name}" if row.code else "基础管理", "person": _name(row.inspector_id)}


def _shown_by(hazard: HiddenHazard, purpose: str) -> UUID | None:
    """Who took this kind of photo of a hidden hazard; nobody is named for a report without an account."""
    return {
        Purpose.FOUND: hazard.found_by,
        Purpose.RECTIFIED: hazard.rectifier_id,
        Purpose.ACCEPTED: hazard.accepted_by,
    }.get(Purpose(purpose))


def _name(user_id: UUID | None) -> str:
    return names_of({user_id}).get(user_id, "") if user_id else ""
