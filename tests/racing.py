"""Many at once: real threads against the application, released together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from werkzeug.test import TestResponse

from tests.world import API, Person

Answer = TypeVar("Answer")


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """What each act gave, all begun at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(acts))

    def begin(act: Callable[[], Answer]) -> Answer:
        gate.wait(timeout=60)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [started.result(timeout=120) for started in [threads.submit(begin, act) for act in acts]]


def post(person: Person, path: str, body: dict[str, Any]) -> Callable[[], TestResponse]:
    """A POST ready to be made, by a client of its own."""
    return lambda: person.app.test_client().post(API + path, json=body, headers=person.headers)
