"""Someone without an account who scans a posted code: reports over the API and follows by the receipt."""

import secrets
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.db import writing
from app.core.ids import new_id
from app.tags import service as tags
from tests.world import API, Plant, World, announced

DESCRIPTION = "三楼安全出口的门被货物堵住"


class Visitor:
    """A phone that nobody signed in on, before the posted code of a plant's point."""

    def __init__(self, world: World, plant: Plant | None = None, *, address: str = "203.0.113.7") -> None:
        self.plant = plant or world.plant
        self.client: FlaskClient = world.app.test_client()
        self.sent_from = {"environ_overrides": {"REMOTE_ADDR": address}}
        with writing():
            self.token = tags.issue(self.plant.manager.actor, point_id=self.plant.point.id).token

    def body(self, *photos: bytes, **given: Any) -> dict[str, Any]:
        """A report of these photos."""
        named = {"photos": [announced(photo) for photo in photos]}
        return {"id": str(new_id()), "secret": secrets.token_urlsafe(24), "description": DESCRIPTION, **named, **given}

    def post(self, body: dict[str, Any], **given: Any) -> TestResponse:
        return self.client.post(f"{API}/scan/{self.token}/reports", json=body, **self.sent_from, **given)

    def report(self, *photos: bytes, **given: Any) -> str:
        """The receipt code of a report that was taken in with its photos."""
        answer = self.post(self.body(*photos, **given))
        assert answer.status_code == 201, answer.text
        receipt = str(answer.json["receipt"])
        for photo in photos:
            assert self.put(receipt, photo).status_code == 200
        return receipt

    def put(self, receipt: str, photo: bytes, **given: Any) -> TestResponse:
        address = f"{API}/reports/photos/{announced(photo)['sha256']}"
        headers = {"X-Receipt": receipt}
        return self.client.put(
            address, data=photo, content_type="image/jpeg", headers=headers, **self.sent_from, **given
        )

    def status(self, receipt: str, path: str = "/reports/status") -> TestResponse:
        return self.client.get(API + path, headers={"X-Receipt": receipt}, **self.sent_from)

    def waiting(self) -> dict[str, Any]:
        """The latest report as the plant's safety manager sees it."""
        return dict(self.plant.manager.get("/public-reports").json["items"][0])

    def admitted(self, *photos: bytes, **given: Any) -> tuple[str, dict[str, Any]]:
        """A report that was admitted: its receipt, and how it stands for the safety manager."""
        receipt = self.report(*photos, **given)
        answer = self.plant.manager.post(f"/public-reports/{self.waiting()['id']}/admission")
        assert answer.status_code == 200, answer.text
        return receipt, dict(answer.json)
