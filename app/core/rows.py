"""One row of an enterprise: found or refused, and changed by name."""

import json
from typing import Any, TypeVar
from uuid import UUID

from app.core.actor import Actor
from app.core.canonical import as_json
from app.core.db import session
from app.core.errors import Invalid, NotFound, invalid_field

Row = TypeVar("Row")


def own(actor: Actor, model: type[Row], row_id: UUID, *, field: str = "", absent: str = "") -> Row:
    """A row of the enterprise by its id. Raises NotFound, or Invalid with `absent` for the field that names it."""
    row = session().get(model, (actor.enterprise, row_id))
    if row is None:
        raise invalid_field(field, absent) if field else NotFound()
    return row


def change(row: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Give a row new values by their names; returns what its event keeps: the values as they were and as they are.

    Raises Invalid for a change of nothing.
    """
    if not changes:
        raise Invalid("没有要修改的内容，请至少给出一个字段。")
    was = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    told: dict[str, Any] = json.loads(as_json({"changed": sorted(changes), "was": was, "now": changes}))
    return told
