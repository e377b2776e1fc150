"""The rectification as a form: what it shows and asks, how it is read, and what its receipt says."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response

from app.accounts import tokens
from app.accounts.service import names_of
from app.core import events
from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.db import reading
from app.core.endpoint import load
from app.core.errors import FieldError, Forbidden, Invalid
from app.evidence.photos import Picture
from app.hidden_hazards import moves
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.schemas import TransitionIn
from app.hidden_hazards.service import get_hazard, receive_photo
from app.hidden_hazards.terms import Source, State
from app.web.forms import Upload, checked_pictures, fresh_identity, read_form_with_photos, uploads, whole
from app.web.pages import Refilled, page

MOST_PHOTOS = 4
TYPED = ("measures", "cost")
HIDDEN = ("id", "client_at", "version")
LABELS = {"measures": "整改措施", "cost": "费用", "photos": "照片"}
STALE = "页面内容不完整或已过期，请核对下面各项后再提交。"
RETURNED = ("hidden_hazard.reject", "hidden_hazard.fail_recheck", "hidden_hazard.fail_review")
WAITS = {
    State.REPORTED: "已上报，等安全管理员定级并指派整改人。",
    State.GRADED: "已定级，等指派整改人。",
    State.PENDING_ACCEPTANCE: "整改已提交，等验收，不用再提交。",
    State.PENDING_REVIEW: "已验收，等监管人员核查摘牌，不用再提交。",
    State.CLOSED: "已验收销号，不用再整改。",
    State.DISMISSED: "已认定不构成隐患，不用整改。",
    State.DUPLICATE: "已认定为重复隐患，不用整改，按原隐患办理。",
}


@dataclass
class Sheet:
    """A rectification form as it stands: its hidden hazard, what is filled in, and what is to be put right."""

    hazard: HiddenHazard
    waits: str  # why there is nothing to submit now; empty when there is
    returned: str  # why the last rectification was not accepted
    filled: dict[str, str]
    problems: dict[str, list[str]] = field(default_factory=dict)  # by field; "" is the form as a whole


def waiting_for(hazard: HiddenHazard, actor: Actor) -> str:
    """What a hidden hazard waits for, when it is not for this person to rectify it now; else empty."""
    if hazard.state is State.PENDING_ACCEPTANCE and hazard.source is Source.GOVERNMENT:
        return "整改已提交，等监管人员复查，不用再提交。"
    if hazard.state is not State.RECTIFYING:
        return WAITS[hazard.state]
    if hazard.rectifier_id == actor.id:
        return ""
    who = names_of({hazard.rectifier_id}).get(hazard.rectifier_id, "") if hazard.rectifier_id else ""
    return f"这条隐患指派给{who or '他人'}整改，只有整改人本人可以提交。需要改派请联系安全管理员。"


def blank(actor: Actor, hazard_id: UUID) -> Sheet:
    """The form of a hidden hazard with nothing filled in, under an id of its own: sent twice, it counts once."""
    hazard = get_hazard(actor, hazard_id)
    filled = {**dict.fromkeys(TYPED, ""), **fresh_identity(), "version": str(hazard.version)}
    return Sheet(hazard, waiting_for(hazard, actor), _reason(actor, hazard), filled)


def form_page(sheet: Sheet, *, status: int = 200, photos_lost: bool = False) -> Response:
    """The form, or what the hidden hazard waits for instead."""
    return page(
        "rectify.html",
        status=status,
        sheet=sheet,
        csrf=tokens.presented(cookie=True).csrf,
        local_text=local_text,
        most_photos=MOST_PHOTOS,
        photos_lost=photos_lost,
    )


def submitted(actor: Actor, hazard_id: UUID, **_: Any) -> dict[str, Any]:
    """The form read and its photos checked and on the disk, before any lock. Raises Refilled with what is wrong."""
    form = read_form_with_photos()
    with reading():
        sheet = blank(actor, hazard_id)
    if sheet.waits and sheet.hazard.state is State.RECTIFYING:
        raise Forbidden(sheet.waits)
    fresh = sheet.filled
    sheet.filled = {name: form.get(name, "").strip() for name in (*TYPED, *HIDDEN)}
    chosen = uploads(MOST_PHOTOS)
    body, errors = _read(sheet.filled, chosen)
    pictures, broken = checked_pictures(actor, chosen, most=MOST_PHOTOS)
    if errors or broken:
        _place(sheet, fresh, errors + broken)
        refusal = Invalid("有几处需要改正。", errors=errors + broken)
        raise Refilled(refusal, form_page(sheet, status=refusal.status, photos_lost=bool(chosen)))
    return {"body": body, "pictures": pictures}


def recorded(actor: Actor, hazard_id: UUID, body: dict[str, Any], pictures: list[Picture]) -> dict[str, Any]:
    """Submit the rectification with its photos, all or nothing; gives what its receipt says."""
    facts = {name: body[name] for name in (*TYPED, "photos")}
    hazard = moves.move(
        actor, hazard_id, action=Action.SUBMIT, version=body["version"], client_at=body["client_at"], facts=facts
    )
    for picture in pictures:
        receive_photo(actor, hazard_id, picture)
    return {
        "id": body["id"],
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "received": local_text(now()),
        "rectifier": actor.name,
        "code": hazard.code,
        "place": hazard.place,
        "description": hazard.description,
        "state": hazard.state.label,
        "waits": waiting_for(hazard, actor),
        "measures": hazard.measures,
        "cost": format(body["cost"], "f") if body["cost"] is not None else "",
        "photos": len(pictures),
    }


def receipt_page(receipt: dict[str, Any]) -> Response:
    """What was submitted, for the person who did it."""
    return page("rectified.html", receipt=receipt)


def _read(filled: dict[str, str], chosen: list[Upload]) -> tuple[dict[str, Any], list[FieldError]]:
    """The body the API would have been sent, and what is wrong with it."""
    missing = [] if filled["measures"] else [FieldError("/measures", "请写清楚做了什么。")]
    missing += [] if chosen else [FieldError("/photos", "请至少拍一张整改后的照片。")]
    body = {
        **{name: filled[name] for name in ("id", "client_at")},
        **{name: filled[name] for name in TYPED if filled[name]},
        "action": Action.SUBMIT,
        "version": whole(filled["version"]),
        # A photo of nothing is told by looking at the photo, not at its manifest.
        "photos": [upload.announced for upload in chosen if upload.content],
    }
    try:
        return load(TransitionIn(), body), missing
    except Invalid as refusal:
        return {}, missing + [error for error in refusal.errors if not error.pointer.startswith("/photos/")]


def _place(sheet: Sheet, fresh: dict[str, str], errors: list[FieldError]) -> None:
    """Put each error at its field; what the reader could not mend is made afresh."""
    for error in errors:
        name = error.pointer.split("/")[1]
        if name in LABELS:
            sheet.problems.setdefault(name, []).append(f"{LABELS[name]}：{error.detail}")
        else:
            sheet.filled.update({hidden: fresh[hidden] for hidden in HIDDEN})
            sheet.problems[""] = [STALE]


def _reason(actor: Actor, hazard: HiddenHazard) -> str:
    if hazard.state is not State.RECTIFYING or not hazard.rejections:
        return ""
    happened = events.timeline(actor.enterprise, hazard.id)
    return next((str(event.data.get("reason", "")) for event in reversed(happened) if event.kind in RETURNED), "")
