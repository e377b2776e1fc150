"""What may happen to inspections: recorded once, whenever they arrive; found; shown with what came of each item."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, extract, func, or_, select

from app.core import events
from app.core.actor import Actor
from app.core.canonical import digest
from app.core.clock import now
from app.core.db import insert_rows, session
from app.core.errors import FieldError, Invalid, NotFound, invalid_field
from app.evidence.models import Purpose
from app.evidence.photos import Picture
from app.evidence.service import name_photos, receive
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.service import report_failed_items
from app.inspections.content import content_of
from app.inspections.judging import Result, judged, nothing_inspected
from app.inspections.models import Checklist, Half, Inspection, InspectionItem
from app.plans.tasks import settle_stops
from app.reviews.models import ReviewKind
from app.reviews.service import open_reviews
from app.risks.models import RiskPoint
from app.risks.points import must_be_in_use
from app.risks.rules import rules_of
from app.tags.models import Tag

DELAYED = timedelta(hours=1)  # what arrives later than this after the phone's own time counts as delayed


def record(
    actor: Actor,
    inspection_id: UUID,
    *,
    checklist_version: int,
    client_at: datetime,
    items: Sequence[dict[str, Any]],
    half: Half = Half.FIELD,
    point_id: UUID | None = None,
    photos: Sequence[dict[str, Any]] = (),
    note: str = "",
    task_id: UUID | None = None,
    scan: dict[str, Any] | None = None,
    location: dict[str, Any] | None = None,
    started_at: datetime | None = None,
) -> tuple[Inspection, dict[str, HiddenHazard]]:
    """Record an inspection under the id its client made; each failed item becomes a hidden hazard at once.

    Gives the inspection and the hidden hazards by item key. Raises Invalid for an absent point or version, for items
    unanswered, unknown or without the photo they need, and for photos of no item; Conflict for a retired point.
    """
    point, checklist, tag_id = _asked(actor, half, point_id, checklist_version, scan=scan)
    results = judged(checklist.items, items, pictured={photo["item_key"] for photo in photos if photo.get("item_key")})
    _check_photos(photos, {item["key"] for item in checklist.items})
    failed = [result for result in results if result["result"] is Result.ABNORMAL]
    received_at = now()
    counted_for = None
    if not nothing_inspected([result["result"] for result in results]):
        counted_for = settle_stops(
            actor, point_id=point_id, inspection_id=inspection_id, task_id=task_id, received_at=received_at
        )
    inspection = Inspection(
        enterprise_id=actor.enterprise, id=inspection_id, point_id=point_id, task_id=counted_for,
        checklist_id=checklist.id, checklist_version=checklist_version, inspector_id=actor.id, client_at=client_at,
        received_at=received_at, started_at=started_at, scanned_at=scan["scanned_at"] if scan else None,
        tag_id=tag_id, failed=len(failed), note=note, **(location or {}),
    )  # fmt: skip
    name_photos(actor, inspection_id, photos, purpose=Purpose.FOUND)
    origin = f"inspection:{inspection_id}"
    found = [_as_found(result, photos) for result in failed]
    hazards = report_failed_items(actor, point, found, origin=origin, client_at=client_at)
    rows = [_row(inspection, result, hazards) for result in results]
    _tell(actor, inspection, rows, photos)
    session().add(inspection)
    session().flush()
    insert_rows(InspectionItem, rows)
    if point:
        _review_repeated(actor, point, failed)
    return inspection, hazards


def _tell(
    actor: Actor, inspection: Inspection, rows: Sequence[dict[str, Any]], photos: Sequence[dict[str, Any]]
) -> None:
    """Append the event of an inspection: where, how it went, and the digest of all it says."""
    data = {
        "point_id": str(inspection.point_id) if inspection.point_id else None,
        "checklist_version": inspection.checklist_version,
        "failed": inspection.failed,
        "photos": [photo["sha256"] for photo in photos],
        "content": digest(content_of(inspection, [InspectionItem(**row) for row in rows])),
    }
    events.append(
        actor.enterprise, "inspection.recorded", inspection.id, actor_id=actor.id, data=data,
        client_at=inspection.client_at,
    )  # fmt: skip


def _review_repeated(actor: Actor, point: RiskPoint, failed: Sequence[dict[str, Any]]) -> None:
    """Open a review of each item that failed as often as the rules allow, this time counted: one query for all."""
    if not failed:
        return
    asked = rules_of(actor.enterprise).document["review"]
    since = now() - timedelta(days=int(asked["within_days"]))
    times = select(InspectionItem.key, func.count()).join(Inspection, _OF_INSPECTION)
    times = times.where(
        InspectionItem.enterprise_id == actor.enterprise,
        InspectionItem.key.in_([result["key"] for result in failed]),
        InspectionItem.result == Result.ABNORMAL,
        Inspection.received_at >= since,
    ).group_by(InspectionItem.key)
    counted = dict(session().execute(times).all())
    reasons = {
        f"item:{result['key']}": (
            f"检查项“{result['check']}”{asked['within_days']} 天内第 {counted[result['key']]} 次不合格"[:300]
        )
        for result in failed
        if counted.get(result["key"], 0) >= int(asked["failures"])
    }
    open_reviews(actor, point.id, kind=ReviewKind.REPEATED_FAILURE, reasons=reasons)


def list_inspections(
    actor: Actor,
    *,
    half: Half | None = None,
    received_from: datetime | None = None,
    received_to: datetime | None = None,
    failed: bool | None = None,
    delayed: bool | None = None,
    **equal: UUID | None,
) -> Select[Inspection]:
    """The inspections of the enterprise, newest first; `equal` names columns: point_id, inspector_id, task_id.

    Received from an instant on, and before another. Delayed are those received an hour or more after the phone's time.
    """
    statement = select(Inspection).where(Inspection.enterprise_id == actor.enterprise)
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(getattr(Inspection, name) == value)
    if half:
        of_point = Inspection.point_id.is_not(None)
        statement = statement.where(of_point if half is Half.FIELD else ~of_point)
    if received_from:
        statement = statement.where(Inspection.received_at >= received_from)
    if received_to:
        statement = statement.where(Inspection.received_at < received_to)
    for asked, holds in ((failed, Inspection.failed > 0), (delayed, _is_delayed())):
        if asked is not None:
            statement = statement.where(holds if asked else ~holds)
    return statement.order_by(Inspection.received_at.desc(), Inspection.id.desc())


def _is_delayed() -> ColumnElement[bool]:
    seconds = extract("epoch", Inspection.received_at) - extract("epoch", Inspection.client_at)
    return seconds >= int(DELAYED.total_seconds())


def get_inspection(actor: Actor, inspection_id: UUID) -> Inspection:
    """An inspection of the enterprise, else NotFound."""
    inspection = session().get(Inspection, (actor.enterprise, inspection_id))
    if inspection is None:
        raise NotFound
    return inspection


def items_of(actor: Actor, inspection: Inspection) -> list[dict[str, Any]]:
    """What was found, in the checklist's order: each item with what was asked and the hidden hazard it came to."""
    of_hazard = (HiddenHazard.enterprise_id == InspectionItem.enterprise_id) & (
        HiddenHazard.id == InspectionItem.hidden_hazard_id
    )
    statement = (
        select(InspectionItem, HiddenHazard)
        .outerjoin(HiddenHazard, of_hazard)
        .where(InspectionItem.enterprise_id == actor.enterprise, InspectionItem.inspection_id == inspection.id)
    )
    found = {item.key: (item, hazard) for item, hazard in session().execute(statement)}
    checklist = session().get_one(Checklist, (actor.enterprise, inspection.checklist_id))
    return [
        {"asked": asked, "item": found[asked["key"]][0], "hidden_hazard": found[asked["key"]][1]}
        for asked in checklist.items
    ]


def receive_photo(actor: Actor, inspection_id: UUID, picture: Picture | None) -> list[dict[str, Any]]:
    """Take in a photo the inspection has named; the hidden hazards it shows have it too."""
    get_inspection(actor, inspection_id)
    return receive(actor, inspection_id, picture)


_OF_INSPECTION = (Inspection.enterprise_id == InspectionItem.enterprise_id) & (
    Inspection.id == InspectionItem.inspection_id
)

# Made once: every inspection begins with it. A code that was revoked, was replaced and past its grace when scanned, or
# stands at another point, is no code of it.
_AT_POINT = (
    select(RiskPoint, Checklist, Tag.id)
    .outerjoin(
        Checklist,
        (Checklist.enterprise_id == RiskPoint.enterprise_id)
        & (Checklist.point_id == RiskPoint.id)
        & (Checklist.version == bindparam("version")),
    )
    .outerjoin(
        Tag,
        (Tag.enterprise_id == RiskPoint.enterprise_id)
        & (Tag.point_id == RiskPoint.id)
        & (Tag.token == bindparam("token"))
        & Tag.revoked_at.is_(None)
        & or_(Tag.good_until.is_(None), Tag.good_until > bindparam("scanned_at")),
    )
    .where(RiskPoint.enterprise_id == bindparam("enterprise_id"), RiskPoint.id == bindparam("point_id"))
)
_OF_MANAGEMENT = select(Checklist).where(
    Checklist.enterprise_id == bindparam("enterprise_id"),
    Checklist.half == Half.MANAGEMENT,
    Checklist.version == bindparam("version"),
)


def _asked(
    actor: Actor, half: Half, point_id: UUID | None, version: int, *, scan: dict[str, Any] | None
) -> tuple[RiskPoint | None, Checklist, UUID | None]:
    """What an inspection is of: its point (none for the management half), the version it goes by, the code scanned."""
    named = {"enterprise_id": actor.enterprise, "version": version}
    if half is Half.MANAGEMENT:
        if point_id:
            raise invalid_field("/risk_point_id", "基础管理类排查不针对风险点，请去掉 risk_point_id。")
        checklist = session().scalar(_OF_MANAGEMENT, named)
        if checklist is None:
            raise invalid_field("/checklist_version", "没有这一版基础管理类清单，请刷新清单。")
        return None, checklist, None
    if point_id is None:
        raise invalid_field("/risk_point_id", "现场管理类排查要写明风险点；基础管理类请写 half: management。")
    scanned = scan or {"token": None, "scanned_at": now()}
    row = session().execute(_AT_POINT, {**named, "point_id": point_id, **scanned}).first()
    if row is None:
        raise invalid_field("/risk_point_id", "没有这个风险点，请重新扫码。")
    point, of_version, tag_id = row
    if of_version is None:
        raise invalid_field("/checklist_version", "这个风险点没有这一版清单，请刷新清单。")
    must_be_in_use(point)
    return point, of_version, tag_id


def _check_photos(photos: Sequence[dict[str, Any]], keys: set[str]) -> None:
    wrong = [
        FieldError(f"/photos/{place}/item_key", "照片对应的检查项不在清单里。")
        for place, photo in enumerate(photos)
        if photo.get("item_key") and photo["item_key"] not in keys
    ]
    if wrong:
        raise Invalid("照片清单不符合要求，请按 errors 逐项改正。", errors=wrong)


def _as_found(result: dict[str, Any], photos: Sequence[dict[str, Any]]) -> dict[str, Any]:
    shows = [photo for photo in photos if photo.get("item_key") == result["key"]]
    return {"key": result["key"], "description": _description(result), "photos": shows}


def _description(result: dict[str, Any]) -> str:
    if result.get("note"):
        return str(result["note"])
    value = f"，读数 {result['reading']}" if result.get("reading") is not None else ""
    standard = f"（标准：{result['standard']}）" if result["standard"] else ""
    return f"{result['check']}：不符合{value}{standard}"


def _row(inspection: Inspection, result: dict[str, Any], hazards: dict[str, HiddenHazard]) -> dict[str, Any]:
    hazard = hazards.get(result["key"])
    return {
        "enterprise_id": inspection.enterprise_id,
        "inspection_id": inspection.id,
        "key": result["key"],
        "result": result["result"],
        "reading": result.get("reading"),
        "note": result.get("note") or "",
        "answered_at": result.get("answered_at"),
        "hidden_hazard_id": hazard.id if hazard else None,
    }
