"""Phones that never give up: each sends an action under one id until it holds the answer, and writes that down.

What was acknowledged is kept by this process, which nobody kills, so that it can be held against what was stored.
"""

import hashlib
import http.client
import io
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from app.core.ids import new_id
from tests.world import API, Person, Plant, announced

PATIENCE = 120.0  # seconds one action is tried for
ANSWERED = (200, 201)


@dataclass
class Kept:
    """What one phone was told stands: the bodies it sent by id, each with its answer, and the photos that arrived."""

    inspections: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    hazards: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    moves: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)
    tries: int = 0
    begun: set[str] = field(default_factory=set)

    @property
    def acknowledged(self) -> int:
        return len(self.inspections) + len(self.hazards) + len(self.moves) + len(self.photos)


class Refused(Exception):
    """An answer that no repetition can mend; the text says which."""


class Phone(threading.Thread):
    """One person's phone on a bad line."""

    def __init__(self, port: int, plant: Plant, person: Person, *, seed: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.plant, self.person, self.stop = port, plant, person, stop
        self.random = random.Random(seed)
        self.kept = Kept()
        self.problem: Exception | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.random.choice((self.inspect, self.inspect_with_photo, self.report, self.report_and_grade))()
        except Exception as problem:  # noqa: BLE001 - told by whoever waits for this thread
            self.problem = problem

    def inspect(self) -> None:
        body = self.plant.inspection(note=f"巡检 {self.random.random()}")
        self.kept.inspections[body["id"]] = (body, self.send("POST", "/inspections", body))

    def inspect_with_photo(self) -> None:
        photo = picture(self.random)
        body = self.plant.inspection(failed=1, photos=[photo], note="阀门渗漏 =1+1 <b>")
        self.kept.inspections[body["id"]] = (body, self.send("POST", "/inspections", body))
        self.bring(f"/inspections/{body['id']}", photo)

    def report(self) -> dict[str, Any]:
        photo = picture(self.random)
        body = {
            "id": str(new_id()), "risk_point_id": str(self.plant.point.id), "client_at": "2026-11-21T08:30:00+08:00",
            "description": f"护栏缺失 {self.random.random()}", "photos": [announced(photo)],
        }  # fmt: skip
        answer = self.send("POST", "/hidden-hazards", body)
        self.kept.hazards[body["id"]] = (body, answer)
        self.bring(f"/hidden-hazards/{body['id']}", photo)
        return answer

    def report_and_grade(self) -> None:
        hazard = self.report()
        move = {"id": str(new_id()), "action": "grade", "version": hazard["version"], "gravity": "general"}
        answer = self.send("POST", f"/hidden-hazards/{hazard['id']}/transitions", move, person=self.plant.manager)
        self.kept.moves[move["id"]] = (hazard["id"], move, answer)

    def bring(self, subject: str, photo: bytes) -> None:
        sha256 = hashlib.sha256(photo).hexdigest()
        self.send("PUT", f"{subject}/photos/{sha256}", photo)
        self.kept.photos[sha256] = photo

    def send(self, method: str, path: str, body: Any, *, person: Person | None = None) -> dict[str, Any]:
        """Send until there is an answer. Raises Refused for one that says the sender is wrong."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "image/jpeg" if isinstance(body, bytes) else "application/json"
        headers = {**(person or self.person).headers, "Content-Type": kind}
        if not isinstance(body, bytes):
            self.kept.begun.add(body["id"])
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.kept.tries += 1
            status, answer = self._once(method, API + path, content, headers)
            if status in ANSWERED:
                return dict(json.loads(answer))
            if 400 <= status < 500 and status != 429:
                raise Refused(f"{method} {path} → {status} {answer.decode(errors='replace')[:500]}")
            time.sleep(0.05)
        raise Refused(f"{method} {path} was not answered within {PATIENCE} s")

    def _once(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """One try; status 0 where the line gave nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


def picture(chance: random.Random) -> bytes:
    """A small photo unlike any other."""
    image = Image.frombytes("RGB", (16, 12), chance.randbytes(16 * 12 * 3)).resize((160, 120))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()
