"""A report without an account as a form: what it asks, how it is read, and what its receipt says.

The page sets no cookie, needs no script and asks for no name. Its id and secret are made with it: sent twice, it counts
once, and the receipt code follows from the two.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from app.core.actor import system
from app.core.clock import local_text
from app.core.db import reading
from app.core.endpoint import load
from app.core.errors import FieldError, Invalid, Refusal
from app.core.ids import new_id
from app.evidence.photos import Picture
from app.public_reports import service, visiting
from app.public_reports.schemas import MOST_PHOTOS, PublicReportIn
from app.tags.card import PostedCard, card_of
from app.tags.service import find
from app.web.forms import checked_pictures, read_photo_form, uploads
from app.web.pages import Refilled, page
from app.web.posted import dialled

LABELS = {"description": "隐患情况", "photos": "照片"}
STALE = "页面内容不完整，请核对后再提交一次。"


@dataclass
class Sheet:
    """A form as it stands: its point, what is filled in, and what is to be put right by field ("": as a whole)."""

    card: PostedCard
    filled: dict[str, str]
    problems: dict[str, list[str]] = field(default_factory=dict)


def blank(token: str) -> Sheet:
    """The form of the point a code is posted at, with nothing filled in."""
    return Sheet(card_of(find(token)), {**_fresh(), "description": ""})


def form_page(sheet: Sheet, *, status: int = 200, photos_lost: bool = False) -> Response:
    """The form, with what was filled in and what is wrong."""
    return page(
        "report.html",
        status=status,
        sheet=sheet,
        dial=dialled(sheet.card.emergency_phone),
        most_photos=MOST_PHOTOS,
        photos_lost=photos_lost,
    )


def submitted(token: str, **_: Any) -> dict[str, Any]:
    """The form read and its photos' pictures on the disk, before any lock. Raises Refilled with what is wrong."""
    form = read_photo_form()
    with reading():
        tag = find(token)
        card = card_of(tag)
    sheet = Sheet(card, {name: form.get(name, "") for name in ("id", "secret", "description")})
    chosen = uploads(MOST_PHOTOS)
    try:
        visiting.may_report(card)
    except Refusal as too_often:
        sheet.problems[""] = [too_often.detail]
        raise Refilled(too_often, form_page(sheet, status=too_often.status, photos_lost=bool(chosen))) from None
    announced = [upload.announced for upload in chosen if upload.content]
    body, errors = _read(sheet.filled, announced)
    if not errors:
        nobody = system(tag.enterprise_id)
        pictures, errors = checked_pictures(nobody, chosen, most=MOST_PHOTOS, keep=visiting.cleaned)
    if errors:
        _place(sheet, errors)
        refusal = Invalid("有几处需要改正。", errors=errors)
        raise Refilled(refusal, form_page(sheet, status=refusal.status, photos_lost=bool(chosen)))
    sent = [(photo["sha256"], picture) for photo, picture in zip(announced, pictures, strict=True)]
    return {"card": card, "body": body, "sent": sent}


def recorded(token: str, card: PostedCard, body: dict[str, Any], sent: list[tuple[str, Picture]]) -> dict[str, Any]:
    """Take the report in with its photos, all or nothing; gives what its receipt says."""
    receipt = service.submit(token, body.pop("id"), **body)
    for sha256, picture in sent:
        service.receive_photo(receipt["receipt"], sha256, picture)
    return {**receipt, "received": local_text(receipt["received_at"]), "point": f"{card.code} {card.name}"}


def receipt_page(receipt: dict[str, Any]) -> Response:
    """The code by which the report is followed, for whoever made it."""
    return page("reported.html", receipt=receipt)


def _fresh() -> dict[str, str]:
    return {"id": str(new_id()), "secret": secrets.token_urlsafe(24)}


def _read(filled: dict[str, str], announced: list[dict[str, Any]]) -> tuple[dict[str, Any], list[FieldError]]:
    """The body the API would have been sent, and what is wrong with it."""
    if not filled["description"].strip():
        return {}, [FieldError("/description", "请写清楚哪里、什么东西、什么问题。")]
    if len(announced) > MOST_PHOTOS:
        return {}, [FieldError("/photos", f"一次最多 {MOST_PHOTOS} 张照片，现有 {len(announced)} 张，请减少后提交。")]
    try:
        return load(PublicReportIn(), {**filled, "photos": announced}), []
    except Invalid as refusal:
        # What is wrong with a photo is told by looking at the photo.
        errors = [error for error in refusal.errors if not error.pointer.startswith("/photos/")]
        return {}, errors or [FieldError("/photos", "照片过大，请调低拍照分辨率后重拍。")]


def _place(sheet: Sheet, errors: list[FieldError]) -> None:
    """Put each error at its field; what the reader could not mend is made afresh."""
    for error in errors:
        name = error.pointer.split("/")[1]
        if name in LABELS:
            sheet.problems.setdefault(name, []).append(f"{LABELS[name]}：{error.detail}")
        else:
            sheet.filled.update(_fresh())
            sheet.problems[""] = [STALE]
