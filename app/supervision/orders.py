"""责令限期整改指令书: what a government inspection found, each a hidden hazard with a deadline, and its fate.

An item can be brought by the enterprise only to 待复查; the recheck of its order closes it (see rechecks).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from app.accounts.models import User
from app.accounts.policy import Role
from app.core import events, once
from app.core.actor import Actor
from app.core.canonical import as_json
from app.core.clock import LOCAL, local_text, now, today
from app.core.db import session
from app.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, invalid_field
from app.enterprises.models import Enterprise, Office
from app.enterprises.scope import within
from app.hidden_hazards import major
from app.hidden_hazards import service as hidden_hazards
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.proof import record, row_of
from app.hidden_hazards.terms import OPEN, Channel, Source, State
from app.messages.service import tell
from app.risks.points import get_point
from app.supervision.counting import in_region
from app.supervision.models import OrderItem, Recheck, RecheckItem, RectificationOrder

Items = Sequence[dict[str, Any]]
MOST_DAYS_TO_SERVE = 30  # from the inspection to the serving of its order


def issue(
    actor: Actor,
    order_id: UUID,
    *,
    number: str,
    inspected_on: date,
    served_on: date,
    items: Items,
    client_at: datetime | None,
    **paper: Any,
) -> RectificationOrder:
    """Issue an order: every item becomes a hidden hazard of the enterprise, due by its own deadline.

    Raises Invalid for days and deadlines out of order, Conflict for a number or an id that was used before.
    """
    if actor.office_id is None:
        raise Forbidden("只有监管部门可以发出责令限期整改指令书。")
    _check_days(inspected_on, served_on, items)
    _check_new(actor, number, [item["id"] for item in items])
    order = RectificationOrder(
        enterprise_id=actor.enterprise,
        id=order_id,
        number=number,
        office_id=actor.office_id,
        inspected_on=inspected_on,
        served_on=served_on,
        issued_by=actor.id,
        issued_at=now(),
        **paper,
    )
    session().add(order)
    session().flush()
    for place, item in enumerate(items):
        _order_item(actor, order, place, client_at=client_at, **item)
    once.reserve(actor, [item["id"] for item in items], kind="hidden_hazard")
    _record(actor, order, items, client_at=client_at)
    _tell(actor, order, items)
    return order


def list_orders(
    actor: Actor,
    *,
    enterprise: UUID | None = None,
    region_code: str = "",
    trade: str = "",
    open: bool = False,
) -> Select[Any]:
    """The orders of every enterprise the actor may see, newest first; those with an item not closed if asked."""
    held = within(actor, select(Enterprise.id))
    if region_code:
        held = held.where(in_region(Enterprise.region_code, region_code))
    if trade:
        held = held.where(Enterprise.trade == trade)
    if enterprise:
        held = held.where(Enterprise.id == enterprise)
    statement = select(RectificationOrder).where(RectificationOrder.enterprise_id.in_(held))
    if open:
        still = _items().where(
            OrderItem.enterprise_id == RectificationOrder.enterprise_id,
            OrderItem.order_id == RectificationOrder.id,
            HiddenHazard.state.in_(OPEN),
        )
        statement = statement.where(still.correlate(RectificationOrder).exists())
    return statement.order_by(RectificationOrder.issued_at.desc(), RectificationOrder.id.desc())


def get_order(actor: Actor, order_id: UUID) -> RectificationOrder:
    """An order of the enterprise, else NotFound."""
    order = session().get(RectificationOrder, (actor.enterprise, order_id))
    if order is None:
        raise NotFound
    return order


def shown(orders: Sequence[RectificationOrder]) -> list[dict[str, Any]]:
    """Orders with their enterprise, office and items as they stand: three queries however many there are."""
    keys = [(order.enterprise_id, order.id) for order in orders]
    items: dict[tuple[UUID, UUID], list[dict[str, Any]]] = defaultdict(list)
    rows = session().execute(
        _items().where(tuple_(OrderItem.enterprise_id, OrderItem.order_id).in_(keys)).order_by(OrderItem.place)
    )
    for item, hazard in rows:
        items[item.enterprise_id, item.order_id].append(
            {"item": item, "hazard": hazard, "state_label": state_label(hazard), **waiting(hazard)}
        )
    enterprises = _by_id(Enterprise, {order.enterprise_id for order in orders})
    offices = _by_id(Office, {order.office_id for order in orders})
    return [
        {
            "order": order,
            "enterprise": enterprises[order.enterprise_id],
            "office": offices[order.office_id],
            "items": (mine := items[order.enterprise_id, order.id]),
            "item_count": len(mine),
            "waiting_count": sum(one["requested_at"] is not None for one in mine),
            "closed_count": sum(one["hazard"].state is State.CLOSED for one in mine),
        }
        for order in orders
    ]


def shown_in_full(order: RectificationOrder) -> dict[str, Any]:
    """One order with its items and every recheck of it."""
    rechecks = session().scalars(
        select(Recheck)
        .where(Recheck.enterprise_id == order.enterprise_id, Recheck.order_id == order.id)
        .order_by(Recheck.issued_at, Recheck.id)
    )
    return {**shown([order])[0], "rechecks": with_results(rechecks.all())}


def with_results(rechecks: Sequence[Recheck]) -> list[dict[str, Any]]:
    """Rechecks with the result of each item: one query."""
    keys = [(recheck.enterprise_id, recheck.id) for recheck in rechecks]
    results: dict[UUID, list[RecheckItem]] = defaultdict(list)
    for result in session().scalars(
        select(RecheckItem)
        .where(tuple_(RecheckItem.enterprise_id, RecheckItem.recheck_id).in_(keys))
        .order_by(RecheckItem.hazard_id)
    ):
        results[result.recheck_id].append(result)
    return [{"recheck": recheck, "items": results[recheck.id]} for recheck in rechecks]


def state_label(hazard: HiddenHazard) -> str:
    """What a government finding's state is called: submitted, it waits for the recheck, not for acceptance."""
    waits = hazard.state is State.PENDING_ACCEPTANCE and hazard.source is Source.GOVERNMENT
    return "待复查" if waits else hazard.state.label


def waiting(hazard: HiddenHazard) -> dict[str, Any]:
    """Since when a government finding waits for its recheck, and by which day that is due."""
    if hazard.state is not State.PENDING_ACCEPTANCE or hazard.submitted_at is None:
        return {"requested_at": None, "recheck_due_on": None, "recheck_late": False}
    requested = hazard.submitted_at.astimezone(LOCAL).date()
    due_on = requested + timedelta(days=major.times("recheck")["within_days"])
    return {"requested_at": hazard.submitted_at, "recheck_due_on": due_on, "recheck_late": today() > due_on}


def _items() -> Select[OrderItem, HiddenHazard]:
    return select(OrderItem, HiddenHazard).join(
        HiddenHazard,
        (HiddenHazard.enterprise_id == OrderItem.enterprise_id) & (HiddenHazard.id == OrderItem.hazard_id),
    )


def _by_id(model: Any, ids: Collection[UUID]) -> dict[UUID, Any]:
    return {one.id: one for one in session().scalars(select(model).where(model.id.in_(ids)))}


def _check_days(inspected_on: date, served_on: date, items: Items) -> None:
    if inspected_on > today():
        raise invalid_field("/inspected_on", "检查日期不能晚于今天。")
    if not inspected_on <= served_on <= today():
        raise invalid_field("/served_on", "送达日期应在检查之日到今天之间。")
    if served_on - inspected_on > timedelta(days=MOST_DAYS_TO_SERVE):
        raise invalid_field("/inspected_on", f"检查日期不能早于送达日期 {MOST_DAYS_TO_SERVE} 天以上，请核对。")
    past = [
        FieldError(f"/items/{place}/deadline_at", "责令改正的期限应晚于现在。")
        for place, item in enumerate(items)
        if item["deadline_at"] <= now()
    ]
    if past:
        raise Invalid("责令改正的期限不能已过，请按 errors 改正。", errors=past)


def _check_new(actor: Actor, number: str, ids: list[UUID]) -> None:
    """Raise Conflict for a number or ids the enterprise has already; its ledger is locked, so nobody adds them now."""
    numbered = select(RectificationOrder.id).where(
        RectificationOrder.enterprise_id == actor.enterprise, RectificationOrder.number == number
    )
    if session().scalar(numbered):
        raise Conflict(f"对该企业已有文号为“{number}”的指令书，请核对文号。", code="number_taken")
    used = select(once.Action.id).where(once.Action.enterprise_id == actor.enterprise, once.Action.id.in_(ids))
    if session().scalars(used).first():
        raise Conflict("有一项的编号（id）已用于另一项内容，请为它生成新的编号后再提交。", code="id_reused")


def _order_item(
    actor: Actor,
    order: RectificationOrder,
    place_in_order: int,
    *,
    client_at: datetime | None,
    id: UUID,
    clause: str,
    deadline_at: datetime,
    **finding: Any,
) -> None:
    """One finding of the order; the deadline it sets stands from the first day, before anything is assigned."""
    if finding.get("point_id"):
        get_point(actor, finding["point_id"], field=f"/items/{place_in_order}/risk_point_id")
    hazard = hidden_hazards.report(
        actor, id, source=Source.GOVERNMENT, channel=Channel.ENFORCEMENT, client_at=client_at,
        origin=f"rectification_order:{order.id}", **finding,
    )  # fmt: skip
    before = row_of(hazard)
    hazard.ordered = True
    hazard.deadline_at = hazard.original_deadline_at = deadline_at
    session().flush()
    session().add(
        OrderItem(
            enterprise_id=actor.enterprise, order_id=order.id, place=place_in_order, hazard_id=id, clause=clause,
            deadline_at=deadline_at,
        )
    )  # fmt: skip
    data = {
        "order_id": str(order.id),
        "number": order.number,
        "clause": clause,
        "deadline_at": deadline_at.isoformat(),
    }
    record(actor, hazard, "hidden_hazard.ordered", before=before, data=data)


def _record(actor: Actor, order: RectificationOrder, items: Items, *, client_at: datetime | None) -> None:
    data = {
        "number": order.number,
        "place": order.place,
        "inspected_on": order.inspected_on.isoformat(),
        "served_on": order.served_on.isoformat(),
        "appeal": order.appeal,
        "items": [str(item["id"]) for item in items],
    }
    events.append(
        actor.enterprise, "rectification_order.issued", order.id, actor_id=actor.id, data=data, client_at=client_at,
        personal=signers(order),
    )  # fmt: skip


def signers(paper: RectificationOrder | Recheck) -> dict[str, str]:
    """Who signed a paper, as its event keeps them: committed to, so that the names can be erased one day."""
    return {"officers": as_json(paper.officers), "signed_by": paper.signed_by}


def _tell(actor: Actor, order: RectificationOrder, items: Items) -> None:
    """The enterprise's principal and safety managers learn of the order with the first of its deadlines."""
    people = session().scalars(
        select(User.id).where(
            User.enterprise_id == actor.enterprise,
            User.role.in_((Role.PRINCIPAL, Role.SAFETY_MANAGER)),
            User.disabled_at.is_(None),
        )
    )
    first = min(item["deadline_at"] for item in items)
    tell(
        actor,
        people.all(),
        kind="rectification_order.issued",
        key=f"order:{order.id}",
        title=f"收到责令限期整改指令书 {order.number}：{len(items)} 项",
        text=f"检查地点 {order.place}；最早的期限 {local_text(first)}。请逐项定级、指派，按期提交整改、请求复查。",
        subject_kind="rectification_order",
        subject_id=order.id,
    )
