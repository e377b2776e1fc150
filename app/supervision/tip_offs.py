"""What an office sees of the reports made without an account: how many each enterprise got, and what it did of them."""

from typing import Any

from sqlalchemy import Select, func, select

from app.core.actor import Actor
from app.core.db import session
from app.enterprises.models import Enterprise
from app.enterprises.scope import within
from app.public_reports.models import PublicReport, Verdict
from app.supervision.counting import in_region
from app.supervision.service import check_region


def list_enterprises(actor: Actor, *, region_code: str = "", trade: str = "") -> Select[Enterprise]:
    """The enterprises in the actor's scope that were reported to, by code."""
    check_region(actor, region_code)
    reported = select(PublicReport.id).where(PublicReport.enterprise_id == Enterprise.id).exists()
    statement = within(actor, select(Enterprise)).where(reported)
    if region_code:
        statement = statement.where(in_region(Enterprise.region_code, region_code))
    if trade:
        statement = statement.where(Enterprise.trade == trade)
    return statement.order_by(Enterprise.code, Enterprise.id)


def counted(enterprises: list[Enterprise]) -> list[dict[str, Any]]:
    """The enterprises with their counts and since when the oldest report waits: one query."""
    rows = session().execute(
        select(PublicReport.enterprise_id, PublicReport.verdict, func.count(), func.min(PublicReport.at))
        .where(PublicReport.enterprise_id.in_([enterprise.id for enterprise in enterprises]))
        .group_by(PublicReport.enterprise_id, PublicReport.verdict)
    )
    found = {(enterprise_id, verdict): (count, oldest) for enterprise_id, verdict, count, oldest in rows}
    shown = []
    for enterprise in enterprises:
        count = {verdict: found.get((enterprise.id, verdict), (0, None)) for verdict in Verdict}
        shown.append(
            {
                "enterprise": enterprise,
                "received": sum(number for number, _ in count.values()),
                "waiting": count[Verdict.QUARANTINED][0],
                "admitted": count[Verdict.ADMITTED][0],
                "discarded": count[Verdict.DISCARDED][0],
                "oldest_waiting_at": count[Verdict.QUARANTINED][1],
            }
        )
    return shown
