"""That the three servers do the same: the same answers, the same rows written, a ledger that holds."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, text

from app.config import Settings
from app.core.db import reading
from app.core.events import broken_at
from app.core.ids import new_id
from app.inspections.proof import findings
from tests.benchmarks.rivals import traffic
from tests.benchmarks.rivals.seed import ITEMS, Seeded, Site

WRITTEN = {"actions": 1, "inspections": 1, "inspection_items": ITEMS, "events": 1, "hidden_hazards": 0, "evidence": 0}
OF_THE_MOMENT = ("id", "received_at", "delay_seconds", "sequence", "body_hash")
LISTED = ("risk-points", "inspections")


def check_same(settings: Settings, seeded: Seeded, ports: dict[str, int]) -> None:
    """Raise AssertionError when one of the servers does less, or answers otherwise, than another."""
    site = seeded.sites[0]
    for said in ({}, _ALL):
        _check_inspection(settings, site, ports, said)
    for listed in LISTED:
        for page in (1, traffic.PAGES):
            pages = [_page(port, seeded.large, listed, page) for port in ports.values()]
            assert len(pages[0]["items"]) == 20
            assert all(found == pages[0] for found in pages), pages


def _check_inspection(settings: Settings, site: Site, ports: dict[str, int], said: dict[str, Any]) -> None:
    answers = []
    for name, port in ports.items():
        body = traffic.inspection(site, 0) | {"client_at": "2026-11-21T00:30:00+00:00"} | said
        if said:
            body["items"] = [{**item, "answered_at": "2026-11-21T00:29:00.5+00:00"} for item in body["items"]]
        with _counted(settings, WRITTEN, name):
            answers.append(_ask(port, 201, site.token, body))
        with _counted(settings, dict.fromkeys(WRITTEN, 0), name):
            # A repeat gets the first answer from whichever server it asks: all three hash the body alike.
            for other in ports.values():
                assert _ask(other, 201, site.token, body) == answers[-1], name
            _ask(port, 409, site.token, body | {"note": "另一项内容"})
            _check_refusals(port, site)
    assert all(_lasting(answer) == _lasting(answers[0]) for answer in answers), answers


def check_contents(seeded: Seeded) -> None:
    """Raise AssertionError when a row or an event that check_same left says otherwise; an app context is open."""
    enterprise_id = seeded.sites[0].enterprise_id
    query = text("SELECT data FROM events WHERE enterprise_id = :id AND kind = 'inspection.recorded'")
    with reading() as session:
        told = list(session.scalars(query, {"id": enterprise_id}))
        assert len(told) > 1
        assert all(data | {"content": ""} == told[0] | {"content": ""} and data["content"] for data in told), told
        found = list(findings(enterprise_id))
        assert not found, found


def check_ledgers(seeded: Seeded) -> int:
    """The number of events in all ledgers. Raises AssertionError when a chain is broken; an app context is open."""
    with reading() as session:
        for site in seeded.sites:
            assert broken_at(site.enterprise_id) is None, site
            session.expunge_all()
        return int(session.execute(text("SELECT count(*) FROM events")).scalar_one())


_ALL: dict[str, Any] = {  # what a body may also say
    "half": "field",
    "task_id": None,
    "started_at": "2026-11-21T08:20:00+08:00",
    "scan": {"token": "OFANOTHERPOINT", "scanned_at": "2026-11-21T00:20:01Z"},
    "location": {"latitude": "41.1050", "longitude": 122.05, "accuracy_metres": 8},
}


def _check_refusals(port: int, site: Site) -> None:
    good = traffic.inspection(site, 0)
    first, *others = good["items"]
    bad: list[dict[str, Any]] = [
        {"id": "1"},
        {"risk_point_id": str(new_id())},
        {"checklist_version": 0},
        {"checklist_version": 9},
        {"client_at": "2026-11-21T08:30:00x"},
        {"client_at": "1999-11-21T08:30:00Z"},
        {"note": "\x07"},
        {"note": "长" * 1001},
        {"surplus": 1},
        {"half": "whole"},
        {"task_id": "1"},
        {"started_at": "yesterday"},
        {"scan": {"token": "", "scanned_at": "2026-11-21T00:20:01Z"}},
        {"scan": {"token": "A"}},
        {"location": {"latitude": "91", "longitude": "0"}},
        {"location": {"latitude": "41", "longitude": "122", "accuracy_metres": -1}},
        {"items": [{**first, "answered_at": "1999-11-21T08:30:00Z"}, *others]},
        {"items": others},
        {"items": [*others, others[0]]},
        {"items": [{**first, "surplus": 1}, *others]},
        {"items": [{**first, "result": "fine"}, *others]},
        {"items": [{**first, "reading": "much"}, *others]},
        {"items": [{**first, "note": " "}, *others]},
    ]
    for wrong in bad:
        _ask(port, 400, site.token, good | wrong)
    _ask(port, 401, site.token[:-4] + "AAAA", good)


def _ask(port: int, status: int, token: str, body: dict[str, Any]) -> Any:
    """The answer to a POST; a rival may refuse with 400 what the product refuses with 422."""
    found, answer = _exchange(port, "POST", "/api/v1/inspections", token, json.dumps(body))
    assert found == status or (status, found) == (400, 422), (status, found, answer, body)
    return answer


def _page(port: int, token: str, listed: str, page: int) -> Any:
    status, answer = _exchange(port, "GET", f"/api/v1/{listed}?page={page}&page_size=20", token, None)
    assert status == 200, answer
    return answer


def _exchange(port: int, method: str, address: str, token: str, content: str | None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, address, content, headers)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


@contextmanager
def _counted(settings: Settings, written: dict[str, int], name: str) -> Iterator[None]:
    """Hold what happens inside to the rows it may write."""
    before = _counts(settings)
    yield
    after = _counts(settings)
    assert {table: after[table] - before[table] for table in WRITTEN} == written, name


def _counts(settings: Settings) -> dict[str, int]:
    engine = create_engine(settings.owner_database)
    with engine.connect() as connection:
        counts = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - our own names
            for table in WRITTEN
        }
    engine.dispose()
    return counts


def _lasting(answer: Any) -> Any:
    """The answer without what differs from one moment to the next."""
    if isinstance(answer, dict):
        return {name: _lasting(value) for name, value in answer.items() if name not in OF_THE_MOMENT}
    return answer
