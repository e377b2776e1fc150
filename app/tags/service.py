"""What may happen to tags."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from app.core import afterwards, events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotFound
from app.core.ids import new_id
from app.core.installation import settings
from app.risks.models import RiskPoint
from app.risks.points import list_points, of_own_units, workable_point
from app.tags.models import Tag
from qr import address, is_token, new_token


def issue(actor: Actor, *, point_id: UUID) -> Tag:
    """Issue a tag for a point; one that is issued stays good beside it until it is revoked."""
    point = workable_point(actor, point_id, field="/risk_point_id")
    return _issue(actor, point)


def ensure_issued(actor: Actor, points: Sequence[RiskPoint]) -> dict[UUID, Tag]:
    """The newest good tag of each point, issued where there is none; one query for all points."""
    good = session().scalars(
        select(Tag)
        .where(
            Tag.enterprise_id == actor.enterprise,
            Tag.point_id.in_([point.id for point in points]),
            Tag.revoked_at.is_(None),
        )
        .order_by(Tag.issued_at, Tag.id)
    )
    tags = {tag.point_id: tag for tag in good}
    return {point.id: tags.get(point.id) or _issue(actor, point) for point in points}


def good_tag(actor: Actor, point_id: UUID) -> Tag:
    """The newest good tag of a point. Raises NotFound when none was issued."""
    tag = session().scalar(
        select(Tag)
        .where(Tag.enterprise_id == actor.enterprise, Tag.point_id == point_id, Tag.revoked_at.is_(None))
        .order_by(Tag.issued_at.desc(), Tag.id.desc())
        .limit(1)
    )
    if tag is None:
        raise NotFound("这个风险点还没有二维码，请先签发。")
    return tag


def address_of(tag: Tag) -> str:
    """What the printed code of a tag says."""
    return address(settings().public_host, tag.token)


def list_tags(actor: Actor, *, point_id: UUID | None = None) -> Select[Tag]:
    """The tags of the enterprise or of one point, newest first."""
    statement = select(Tag).where(Tag.enterprise_id == actor.enterprise)
    if point_id:
        statement = statement.where(Tag.point_id == point_id)
    return statement.order_by(Tag.issued_at.desc(), Tag.id.desc())


def revoke(actor: Actor, tag_id: UUID, *, reason: str) -> Tag:
    """Revoke a tag: whoever scans it is told so. Raises Conflict when it is revoked."""
    tag = session().get(Tag, (actor.enterprise, tag_id))
    if tag is None:
        raise NotFound
    workable_point(actor, tag.point_id)
    if tag.revoked_at:
        raise Conflict("这个二维码已经作废。", code="tag_revoked")
    tag.revoked_at, tag.revoked_because = now(), reason
    events.append(actor.enterprise, "tag.revoked", tag_id, actor_id=actor.id, data={"reason": reason})
    return tag


def find(token: str) -> Tag:
    """The good tag of a token, whoever scans it; notes the scan. Raises NotFound, as for a token never made."""
    tag = session().scalar(select(Tag).where(Tag.token == token)) if is_token(token) else None
    if tag is None or tag.revoked_at:
        raise NotFound("这个二维码已作废或不存在，请以现场新贴的二维码为准，或联系安全管理员。")
    key = (tag.enterprise_id, tag.id)
    afterwards.afterwards(lambda: _scanned(*key))
    return tag


def points_to_label(actor: Actor, *, point_ids: list[UUID] | None = None, **selection: Any) -> list[RiskPoint]:
    """The points of a selection the actor prints for, by code; a leader's are those of his own units.

    Raises NotFound when a point that was named is not among them, Invalid when none is selected.
    """
    statement = of_own_units(actor, list_points(actor, **selection))
    if point_ids is not None:
        statement = statement.where(RiskPoint.id.in_(point_ids))
    points = list(session().scalars(statement))
    if point_ids and len(points) < len(set(point_ids)):
        raise NotFound("所选风险点中有不存在的，或不属于本部门的，请刷新后重选。")
    if not points:
        raise Invalid("所选范围内没有风险点，请重新选择。", code="nothing_selected")
    return points


def _issue(actor: Actor, point: RiskPoint) -> Tag:
    tag = Tag(
        enterprise_id=actor.enterprise, id=new_id(), point_id=point.id, token=new_token(), issued_by=actor.id,
        issued_at=now(),
    )  # fmt: skip
    session().add(tag)
    data = {"point_id": str(point.id)}
    events.append(actor.enterprise, "tag.issued", tag.id, actor_id=actor.id, data=data)
    return tag


def _scanned(enterprise_id: UUID, tag_id: UUID) -> None:
    session().execute(
        update(Tag)
        .where(Tag.enterprise_id == enterprise_id, Tag.id == tag_id)
        .values(last_scanned_at=now())
        .execution_options(synchronize_session=False)
    )
