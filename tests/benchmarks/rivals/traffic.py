"""What the phones send: inspections of ten items, each with its own id, and pages of twenty."""

import itertools
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from app.core.ids import new_id
from tests.benchmarks.rivals.seed import READINGS, Site

PAGES = 10


def inspections(sites: Sequence[Site]) -> Iterator[bytes]:
    """POST requests without end, one enterprise after the other; no two bodies are alike."""
    for number, site in enumerate(itertools.cycle(sites)):
        yield post(site, inspection(site, number))


def pages(token: str, listed: str) -> Iterator[bytes]:
    """GET requests without end, one page of what is listed after the other."""
    requests = [get(token, f"/api/v1/{listed}?page={page}&page_size=20") for page in range(1, PAGES + 1)]
    return itertools.cycle(requests)


def inspection(site: Site, number: int) -> dict[str, Any]:
    """The body of an inspection in which all is in order."""
    reading = f"0.{number % 6 + 4}"
    return {
        "id": str(new_id()),
        "risk_point_id": str(site.point_id),
        "checklist_version": site.version,
        "client_at": datetime.now(UTC).isoformat(),
        "items": [
            {"key": key, "result": "normal", "note": f"第 {number} 次巡检"}
            | ({"reading": reading} if place < READINGS else {})
            for place, key in enumerate(site.keys)
        ],
        "photos": [],
        "note": "夜班巡检，现场无异常",
    }


def post(site: Site, body: dict[str, Any]) -> bytes:
    """The bytes of a POST of an inspection."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    head = f"{_line('POST', '/api/v1/inspections', site.token)}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def get(token: str, address: str) -> bytes:
    """The bytes of a GET."""
    return f"{_line('GET', address, token)}\r\n".encode()


def _line(method: str, address: str, token: str) -> str:
    lines = (
        f"{method} {address} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        f"Authorization: Bearer {token}",
    )
    return "\r\n".join((*lines, ""))
