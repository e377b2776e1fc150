"""整改复查: what waits for it, and the paper that passes or fails items of an order, all of them or none."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from app.core import events
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Conflict, FieldError, Invalid, invalid_field
from app.enterprises.models import Enterprise
from app.enterprises.scope import within
from app.hidden_hazards import moves
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Source, State
from app.supervision.counting import in_region
from app.supervision.models import OrderItem, Recheck, RecheckItem, RectificationOrder
from app.supervision.orders import get_order, signers, waiting

Items = Sequence[dict[str, Any]]


def recheck(
    actor: Actor,
    order_id: UUID,
    recheck_id: UUID,
    *,
    number: str,
    rechecked_on: date,
    items: Items,
    client_at: datetime | None,
    **paper: Any,
) -> Recheck:
    """Recheck items of an order: each passes or goes back to rectification. All of them or none.

    Raises Invalid for an item that is not the order's, Conflict for one that does not wait for a recheck or a number
    that was used before.
    """
    order = get_order(actor, order_id)
    if not order.served_on <= rechecked_on <= today():
        raise invalid_field("/rechecked_on", "复查日期应在送达之日到今天之间。")
    _check_items(order, items)
    numbered = select(Recheck.id).where(Recheck.enterprise_id == actor.enterprise, Recheck.number == number)
    if session().scalar(numbered):
        raise Conflict(f"对该企业已有文号为“{number}”的复查意见书，请核对文号。", code="number_taken")
    made = Recheck(
        enterprise_id=actor.enterprise, id=recheck_id, order_id=order_id, number=number, rechecked_on=rechecked_on,
        issued_by=actor.id, issued_at=now(), **paper,
    )  # fmt: skip
    session().add(made)
    session().flush()
    for item in items:
        _settle(actor, recheck_id, client_at=client_at, **item)
    data = {
        "order_id": str(order_id),
        "number": number,
        "rechecked_on": rechecked_on.isoformat(),
        "items": [{"hazard_id": str(item["hazard_id"]), "passed": item["passed"]} for item in items],
    }
    events.append(
        actor.enterprise, "rectification_order.rechecked", order_id, actor_id=actor.id, data=data, client_at=client_at,
        personal=signers(made),
    )  # fmt: skip
    return made


def list_waiting(
    actor: Actor, *, enterprise: UUID | None = None, region_code: str = "", trade: str = ""
) -> Select[Any]:
    """The government findings that wait for a recheck, those waiting longest first: so the late ones come first."""
    statement = select(HiddenHazard).where(
        HiddenHazard.enterprise_id.in_(within(actor, select(Enterprise.id))),
        HiddenHazard.source == Source.GOVERNMENT,
        HiddenHazard.state == State.PENDING_ACCEPTANCE,
    )
    if enterprise:
        statement = statement.where(HiddenHazard.enterprise_id == enterprise)
    if region_code:
        statement = statement.where(in_region(HiddenHazard.region_code, region_code))
    if trade:
        statement = statement.where(HiddenHazard.trade == trade)
    return statement.order_by(HiddenHazard.submitted_at, HiddenHazard.enterprise_id, HiddenHazard.id)


def with_orders(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hidden hazards with their enterprises, each with its order and when its recheck is due: one query."""
    keys = [(row["hazard"].enterprise_id, row["hazard"].id) for row in rows]
    orders = {
        (row.enterprise_id, row.hazard_id): (row.order_id, row.number)
        for row in session().execute(
            select(OrderItem.enterprise_id, OrderItem.hazard_id, OrderItem.order_id, RectificationOrder.number)
            .join(
                RectificationOrder,
                (RectificationOrder.enterprise_id == OrderItem.enterprise_id)
                & (RectificationOrder.id == OrderItem.order_id),
            )
            .where(tuple_(OrderItem.enterprise_id, OrderItem.hazard_id).in_(keys))
        )
    }
    found = []
    for row, key in zip(rows, keys, strict=True):
        order_id, number = orders.get(key, (None, None))
        found.append({**row, **waiting(row["hazard"]), "order_id": order_id, "order_number": number})
    return found


def _check_items(order: RectificationOrder, items: Items) -> None:
    held = set(
        session().scalars(
            select(OrderItem.hazard_id).where(
                OrderItem.enterprise_id == order.enterprise_id, OrderItem.order_id == order.id
            )
        )
    )
    foreign = [
        FieldError(f"/items/{place}/hazard_id", "不是这份指令书的一项，请核对。")
        for place, item in enumerate(items)
        if item["hazard_id"] not in held
    ]
    if foreign:
        raise Invalid("复查的各项应属于这份指令书，请按 errors 改正。", errors=foreign)


def _settle(
    actor: Actor,
    recheck_id: UUID,
    *,
    client_at: datetime | None,
    hazard_id: UUID,
    version: int,
    passed: bool,
    opinion: str,
    photos: list[dict[str, Any]],
) -> None:
    action, said = (Action.PASS_RECHECK, "opinion") if passed else (Action.FAIL_RECHECK, "reason")
    moves.move(
        actor, hazard_id, action=action, version=version, client_at=client_at,
        facts={said: opinion, "photos": photos}, recheck_id=recheck_id,
    )  # fmt: skip
    session().add(
        RecheckItem(
            enterprise_id=actor.enterprise, recheck_id=recheck_id, hazard_id=hazard_id, passed=passed, opinion=opinion
        )
    )
