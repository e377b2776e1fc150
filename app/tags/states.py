"""In which state a tag is, and why one wants looking at: told of a row, and as conditions of a query."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_

from app.core.clock import now
from app.tags.models import Tag

LONG_UNSCANNED = timedelta(days=90)  # posted where nobody scans any more, or gone
AT_OLD_ADDRESS = timedelta(days=90)  # for so long after such a scan a print with an old address is known to hang there


class TagState(StrEnum):
    """Where a tag stands in its life; one whose grace is over counts as revoked, and answers so."""

    BLANK = "blank"
    GOOD = "good"
    OLD = "old"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return {"blank": "空白码", "good": "在用", "old": "旧码（宽限期内）", "revoked": "已作废"}[self.value]


class Attention(StrEnum):
    """Why a posted tag wants looking at."""

    WORN = "worn"
    NEVER_SCANNED = "never_scanned"
    LONG_UNSCANNED = "long_unscanned"
    OLD_ADDRESS = "old_address"

    @property
    def label(self) -> str:
        return {
            "worn": "有人报告磨损", "never_scanned": "从未扫过", "long_unscanned": "90 天没有扫过",
            "old_address": "现场仍是印着旧地址的码",
        }[self.value]  # fmt: skip


# The tags a point goes by: posted for it, not replaced and not revoked; newest first.
STANDING = and_(Tag.point_id.is_not(None), Tag.replaced_by_id.is_(None), Tag.revoked_at.is_(None))
POSTED_AT = func.coalesce(Tag.bound_at, Tag.issued_at)
NEWEST_FIRST = (POSTED_AT.desc(), Tag.id.desc())


def state_of(tag: Tag) -> TagState:
    """The state of a tag at this moment."""
    if tag.revoked_at or (tag.good_until and tag.good_until <= now()):
        return TagState.REVOKED
    if tag.point_id is None:
        return TagState.BLANK
    return TagState.OLD if tag.replaced_by_id else TagState.GOOD


def in_state(state: TagState) -> ColumnElement[bool]:
    """The condition that a tag is in a state at this moment."""
    answers = and_(Tag.revoked_at.is_(None), or_(Tag.good_until.is_(None), Tag.good_until > now()))
    return {
        TagState.BLANK: and_(answers, Tag.point_id.is_(None)),
        TagState.GOOD: STANDING,
        TagState.OLD: and_(answers, Tag.replaced_by_id.is_not(None)),
        TagState.REVOKED: ~answers,
    }[state]


def attention_of(tag: Tag) -> list[Attention]:
    """Why a tag wants looking at; nothing of one that is not to hang anywhere."""
    if state_of(tag) is not TagState.GOOD:
        return []
    found = {
        Attention.WORN: tag.worn_at is not None,
        Attention.NEVER_SCANNED: tag.last_scanned_at is None,
        Attention.LONG_UNSCANNED: tag.last_scanned_at is not None and tag.last_scanned_at < now() - LONG_UNSCANNED,
        Attention.OLD_ADDRESS: tag.old_address_at is not None and tag.old_address_at > now() - AT_OLD_ADDRESS,
    }
    return [why for why, holds in found.items() if holds]


def wants_attention() -> ColumnElement[bool]:
    """The condition that a tag wants looking at, for any reason."""
    reasons = (
        Tag.worn_at.is_not(None),
        Tag.last_scanned_at.is_(None),
        Tag.last_scanned_at < now() - LONG_UNSCANNED,
        and_(Tag.old_address_at.is_not(None), Tag.old_address_at > now() - AT_OLD_ADDRESS),  # never unknown: ~ is used
    )
    return and_(STANDING, or_(*reasons))


def unscanned_since(moment: datetime) -> ColumnElement[bool]:
    """The condition that a posted tag has not been scanned since a moment, and hung there by then."""
    return and_(STANDING, func.coalesce(Tag.last_scanned_at, POSTED_AT) < moment)
