"""What may happen to tags: issued, bound on site, replaced with a grace, reported worn, revoked; and found by a scan.

A tag answers from its issue until it is revoked or its grace is over. Whoever scans one that does not answer, of
whatever enterprise, is told the same as of a token never made.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core import afterwards, events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import insert_rows, session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.ids import new_id
from app.core.installation import settings
from app.core.rows import own
from app.risks.models import RiskPoint
from app.risks.points import get_point, list_points, of_own_units, workable_point
from app.tags.listing import tags_of_roll
from app.tags.models import Tag
from app.tags.states import NEWEST_FIRST, STANDING, TagState, state_of
from app.tags.telling import tell_worn
from qr import address, is_token, new_token

__all__ = [
    "address_of", "bind", "blank_tag", "clear_worn", "ensure_issued", "find", "good_tag", "issue", "issue_roll",
    "note_old_address", "points_to_label", "replace", "report_worn", "revoke", "tags_of_roll",
]  # fmt: skip

NO_SUCH_TAG = "这个二维码已作废或不存在，请以现场新贴的二维码为准，或联系安全管理员。"


def issue(actor: Actor, *, point_id: UUID) -> Tag:
    """Issue a tag for a point; one that is issued stays good beside it until it is revoked."""
    point = workable_point(actor, point_id, field="/risk_point_id")
    return _issue(actor, point.id)


def issue_roll(actor: Actor, roll_id: UUID, *, count: int) -> dict[str, Any]:
    """Issue a roll of blank tags with serials of their own, to be printed now and bound on site; one event for all."""
    serials = [events.next_code(actor.enterprise, "BQ", 6) for _ in range(count)]
    made = {"enterprise_id": actor.enterprise, "roll_id": roll_id, "issued_by": actor.id, "issued_at": now()}
    insert_rows(Tag, [{**made, "id": new_id(), "token": new_token(), "serial": serial} for serial in serials])
    roll = {"count": count, "first": serials[0], "last": serials[-1]}
    events.append(actor.enterprise, "tag.roll_issued", roll_id, actor_id=actor.id, data=roll)
    return {"roll_id": roll_id, **roll}


def ensure_issued(actor: Actor, points: Sequence[RiskPoint]) -> dict[UUID, Tag]:
    """The newest good tag of each point, issued where there is none; one query for all points."""
    ids = [point.id for point in points]
    good = select(Tag).where(Tag.enterprise_id == actor.enterprise, Tag.point_id.in_(ids), STANDING)
    tags: dict[UUID | None, Tag] = {}
    for tag in session().scalars(good.order_by(*NEWEST_FIRST)):
        tags.setdefault(tag.point_id, tag)
    return {point_id: tags.get(point_id) or _issue(actor, point_id) for point_id in ids}


def good_tag(actor: Actor, point_id: UUID) -> Tag:
    """The newest good tag of a point. Raises NotFound when none was issued."""
    good = select(Tag).where(Tag.enterprise_id == actor.enterprise, Tag.point_id == point_id, STANDING)
    tag = session().scalar(good.order_by(*NEWEST_FIRST).limit(1))
    if tag is None:
        raise NotFound("这个风险点还没有二维码，请先签发。")
    return tag


def address_of(tag: Tag) -> str:
    """What the printed code of a tag says."""
    return address(settings().public_host, tag.token)


def blank_tag(actor: Actor, token: str) -> Tag:
    """A tag of the enterprise that may be bound. Raises NotFound as for a token never made, Conflict for any other."""
    tag = _own_tag(actor, token)
    state = state_of(tag)
    if state is TagState.REVOKED:
        raise Conflict("这个二维码已经作废，不能绑定。请另取一张空白码。", code="tag_revoked")
    if tag.point_id:
        point = get_point(actor, tag.point_id)
        said = f"这个二维码已绑定到 {point.code} {point.name}，不能改绑。贴错了请先作废它，再扫一张空白码绑定。"
        raise Conflict(said, code="tag_bound", facts={"risk_point_id": str(point.id), "risk_point_code": point.code})
    return tag


def bind(actor: Actor, token: str, *, point_id: UUID) -> Tag:
    """Bind a blank tag to the point it was stuck at; a point may carry several good tags.

    Raises as `blank_tag`; Conflict for a retired point, Forbidden for a leader's outside his units.
    """
    tag = blank_tag(actor, token)
    point = workable_point(actor, point_id, field="/risk_point_id")
    tag.point_id, tag.bound_by, tag.bound_at = point.id, actor.id, now()
    events.append(actor.enterprise, "tag.bound", tag.id, actor_id=actor.id, data={"point_id": str(point.id)})
    return tag


def replace(actor: Actor, tag_id: UUID, *, reason: str, grace_days: int) -> Tag:
    """Issue a tag in another's place: the old one answers for so many days more, and says that it is old.

    Returns the new one. Raises Conflict for a tag that is blank, replaced or revoked.
    """
    old = _posted(own(actor, Tag, tag_id))
    point = workable_point(actor, old.point_id)  # type: ignore[arg-type]  # it is posted, so it has one
    new = _issue(actor, point.id)
    old.replaced_by_id, old.revoked_because = new.id, reason
    old.good_until = new.issued_at + timedelta(days=grace_days)
    data = {"replaced_by_id": str(new.id), "good_until": old.good_until.isoformat(), "reason": reason}
    events.append(actor.enterprise, "tag.replaced", tag_id, actor_id=actor.id, data=data)
    return new


def revoke(actor: Actor, tag_id: UUID, *, reason: str) -> Tag:
    """Revoke a tag: whoever scans it is told so. Raises Conflict when it is revoked, or its grace is over."""
    tag = own(actor, Tag, tag_id)
    if tag.point_id:
        workable_point(actor, tag.point_id)
    elif actor.role == "leader" and tag.issued_by != actor.id:
        raise Forbidden("这张空白码不是您签发的，请签发的人或安全管理员作废。", code="not_own_unit")
    if state_of(tag) is TagState.REVOKED:
        raise Conflict("这个二维码已经作废。", code="tag_revoked")
    tag.revoked_at, tag.revoked_because = now(), reason
    events.append(actor.enterprise, "tag.revoked", tag_id, actor_id=actor.id, data={"reason": reason})
    return tag


def report_worn(actor: Actor, token: str, *, note: str = "") -> Tag:
    """Note that a posted tag can hardly be read, and tell its keepers once; a later note joins the first report.

    Raises NotFound as a scan does, Conflict for one that is blank or replaced.
    """
    tag = _own_tag(actor, token)
    if state_of(tag) is TagState.REVOKED:
        raise NotFound(NO_SUCH_TAG)
    _posted(tag)
    tag.worn_at, tag.worn_note = tag.worn_at or now(), note or tag.worn_note
    events.append(actor.enterprise, "tag.worn", tag.id, actor_id=actor.id, data={"note": note})
    tell_worn(actor, tag)
    return tag


def clear_worn(actor: Actor, tag_id: UUID) -> Tag:
    """Note that somebody looked, and the tag can still be read. Raises Conflict when nobody had reported it."""
    tag = own(actor, Tag, tag_id)
    if tag.point_id:
        workable_point(actor, tag.point_id)
    if tag.worn_at is None:
        raise Conflict("这个二维码没有磨损的报告，不需要消除。", code="tag_not_worn")
    events.append(actor.enterprise, "tag.worn_cleared", tag_id, actor_id=actor.id, data={"note": tag.worn_note})
    tag.worn_at, tag.worn_note = None, ""
    return tag


def find(token: str) -> Tag:
    """The tag of a token that answers, whoever scans it; notes the scan. Raises NotFound, as for a token never made."""
    tag = session().scalar(select(Tag).where(Tag.token == token)) if is_token(token) else None
    if tag is None or state_of(tag) is TagState.REVOKED:
        raise NotFound(NO_SUCH_TAG)
    key = (tag.enterprise_id, tag.id)
    afterwards.afterwards(lambda: _note(*key, "last_scanned_at"))
    return tag


def note_old_address(token: str) -> None:
    """Note that a print of this tag still carries an old address, if there is such a tag; says nothing of it."""
    tag = session().scalar(select(Tag).where(Tag.token == token))
    if tag is not None and state_of(tag) is not TagState.REVOKED:
        key = (tag.enterprise_id, tag.id)
        afterwards.afterwards(lambda: _note(*key, "old_address_at"))


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


def _issue(actor: Actor, point_id: UUID) -> Tag:
    tag = Tag(
        enterprise_id=actor.enterprise, id=new_id(), point_id=point_id, token=new_token(), issued_by=actor.id,
        issued_at=now(),
    )  # fmt: skip
    session().add(tag)
    data = {"point_id": str(point_id)}
    events.append(actor.enterprise, "tag.issued", tag.id, actor_id=actor.id, data=data)
    return tag


def _own_tag(actor: Actor, token: str) -> Tag:
    """The tag of a token if it is the enterprise's. Raises NotFound as for a token never made."""
    its = (Tag.enterprise_id == actor.enterprise, Tag.token == token)
    tag = session().scalar(select(Tag).where(*its)) if is_token(token) else None
    if tag is None:
        raise NotFound(NO_SUCH_TAG)
    return tag


def _posted(tag: Tag) -> Tag:
    """The tag, if it is to hang at its point. Raises Conflict for one that is blank, replaced or revoked."""
    match state_of(tag):
        case TagState.BLANK:
            raise Conflict("这张二维码还没有绑定风险点，请先绑定。", code="tag_blank")
        case TagState.OLD:
            raise Conflict("这是旧码，已经换了新码；请使用新码。", code="tag_replaced")
        case TagState.REVOKED:
            raise Conflict("这个二维码已经作废，请为风险点重新签发。", code="tag_revoked")
    return tag


def _note(enterprise_id: UUID, tag_id: UUID, column: str) -> None:
    session().execute(
        update(Tag)
        .where(Tag.enterprise_id == enterprise_id, Tag.id == tag_id)
        .values({column: now()})
        .execution_options(synchronize_session=False)
    )
