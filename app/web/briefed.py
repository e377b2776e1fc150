"""Signing that one was told, as a form: what is told of the point, and one button."""

from typing import Any
from uuid import UUID

from flask import Response

from app.accounts import tokens
from app.briefings import signing
from app.briefings.models import Briefing
from app.briefings.schemas import SignatureIn
from app.core import events
from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.endpoint import load
from app.core.errors import Invalid, Malformed
from app.core.ids import new_id
from app.core.paging import page_of
from app.risks.models import RiskPoint
from app.web.forms import from_our_page, read_form
from app.web.pages import page
from app.web.posted import dialled
from risk_models import RiskLevel


def form_page(actor: Actor, briefing_id: UUID) -> Response:
    """What is told, and the button; or when it was signed, or what stands in its place."""
    briefing, signature = signing.get_mine(actor, briefing_id)
    return page(
        "briefing.html",
        briefing=briefing,
        point=_point(actor, briefing),
        told=briefing.told,
        level=RiskLevel(briefing.told["level"]) if briefing.told["level"] else None,
        dial=dialled(briefing.told["emergency_phone"]),
        signed_at=local_text(signature.signed_at),
        newer=signing.newer_than(actor, briefing) if briefing.ended_at and not signature.signed_at else None,
        csrf=tokens.presented(cookie=True).csrf,
        form_id=new_id(),
        local_text=local_text,
    )


def submitted(**_: Any) -> dict[str, Any]:
    """The form read, before any lock. Raises Malformed for one that is not whole."""
    form = read_form()
    from_our_page(form)
    try:
        return {"body": load(SignatureIn(), {"id": form.get("id", "")})}
    except Invalid:
        raise Malformed("页面内容不完整，请返回重新打开。") from None


def recorded(actor: Actor, briefing_id: UUID) -> dict[str, Any]:
    """Sign it; gives what the receipt says, and what is to be signed next."""
    briefing = signing.sign(actor, briefing_id)
    point = _point(actor, briefing)
    waiting = page_of(signing.mine(actor, waiting=True), page=1, page_size=1)
    return {
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "received": local_text(now()),
        "person": actor.name,
        "code": point.code,
        "name": point.name,
        "title": briefing.title,
        "version": briefing.version,
        "left": waiting["total"],
        "next": str(waiting["items"][0].id) if waiting["items"] else "",
    }


def receipt_page(receipt: dict[str, Any]) -> Response:
    """What was signed, for the person who did it, and the way to the next."""
    return page("briefing_signed.html", receipt=receipt)


def _point(actor: Actor, briefing: Briefing) -> RiskPoint:
    point: RiskPoint = signing.with_points(actor, [briefing])[0]["point"]
    return point
