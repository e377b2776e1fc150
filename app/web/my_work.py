"""What waits for the person who is signed in: what to inspect, to rectify, to accept, and what they were told."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import ValidationError
from sqlalchemy import select

from app.accounts import tokens
from app.briefings import signing
from app.core.actor import Actor
from app.core.clock import local_text, now, today
from app.core.db import session
from app.core.errors import Malformed
from app.core.fields import Instant
from app.core.paging import page_of
from app.hidden_hazards.searching import Mine, list_hazards
from app.messages.service import inbox
from app.plans.listing import list_tasks
from app.plans.models import InspectionTask, TaskStop
from app.plans.terms import TaskState
from app.risks.models import RiskPoint
from app.web.forms import from_our_page, read_form
from app.web.pages import page

MOST = 20  # of each list: what is on a phone is for today
REPORTED_WITHIN = timedelta(days=30)
MOST_STOPS = 5  # of one task
MOST_MESSAGES = 20
MOST_TO_SIGN = 5  # signing one leads to the next


def work_page(actor: Actor) -> Response:
    """The page: late work first, each thing with the way to do it."""
    mine: dict[str, Any] = dict.fromkeys(("late", "open", "stops", "to_sign", "to_rectify", "to_accept", "reported"))
    if actor.home:
        late, due = (_first(list_tasks(actor, mine=True, state=state)) for state in (TaskState.LATE, TaskState.OPEN))
        mine = {
            "late": late,
            "open": due,
            "stops": _stops(actor, late["items"] + due["items"]),
            "to_sign": _to_sign(actor),
            "to_rectify": _first(list_hazards(actor, mine=Mine.RECTIFIER)),
            "to_accept": _first(list_hazards(actor, mine=Mine.ACCEPTOR)),
            "reported": _first(list_hazards(actor, mine=Mine.FINDER, found_from=today() - REPORTED_WITHIN)),
        }
    return page(
        "my.html",
        actor=actor,
        csrf=tokens.presented(cookie=True).csrf,
        messages=page_of(inbox(actor, unread=True), page=1, page_size=MOST_MESSAGES),
        seen_at=now().isoformat(),
        most_stops=MOST_STOPS,
        local_text=local_text,
        **mine,
    )


def messages_seen(**_: Any) -> dict[str, datetime]:
    """Until when the messages on the page were read, from its form."""
    form = read_form()
    from_our_page(form)
    try:
        return {"up_to": Instant().deserialize(form.get("seen_at", ""))}
    except ValidationError:
        raise Malformed("页面内容不完整，请返回重新打开。") from None


def _first(statement: Any) -> dict[str, Any]:
    return page_of(statement, page=1, page_size=MOST)


def _to_sign(actor: Actor) -> dict[str, Any]:
    """What waits for this person's signature: how much in all, and the newest by their points."""
    found = page_of(signing.mine(actor, waiting=True), page=1, page_size=MOST_TO_SIGN)
    by_point: dict[UUID, dict[str, Any]] = {}
    for row in signing.with_points(actor, found["items"]):
        at_point = by_point.setdefault(row["point"].id, {"point": row["point"], "briefings": []})
        at_point["briefings"].append(row["briefing"])
    return {**found, "points": list(by_point.values())}


def _stops(actor: Actor, tasks: Sequence[InspectionTask]) -> dict[UUID, list[dict[str, Any]]]:
    """What each task asks for, in its order, and whether it is done: one query for all of them."""
    rows = session().execute(
        select(TaskStop.task_id, TaskStop.point_id, TaskStop.done_at, RiskPoint.code, RiskPoint.name)
        .outerjoin(RiskPoint, (RiskPoint.enterprise_id == TaskStop.enterprise_id) & (RiskPoint.id == TaskStop.point_id))
        .where(TaskStop.enterprise_id == actor.enterprise, TaskStop.task_id.in_([task.id for task in tasks]))
        .order_by(TaskStop.place)
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.mappings():
        found[row["task_id"]].append(dict(row))
    return found
