"""How a scan comes along from the card to the check: a signed word of which code was scanned, and when.

The address of the check carries this and never the token, which would let anyone who reads an address make the card's.
Whether the scan is fresh enough is for the signals to say; here it is only proved, and forgotten after a day.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.core.actor import Actor
from app.core.clock import LOCAL, now
from app.core.db import session
from app.tags.models import Tag

LIVES = timedelta(days=1)


def proof_of(tag: Tag) -> str:
    """That this code was scanned at this moment."""
    return _signer().dumps([tag.id.hex, int(now().timestamp())])


def scan_of(actor: Actor, proof: str) -> dict[str, Any] | None:
    """The scan as an inspection takes it; None when nothing, too old, or another enterprise's is proved."""
    try:
        tag_id, seconds = _signer().loads(proof)
    except BadSignature:
        return None
    scanned_at = datetime.fromtimestamp(seconds, LOCAL)
    tag = session().get(Tag, (actor.enterprise, UUID(tag_id)))
    if tag is None or now() - scanned_at > LIVES:
        return None
    return {"token": tag.token, "scanned_at": scanned_at.isoformat()}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["JWT_SECRET_KEY"], salt="scan of a code")
