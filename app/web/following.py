"""How a report without an account is followed: the code is typed in, and the page says how far it has come."""

from flask import Response

from app.core.clock import local_text
from app.core.errors import NotFound, Refusal, TooMany
from app.public_reports.models import Verdict
from app.public_reports.service import status
from app.public_reports.visiting import with_receipt
from app.rewards.service import of_report
from app.web.forms import read_form
from app.web.pages import Refilled, page

NEXT = {
    Verdict.QUARANTINED: "安全管理员还没有核实。请过一两天再来查看。",
    Verdict.ADMITTED: "已作为隐患受理，由企业定级、整改、验收。",
    Verdict.DISCARDED: "企业核实后没有受理，理由见下。不同意的，可以向当地应急管理部门举报（12350）。",
}


def form_page(*, typed: str = "", refusal: Refusal | None = None) -> Response:
    """Where the code is typed in; a wrong one stays to be corrected."""
    return page("report_status.html", status=refusal.status if refusal else 200, typed=typed, refusal=refusal)


def followed_page() -> Response:
    """How far the report of the code in this request's form has come. Raises Refilled for a wrong code."""
    typed = read_form().get("receipt", "").strip()[:60]
    try:
        report = with_receipt(typed)
    except (NotFound, TooMany) as refusal:
        raise Refilled(refusal, form_page(typed=typed, refusal=refusal)) from None
    found = status(typed)
    return page(
        "report_followed.html",
        found=found,
        rewards=of_report(report),
        says=NEXT[found["verdict"]],
        local_text=local_text,
    )
