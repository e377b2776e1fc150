"""What people are told of a risk point, as it stands now: what a signature is kept beside, for good.

It names no person, so that erasing someone leaves nothing of them here.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import AT_ONCE, batched, session
from app.enterprises.service import own_enterprise
from app.risks.models import ControlMeasure, HazardSource, RiskPoint

NOTHING: dict[str, Any] = {
    "news": [], "level": None, "level_label": "未评估", "level_colour": "无颜色", "main_risks": [],
    "accident_types": [], "consequences": [], "measures": [], "emergency_steps": [], "emergency_phone": "",
}  # fmt: skip


def told_of(actor: Actor, points: Sequence[RiskPoint]) -> dict[UUID, dict[str, Any]]:
    """What stands of each point, by its id: level in words, main risks, accident types, measures, emergency steps.

    `news` is empty, for whoever asks to say why. Three queries for some hundred points.
    """
    sources = _sources(actor, points)
    measures = _measures(actor, [source.id for found in sources.values() for source in found])
    phone = own_enterprise(actor).emergency_phone
    return {point.id: _told(point, sources[point.id], measures, phone) for point in points}


def _told(
    point: RiskPoint, sources: Sequence[HazardSource], measures: dict[UUID, list[str]], phone: str
) -> dict[str, Any]:
    level = point.shown_level
    in_words = {"level": level, "level_label": level.label, "level_colour": f"{level.colour_name}色"} if level else {}
    return {
        **NOTHING,
        **in_words,
        "main_risks": [source.name for source in sources],
        "accident_types": list(dict.fromkeys(kind for source in sources for kind in source.accident_types)),
        "consequences": list(dict.fromkeys(source.consequences for source in sources if source.consequences)),
        "measures": [text for source in sources for text in measures[source.id]],
        "emergency_steps": list(point.emergency_steps),
        "emergency_phone": phone,
    }


def _sources(actor: Actor, points: Sequence[RiskPoint]) -> dict[UUID, list[HazardSource]]:
    found: dict[UUID, list[HazardSource]] = defaultdict(list)
    for point_ids in batched([point.id for point in points], AT_ONCE):
        rows = session().scalars(
            select(HazardSource)
            .where(
                HazardSource.enterprise_id == actor.enterprise,
                HazardSource.point_id.in_(point_ids),
                HazardSource.retired_at.is_(None),
            )
            .order_by(HazardSource.created_at, HazardSource.id)
        )
        for source in rows:
            found[source.point_id].append(source)
    return found


def _measures(actor: Actor, source_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for ids in batched(source_ids, AT_ONCE):
        rows = session().execute(
            select(ControlMeasure.source_id, ControlMeasure.text)
            .where(
                ControlMeasure.enterprise_id == actor.enterprise,
                ControlMeasure.source_id.in_(ids),
                ControlMeasure.retired_at.is_(None),
            )
            .order_by(ControlMeasure.created_at, ControlMeasure.id)
        )
        for source_id, text in rows:
            found[source_id].append(text)
    return found
