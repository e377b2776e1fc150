"""A code that can hardly be read is reported from its own page: a word on what is wrong with it, and a receipt."""

from typing import Any

from flask import Response

from app.accounts import tokens
from app.core.actor import Actor
from app.core.clock import local_text
from app.core.db import reading
from app.core.endpoint import load
from app.core.errors import NotFound
from app.core.ids import new_id
from app.risks.points import get_point
from app.tags import service
from app.tags.card import card_of
from app.tags.schemas import WornIn
from app.web.forms import from_our_page, read_form
from app.web.pages import page
from app.web.scanned import scan_of

NO_SCAN = "没有要报告的二维码，或扫码已超过一天。请重新扫一次。"


def form_page(actor: Actor, *, scan: str) -> Response:
    """What to write of a scanned code. Raises NotFound without a fresh scan of a tag of the enterprise."""
    card = card_of(service.find(_token(actor, scan)))
    return page("worn.html", scan=scan, card=card, action_id=str(new_id()), csrf=tokens.presented(cookie=True).csrf)


def submitted(actor: Actor, **_: Any) -> dict[str, Any]:
    """The form read, before any lock."""
    form = read_form()
    from_our_page(form)
    body = load(WornIn(), {"id": form.get("id", ""), "note": form.get("note", "").strip()})
    with reading():
        return {"body": {**body, "token": _token(actor, form.get("scan", ""))}}


def recorded(actor: Actor, *, token: str, note: str) -> dict[str, Any]:
    """Report it; gives what the receipt says."""
    tag = service.report_worn(actor, token, note=note)
    point = get_point(actor, tag.point_id)  # type: ignore[arg-type]  # it is posted, so it has one
    return {"code": point.code, "name": point.name, "since": local_text(tag.worn_at), "note": tag.worn_note}


def receipt_page(receipt: dict[str, Any]) -> Response:
    """That the keepers know, for the person who told them."""
    return page("worn_reported.html", receipt=receipt)


def _token(actor: Actor, scan: str) -> str:
    scanned = scan_of(actor, scan)
    if scanned is None:
        raise NotFound(NO_SCAN)
    return str(scanned["token"])
