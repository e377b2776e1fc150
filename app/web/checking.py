"""The check as a form: what it asks, how it is read, and what its receipt says.

A form is read whole before anything is written, so that one answer names everything that is to be put right.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.datastructures import MultiDict

from app.accounts import tokens
from app.core import events
from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.db import reading, session
from app.core.endpoint import load
from app.core.errors import FieldError, Invalid
from app.evidence.photos import Picture
from app.evidence.service import receive
from app.inspections import checklists, service
from app.inspections.judging import Result, judged, limits_text
from app.inspections.models import Checklist
from app.inspections.schemas import InspectionIn
from app.risks.models import RiskPoint
from app.risks.points import get_point
from app.web.forms import Upload, checked_pictures, fresh_identity, read_form_with_photos, uploads, whole
from app.web.pages import Refilled, page
from app.web.scanned import scan_of

MOST_PHOTOS = 9
POINTER = re.compile(r"/(items|photos)/(\d+)(?:/(\w+))?")
SAID = {"result": "请选择“正常”“异常”或“不涉及”。"}
LABELS = {"reading": "读数：", "note": "备注："}
STALE = "页面内容不完整或清单已更新，请核对下面各项后再提交。"


@dataclass
class Sheet:
    """A check form as it stands: its point and checklist, what is filled in, and what is to be put right."""

    point: RiskPoint
    checklist: Checklist
    filled: dict[str, Any]
    scan: dict[str, Any] | None = None  # of the code at the point, as the inspection takes it
    problems: list[str] = field(default_factory=list)
    at_item: dict[int, list[str]] = field(default_factory=dict)


def blank(actor: Actor, point_id: UUID, *, scan: str = "") -> Sheet:
    """The point's checklist in force with nothing filled in, under an id of its own: sent twice, it counts once."""
    point, checklist = get_point(actor, point_id), checklists.current_checklist(actor, point_id)
    items = [{"result": "", "reading": "", "note": ""} for _ in checklist.items]
    return Sheet(point, checklist, {"note": "", "items": items, "scan": scan, **fresh_identity()})


def form_page(sheet: Sheet, *, status: int = 200, photos_lost: bool = False) -> Response:
    """The form, with what was filled in and what is wrong at each item."""
    return page(
        "check.html",
        status=status,
        sheet=sheet,
        csrf=tokens.presented(cookie=True).csrf,
        results=list(Result),
        limits_text=limits_text,
        negative=_goes_below_zero,
        photos_lost=photos_lost,
    )


def submitted(actor: Actor, point_id: UUID, **_: Any) -> dict[str, Any]:
    """The form read and its photos checked and on the disk, before any lock. Raises Refilled with what is wrong."""
    form = read_form_with_photos()
    with reading():
        sheet = _filled(actor, point_id, form)
    chosen = uploads(len(sheet.checklist.items))
    body, results, errors = _read(sheet, chosen)
    pictures, broken = checked_pictures(actor, chosen, most=_most_photos(sheet.checklist))
    if errors or broken or sheet.problems:
        _place(sheet, chosen, errors + broken)
        refusal = Invalid("有几处需要改正。", errors=errors + broken)
        raise Refilled(refusal, form_page(sheet, status=refusal.status, photos_lost=bool(chosen)))
    return {"sheet": sheet, "body": body, "results": results, "pictures": pictures}


def recorded(
    actor: Actor, sheet: Sheet, body: dict[str, Any], results: list[dict[str, Any]], pictures: list[Picture]
) -> dict[str, Any]:
    """Record the inspection with its photos, all or nothing; gives what its receipt says."""
    given = {name: value for name, value in body.items() if name != "id"}
    inspection, hazards = service.record(actor, body["id"], **given)
    for picture in pictures:
        receive(actor, inspection.id, picture)
    return {
        "id": inspection.id,
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "received": local_text(now()),
        "inspector": actor.name,
        "point": f"{sheet.point.code} {sheet.point.name}",
        "photos": len(pictures),
        "note": inspection.note,
        "items": [_found(item, result, hazards) for item, result in zip(sheet.checklist.items, results, strict=True)],
    }


def receipt_page(receipt: dict[str, Any]) -> Response:
    """What was recorded, for the person who did it."""
    counts = [(result, sum(item["result"] == result for item in receipt["items"])) for result in Result]
    return page("receipt.html", receipt=receipt, counts=counts)


def _filled(actor: Actor, point_id: UUID, form: MultiDict[str, str]) -> Sheet:
    """The form against the version of the checklist it was made from, or afresh when it names none."""
    sheet = blank(actor, point_id, scan=form.get("scan", ""))
    sheet.scan = scan_of(actor, sheet.filled["scan"])
    version = form.get("checklist_version", "")
    known = checklists.list_checklists(actor, point_id=point_id).where(Checklist.version == whole(version))
    checklist = session().scalar(known)
    if checklist is None:
        sheet.problems.append(STALE)
        return sheet
    sheet.checklist = checklist
    sheet.filled = {
        "note": form.get("note", "").strip(),
        "id": form.get("id", ""),
        "client_at": form.get("client_at", ""),
        "scan": form.get("scan", ""),
        "items": [
            {name: form.get(f"{name}-{place}", "").strip() for name in ("result", "reading", "note")}
            for place in range(len(checklist.items))
        ],
    }
    return sheet


def _most_photos(checklist: Checklist) -> int:
    """How many photos a form may bring: as many as the list demands, where that is more."""
    demanded: int = sum(item.get("photo_required", False) for item in checklist.items)
    return max(MOST_PHOTOS, demanded)


def _read(sheet: Sheet, chosen: list[Upload]) -> tuple[dict[str, Any], list[dict[str, Any]], list[FieldError]]:
    """The body the API would have been sent, each item's result, and what is wrong with either."""
    keys = [item["key"] for item in sheet.checklist.items]
    answers = sheet.filled["items"]
    unticked = [FieldError(f"/items/{place}/result", "") for place, item in enumerate(answers) if not item["result"]]
    body = {
        **{name: sheet.filled[name] for name in ("id", "client_at", "note")},
        "risk_point_id": str(sheet.point.id),
        "checklist_version": sheet.checklist.version,
        "scan": sheet.scan,
        "items": [
            # An unticked item is read as normal, so that a missing reading is told along with the missing tick.
            {"key": key, "result": Result.NORMAL, **{name: text for name, text in item.items() if text}}
            for key, item in zip(keys, answers, strict=True)
        ],
        "photos": [{**upload.announced, "item_key": keys[upload.place]} for upload in chosen],
    }
    try:
        loaded = load(InspectionIn(), body)
        pictured = {keys[upload.place] for upload in chosen}
        return loaded, judged(sheet.checklist.items, loaded["items"], pictured=pictured), unticked
    except Invalid as refusal:
        # What is wrong with a photo is told by looking at the photo.
        return {}, [], unticked + [error for error in refusal.errors if not error.pointer.startswith("/photos/")]


def _place(sheet: Sheet, chosen: list[Upload], errors: list[FieldError]) -> None:
    """Put each error at its item, or above them all; what the reader could not mend is made afresh."""
    for error in errors:
        at = POINTER.fullmatch(error.pointer)
        if error.pointer in ("/id", "/client_at"):
            sheet.filled.update(fresh_identity())
            sheet.problems.append(STALE)
        elif at is None:
            sheet.problems.append(f"{'照片' if error.pointer == '/photos' else '备注'}：{error.detail}")
        else:
            kind, number, name = at[1], int(at[2]), at[3] or ""
            place = chosen[number].place if kind == "photos" else number
            text = SAID.get(name) or f"{'照片：' if kind == 'photos' else LABELS.get(name, '')}{error.detail}"
            sheet.at_item.setdefault(place, []).append(text)


def _found(item: dict[str, Any], result: dict[str, Any], hazards: dict[str, Any]) -> dict[str, Any]:
    """One item as the receipt tells it; a reading outside its limits says why a tick became a hidden hazard."""
    hazard = hazards.get(item["key"])
    value, limits = result.get("reading"), item.get("reading")
    return {
        "check": item["check"],
        "result": result["result"],
        "reading": f"{value} {limits['unit']}（要求 {limits_text(limits)}）" if limits and value is not None else "",
        "note": result.get("note") or "",
        "hazard": hazard.code if hazard else "",
        "occurrences": hazard.occurrences if hazard else 0,
    }


def _goes_below_zero(reading: dict[str, Any]) -> bool:
    """Whether a reading may be negative: the number pad of some phones has no minus."""
    return "℃" in reading["unit"] or any(str(reading.get(limit) or "").startswith("-") for limit in ("min", "max"))
