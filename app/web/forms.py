"""How a form comes in: within limits, from a page of ours, and going on to a page of ours."""

import re
import secrets

from flask import request
from marshmallow import EXCLUDE
from werkzeug.datastructures import MultiDict

from app.accounts import tokens
from app.core.errors import Forbidden, TooLarge
from app.core.fields import Schema

SMALL = 20_000  # bytes of a form without photos
LONGEST_FIELD = 100_000  # bytes of the longest field that is no photo
MOST_PARTS = 2_000
LOCAL = re.compile(r"/(?![/\\])[A-Za-z0-9/_.?=&%-]{0,200}", re.ASCII)


class Lenient(Schema):
    """A query string that nothing is read from: messengers add their own parameters to an address."""

    class Meta:
        unknown = EXCLUDE


def read_form(*, most_bytes: int = SMALL, advice: str = "请缩短后重试。") -> MultiDict[str, str]:
    """The fields of this request's form; its files are in request.files then. Raises TooLarge."""
    request.max_content_length = most_bytes
    request.max_form_memory_size = min(most_bytes, LONGEST_FIELD)
    request.max_form_parts = MOST_PARTS
    if (request.content_length or 0) > most_bytes:
        raise TooLarge(f"提交的内容过大，没有保存。{advice}")
    return request.form


def from_our_page(form: MultiDict[str, str]) -> None:
    """Raise Forbidden unless the form repeats what only our page, shown to this sign-in, could tell it."""
    expected = tokens.presented(cookie=True).csrf
    if not same(form.get("csrf", ""), expected):
        raise Forbidden("这个页面已过期，或不是从本站打开的，内容没有提交。请重新打开页面再填写。", code="form_expired")


def same(given: str, expected: str) -> bool:
    """Whether a form repeats a secret; an empty secret is repeated by nobody."""
    return bool(expected) and secrets.compare_digest(given.encode(), expected.encode())


def local_path(text: str) -> str:
    """The path to go on to: one of this site, else the home page."""
    return text if LOCAL.fullmatch(text) else "/"
