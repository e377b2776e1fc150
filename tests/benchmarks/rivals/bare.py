"""The three endpoints with nothing between WSGI and PostgreSQL: SQL by hand, a connection a thread. The ceiling."""

import json
import os
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests.benchmarks.rivals import rules
from tests.benchmarks.rivals.rules import Refused

ADDRESS = os.environ["DUAL_DATABASE_URL"]
STATUS = {200: "200 OK", 201: "201 Created", 401: "401 Unauthorized", 403: "403 Forbidden", 404: "404 Not Found"}
POINT = (
    "id", "code", "name", "category", "zone_id", "unit_id", "responsible_id", "x", "y", "latitude",
    "longitude", "check_cycle", "emergency_steps", "inherent_level", "residual_level", "shown_level", "current_level",
    "status", "assessed_on", "reassess_by", "copied_from_id", "merged_into_id", "retired_at",
)  # fmt: skip
LEVELS = ("inherent_level", "residual_level", "shown_level", "current_level")
KNOWN = {
    "id", "half", "risk_point_id", "checklist_version", "task_id", "client_at", "started_at", "scan", "location",
    "items", "photos", "note",
}  # fmt: skip
INSPECTED = (
    "id", "point_id", "task_id", "checklist_version", "inspector_id", "client_at", "started_at", "received_at",
    "failed", "note",
)  # fmt: skip

ACTOR = """
SELECT users.id, users.role, users.enterprise_id, org_units.path, offices.region_code, offices.trades FROM users
JOIN sign_ins ON sign_ins.user_id = users.id
LEFT JOIN org_units ON org_units.enterprise_id = users.enterprise_id AND org_units.id = users.unit_id
LEFT JOIN offices ON offices.id = users.office_id
WHERE users.id = %s AND sign_ins.id = %s AND sign_ins.revoked_at IS NULL AND users.disabled_at IS NULL"""
LOCK = "SELECT seq, hash FROM ledgers WHERE enterprise_id = %s FOR UPDATE"
FIRST = "SELECT kind, actor_id, body_hash, answer FROM actions WHERE enterprise_id = %s AND id = %s"
CHECKLIST = """
SELECT checklists.id, checklists.items, tags.id, risk_points.retired_at FROM risk_points
LEFT JOIN checklists ON checklists.enterprise_id = risk_points.enterprise_id
    AND checklists.point_id = risk_points.id AND checklists.version = %s
LEFT JOIN tags ON tags.enterprise_id = risk_points.enterprise_id
    AND tags.point_id = risk_points.id AND tags.token = %s AND tags.revoked_at IS NULL
WHERE risk_points.enterprise_id = %s AND risk_points.id = %s"""
OPEN = """
SELECT stops.task_id, stops.place, tasks.plan_id, tasks.assignee_id, tasks.due_at, tasks.grace_until, (
    SELECT count(*) FROM task_stops AS others
    LEFT JOIN risk_points ON risk_points.enterprise_id = others.enterprise_id AND risk_points.id = others.point_id
    WHERE others.enterprise_id = tasks.enterprise_id AND others.task_id = tasks.id AND others.done_at IS NULL
        AND risk_points.retired_at IS NULL
) FROM task_stops AS stops
JOIN inspection_tasks AS tasks ON tasks.enterprise_id = stops.enterprise_id AND tasks.id = stops.task_id
JOIN inspection_plans AS plans ON plans.enterprise_id = tasks.enterprise_id AND plans.id = tasks.plan_id
WHERE stops.enterprise_id = %s AND stops.point_id = %s AND stops.done_at IS NULL AND tasks.done_at IS NULL
    AND tasks.excused_at IS NULL AND tasks.opens_at <= %s AND tasks.grace_until >= %s
    AND (tasks.assignee_id = %s OR plans.tier IN (%s, %s))
ORDER BY tasks.due_at, tasks.id, stops.place"""
INSPECTION = f"""
INSERT INTO inspections (enterprise_id, {", ".join(rules.OF_INSPECTION)})
VALUES (%s{", %s" * len(rules.OF_INSPECTION)})"""  # noqa: S608
ITEM = "(%s, %s, %s, %s, %s, %s, %s, %s)"
ITEMS = f"INSERT INTO inspection_items (enterprise_id, inspection_id, {', '.join(rules.OF_ITEM)})"
EVENT = """
INSERT INTO events (enterprise_id, seq, kind, subject_id, actor_id, at, client_at, data, commitments, algorithm, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
LEDGER = "UPDATE ledgers SET seq = %s, hash = %s WHERE enterprise_id = %s"
ACTION = """
INSERT INTO actions (enterprise_id, id, kind, actor_id, at, body_hash, answer) VALUES (%s, %s, %s, %s, %s, %s, %s)"""
POINTS = "FROM risk_points WHERE enterprise_id = %s AND retired_at IS NULL"
POINTS_PAGE = f"""
SELECT {", ".join(POINT)}, (SELECT count(*) {POINTS}) {POINTS} ORDER BY code, id LIMIT %s OFFSET %s"""
INSPECTIONS = "FROM inspections WHERE enterprise_id = %s"
INSPECTIONS_PAGE = f"""
SELECT {", ".join(INSPECTED)}, (SELECT count(*) {INSPECTIONS}) {INSPECTIONS}
ORDER BY received_at DESC, id DESC LIMIT %s OFFSET %s"""

_thread = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application."""
    try:
        status, answer = _answer(environ)
    except Refused as refused:
        status, answer = refused.status, {"errors": refused.errors}
    content = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=rules.plain).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start_response(STATUS.get(status, f"{status} Refused"), headers)
    return [content]


def _answer(environ: dict[str, Any]) -> tuple[int, Any]:
    connection = _connection()
    route = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if route == ("POST", "/api/v1/inspections"):
        actor_id, enterprise_id = _actor(connection, environ, "inspection:record")
        body = _checked(json.loads(environ["wsgi.input"].read(), parse_float=Decimal))
        with connection.transaction():
            return 201, _record(connection, actor_id, enterprise_id, body)
    if route == ("GET", "/api/v1/risk-points"):
        _, enterprise_id = _actor(connection, environ, "point:see")
        page = _page(connection, POINTS_PAGE, POINTS, enterprise_id, parse_qs(environ["QUERY_STRING"]))
        return 200, page | {"items": [_point(row) for row in page["items"]]}
    if route == ("GET", "/api/v1/inspections"):
        _, enterprise_id = _actor(connection, environ, "point:see")
        page = _page(connection, INSPECTIONS_PAGE, INSPECTIONS, enterprise_id, parse_qs(environ["QUERY_STRING"]))
        return 200, page | {"items": [_shown(dict(zip(INSPECTED, row, strict=True))) for row in page["items"]]}
    raise Refused(404)


def _connection() -> psycopg.Connection:
    if not hasattr(_thread, "connection"):
        _thread.connection = psycopg.connect(ADDRESS, autocommit=True)
    return _thread.connection


def _actor(connection: psycopg.Connection, environ: dict[str, Any], permission: str) -> tuple[UUID, UUID]:
    row = connection.execute(ACTOR, rules.claimed(environ.get("HTTP_AUTHORIZATION", ""))).fetchone()
    if row is None:
        raise Refused(401)
    if row[1] not in rules.MAY[permission] or row[2] is None:
        raise Refused(403)
    return row[0], row[2]


def _record(connection: psycopg.Connection, actor_id: UUID, enterprise_id: UUID, body: dict[str, Any]) -> Any:
    body_hash = rules.digest({"path": {}, "body": body})
    seq, last = connection.execute(LOCK, (enterprise_id,)).fetchone() or (0, "")
    first = connection.execute(FIRST, (enterprise_id, body["id"])).fetchone()
    if first:
        if first[:3] != (rules.KIND, actor_id, body_hash):
            raise Refused(409, id="used before")
        return first[3]
    token = body["scan"]["token"] if body["scan"] else None
    named = (body["checklist_version"], token, enterprise_id, body["point_id"])
    found = connection.execute(CHECKLIST, named).fetchone()
    if found is None or found[0] is None:
        raise Refused(422, risk_point_id="no such point or version")
    if found[3]:
        raise Refused(409, risk_point_id="retired")
    results = rules.judged(found[1], body["items"])
    moment = datetime.now(UTC)
    asked = (enterprise_id, body["point_id"], moment, moment, actor_id, *rules.ANYONES)
    if connection.execute(OPEN, asked).fetchall():
        raise Refused(501, task_id="a task done is not measured here")
    inspection = rules.inspected(
        body, checklist_id=found[0], tag_id=found[2], inspector_id=actor_id, received_at=moment
    )  # fmt: skip
    event = rules.recorded(enterprise_id, inspection, results, seq=seq + 1, after=last, actor_id=actor_id)
    connection.execute(INSPECTION, (enterprise_id, *(_stored(inspection[name]) for name in rules.OF_INSPECTION)))
    connection.execute(f"{ITEMS} VALUES {', '.join([ITEM] * len(results))}", [
        value for result in results
        for value in (enterprise_id, body["id"], *(_stored(result.get(name)) for name in rules.OF_ITEM))
    ])  # fmt: skip
    event |= {"data": Jsonb(event["data"]), "commitments": Jsonb({})}
    connection.execute(EVENT, tuple(event.values()))
    connection.execute(LEDGER, (seq + 1, event["hash"], enterprise_id))
    answer = json.loads(json.dumps(_receipt(inspection, seq + 1, body_hash), default=rules.plain))
    action = (enterprise_id, body["id"], rules.KIND, actor_id, moment, body_hash, Jsonb(answer))
    connection.execute(ACTION, action)
    return answer


def _stored(value: Any) -> Any:
    """A value as its column has it: a decimal by its text."""
    return str(value) if isinstance(value, Decimal) else value


def _receipt(inspection: dict[str, Any], seq: int, body_hash: str) -> dict[str, Any]:
    moment = inspection["received_at"]
    return {
        **_shown({name: inspection[name] for name in INSPECTED}),
        "complete": True,
        "hidden_hazards": [],
        "receipt": {
            "id": inspection["id"], "sequence": seq, "body_hash": body_hash, "photos": [], "received_at": moment
        },
    }  # fmt: skip


def _shown(inspection: dict[str, Any]) -> dict[str, Any]:
    """An inspection as answers show it."""
    point_id = inspection.pop("point_id")
    inspection["half"] = "field" if point_id else "management"
    inspection["risk_point_id"] = point_id
    inspection["delay_seconds"] = rules.delay(inspection["client_at"], inspection["received_at"])
    return inspection


def _point(row: tuple[Any, ...]) -> dict[str, Any]:
    point = dict(zip(POINT, row, strict=True))
    for name in LEVELS:
        point[name] = rules.LEVELS.get(point[name])
    return point


def _page(
    connection: psycopg.Connection, select: str, counted: str, enterprise_id: UUID, query: dict[str, list[str]]
) -> dict[str, Any]:
    """One page of rows and how many there are in all: one query, unless the page is past the end."""
    page, size = (
        _whole(int(query.get(name, [usual])[0]), 1, most)
        for name, usual, most in (("page", "1", 100_000), ("page_size", "20", 100))
    )
    rows = connection.execute(select, (enterprise_id, enterprise_id, size, (page - 1) * size)).fetchall()
    total = rows[0][-1] if rows else 0
    if not rows and page > 1:
        (total,) = connection.execute(f"SELECT count(*) {counted}", (enterprise_id,)).fetchone() or (0,)
    return {"items": [row[:-1] for row in rows], "page": page, "page_size": size, "total": total}


def _checked(body: Any) -> dict[str, Any]:
    """The body with every field checked. Raises Refused for anything else."""
    try:
        _only(body, KNOWN)
        if not 1 <= len(body["items"]) <= 200 or body.get("photos"):
            raise Refused(422, items="1 to 200 items, no photos")
        if body.get("half", "field") != "field" or body.get("task_id") is not None:
            raise Refused(422, half="only the field half, and no task, are measured here")
        return {
            "id": UUID(body["id"]),
            "half": "field",
            "point_id": UUID(body["risk_point_id"]),
            "checklist_version": _whole(body["checklist_version"], 1, 2**31 - 1),
            "task_id": None,
            "client_at": _instant(body["client_at"]),
            "started_at": _if_given(body, "started_at", _instant),
            "scan": _if_given(body, "scan", _scan),
            "location": _if_given(body, "location", _location),
            "items": [_checked_item(item) for item in body["items"]],
            "photos": [],
            "note": _text(body.get("note", ""), 0, 1000),
        }
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise Refused(422, body=str(error)) from error


def _checked_item(item: Any) -> dict[str, Any]:
    _only(item, {"key", "result", "reading", "note", "answered_at"})
    if item["result"] not in ("normal", "abnormal", "not_applicable"):
        raise Refused(422, result="unknown")
    return {
        "key": _text(item["key"], 1, 40),
        "result": item["result"],
        "reading": _if_given(item, "reading", _number),
        "note": _text(item.get("note", ""), 0, 1000),
        "answered_at": _if_given(item, "answered_at", _instant),
    }


def _scan(scan: Any) -> dict[str, Any]:
    _only(scan, {"token", "scanned_at"})
    return {"token": _text(scan["token"], 1, 200), "scanned_at": _instant(scan["scanned_at"])}


def _location(location: Any) -> dict[str, Any]:
    _only(location, set(rules.PLACE))
    return {
        "latitude": _degrees(location["latitude"], 90),
        "longitude": _degrees(location["longitude"], 180),
        "accuracy_metres": _if_given(location, "accuracy_metres", lambda value: _whole(value, 0, 1_000_000)),
    }


def _degrees(value: Any, most: int) -> Decimal:
    number = _number(value)
    if abs(number) > most:
        raise Refused(422, location="degrees out of range")
    return number


def _if_given(body: dict[str, Any], name: str, check: Callable[[Any], Any]) -> Any:
    value = body.get(name)
    return None if value is None else check(value)


def _only(body: dict[str, Any], known: set[str]) -> None:
    if not body.keys() <= known:
        raise Refused(422, body="unknown field")


def _whole(value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refused(422, body="a whole number out of range")
    return value


def _number(value: Any) -> Decimal:
    number = Decimal(value)
    if len(str(value)) > 30 or not number.is_finite() or abs(number.adjusted()) > 15:
        raise Refused(422, reading="not a number")
    return number


def _text(value: str, least: int, most: int) -> str:
    if not least <= len(value) <= most or (value and not value.strip()):
        raise Refused(422, body="text too long or empty")
    if any(character not in "\t\n\r" and unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise Refused(422, body="control characters")
    return value


def _instant(value: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)", value):
        raise Refused(422, client_at="not an instant")
    moment = datetime.fromisoformat(value).astimezone(UTC)
    if not 2000 <= moment.year <= 2200:
        raise Refused(422, client_at="out of range")
    return moment
