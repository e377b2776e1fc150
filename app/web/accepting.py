"""The acceptance as a form: what was found and what was done of it, side by side, and what the decision comes to."""

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
from app.evidence.models import Purpose
from app.evidence.service import get_photo, must_be_named
from app.evidence.showing import shown_with_mark
from app.hidden_hazards import moves
from app.hidden_hazards.lifecycle import Action, lacks_right, refusal
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.schemas import TransitionIn
from app.hidden_hazards.service import get_hazard, shown, situations
from app.signals.service import signals_of
from app.signals.terms import SignalKind
from app.web.forms import fresh_identity, from_our_page, read_form, whole
from app.web.pages import Refilled, page

HIDDEN = ("id", "client_at", "version")
# What each answer of the form asks to be written, and how long it may be.
ASKS = {Action.ACCEPT: ("opinion", "验收意见"), Action.REJECT: ("reason", "退回的原因")}
WORDS = {
    SignalKind.PHOTO_REUSED: "这条隐患的照片，在别的记录里用过。",
    SignalKind.PHOTO_ALIKE: "这条隐患的照片，与别的记录里的照片极相似。",
    SignalKind.BEFORE_AFTER_ALIKE: "整改前后的照片极相似，看不出改了什么。",
    SignalKind.TIMES_DISAGREE: "照片自带的拍摄时间，与隐患的时间对不上。",
}
STALE = "页面内容不完整或已过期，请核对下面各项后再提交。"
LONGEST_FORM = 20_000  # bytes: two texts of a thousand characters in UTF-8, percent-encoded


@dataclass
class Sheet:
    """An acceptance form as it stands: its hidden hazard, what is known of it, what is filled in and what is wrong."""

    hazard: HiddenHazard
    rectifier: str
    photos: list[dict[str, Any]]
    signals: list[Any]
    waits: str  # why it cannot be accepted by this person now; empty when it can
    unready: str  # why it may be sent back only: a photo has not arrived
    filled: dict[str, str]
    problems: list[str] = field(default_factory=list)

    def pictured(self, *purposes: Purpose) -> list[dict[str, Any]]:
        return [photo for photo in self.photos if photo["purpose"] in purposes]


def blank(actor: Actor, hazard_id: UUID) -> Sheet:
    """The form of a hidden hazard with nothing filled in, under an id of its own: sent twice, it counts once."""
    hazard = get_hazard(actor, hazard_id)
    known = shown(actor, [hazard])[0]
    situation = situations(actor, [hazard])[hazard_id]
    waits = lacks_right(Action.REJECT, situation) or refusal(Action.REJECT, situation)
    rectifier = names_of({hazard.rectifier_id}).get(hazard.rectifier_id, "") if hazard.rectifier_id else ""
    filled = {"action": "", "opinion": "", "reason": "", **fresh_identity(), "version": str(hazard.version)}
    unready = "" if waits else refusal(Action.ACCEPT, situation)
    return Sheet(
        hazard, rectifier, known["photos"], signals_of(actor, [hazard_id])[hazard_id], waits, unready, filled
    )  # fmt: skip


def in_words(signal: Any) -> str:
    """What was noticed, as one says it to whoever is to look."""
    if signal.kind is SignalKind.PHOTO_REUSED and signal.data.get("before_and_after"):
        return "整改前后用的是同一张照片。"
    return WORDS.get(signal.kind, f"{signal.kind.label}。")


def form_page(sheet: Sheet, *, status: int = 200) -> Response:
    """What was found and done, and the form; or why there is nothing to decide."""
    return page(
        "accept.html",
        status=status,
        sheet=sheet,
        csrf=tokens.presented(cookie=True).csrf,
        local_text=local_text,
        in_words=in_words,
        sides=[("整改前", sheet.pictured(Purpose.FOUND)), ("整改后", sheet.pictured(Purpose.RECTIFIED))],
    )


def picture(actor: Actor, hazard_id: UUID, sha256: str) -> bytes:
    """A photo the hidden hazard names, with its watermark. Raises NotFound for any other."""
    get_hazard(actor, hazard_id)
    must_be_named(actor, hazard_id, sha256)
    return shown_with_mark(actor, get_photo(actor, sha256), subject_id=hazard_id)


def submitted(actor: Actor, hazard_id: UUID, **_: Any) -> dict[str, Any]:
    """The form read, before any lock. Raises Refilled with what is wrong, Forbidden for who may not decide."""
    form = read_form(most_bytes=LONGEST_FORM)
    from_our_page(form)
    with reading():
        sheet = blank(actor, hazard_id)
        if lacking := lacks_right(Action.REJECT, situations(actor, [sheet.hazard])[hazard_id]):
            raise Forbidden(lacking)
    fresh = sheet.filled
    sheet.filled = {name: form.get(name, "").strip() for name in fresh}
    body, errors = _read(sheet.filled)
    if errors:
        sheet.problems = [_said(error) for error in errors]
        if STALE in sheet.problems:
            sheet.filled.update({hidden: fresh[hidden] for hidden in HIDDEN})
        refused = Invalid("有几处需要改正。", errors=errors)
        raise Refilled(refused, form_page(sheet, status=refused.status))
    return {"body": body}


def recorded(actor: Actor, hazard_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Accept it or send it back; gives what the receipt says."""
    name, label = ASKS[body["action"]]
    hazard = moves.move(
        actor, hazard_id, action=body["action"], version=body["version"], client_at=body["client_at"],
        facts={name: body[name]}, move_id=body["id"],
    )  # fmt: skip
    return {
        "id": body["id"],
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "received": local_text(now()),
        "acceptor": actor.name,
        "accepted": body["action"] is Action.ACCEPT,
        "code": hazard.code,
        "place": hazard.place,
        "description": hazard.description,
        "state": hazard.state.label,
        "label": label,
        "said": body[name],
    }


def receipt_page(receipt: dict[str, Any]) -> Response:
    """What was decided, for the person who did it."""
    return page("accepted.html", receipt=receipt)


def _read(filled: dict[str, str]) -> tuple[dict[str, Any], list[FieldError]]:
    """The body the API would have been sent, and what is wrong with it."""
    if filled["action"] not in ASKS:
        return {}, [FieldError("/action", "请选择“验收通过”或“退回整改”。")]
    name, label = ASKS[Action(filled["action"])]
    missing = [] if filled[name] else [FieldError(f"/{name}", f"请写明{label}。")]
    body = {**{hidden: filled[hidden] for hidden in HIDDEN}, "action": filled["action"]}
    try:
        return load(TransitionIn(), {**body, "version": whole(filled["version"]), name: filled[name] or "—"}), missing
    except Invalid as refused:
        return {}, missing + list(refused.errors)


def _said(error: FieldError) -> str:
    labels = {"action": "", "opinion": "验收意见：", "reason": "退回的原因："}
    name = error.pointer.strip("/")
    return labels[name] + error.detail if name in labels else STALE
