"""Where prints are ordered, fetched, listed and checked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.accounts.service import names_of
from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, PUBLIC, File, Routes
from app.core.errors import TooMany
from app.core.installation import settings
from app.core.jobs import Job, JobState
from app.core.pace import seconds_to_wait
from app.core.paging import page_of
from app.printing import orders, prints
from app.printing import schemas as wire
from app.printing.catalogue import CATALOGUE, Format
from app.printing.map_orders import screen_map
from app.printing.models import PrintOrder
from app.printing.prints import Checked, Judged

routes = Routes("printing")
MEDIA_TYPES = tuple(form.media_type for form in Format)


@routes.act(
    "/print-orders",
    "print:make",
    body=wire.PrintOrderIn,
    answer=wire.PrintOrderOut,
    status=202,
    once=True,
    refuses=(409,),
)
def order(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """下单打印：告知卡、应急卡、公告栏、四色图、台账、标签等；排队制作，进度见 GET /print-orders/{order_id}。

    同一编号重发不会重复打印。服务中断后自动重做。文件保留 30 天。没有二维码的风险点会先签发。
    """
    return _shown(*orders.own_order(actor, orders.order(actor, **body).id))


@routes.read("/print-orders", "print:make", answer=wire.PrintOrderOut, paged=True)
def list_orders(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """我下的打印单，最新的在前。"""
    page = page_of(orders.own_orders(actor), **paging)
    jobs = orders.jobs_of(actor, page["items"])
    return {**page, "items": [_shown(one, jobs[one.job_id]) for one in page["items"]]}


@routes.read("/print-orders/<uuid:print_order_id>", "print:make", answer=wire.PrintOrderOut)
def show_order(actor: Actor, print_order_id: UUID) -> dict[str, Any]:
    """一份打印单的进度和提醒；只有下单的人能看。"""
    return _shown(*orders.own_order(actor, print_order_id))


@routes.read("/print-orders/<uuid:print_order_id>/file", "print:make", media_type=MEDIA_TYPES, refuses=(409,))
def fetch(actor: Actor, print_order_id: UUID) -> File:
    """下载打好的文件；还没打好时回答 409，稍后再取。"""
    content, made = orders.file_of(actor, print_order_id)
    form = Format(made.format)
    return File(content, form.media_type, made.file_name, attachment=form is not Format.PDF)


@routes.act("/print-orders/<uuid:print_order_id>/cancellation", "print:make", answer=wire.PrintOrderOut, refuses=(409,))
def cancel(actor: Actor, print_order_id: UUID) -> dict[str, Any]:
    """取消还没打好的打印单；正在打的打到下一份时停下，什么都不留下。"""
    return _shown(*orders.cancel(actor, print_order_id))


@routes.read("/prints", "print:make", query=wire.PrintQuery, answer=wire.PrintOut, paged=True)
def list_prints(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """打印过的文书，最新的在前，并说明是否现行；部门（班组）负责人得到自己打印的。"""
    page = page_of(prints.list_prints(actor, **query), **paging)
    return {**page, "items": _told(prints.judge(actor, page["items"]))}


@routes.read("/outdated-prints", "print:make", query=wire.OutdatedQuery, answer=wire.OutdatedPrintsOut)
def list_outdated(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """墙上已经过期的：最近一次打印后内容有变动或已停用的文书，按名称排列；重印用 POST /print-orders 的 outdated。"""
    items = _told(prints.outdated(actor, CATALOGUE[query["kind"]]))
    return {"items": items, "total": len(items)}


@routes.read("/floor-plans/<uuid:plan_id>/map.svg", "point:see", query=wire.MapQuery, media_type="image/svg+xml")
def show_map(actor: Actor, plan_id: UUID, query: dict[str, Any]) -> File:
    """屏幕上看的安全风险四色分布图（SVG）：没有版本和查验码；张贴请下单打印。"""
    return File(screen_map(actor, plan_id, query["level"]), "image/svg+xml", "four-colour-map.svg")


@routes.read("/print-check/<token>", PUBLIC, within=ANYWHERE, answer=wire.PrintCheckOut, refuses=(404, 429))
def check(token: str) -> Checked:
    """查验一张打印件是否现行：纸上查验码所指的记录。不需要登录，也不多说一句。"""
    return checked(token)


def checked(token: str) -> Checked:
    """A check by anyone, not too many from one address. Raises TooMany, NotFound."""
    wait = seconds_to_wait("print-check", most=settings().public_checks)
    if wait:
        raise TooMany("查验过于频繁，请稍后再试。", facts={"retry_after": wait})
    return prints.check(token)


def _shown(made: PrintOrder, job: Job) -> dict[str, Any]:
    # What is made is made, even before the job has noted its own end.
    done = (JobState.DONE, JobState.DONE.label, 100)
    state, step, percent = done if made.made_at else (job.state, job.step, job.percent)
    return {
        "id": made.id, "kind": made.kind, "format": made.format, "documents": made.documents, "state": state,
        "step": step, "percent": percent, "refusal": job.refusal, "warnings": made.warnings,
        "file_name": made.file_name, "bytes": made.bytes, "sha256": made.sha256, "created_at": made.created_at,
        "made_at": made.made_at, "expires_at": made.expires_at,
    }  # fmt: skip


def _told(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    names = names_of({one.print.printed_by for one in judged})
    return [
        {
            "id": one.print.id, "order_id": one.print.order_id, "kind": one.print.kind, "subject": one.print.subject,
            "title": one.print.title, "version": one.print.version,
            "check_code": prints.check_code(one.print.token), "printed_at": one.print.printed_at,
            "printed_by": names.get(one.print.printed_by, ""), "standing": one.standing, "since": one.since,
        }
        for one in judged
    ]  # fmt: skip
