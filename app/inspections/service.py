"""What may happen to checklists and inspections."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import insert_rows, session
from app.core.errors import FieldError, Invalid, NotFound, invalid_field
from app.core.ids import new_id
from app.evidence.models import Purpose
from app.evidence.photos import Picture
from app.evidence.service import name_photos, receive
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.service import report_failed_items
from app.inspections.judging import Result, judged
from app.inspections.models import Checklist, Inspection, InspectionItem
from app.reviews.models import ReviewKind
from app.reviews.service import open_review
from app.risks.models import RiskPoint
from app.risks.points import get_point, list_points, must_be_in_use, workable_point
from app.risks.rules import rules_of
from app.risks.sources import list_measures


def publish_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """Make the point's checklist from its measures in force; unchanged, the current version stays.

    Raises Invalid when no measure has anything to look at.
    """
    workable_point(actor, point_id)
    items = [
        {
            "key": measure.id.hex,
            "check": measure.check,
            "how": measure.how,
            "standard": measure.standard,
            "basis": measure.basis,
            "reading": measure.reading,
        }
        for measure in session().scalars(list_measures(actor, point_id=point_id))
        if measure.check
    ]
    if not items:
        raise Invalid("这个风险点的管控措施都没有检查内容，请先为措施填写检查内容再发布清单。", code="nothing_to_check")
    current = session().scalar(_current(actor, point_id))
    if current and current.items == items:
        return current
    checklist = Checklist(
        enterprise_id=actor.enterprise,
        id=new_id(),
        point_id=point_id,
        version=current.version + 1 if current else 1,
        items=items,
        published_by=actor.id,
    )
    session().add(checklist)
    data = {"version": checklist.version, "point_id": str(point_id), "items": len(items)}
    events.append(actor.enterprise, "checklist.published", checklist.id, actor_id=actor.id, data=data)
    return checklist


def current_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """The checklist in force of a point in use. Raises NotFound when none was published, Conflict for a retired one."""
    must_be_in_use(get_point(actor, point_id))
    checklist = session().scalar(_current(actor, point_id))
    if checklist is None:
        raise NotFound("这个风险点还没有发布排查清单，请联系安全管理员。")
    return checklist


def list_checklists(actor: Actor, *, point_id: UUID | None = None) -> Select[Checklist]:
    """Every version for the points in use or for one point, the newest of each point first."""
    statement = select(Checklist).where(Checklist.enterprise_id == actor.enterprise)
    if point_id:
        statement = statement.where(Checklist.point_id == point_id)
    else:
        used = list_points(actor).order_by(None).with_only_columns(RiskPoint.id)
        statement = statement.where(Checklist.point_id.in_(used))
    return statement.order_by(Checklist.point_id, Checklist.version.desc())


def record(
    actor: Actor,
    inspection_id: UUID,
    *,
    point_id: UUID,
    checklist_version: int,
    client_at: datetime,
    items: Sequence[dict[str, Any]],
    photos: Sequence[dict[str, Any]] = (),
    note: str = "",
) -> tuple[Inspection, dict[str, HiddenHazard]]:
    """Record an inspection under the id its client made; each failed item becomes a hidden hazard at once.

    Gives the inspection and the hidden hazards by item key. Raises Invalid for an absent point or version, for items
    unanswered or unknown, and for photos of no failed item.
    """
    point, checklist = _point_and_checklist(actor, point_id, checklist_version)
    must_be_in_use(point)
    results = judged(checklist.items, items, pictured={photo["item_key"] for photo in photos if photo.get("item_key")})
    failed = [result for result in results if result["result"] is Result.ABNORMAL]
    _check_photos(photos, {item["key"] for item in checklist.items})
    inspection = Inspection(
        enterprise_id=actor.enterprise,
        id=inspection_id,
        point_id=point_id,
        checklist_id=checklist.id,
        checklist_version=checklist_version,
        inspector_id=actor.id,
        client_at=client_at,
        received_at=now(),
        failed=len(failed),
        note=note,
    )
    session().add(inspection)
    name_photos(actor, inspection_id, photos, purpose=Purpose.FOUND)
    data = {"point_id": str(point_id), "checklist_version": checklist_version, "failed": len(failed)}
    events.append(
        actor.enterprise, "inspection.recorded", inspection_id, actor_id=actor.id, data=data, client_at=client_at
    )
    hazards = report_failed_items(
        actor,
        point,
        [_as_found(result, photos) for result in failed],
        origin=f"inspection:{inspection_id}",
        client_at=client_at,
    )
    session().flush()
    insert_rows(InspectionItem, [_row(inspection, result, hazards) for result in results])
    _review_repeated(actor, point, failed)
    return inspection, hazards


def _review_repeated(actor: Actor, point: RiskPoint, failed: Sequence[dict[str, Any]]) -> None:
    """Open a review of each item that failed as often as the rules allow, this time counted: one query for all."""
    if not failed:
        return
    asked = rules_of(actor.enterprise).document["review"]
    since = now() - timedelta(days=int(asked["within_days"]))
    times = select(InspectionItem.key, func.count()).join(
        Inspection,
        (Inspection.enterprise_id == InspectionItem.enterprise_id) & (Inspection.id == InspectionItem.inspection_id),
    )
    times = times.where(
        InspectionItem.enterprise_id == actor.enterprise,
        InspectionItem.key.in_([result["key"] for result in failed]),
        InspectionItem.result == Result.ABNORMAL,
        Inspection.received_at >= since,
    ).group_by(InspectionItem.key)
    counted = dict(session().execute(times).all())
    for result in failed:
        if counted.get(result["key"], 0) >= int(asked["failures"]):
            reason = f"检查项“{result['check']}”{asked['within_days']} 天内第 {counted[result['key']]} 次不合格"[:300]
            because = f"item:{result['key']}"
            open_review(actor, point.id, kind=ReviewKind.REPEATED_FAILURE, because=because, reason=reason)


def list_inspections(
    actor: Actor, *, point_id: UUID | None = None, inspector_id: UUID | None = None
) -> Select[Inspection]:
    """The inspections of the enterprise, newest first."""
    statement = select(Inspection).where(Inspection.enterprise_id == actor.enterprise)
    if point_id:
        statement = statement.where(Inspection.point_id == point_id)
    if inspector_id:
        statement = statement.where(Inspection.inspector_id == inspector_id)
    return statement.order_by(Inspection.received_at.desc(), Inspection.id.desc())


def get_inspection(actor: Actor, inspection_id: UUID) -> Inspection:
    """An inspection of the enterprise, else NotFound."""
    inspection = session().get(Inspection, (actor.enterprise, inspection_id))
    if inspection is None:
        raise NotFound
    return inspection


def items_of(actor: Actor, inspection_id: UUID) -> list[InspectionItem]:
    """What was found, item by item."""
    return list(
        session().scalars(
            select(InspectionItem)
            .where(InspectionItem.enterprise_id == actor.enterprise, InspectionItem.inspection_id == inspection_id)
            .order_by(InspectionItem.key)
        )
    )


def receive_photo(actor: Actor, inspection_id: UUID, picture: Picture) -> list[dict[str, Any]]:
    """Take in a photo the inspection has named; the hidden hazards it shows have it too."""
    get_inspection(actor, inspection_id)
    return receive(actor, inspection_id, picture)


def _current(actor: Actor, point_id: UUID) -> Select[Checklist]:
    return (
        select(Checklist)
        .where(Checklist.enterprise_id == actor.enterprise, Checklist.point_id == point_id)
        .order_by(Checklist.version.desc())
        .limit(1)
    )


_POINT_AND_CHECKLIST = (
    select(RiskPoint, Checklist)
    .outerjoin(
        Checklist,
        (Checklist.enterprise_id == RiskPoint.enterprise_id)
        & (Checklist.point_id == RiskPoint.id)
        & (Checklist.version == bindparam("version")),
    )
    .where(RiskPoint.enterprise_id == bindparam("enterprise_id"), RiskPoint.id == bindparam("point_id"))
)


def _point_and_checklist(actor: Actor, point_id: UUID, version: int) -> tuple[RiskPoint, Checklist]:
    named = {"enterprise_id": actor.enterprise, "point_id": point_id, "version": version}
    row = session().execute(_POINT_AND_CHECKLIST, named).first()
    if row is None:
        raise invalid_field("/risk_point_id", "没有这个风险点，请重新扫码。")
    if row[1] is None:
        raise invalid_field("/checklist_version", "这个风险点没有这一版清单，请刷新清单。")
    return row[0], row[1]


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
        "hidden_hazard_id": hazard.id if hazard else None,
    }
