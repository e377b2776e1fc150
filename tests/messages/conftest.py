"""A plant with a channel to a receiver on loopback, which the installation trusts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.core.db import writing
from app.core.errors import NotFound
from app.messages.service import tell
from tests.messages.receiver import Receiver
from tests.world import World

SECRET = "0123456789abcdef"


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    """A receiver that this application trusts."""
    with Receiver() as server:
        sender = app.extensions["sender"]
        app.extensions["sender"] = replace(sender, internal=frozenset({server.origin}), seconds=10)
        yield server


def webhook(world: World, address: str, **given: Any) -> dict[str, Any]:
    """A channel of the plant, added over HTTP."""
    body = {"name": "集团平台", "kind": "webhook", "address": address, "secret": SECRET, **given}
    answer = world.plant.manager.post("/channels", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def told(world: World, key: str = "k:1", *, kind: str = "hidden_hazard.submit", **given: Any) -> None:
    """The worker of the plant is told something."""
    plant = world.plant
    with writing():
        tell(plant.manager.actor, [plant.worker.id], kind=kind, key=key, title=f"消息 {key}", text="请处理", **given)


def told_and_refused(world: World) -> None:
    """The worker is told something by a change that is then refused."""
    with writing():
        tell(world.plant.manager.actor, [world.plant.worker.id], kind="a.b", key="k", title="不会留下")
        raise NotFound


def deliveries(world: World, **query: Any) -> list[dict[str, Any]]:
    return list(world.plant.manager.get("/deliveries", **query).json["items"])
