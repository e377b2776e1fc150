"""Who comes without an account: how often they may, and what is kept of their photos.

A photo is kept as its picture alone, made anew: the file a phone writes names its model, the time and often the place.
"""

import hashlib
from typing import Any

from app.core.actor import Actor
from app.core.db import reading
from app.core.errors import Invalid, NotFound, TooMany
from app.core.installation import settings
from app.core.pace import seconds_to_wait
from app.evidence.photos import Picture, verified
from app.evidence.uploads import photo_bytes, stored
from app.public_reports.models import PublicReport
from app.public_reports.service import must_be_announced, of_receipt, too_many
from app.tags.card import PostedCard, card_of
from app.tags.service import find


def let_report(token: str, **_: Any) -> dict[str, PostedCard]:
    """The card of the point a report is for, before anything is taken in. Raises TooMany for who comes too often."""
    with reading():
        card = card_of(find(token))
    may_report(card)
    return {"card": card}


def may_report(card: PostedCard) -> None:
    """Raise TooMany when whoever sent this request has reported too often lately; this report counts."""
    seconds = seconds_to_wait("report", most=settings().public_reports)
    if seconds:
        raise too_many(seconds, card.emergency_phone, why="短时间内提交过多，暂时不能再提交")


def with_receipt(receipt: str) -> PublicReport:
    """The report of a receipt. Raises NotFound for a wrong code, TooMany for who tried too many."""
    most = settings().wrong_receipts
    seconds = seconds_to_wait("receipt", most=most, counts=False)
    if seconds:
        text = f"回执码连续输错，请 {seconds} 秒后再试。"
        raise TooMany(text, facts={"retry_after": seconds})
    try:
        return of_receipt(receipt)
    except NotFound:
        seconds_to_wait("receipt", most=most)
        raise


def sent_photo(receipt: str, sha256: str, **_: Any) -> dict[str, Picture]:
    """The slow work of a PUT of an announced photo; one nobody announced is refused before its bytes are read."""
    with reading():
        with_receipt(receipt)
        actor = must_be_announced(receipt, sha256)
    seconds = seconds_to_wait("photo", most=settings().public_photos)
    if seconds:
        raise TooMany(f"短时间内上传的照片过多，请 {seconds} 秒后再传。", facts={"retry_after": seconds})
    content = photo_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Invalid("收到的照片与地址中的 sha256 不一致，可能传输中断，请重传。", code="hash_mismatch")
    return {"picture": cleaned(actor, content)}


def cleaned(actor: Actor, content: bytes) -> Picture:
    """A photo checked, and its picture alone put on the disk; the file as it was sent is kept nowhere."""
    return stored(actor, verified(content, most_pixels=settings().photo_pixels).shown)
