"""Canonical JSON: one text for one value, so that equal bodies and equal events have equal hashes."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

ALGORITHM = "sha256"


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; instants in UTC, decimals and ids as text."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=plain
    ).encode("utf-8")


def digest(value: Any) -> str:
    """The lower-case hexadecimal SHA-256 of the value's canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def as_json(value: Any) -> str:
    """JSON as answers carry it: compact, and Chinese as it is written."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=plain)


def plain(value: Any) -> str:
    """The text of what JSON has no form for. Raises TypeError for anything else."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
