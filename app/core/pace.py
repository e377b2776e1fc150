"""How often one address may come: counted in the memory of this process, under a key that dies with it.

What is counted is an HMAC of the address. The address itself is stored nowhere, logged nowhere and given to nobody;
when its window has passed nothing is left of it. Several processes each count their own.
"""

import hmac
import secrets
import threading
from collections import deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import cast

from flask import current_app, request

from app.core.clock import now
from app.core.installation import settings

MOST_KEPT = 20_000  # visitors one process remembers; beyond that the first that came is forgotten


class Pace:
    """Who came when, each by a kind of visit and a code that leads back to no address."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._visits: dict[bytes, deque[datetime]] = {}
        self._lock = threading.Lock()

    def wait(self, kind: str, address: str, *, most: int, within: timedelta, counts: bool) -> int:
        """Seconds until this address may come again: 0 when it may now, and then the visit is noted if it `counts`."""
        visitor = hmac.digest(self._key, f"{kind} {address}".encode(), "sha256")
        with self._lock:
            visits = self._visits.pop(visitor, deque())
            while visits and visits[0] <= now() - within:
                visits.popleft()
            seconds = ceil((visits[0] + within - now()).total_seconds()) if len(visits) >= most else 0
            if counts and not seconds:
                visits.append(now())
            if visits:
                self._visits[visitor] = visits  # the latest last
            if len(self._visits) > MOST_KEPT:
                del self._visits[next(iter(self._visits))]
        return seconds


def seconds_to_wait(kind: str, *, most: int, counts: bool = True) -> int:
    """How long whoever sent this request must wait before a further visit of this kind; 0 when they need not."""
    pace = cast(Pace, current_app.extensions["pace"])
    within = timedelta(minutes=settings().public_minutes)
    return pace.wait(kind, _network(), most=most, within=within, counts=counts)


def _network() -> str:
    """The address this request came from, past the proxies the installation trusts; of IPv6 the network of a home."""
    passed_on = [text.strip() for text in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = settings().trusted_proxies
    text = passed_on[-proxies] if 0 < proxies <= len(passed_on) else request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else text
