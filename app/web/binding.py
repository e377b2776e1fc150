"""A blank code stuck on site is bound to its point: the point is chosen from a short list, found by code or name.

The address of the page carries the signed word of the scan and never the token. It works without script.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from app.accounts import tokens
from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.db import reading, session
from app.core.endpoint import load
from app.core.errors import FieldError, Invalid, NotFound
from app.core.ids import new_id
from app.risks.models import RiskPoint
from app.risks.points import get_point, list_points, of_own_units
from app.tags import service
from app.tags.models import Tag
from app.tags.schemas import BindIn
from app.web.forms import Lenient, from_our_page, read_form
from app.web.pages import Refilled, page
from app.web.scanned import scan_of

MOST = 20  # points on one page: more are found by writing more
LONGEST = 60  # characters looked for
NO_SCAN = "没有要绑定的空白码，或扫码已超过一天。请重新扫一次贴好的空白码。"
NOT_CHOSEN = "请先选择一个风险点，再绑定。"


class BindQuery(Lenient):
    scan = fields.String(load_default="")
    text = fields.String(load_default="")


@dataclass
class Sheet:
    """The page as it stands: the blank code, what is looked for, the points found, and what is wrong."""

    scan: str
    tag: Tag
    text: str
    points: list[RiskPoint]
    action_id: str
    problem: str = ""

    @property
    def more(self) -> bool:
        return len(self.points) > MOST


def blank(actor: Actor, *, scan: str, text: str) -> Sheet:
    """The points the actor may bind a scanned blank code to; a leader's are those of his own units.

    Raises NotFound without a fresh scan of a tag of the enterprise, Conflict for one that is not blank.
    """
    scanned = scan_of(actor, scan)
    if scanned is None:
        raise NotFound(NO_SCAN)
    tag = service.blank_tag(actor, scanned["token"])
    text = "".join(filter(str.isprintable, text)).strip()[:LONGEST]
    found = of_own_units(actor, list_points(actor, text=text or None)).limit(MOST + 1)
    return Sheet(scan, tag, text, list(session().scalars(found)), str(new_id()))


def form_page(sheet: Sheet, *, status: int = 200) -> Response:
    """The list to choose from."""
    return page("bind.html", status=status, sheet=sheet, most=MOST, csrf=tokens.presented(cookie=True).csrf)


def submitted(actor: Actor, **_: Any) -> dict[str, Any]:
    """The form read, before any lock. Raises Refilled when no point was chosen.

    What was bound a moment ago by this very form is not refused here: it gets the first answer.
    """
    form = read_form()
    from_our_page(form)
    given = {name: form.get(name, "") for name in ("id", "risk_point_id")}
    try:
        body = load(BindIn(), given)
    except Invalid as wrong:
        with reading():
            sheet = blank(actor, scan=form.get("scan", ""), text=form.get("text", ""))
        sheet.problem = NOT_CHOSEN
        refused = Invalid(NOT_CHOSEN, errors=[FieldError("/risk_point_id", NOT_CHOSEN), *wrong.errors])
        raise Refilled(refused, form_page(sheet, status=refused.status)) from None
    with reading():
        scanned = scan_of(actor, form.get("scan", ""))
    if scanned is None:
        raise NotFound(NO_SCAN)
    return {"body": {**body, "token": scanned["token"]}}


def recorded(actor: Actor, *, token: str, point_id: UUID) -> dict[str, Any]:
    """Bind it; gives what the receipt says."""
    tag = service.bind(actor, token, point_id=point_id)
    point = get_point(actor, point_id)
    return {
        "serial": tag.serial or "",
        "code": point.code,
        "name": point.name,
        "received": local_text(now()),
        "person": actor.name,
    }


def receipt_page(receipt: dict[str, Any]) -> Response:
    """To which point the code now belongs, for the person who bound it."""
    return page("bound.html", receipt=receipt)
