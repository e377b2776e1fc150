"""The print shop as a page: choose what to print, see how far it has come, fetch it, and what on the wall is old.

It works without a script: while something is being made the page asks for itself again.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response

from app.accounts import tokens
from app.core.actor import Actor
from app.core.clock import local_text
from app.core.endpoint import load
from app.core.ids import new_id
from app.core.jobs import JobState
from app.core.paging import page_of
from app.printing import orders, prints
from app.printing.catalogue import CATALOGUE
from app.printing.models import PrintKind
from app.printing.schemas import PrintOrderIn
from app.risks.zones import list_zones
from app.web.forms import from_our_page, read_form
from app.web.pages import onward, page
from qr import STOCKS
from risk_models import RiskLevel

RECENT = 10
CHOICES = ("kind", "format", "zone_id", "level", "paper", "stock", "start", "copies", "year")
OFFERED = (
    PrintKind.LABELS, PrintKind.WARNING_CARD, PrintKind.EMERGENCY_CARD, PrintKind.POST_CARDS, PrintKind.NOTICE_BOARD,
    PrintKind.FOUR_COLOUR_MAP, PrintKind.RISK_LEDGER, PrintKind.CHECK_LEDGER, PrintKind.HAZARD_LEDGER,
    PrintKind.YEARLY_PLAN,
)  # fmt: skip
COMPARED = (PrintKind.WARNING_CARD, PrintKind.EMERGENCY_CARD, PrintKind.POST_CARDS, PrintKind.NOTICE_BOARD,
            PrintKind.FOUR_COLOUR_MAP)  # fmt: skip


@dataclass(frozen=True)
class Outdated:
    """How many prints of one kind are out of date, and the first of them by name."""

    kind: PrintKind
    total: int
    titles: list[str]


def shop_page(actor: Actor) -> Response:
    """The page: what is out of date, what can be ordered, and my own orders."""
    recent = page_of(orders.own_orders(actor), page=1, page_size=RECENT)["items"]
    jobs = orders.jobs_of(actor, recent)
    shown = [(one, jobs[one.job_id]) for one in recent]
    waiting = any(not one.made_at and job.state in (JobState.WAITING, JobState.RUNNING) for one, job in shown)
    return page(
        "print_shop.html",
        actor=actor,
        csrf=tokens.presented(cookie=True).csrf,
        fresh_id=new_id,
        outdated=[] if waiting else _outdated(actor),  # to be asked for again in a moment
        kinds=[kind for kind in OFFERED if actor.may(CATALOGUE[kind].permission)],
        stocks=STOCKS,
        zones=page_of(list_zones(actor), page=1, page_size=300)["items"],
        levels=list(RiskLevel),
        orders=shown,
        refresh=3 if waiting else 0,
        local_text=local_text,
    )


def submitted(**_: Any) -> dict[str, Any]:
    """The order of this request's form, as the API reads it. Raises Invalid."""
    form = read_form()
    from_our_page(form)
    given = {name: form[name] for name in ("id", "outdated", *CHOICES) if form.get(name)}
    typed = {name: int(text) if name in ("start", "copies", "year") and text.isdecimal() else text
             for name, text in given.items()}  # fmt: skip
    if "outdated" in typed:
        typed["outdated"] = True
    kind = next((kind for kind in PrintKind if kind == form.get("kind")), None)
    takes = CATALOGUE[kind].takes if kind else frozenset[str]()
    # One form serves every kind: what the chosen kind does not know was left over from another choice.
    known = takes | {"id", "kind", "format", "outdated"}
    return {"body": load(PrintOrderIn(), {name: value for name, value in typed.items() if name in known})}


def ordered(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Take the order."""
    return {"id": str(orders.order(actor, **body).id)}


def confirmed(**_: Any) -> dict[str, Any]:
    """Nothing but that the form is ours. Raises Forbidden."""
    from_our_page(read_form())
    return {}


def cancelled(actor: Actor, order_id: UUID) -> Response:
    """Stop an order and go back to the shop."""
    orders.cancel(actor, order_id)
    return onward("/print-shop")


def back(_: dict[str, Any]) -> Response:
    """Back to the shop, where the order is seen."""
    return onward("/print-shop")


def _outdated(actor: Actor) -> list[Outdated]:
    found = []
    for kind in COMPARED:
        if actor.may(CATALOGUE[kind].permission):
            old = prints.outdated(actor, CATALOGUE[kind])
            if old:
                found.append(Outdated(kind, len(old), [one.print.title for one in old[:3]]))
    return found
