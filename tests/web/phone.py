"""A phone for tests: opens pages, fills in their forms as a browser would, and finds a Chromium to do it for real."""

import io
import re
import shutil
from datetime import timedelta
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.accounts import service as accounts
from app.accounts.passwords import hashed
from app.accounts.policy import Role
from app.accounts.tokens import COOKIE, page_token
from app.core.db import writing
from app.tags import service as tags
from tests.world import PASSWORD, Person, Plant

INPUT = re.compile(r"<input[^>]*>")
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


class Phone:
    """A browser without script: keeps cookies, follows nothing by itself."""

    def __init__(self, app: Flask, person: Person | None = None) -> None:
        self.client = app.test_client()
        if person:
            token = page_token(person.id, person.sign_in_id, lives=timedelta(hours=1))
            self.client.set_cookie(COOKIE, token)

    def open(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, **given)

    def send(self, path: str, fields: dict[str, Any], **given: Any) -> TestResponse:
        boundary, content = encode_multipart(fields)
        return self.client.post(path, data=content, content_type=f"multipart/form-data; boundary={boundary}", **given)

    def cookie(self, name: str, path: str = "/") -> str | None:
        found = self.client.get_cookie(name, path=path)
        return found.value if found else None


def hidden(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return {name: unescape(value) for name, value in HIDDEN.findall(answer.text)}


def filled(answer: TestResponse, *results: str, **more: Any) -> dict[str, Any]:
    """The check form of a page with one result an item; photos as (bytes, name)."""
    fields: dict[str, Any] = {**hidden(answer), **{f"result-{place}": result for place, result in enumerate(results)}}
    for name, value in more.items():
        content = photo(*value) if isinstance(value, tuple) else value
        fields[name.replace("_", "-") if name != "checklist_version" else name] = content
    return fields


def photo(content: bytes, name: str = "IMG.jpg") -> FileStorage:
    """A chosen photo."""
    return FileStorage(io.BytesIO(content), filename=name, content_type="image/jpeg")


def with_password(plant: Plant, login: str = "wangqiang") -> Any:
    """A worker who signs in by password."""
    with writing():
        return accounts.add_person(
            plant.principal.actor, login=login, name="王强", role=Role.WORKER, password_hash=hashed(PASSWORD),
            unit_id=plant.unit.id,
        )  # fmt: skip


def tag_of(plant: Plant) -> Any:
    """A tag posted at the plant's point."""
    with writing():
        return tags.issue(plant.manager.actor, point_id=plant.point.id)


def chromium() -> str | None:
    """A Chromium of this machine, if there is one."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)
