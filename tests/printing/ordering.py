"""Ordering a print as a client does: the order, the job that makes it, and the file."""

from typing import Any

from flask import Flask

from app.core.ids import new_id
from app.core.jobs import run_one
from tests.world import Person


def ordered(person: Person, kind: str, **body: Any) -> dict[str, Any]:
    """Place an order; what it answers."""
    answer = person.post("/print-orders", {"id": str(new_id()), "kind": kind, **body})
    assert answer.status_code == 202, answer.text
    return dict(answer.json)


def made(app: Flask, person: Person, kind: str, **body: Any) -> dict[str, Any]:
    """Place an order and let the worker make it; how it stands then."""
    order = ordered(person, kind, **body)
    with app.app_context():
        while run_one(app):
            pass
    return dict(person.get(f"/print-orders/{order['id']}").json)


def printed(app: Flask, person: Person, kind: str, **body: Any) -> bytes:
    """The file of an order that is made."""
    order = made(app, person, kind, **body)
    assert order["state"] == "done", order
    answer = person.get(f"/print-orders/{order['id']}/file")
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)
