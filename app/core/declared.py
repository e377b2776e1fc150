"""What a route says of itself: who may, what comes in, what goes out. The wrapper and the document obey."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from flask import Response
from marshmallow import fields as marshmallow_fields

from app.core.fields import Id, Schema, Whole

PUBLIC = "public"
SIGNED_IN = "signed-in"  # any account, for what concerns itself alone

ENTERPRISE = "enterprise"  # within one enterprise: one's own, or the one a regulator names in ?enterprise_id=
ANYWHERE = "anywhere"  # not within an enterprise

View = Callable[..., Any]


@dataclass(frozen=True)
class Upload:
    """A body of bytes: which media types it may have, and the setting that limits it."""

    media_types: tuple[str, ...]  # bytes of no named type are taken too, and judged by what they hold
    limit: str  # the name of a setting in bytes
    wrong_type: str  # what is said of another media type
    too_large: str  # what is said of one past the limit, with {limit} for the limit


@dataclass(frozen=True)
class Declared:
    """What a route says of itself; the wrapper obeys it and the API document is generated from it."""

    view: View
    method: str
    rule: str
    permission: str
    within: str = ENTERPRISE
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    answer: type[Schema] | None = None
    status: int = 200
    reads: bool = False  # changes nothing, whatever the method
    one_moment: bool = False  # reads everything as it stood at one moment: for what compares or exports whole tables
    paged: bool = False
    once: bool = False  # the body carries the client's id; a repeat gets the first answer
    upload: Upload | None = None  # the body is the bytes of a file
    media_type: str | tuple[str, ...] = "application/json"  # of the answer; several where the query chooses
    receipt: bool = False  # the X-Receipt header says which public report is meant; nobody is signed in
    prepare: Callable[..., dict[str, Any]] | None = None  # slow pure work, before the write begins
    refuses: tuple[int, ...] = ()  # statuses beside those every route may answer
    cookie: bool = False  # a page: signed in by cookie
    render: Callable[[Any], Response] | None = None  # shows the answer as a page, once it stands

    @cached_property
    def query_schema(self) -> Schema | None:
        parameters: dict[str, Any] = {}
        if self.within == ENTERPRISE and self.permission != PUBLIC:
            parameters["enterprise_id"] = Id(metadata={"description": "监管人员须指明企业；企业人员不必填写。"})
        if self.paged:
            parameters["page"] = Whole(1, 100_000, from_text=True, load_default=1)
            parameters["page_size"] = Whole(1, 100, from_text=True, load_default=20)
        base = self.query or Schema
        if not parameters:
            return self.query() if self.query else None
        return _schema(base, f"{base.__name__}Query", parameters)

    @cached_property
    def body_schema(self) -> Schema | None:
        return self.body() if self.body else None

    @cached_property
    def answer_schema(self) -> Schema | None:
        if self.answer is None or not self.paged:
            return self.answer() if self.answer else None
        page = {
            "items": marshmallow_fields.List(marshmallow_fields.Nested(self.answer)),
            "page": marshmallow_fields.Integer(),
            "page_size": marshmallow_fields.Integer(),
            "total": marshmallow_fields.Integer(),
        }
        return _schema(Schema, f"{self.answer.__name__.removesuffix('Out')}Page", page)

    @property
    def media_types(self) -> tuple[str, ...]:
        return (self.media_type,) if isinstance(self.media_type, str) else self.media_type

    @cached_property
    def changes(self) -> bool:
        return self.method != "GET" and not self.reads

    @cached_property
    def wants(self) -> frozenset[str]:
        return frozenset(inspect.signature(self.view).parameters)


@dataclass(frozen=True)
class File:
    """An answer of bytes: a print, a picture, a workbook."""

    content: bytes
    media_type: str
    name: str = ""
    attachment: bool = False

    def response(self) -> Response:
        answer = Response(self.content, mimetype=self.media_type)
        kind = "attachment" if self.attachment else "inline"
        answer.headers.set("Content-Disposition", kind, **_file_name(self.name))
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _file_name(name: str) -> dict[str, str]:
    """A file's name as a header carries it: Chinese by RFC 5987, with an ASCII name for who cannot read that."""
    if name.isascii():
        return {"filename": name} if name else {}
    plain = "".join(character for character in name if character.isascii()).strip("-")
    return {"filename": plain if plain[:1] != "." else f"file{plain}", "filename*": f"UTF-8''{quote(name)}"}


def _schema(base: type[Schema], name: str, parts: dict[str, Any]) -> Schema:
    kind: Any = type(base)
    made: Schema = kind(name, (base,), parts)()
    return made
