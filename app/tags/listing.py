"""The registry of tags: which there are, at which points, and which want looking at."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Invalid, NotFound, invalid_field
from app.risks.models import RiskPoint
from app.risks.points import of_own_units
from app.risks.zones import below, get_zone
from app.tags.models import Tag
from app.tags.states import STANDING, TagState, attention_of, in_state, state_of, unscanned_since, wants_attention

TOLD = (
    "id", "point_id", "token", "serial", "roll_id", "issued_at", "bound_at", "replaced_by_id", "good_until",
    "worn_at", "worn_note", "revoked_at", "revoked_because", "last_scanned_at", "old_address_at",
)  # fmt: skip
NO_SUCH_ROLL = "没有这一卷二维码，请核对编号。"


def list_tags(
    actor: Actor,
    *,
    point_id: UUID | None = None,
    roll_id: UUID | None = None,
    zone_id: UUID | None = None,
    state: TagState | None = None,
    worn: bool | None = None,
    never_scanned: bool | None = None,
    not_scanned_days: int | None = None,
    attention: bool | None = None,
) -> Select[Tag]:
    """The tags of the enterprise, newest first; of a leader those of his own units, and the blank ones he issued.

    A zone stands for all below it, and several filters all hold.
    Worn, never or long not scanned, and wanting attention for any reason are said of standing tags alone.
    """
    statement = select(Tag).where(Tag.enterprise_id == actor.enterprise)
    if actor.role == "leader":
        led = of_own_units(actor, select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise))
        blank = Tag.point_id.is_(None) & (Tag.issued_by == actor.id)
        statement = statement.where(Tag.point_id.in_(led.with_only_columns(RiskPoint.id)) | blank)
    if point_id:
        statement = statement.where(Tag.point_id == point_id)
    if roll_id:
        statement = statement.where(Tag.roll_id == roll_id)
    if zone_id:
        zone = get_zone(actor, zone_id, field="/zone_id")
        within = RiskPoint.zone_id.in_(below(actor, zone))
        points = select(RiskPoint.id).where(RiskPoint.enterprise_id == actor.enterprise, within)
        statement = statement.where(Tag.point_id.in_(points))
    if state:
        statement = statement.where(in_state(state))
    if not_scanned_days is not None:
        statement = statement.where(unscanned_since(now() - timedelta(days=not_scanned_days)))
    conditions = (
        (worn, STANDING & Tag.worn_at.is_not(None)),
        (never_scanned, STANDING & Tag.last_scanned_at.is_(None)),
        (attention, wants_attention()),
    )
    for asked, holds in conditions:
        if asked is not None:
            statement = statement.where(holds if asked else ~holds)
    return statement.order_by(Tag.issued_at.desc(), Tag.id.desc())


def shown(actor: Actor, tags: Sequence[Tag]) -> list[dict[str, Any]]:
    """Tags with the codes and names of their points, their states and why they want looking at: one query."""
    ids = {tag.point_id for tag in tags if tag.point_id}
    found = select(RiskPoint.id, RiskPoint.code, RiskPoint.name)
    found = found.where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(ids))
    points = {point.id: point for point in session().execute(found)} if ids else {}
    return [
        {
            **{name: getattr(tag, name) for name in TOLD},
            "point_code": points[tag.point_id].code if tag.point_id else None,
            "point_name": points[tag.point_id].name if tag.point_id else None,
            "state": state_of(tag),
            "attention": attention_of(tag),
        }
        for tag in tags
    ]


def tags_of_roll(actor: Actor, roll_id: UUID, *, field: str = "") -> list[Tag]:
    """The tags of a roll that are still blank, by serial: one already bound would be posted twice if printed again.

    Raises NotFound for a roll that is not the enterprise's, or Invalid for the field that names it; Invalid when none
    is blank any more.
    """
    of_roll = (Tag.enterprise_id == actor.enterprise, Tag.roll_id == roll_id)
    tags = list(session().scalars(select(Tag).where(*of_roll, in_state(TagState.BLANK)).order_by(Tag.serial)))
    if tags:
        return tags
    if session().scalar(select(Tag.id).where(*of_roll).limit(1)):
        raise Invalid("这一卷二维码都已绑定或作废，没有可以打印的空白码。请另签发一卷。", code="nothing_selected")
    raise invalid_field(field, NO_SUCH_ROLL) if field else NotFound(NO_SUCH_ROLL)
