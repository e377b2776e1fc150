"""What time alone does, enterprise by enterprise: each in a transaction of its own, and none stops another."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from app.core.actor import Actor, system
from app.core.db import writing
from app.core.events import lock_ledger

log = logging.getLogger("dual.ticks")


def each_enterprise(enterprise_ids: Iterable[UUID], act: Callable[[Actor], object]) -> int:
    """Let something happen in each of these enterprises; in how many it did.

    What fails in one is logged, leaves nothing behind there, and waits for the next time.
    """
    done = 0
    for enterprise_id in enterprise_ids:
        try:
            with writing():
                lock_ledger(enterprise_id)
                act(system(enterprise_id))
            done += 1
        except Exception:
            log.exception("a tick failed in enterprise %s", enterprise_id)
    return done
