"""What a decision rests on: its photos are there before it takes effect, so that nobody decides on evidence to come.

They are registered by 补充证据 and uploaded; the decision then names them again. What is asked for (an extension, an
acceptance) names its photos itself and waits for them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import invalid_field
from app.evidence.models import Purpose
from app.evidence.service import photos_of
from app.hidden_hazards.guards import named
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard

Photos = Sequence[Mapping[str, Any]]
DECIDED_ON_PHOTOS = (Action.DISMISS, Action.MARK_DUPLICATE, Action.REGRADE)  # these name again what was registered


def must_have_arrived(actor: Actor, hazard: HiddenHazard, facts: Mapping[str, Any]) -> None:
    """Raise Invalid unless every photo of a decision is one of the hidden hazard's that has arrived."""
    there = {photo["sha256"] for photo in photos_of(actor, [hazard.id])[hazard.id] if photo["arrived"]}
    lacking = [photo["sha256"] for photo in facts["photos"] if photo["sha256"] not in there]
    if lacking:
        raise invalid_field(
            "/photos",
            f"有 {len(lacking)} 张照片还没有收到（{named(lacking)}）。先用 add_evidence 登记照片并上传，再提交。",
            code="evidence_not_arrived",
        )


def to_name(actor: Actor, hazard: HiddenHazard, action: Action, photos: Photos) -> list[dict[str, Any]]:
    """The photos a move has still to name: a decision names none twice."""
    if action not in DECIDED_ON_PHOTOS:
        return [dict(photo) for photo in photos]
    held = {photo["sha256"] for photo in photos_of(actor, [hazard.id])[hazard.id]}
    return [dict(photo) for photo in photos if photo["sha256"] not in held]


def missing(photos: Photos, purpose: Purpose, since: datetime | None) -> tuple[str, ...]:
    """The hashes of the photos of one purpose, named since an instant, that have not arrived; none without one."""
    if since is None:
        return ()
    return tuple(
        photo["sha256"]
        for photo in photos
        if photo["purpose"] is purpose and photo["named_at"] >= since and not photo["arrived"]
    )
