"""Canonical JSON: one text for one value, so that equal bodies and equal events have equal hashes."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

SHA256 = "sha256"
_MAKERS: dict[str, Callable[[bytes], Any]] = {
    SHA256: hashlib.sha256,
    "sm3": partial(hashlib.new, "sm3"),  # GB/T 32905, where OpenSSL has it
}
ALGORITHMS = tuple(_MAKERS)


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; instants in UTC, decimals and ids as text."""
    return _ENCODER.encode(value).encode("utf-8")


def digest(value: Any, algorithm: str = SHA256) -> str:
    """The lower-case hexadecimal hash of the value's canonical JSON."""
    return hashed(canonical(value), algorithm)


def hashed(content: bytes, algorithm: str = SHA256) -> str:
    """The lower-case hexadecimal hash of bytes. Raises ValueError for an algorithm this machine does not have."""
    if algorithm not in _MAKERS:
        raise ValueError(algorithm)
    return str(_MAKERS[algorithm](content).hexdigest())


def available(algorithm: str) -> bool:
    """Whether the product knows the algorithm and this machine has it."""
    try:
        return bool(hashed(b"", algorithm))
    except ValueError:
        return False


def as_json(value: Any, *, sort_keys: bool = False) -> str:
    """JSON as answers carry it: compact, and Chinese as it is written."""
    return json.dumps(value, ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"), default=plain)


def plain(value: Any) -> str:
    """The text of what JSON has no form for. Raises TypeError for anything else."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


# Made once: `json.dumps` would make one for each value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=plain)
