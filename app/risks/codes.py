"""Human codes given in bulk: never one twice, whatever codes the enterprise brought of its own."""

from typing import Any

from sqlalchemy import select

from app.core import events
from app.core.actor import Actor
from app.core.db import AT_ONCE, batched, session


def fresh_codes(actor: Actor, column: Any, *, series: str, width: int, count: int) -> list[str]:
    """The next numbers of a series that no row has in this column, as in FX-0001: one query for thousands."""
    codes: list[str] = []
    while len(codes) < count:
        drawn = [events.next_code(actor.enterprise, series, width) for _ in range(count - len(codes))]
        taken: set[str] = set()
        for some in batched(drawn, AT_ONCE):
            own = column.class_.enterprise_id == actor.enterprise
            taken.update(session().scalars(select(column).where(own, column.in_(some))))
        codes += [code for code in drawn if code not in taken]
    return codes
