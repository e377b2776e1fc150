"""The two endpoints with nothing between WSGI and PostgreSQL: SQL by hand, a connection a thread. The ceiling."""

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
    "id", "code", "name", "category", "zone_id", "unit_id", "responsible_id", "x", "y", "check_cycle",
    "emergency_steps", "inherent_level", "residual_level", "shown_level", "current_level",
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
SELECT checklists.id, checklists.items FROM risk_points
LEFT JOIN checklists ON checklists.enterprise_id = risk_points.enterprise_id
    AND checklists.point_id = risk_points.id AND checklists.version = %s
WHERE risk_points.enterprise_id = %s AND risk_points.id = %s"""
INSPECTION = """
INSERT INTO inspections (enterprise_id, id, point_id, checklist_id, checklist_version, inspector_id, client_at,
    received_at, failed, note) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
ITEM = "(%s, %s, %s, %s, %s, %s, %s)"
ITEMS = "INSERT INTO inspection_items (enterprise_id, inspection_id, key, result, reading, note, hidden_hazard_id)"
EVENT = """
INSERT INTO events (enterprise_id, seq, kind, subject_id, actor_id, at, client_at, data, commitments, algorithm, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
LEDGER = "UPDATE ledgers SET seq = %s, hash = %s WHERE enterprise_id = %s"
ACTION = """
INSERT INTO actions (enterprise_id, id, kind, actor_id, at, body_hash, answer) VALUES (%s, %s, %s, %s, %s, %s, %s)"""
COUNT = "SELECT count(*) FROM risk_points WHERE enterprise_id = %s"
PAGE = f"""
SELECT {", ".join(POINT)} FROM risk_points WHERE enterprise_id = %s ORDER BY code, id LIMIT %s OFFSET %s"""  # noqa: S608

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
        return 200, _page(connection, enterprise_id, parse_qs(environ["QUERY_STRING"]))
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
    found = connection.execute(CHECKLIST, (body["checklist_version"], enterprise_id, body["point_id"])).fetchone()
    if found is None or found[0] is None:
        raise Refused(422, risk_point_id="no such point or version")
    results = rules.judged(found[1], body["items"])
    moment = datetime.now(UTC)
    event = rules.recorded(enterprise_id, body | {"received_at": moment}, seq=seq + 1, after=last, actor_id=actor_id)
    connection.execute(INSPECTION, (
        enterprise_id, body["id"], body["point_id"], found[0], body["checklist_version"], actor_id, body["client_at"],
        moment, 0, body["note"],
    ))  # fmt: skip
    connection.execute(f"{ITEMS} VALUES {', '.join([ITEM] * len(results))}", [
        value for result in results for value in (
            enterprise_id, body["id"], result["key"], result["result"],
            None if result["reading"] is None else str(result["reading"]), result["note"], None,
        )
    ])  # fmt: skip
    event |= {"data": Jsonb(event["data"]), "commitments": Jsonb({})}
    connection.execute(EVENT, tuple(event.values()))
    connection.execute(LEDGER, (seq + 1, event["hash"], enterprise_id))
    answer = json.loads(json.dumps(_receipt(body, actor_id, moment, seq + 1, body_hash), default=rules.plain))
    action = (enterprise_id, body["id"], rules.KIND, actor_id, moment, body_hash, Jsonb(answer))
    connection.execute(ACTION, action)
    return answer


def _receipt(body: dict[str, Any], actor_id: UUID, moment: datetime, seq: int, body_hash: str) -> dict[str, Any]:
    return {
        "id": body["id"],
        "risk_point_id": body["point_id"],
        "checklist_version": body["checklist_version"],
        "inspector_id": actor_id,
        "client_at": body["client_at"],
        "received_at": moment,
        "failed": 0,
        "note": body["note"],
        "complete": True,
        "hidden_hazards": [],
        "receipt": {
            "id": body["id"], "sequence": seq, "body_hash": body_hash, "photos": [], "received_at": moment
        },
    }  # fmt: skip


def _page(connection: psycopg.Connection, enterprise_id: UUID, query: dict[str, list[str]]) -> dict[str, Any]:
    page, size = (
        _whole(int(query.get(name, [usual])[0]), 100_000) for name, usual in (("page", "1"), ("page_size", "20"))
    )
    rows = connection.execute(PAGE, (enterprise_id, size, (page - 1) * size)).fetchall()
    total = connection.execute(COUNT, (enterprise_id,)).fetchone()
    items = [dict(zip(POINT, row, strict=True)) for row in rows]
    for item in items:
        for name in POINT[-4:]:
            item[name] = rules.LEVELS.get(item[name])
    return {"items": items, "page": page, "page_size": size, "total": total[0] if total else 0}


def _checked(body: Any) -> dict[str, Any]:
    """The body with every field checked. Raises Refused for anything else."""
    try:
        _only(body, {"id", "risk_point_id", "checklist_version", "client_at", "items", "photos", "note"})
        if not 1 <= len(body["items"]) <= 200 or body.get("photos"):
            raise Refused(422, items="1 to 200 items, no photos")
        return {
            "id": UUID(body["id"]),
            "point_id": UUID(body["risk_point_id"]),
            "checklist_version": _whole(body["checklist_version"], 2**31 - 1),
            "client_at": _instant(body["client_at"]),
            "items": [_checked_item(item) for item in body["items"]],
            "photos": [],
            "note": _text(body.get("note", ""), 0, 1000),
        }
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise Refused(422, body=str(error)) from error


def _checked_item(item: Any) -> dict[str, Any]:
    _only(item, {"key", "result", "reading", "note"})
    if item["result"] not in ("normal", "abnormal", "not_applicable"):
        raise Refused(422, result="unknown")
    reading = item.get("reading")
    return {
        "key": _text(item["key"], 1, 40),
        "result": item["result"],
        "reading": None if reading is None else _number(reading),
        "note": _text(item.get("note", ""), 0, 1000),
    }


def _only(body: dict[str, Any], known: set[str]) -> None:
    if not body.keys() <= known:
        raise Refused(422, body="unknown field")


def _whole(value: Any, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
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
