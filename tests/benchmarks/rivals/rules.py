"""What the two rivals share: the rules that are no framework's business, written for them and not the product's code.

The hash of a body, the chain of events, the digest of what an inspection says, the token, the judging of a checklist.
Failed items, photos, the management half and tasks done are not measured here, so the rivals refuse them.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import jwt

from risk_models import RiskLevel

AUDIENCE = "dual-prevention"
ALGORITHM = "sha256"
KIND = "POST /inspections"
SECRET = os.environ["DUAL_JWT_SECRET"]
ANYONES = ("team", "post")  # tiers of plans on which a colleague may do another's task
PLACE = ("latitude", "longitude", "accuracy_metres")
OF_INSPECTION = (
    "id", "point_id", "task_id", "checklist_id", "checklist_version", "inspector_id", "client_at", "received_at",
    "started_at", "scanned_at", "tag_id", *PLACE, "failed", "note",
)  # fmt: skip
OF_ITEM = ("key", "result", "reading", "note", "answered_at", "hidden_hazard_id")
MAY = {  # permission -> roles
    "inspection:record": {"worker", "leader", "safety_manager", "principal"},
    "point:see": {"worker", "leader", "safety_manager", "principal", "regulator"},
}
LEVELS = {
    level.value: {
        "code": level.value, "label": level.label, "colour_name": level.colour_name, "colour": level.colour
    }
    for level in RiskLevel
}  # fmt: skip


class Refused(Exception):
    """A request refused; what is wrong, by field."""

    def __init__(self, status: int, **errors: str) -> None:
        super().__init__(errors)
        self.status, self.errors = status, errors


def claimed(header: str) -> tuple[UUID, UUID]:
    """The account and the sign-in a good access token names. Raises Refused for any other."""
    scheme, _, token = header.partition(" ")
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience=AUDIENCE, issuer=AUDIENCE)
        if scheme.lower() != "bearer" or claims["type"] != "access" or claims.get("pages"):
            raise Refused(401)
        return UUID(claims["sub"]), UUID(claims["sid"])
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise Refused(401) from error


def judged(items: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The answers in the checklist's order. Raises Refused when one is missing, unknown, or not in order."""
    given = {answer["key"]: answer for answer in answers}
    if len(given) < len(answers) or given.keys() != {item["key"] for item in items}:
        raise Refused(422, items="each item is answered once")
    for item in items:
        answer, reading = given[item["key"]], item["reading"]
        if (reading is None) != (answer["reading"] is None):
            raise Refused(422, items="a reading where one is wanted, and only there")
        if answer["result"] != "normal" or (reading and not _within(reading, answer["reading"])):
            raise Refused(501, items="a failed item is not measured here")
    return [given[item["key"]] for item in items]


def _within(limits: Mapping[str, Any], value: Decimal) -> bool:
    least, most = limits.get("min"), limits.get("max")
    return (least is None or value >= Decimal(least)) and (most is None or value <= Decimal(most))


def digest(value: Any) -> str:
    """The SHA-256 of the value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=plain)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> str:
    """The text of an instant, a decimal or an id."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def inspected(body: Mapping[str, Any], **known: Any) -> dict[str, Any]:
    """What is stored of an inspection: what its body says, and what is `known` here."""
    scan, place = body["scan"], body["location"] or {}
    return {
        **{name: body[name] for name in ("id", "point_id", "checklist_version", "client_at", "started_at", "note")},
        **{name: place.get(name) for name in PLACE},
        "scanned_at": scan["scanned_at"] if scan else None,
        "task_id": None,
        "failed": 0,
        **known,
    }


def delay(client_at: datetime, received_at: datetime) -> int:
    """The seconds between the phone's time and the moment an inspection was received."""
    return round((received_at - client_at).total_seconds())


def recorded(
    enterprise_id: UUID,
    inspection: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
    *,
    seq: int,
    after: str,
    actor_id: UUID,
) -> dict[str, Any]:
    """The event of an inspection, chained to the hash of the one before."""
    event = {
        "enterprise_id": enterprise_id,
        "seq": seq,
        "kind": "inspection.recorded",
        "subject_id": inspection["id"],
        "actor_id": actor_id,
        "at": inspection["received_at"],
        "client_at": inspection["client_at"],
        "data": {
            "point_id": str(inspection["point_id"]),
            "checklist_version": inspection["checklist_version"],
            "failed": inspection["failed"],
            "photos": [],
            "content": _content(inspection, results),
        },
        "commitments": {},
        "algorithm": ALGORITHM,
    }
    return event | {"hash": digest({"previous": after, **event})}


def _content(inspection: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> str:
    """The digest of all an inspection says, its items by their key."""
    said = [{name: result.get(name) for name in OF_ITEM} for result in results]
    items = sorted(said, key=lambda item: str(item["key"]))
    return digest({**{name: inspection[name] for name in OF_INSPECTION}, "items": items})
