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
from app.core.errors import Invalid
from app.core.ids import new_id
from app.core.jobs import JobState
from app.core.paging import page_of
from app.printing import orders, prints
from app.printing.catalogue import CATALOGUE, Format
from app.printing.models import PrintKind
from app.printing.prints import Standing
from app.printing.schemas import MAP_LEVELS, PrintOrderIn
from app.risks.zones import list_zones
from app.web.forms import from_our_page, read_form, whole
from app.web.pages import onward, page
from qr import STOCKS
from risk_models import RiskLevel

RECENT = 10
NAMES = {
    "start": "从第几格开始", "copies": "每个几份", "offset_x": "向右校正", "offset_y": "向下校正", "kind": "种类",
    "format": "格式", "level": "等级", "zone_id": "分区", "paper": "纸张", "stock": "标签纸", "map_level": "四色图等级",
}  # fmt: skip
NUMBERS = ("start", "copies")
CHOICES = (
    "kind", "format", "zone_id", "level", "paper", "landscape", "map_level", "stock", "offset_x", "offset_y", *NUMBERS,
)  # fmt: skip


@dataclass(frozen=True)
class Outdated:
    """The prints of one kind that hang and hold no more: which to print again, and which to take down."""

    kind: PrintKind
    again: list[str]  # by title
    down: list[str]


def shop_page(actor: Actor) -> Response:
    """The page: what is out of date, what can be ordered, and my own orders."""
    zones = page_of(list_zones(actor), page=1, page_size=300)["items"]
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
        kinds=[kind for kind in CATALOGUE.values() if kind.offered and actor.may(kind.permission)],
        formats=list(Format),
        map_levels=MAP_LEVELS,
        stocks=STOCKS,
        zones=zones,
        chosen=lambda asked: _chosen(asked, {str(zone.id): zone.name for zone in zones}),
        levels=list(RiskLevel),
        orders=shown,
        refresh=3 if waiting else 0,
        local_text=local_text,
    )


def submitted(**_: Any) -> dict[str, Any]:
    """The order of this request's form, as the API reads it. Raises Invalid."""
    form = read_form()
    from_our_page(form)
    given: dict[str, Any] = {name: form[name] for name in ("id", "outdated", *CHOICES) if form.get(name)}
    given |= {name: whole(given[name]) for name in NUMBERS if name in given}
    given |= dict.fromkeys(given.keys() & {"outdated", "landscape"}, True)
    kind = next((kind for kind in PrintKind if kind == form.get("kind")), None)
    takes = CATALOGUE[kind].takes if kind else frozenset[str]()
    # One form serves every kind: what the chosen kind does not know was left over from another choice.
    known = takes | {"id", "kind", "format", "outdated"}
    try:
        return {"body": load(PrintOrderIn(), {name: value for name, value in given.items() if name in known})}
    except Invalid as refusal:
        wrong = "；".join(f"{NAMES.get(error.pointer[1:], '选项')}：{error.detail}" for error in refusal.errors)
        raise Invalid(f"没有下单。{wrong} 请返回改正。") from None


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
    """What hangs and holds no more; an office hangs nothing."""
    found = []
    for kind in CATALOGUE.values():
        if kind.hung and not actor.is_of_office and actor.may(kind.permission):
            old = prints.outdated(actor, kind)
            again, down = (
                [one.print.title for one in old if (one.standing is Standing.WITHDRAWN) == gone]
                for gone in (False, True)
            )
            if again or down:
                found.append(Outdated(kind.kind, again, down))
    return found


def _chosen(asked: dict[str, Any], zones: dict[str, str]) -> str:
    """What an order asked for, in a few words."""
    said = [zones.get(asked.get("zone_id", ""), ""), RiskLevel(asked["level"]).label if asked.get("level") else ""]
    said += [str(asked[name]).upper() for name in ("paper", "stock") if asked.get(name)]
    said += ["横向"] if asked.get("landscape") else []
    return "，".join(filter(None, said))
