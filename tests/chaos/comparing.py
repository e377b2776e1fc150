"""What was acknowledged held against what is stored: there once, unaltered, and nothing that nobody sent."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.db import reading
from app.core.events import broken_at
from app.core.once import Action
from app.evidence.models import Photo
from app.hidden_hazards.models import HiddenHazard
from app.inspections.models import Inspection, InspectionItem
from tests.chaos.installation import Installation
from tests.chaos.phones import Kept


def differences(installation: Installation, kept: Iterable[Kept]) -> list[str]:
    """Every way in which the store does not hold what the phones were told; empty when it does."""
    kept = list(kept)
    plant = installation.world.plant
    enterprise_id = plant.enterprise.id
    with installation.app.app_context(), reading() as session:
        rows = {
            model: {row.id: row for row in session.scalars(select(model).where(model.enterprise_id == enterprise_id))}
            for model in (Inspection, HiddenHazard, Action)
        }
        items = Counter(session.scalars(select(InspectionItem.inspection_id)))
        failed = session.scalar(select(func.count()).where(InspectionItem.hidden_hazard_id.is_not(None))) or 0
        photos = set(session.scalars(select(Photo.sha256).where(Photo.enterprise_id == enterprise_id)))
        wrong = [f"the chain breaks at event {at}" for at in [broken_at(enterprise_id)] if at]
        for one in kept:
            wrong += _inspections(one, rows, items, len(plant.checklist.items))
            wrong += _hazards(one, rows)
            wrong += _photos(installation, one, photos)
        wrong += _nothing_else(kept, rows, failed)
        session.rollback()
    return wrong


def _inspections(kept: Kept, rows: Any, items: Counter[UUID], each: int) -> list[str]:
    wrong = []
    for sent_id, (body, answer) in kept.inspections.items():
        row, action = rows[Inspection].get(UUID(sent_id)), rows[Action].get(UUID(sent_id))
        if row is None or action is None:
            wrong.append(f"inspection {sent_id} was acknowledged and is lost")
        elif (row.note, items[row.id]) != (body["note"], each) or action.answer != answer:
            wrong.append(f"inspection {sent_id} is not as it was sent and answered")
    return wrong


def _hazards(kept: Kept, rows: Any) -> list[str]:
    wrong = []
    for sent_id, (body, answer) in kept.hazards.items():
        row, action = rows[HiddenHazard].get(UUID(sent_id)), rows[Action].get(UUID(sent_id))
        if row is None or action is None:
            wrong.append(f"hidden hazard {sent_id} was acknowledged and is lost")
        elif (row.description, row.code) != (body["description"], answer["code"]) or action.answer != answer:
            wrong.append(f"hidden hazard {sent_id} is not as it was sent and answered")
    for move_id, (hazard_id, _, answer) in kept.moves.items():
        row, action = rows[HiddenHazard].get(UUID(hazard_id)), rows[Action].get(UUID(move_id))
        if row is None or action is None or (row.state, row.version) != (answer["state"], answer["version"]):
            wrong.append(f"the move {move_id} was acknowledged and does not stand")
    return wrong


def _photos(installation: Installation, kept: Kept, stored: set[str]) -> list[str]:
    store = installation.app.extensions["store"]
    branch = installation.world.plant.enterprise.id.hex
    wrong = []
    for sha256, content in kept.photos.items():
        if sha256 not in stored:
            wrong.append(f"photo {sha256} was acknowledged and is lost")
        elif hashlib.sha256(store.read(branch, sha256)).digest() != hashlib.sha256(content).digest():
            wrong.append(f"photo {sha256} is not byte for byte what was sent")
    return wrong


def _nothing_else(kept: list[Kept], rows: Any, failed: int) -> list[str]:
    """Nothing doubled, and nothing that no phone began: a failed item raises or joins exactly one hidden hazard."""
    begun = {UUID(one) for each in kept for one in each.begun}
    wrong = [f"inspection {one} was never sent" for one in rows[Inspection] if one not in begun]
    reported = [row for row in rows[HiddenHazard].values() if row.id in begun]
    raised = [row for row in rows[HiddenHazard].values() if row.id not in begun]
    if sum(row.occurrences for row in raised) != failed:
        wrong.append(f"{failed} failed items, but {sum(row.occurrences for row in raised)} counted occurrences")
    codes = [row.code for row in rows[HiddenHazard].values()]
    if len(set(codes)) != len(codes) or len(reported) + len(raised) != len(codes):
        wrong.append("two hidden hazards bear one number")
    return wrong
