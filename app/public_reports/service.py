"""What may happen to reports made without an account: taken in, followed by their receipt, admitted or discarded.

Nobody acts when a report comes in: its events name no one, and nothing of an address or a device is stored anywhere.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.accounts.models import User
from app.accounts.policy import RIGHTS
from app.core import events, once
from app.core.actor import Actor, system
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, NotFound, TooMany
from app.core.ids import new_id
from app.core.installation import settings
from app.core.rows import own
from app.evidence.models import Purpose
from app.evidence.photos import Picture
from app.evidence.service import NOT_NAMED, keep_photo, name_photos, photos_of
from app.hidden_hazards import service as hidden_hazards
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Channel, Source, State
from app.messages.service import tell
from app.public_reports import receipts
from app.public_reports.models import PublicReport, Verdict
from app.risks.models import RiskPoint
from app.tags.card import PostedCard, card_of
from app.tags.service import find

HANDLE = "public-report:handle"
NO_SUCH_RECEIPT = "没有这个回执码。请对照截图或抄写逐个字符核对，一共 20 个字母和数字。"


def submit(
    token: str, report_id: UUID, *, secret: str, description: str, photos: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Take a report in at the point a code is posted at, into quarantine; gives the receipt. A repeat gives the same.

    Raises NotFound or Conflict as a scan does, Conflict when the id stands for another report, TooMany at a flood.
    """
    tag = find(token)
    actor = system(tag.enterprise_id)
    events.lock_ledger(actor.enterprise)
    receipt = receipts.receipt_of(report_id, secret)
    announced = [
        {"mark": receipts.mark(receipt, photo["sha256"]), "size": photo["size"], "sha256": ""} for photo in photos
    ]
    report = session().get(PublicReport, (actor.enterprise, report_id))
    if report is None:
        card = card_of(tag)
        _must_not_flood(actor, card)
        report = PublicReport(
            enterprise_id=actor.enterprise, id=report_id, point_id=tag.point_id, at=now(), photos=announced,
            receipt_hash=receipts.kept(receipt), description=description, verdict=Verdict.QUARANTINED,
        )  # fmt: skip
        session().add(report)
        data = {"point_id": str(tag.point_id), "photos": len(announced)}
        events.append(actor.enterprise, "public_report.received", report_id, actor_id=None, data=data)
        _tell_handlers(actor, report, card)
    elif not _same(report, tag.point_id, receipts.kept(receipt), description, announced):
        raise Conflict("这个编号（id）已用于另一项内容，请为新的内容生成新的编号后再提交。", code="id_reused")
    return {
        "id": report_id, "receipt": receipts.written(receipt), "received_at": report.at, "photos": len(announced)
    }  # fmt: skip


def must_be_announced(receipt: str, sha256: str) -> Actor:
    """Nobody, placed where the report of this receipt is. Raises NotFound unless the report announced this photo."""
    report = of_receipt(receipt)
    if not any(photo["mark"] == receipts.mark(receipts.as_read(receipt), sha256) for photo in report.photos):
        raise NotFound(NOT_NAMED)
    return system(report.enterprise_id)


def receive_photo(receipt: str, sha256: str, picture: Picture) -> dict[str, int]:
    """Take in an announced photo, by the hash it was sent with; `picture` is what is kept of it. A repeat is nothing.

    A photo that comes after the report was admitted reaches the hidden hazard too. Gives how many have arrived.
    """
    actor = must_be_announced(receipt, sha256)
    events.lock_ledger(actor.enterprise)
    report = of_receipt(receipt)
    session().refresh(report)
    sent = receipts.mark(receipts.as_read(receipt), sha256)
    if any(photo["mark"] == sent and not photo["sha256"] for photo in report.photos):
        named = [{"sha256": picture.sha256, "size": picture.size}]
        keep_photo(actor, picture)
        for subject_id in filter(None, (report.id, report.hazard_id)):
            name_photos(actor, subject_id, named, purpose=Purpose.FOUND)
        report.photos = [
            {**photo, "sha256": picture.sha256} if photo["mark"] == sent else photo for photo in report.photos
        ]
        events.append(actor.enterprise, "photo.received", report.id, actor_id=None, data=named[0])
    return _arrived(report)


def of_receipt(receipt: str) -> PublicReport:
    """The report a receipt was given for, whoever holds it. Raises NotFound."""
    code = receipts.as_read(receipt)
    found = select(PublicReport).where(PublicReport.receipt_hash == receipts.kept(code))
    report = session().scalar(found) if code else None
    if report is None:
        raise NotFound(NO_SUCH_RECEIPT)
    return report


def status(receipt: str) -> dict[str, Any]:
    """What became of a report, for whoever holds its receipt: no name, no number, nothing but how far it has come."""
    report = of_receipt(receipt)
    admitted = session().get(HiddenHazard, (report.enterprise_id, report.hazard_id)) if report.hazard_id else None
    hazard = original_of(admitted) if admitted else None
    return {
        "received_at": report.at,
        "verdict": report.verdict,
        "decided_at": report.decided_at,
        "reason": report.reason,
        "photos": _arrived(report),
        "hazard": {"state": hazard.state, "rejections": hazard.rejections, "closed_at": hazard.closed_at}
        if hazard
        else None,
        "joined": hazard is not admitted,
    }


def original_of(hazard: HiddenHazard) -> HiddenHazard:
    """The hidden hazard that was reported first, of one that turned out a duplicate; else itself."""
    while hazard.state is State.DUPLICATE and hazard.duplicate_of_id:
        hazard = session().get_one(HiddenHazard, (hazard.enterprise_id, hazard.duplicate_of_id))
    return hazard


def list_reports(actor: Actor, *, verdict: Verdict | None = None) -> Select[PublicReport]:
    """The reports of the enterprise, newest first."""
    statement = select(PublicReport).where(PublicReport.enterprise_id == actor.enterprise)
    if verdict:
        statement = statement.where(PublicReport.verdict == verdict)
    return statement.order_by(PublicReport.at.desc(), PublicReport.id.desc())


def shown(actor: Actor, reports: Sequence[PublicReport]) -> list[dict[str, Any]]:
    """Reports with their points and the photos that have arrived: two queries however many there are."""
    points = {
        point.id: point
        for point in session().scalars(
            select(RiskPoint).where(
                RiskPoint.enterprise_id == actor.enterprise,
                RiskPoint.id.in_({report.point_id for report in reports}),
            )
        )
    }
    photos = photos_of(actor, [report.id for report in reports])
    return [
        {
            "report": report,
            "point": points[report.point_id],
            "photos": photos[report.id],
            "complete": all(photo["sha256"] for photo in report.photos),
        }
        for report in reports
    ]


def admit(actor: Actor, report_id: UUID) -> PublicReport:
    """Admit a report: it becomes a hidden hazard found by the public, with the photos that have arrived.

    Raises Conflict when it was decided before.
    """
    report = _undecided(actor, report_id)
    hazard_id = new_id()
    photos = [{"sha256": photo["sha256"], "size": photo["size"]} for photo in photos_of(actor, [report_id])[report_id]]
    hazard = hidden_hazards.report(
        actor, hazard_id, description=report.description, point_id=report.point_id, source=Source.PUBLIC,
        channel=Channel.TIP_OFF, photos=photos, origin=f"public_report:{report_id}",
    )  # fmt: skip
    once.reserve(actor, [hazard_id], kind="hidden_hazard")
    report.verdict, report.hazard_id = Verdict.ADMITTED, hazard_id
    _decided(actor, report, "admitted", {"hazard_id": str(hazard_id), "code": hazard.code})
    return report


def discard(actor: Actor, report_id: UUID, *, reason: str) -> PublicReport:
    """Discard a report for a reason its reporter will read; discarded ones are counted. Raises Conflict if decided."""
    report = _undecided(actor, report_id)
    report.verdict, report.reason = Verdict.DISCARDED, reason
    _decided(actor, report, "discarded", {"reason": reason})
    return report


def _undecided(actor: Actor, report_id: UUID) -> PublicReport:
    report = own(actor, PublicReport, report_id)
    if report.verdict is not Verdict.QUARANTINED:
        facts = {"verdict": report.verdict, "hazard_id": report.hazard_id}
        raise Conflict(f"这条举报{report.verdict.label}，不能再改。", code="report_decided", facts=facts)
    return report


def _decided(actor: Actor, report: PublicReport, verdict: str, data: dict[str, Any]) -> None:
    report.decided_by, report.decided_at = actor.id, now()
    events.append(actor.enterprise, f"public_report.{verdict}", report.id, actor_id=actor.id, data=data)


def _must_not_flood(actor: Actor, card: PostedCard) -> None:
    """Raise TooMany when a point has had as many reports as an hour or a day may bring."""
    for hours, most in ((1, settings().point_reports_hour), (24, settings().point_reports_day)):
        lately = select(func.min(PublicReport.at), func.count()).where(
            PublicReport.enterprise_id == actor.enterprise,
            PublicReport.point_id == card.point_id,
            PublicReport.at > now() - timedelta(hours=hours),
        )
        first, count = session().execute(lately).one()
        if count >= most:
            seconds = max(1, ceil((first + timedelta(hours=hours) - now()).total_seconds()))
            raise too_many(seconds, card.emergency_phone, why="这个风险点刚收到很多举报，暂时不能再提交")


def too_many(seconds: int, phone: str, *, why: str) -> TooMany:
    """The refusal of a report that comes too soon, and what to do in danger instead."""
    minutes = ceil(seconds / 60)
    call = f"，并拨打应急电话 {phone}" if phone else "，并拨打 119 或 120"
    return TooMany(
        f"{why}，请 {minutes} 分钟后再试；写好的内容可先抄下。有危险请不要等：立即撤离，告诉现场负责人{call}。",
        facts={"retry_after": seconds},
    )


def _same(report: PublicReport, point_id: UUID | None, receipt_hash: str, description: str, photos: list[Any]) -> bool:
    """Whether what is kept is what came again, whatever of its photos has arrived since."""
    kept = [{**photo, "sha256": ""} for photo in report.photos]
    return (report.point_id, report.receipt_hash, report.description, kept) == (
        point_id, receipt_hash, description, photos,
    )  # fmt: skip


def _tell_handlers(actor: Actor, report: PublicReport, card: PostedCard) -> None:
    """Tell those who may decide. What was reported is left out: messages also leave by channels that others read."""
    roles = [role for role, rights in RIGHTS.items() if HANDLE in rights]
    handlers = session().scalars(
        select(User.id).where(User.enterprise_id == actor.enterprise, User.role.in_(roles), User.disabled_at.is_(None))
    )
    tell(
        actor, list(handlers), kind="public_report.received", key=f"public_report:{report.id}",
        title=f"收到一条举报：{card.code} {card.name}"[:200],
        text="有人扫码上报了隐患，请尽快核实：属实的受理，不受理的写明理由，举报人凭回执码可以看到。",
        subject_kind="public_report", subject_id=report.id,
    )  # fmt: skip


def _arrived(report: PublicReport) -> dict[str, int]:
    return {"named": len(report.photos), "arrived": sum(bool(photo["sha256"]) for photo in report.photos)}
