"""Imports: a workbook is checked as a job that writes nothing, and applied as another; exports are made at once.

Both jobs are the import's: what is shown under its id is the one it has come to.
"""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import today
from app.core.db import session
from app.core.errors import Conflict
from app.core.jobs import Job, JobState, ask_for, own_job
from app.enterprises.service import own_enterprise
from app.exchange.exporting import choices, ledger_rows
from app.exchange.judging import usable_profile
from app.exchange.uploads import kept
from app.exchange.workbook.template import template_workbook
from app.exchange.workbook.writing import ledger_workbook
from app.risks.zones import usable_zone

CHECK, APPLICATION = "risk-import", "risk-import-application"


def begin(actor: Actor, *, sha256: str, zone_id: UUID | None = None, profile: str | None = None) -> Job:
    """Ask for a workbook to be checked. Raises Invalid for a zone or a profile that cannot be used."""
    if zone_id:
        usable_zone(actor, zone_id, field="/zone_id")
    if profile:
        usable_profile(actor, profile)
    asked = {"sha256": sha256, "zone_id": str(zone_id) if zone_id else None, "profile": profile}
    return ask_for(actor, CHECK, asked)


def begin_application(actor: Actor, import_id: UUID) -> Job:
    """Ask for a checked import to be written. Raises Conflict while it has problems, or when it was applied already."""
    job = own_job(actor, import_id, kind=CHECK)
    if job.state is not JobState.DONE or job.found is None:
        raise Conflict("这次导入还没有核对完成，或没有读成；核对完成后再导入。", code="not_checked")
    if job.found["counts"]["problems"]:
        raise Conflict("工作簿还有问题，没有导入任何内容；请按标出的位置改正后重新上传。", code="has_problems")
    application = _application(actor, job)
    if application and application.state is not JobState.FAILED:
        done = application.state is JobState.DONE
        raise Conflict("这次导入已经完成。" if done else "正在导入，请等待完成。", code="already_applied")
    asked = {**job.asked, "import_id": str(import_id)}
    job.found = {**job.found, "application_id": str(ask_for(actor, APPLICATION, asked).id)}
    return job


def show(actor: Actor, import_id: UUID) -> dict[str, Any]:
    """How far an import has come and what was found: that of the check, and of its application once there is one."""
    job = own_job(actor, import_id, kind=CHECK)
    found = job.found or {}
    application = _application(actor, job)
    stage = application or job
    return {
        "id": job.id,
        "stage": "application" if application else "check",
        "state": stage.state,
        "state_label": stage.state.label,
        "step": stage.step,
        "percent": stage.percent,
        "refusal": stage.refusal,
        "applied": bool(application and application.state is JobState.DONE),
        "layout": found.get("layout"),
        "counts": (application.found or found if application else found).get("counts"),
        "problems": found.get("problems", []),
        "advice": found.get("advice", []),
        "ignored": found.get("ignored", []),
        "preview": found.get("preview", []),
        "created_at": job.created_at,
        "finished_at": stage.finished_at,
    }


def workbook_of(actor: Actor, import_id: UUID) -> bytes:
    """The workbook as it came in, its problems marked where there are any. Raises Conflict before it is checked."""
    job = own_job(actor, import_id, kind=CHECK)
    if job.found is None:
        raise Conflict("这次导入还没有核对完成，或没有读成；核对完成后再下载。", code="not_checked")
    return kept(actor, job.found["marked"] or job.asked["sha256"])


def _application(actor: Actor, job: Job) -> Job | None:
    application_id = (job.found or {}).get("application_id")
    return session().get(Job, (actor.enterprise, UUID(application_id))) if application_id else None


def template(actor: Actor, *, layout: str) -> bytes:
    """An empty ledger to be filled in, with the enterprise's own units, people and zones to choose from."""
    name = own_enterprise(actor).name
    return template_workbook(layout=layout, enterprise=name, choices=choices(actor, layout=layout))


def ledger(actor: Actor, *, layout: str, **filters: Any) -> bytes:
    """The risk ledger of the points a filter chooses, as it can be imported again."""
    rows = ledger_rows(actor, layout=layout, **filters)
    return ledger_workbook(rows, layout=layout, enterprise=own_enterprise(actor).name, shown_on=today())
