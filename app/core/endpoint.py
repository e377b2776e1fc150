"""How a request becomes a service call: every route is declared here, and every declaration names its permission.

The order is fixed: authenticate and check the permission in a short read; read and parse the body; slow pure work;
only then begin the write, check the actor afresh, call, flush, dump, commit. No lock is held while a phone uploads.
"""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request
from marshmallow import ValidationError
from marshmallow import fields as marshmallow_fields

from app.core import afterwards, once
from app.core.actor import Actor
from app.core.canonical import digest, plain
from app.core.db import asking, reading, session, writing
from app.core.errors import (
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    TooLarge,
    WrongType,
    invalid_field,
)
from app.core.events import lock_ledger
from app.core.fields import Id, Schema, Whole
from qr import is_token

PUBLIC = "public"
SIGNED_IN = "signed-in"  # any account, for what concerns itself alone

ENTERPRISE = "enterprise"  # within one enterprise: one's own, or the one a regulator names in ?enterprise_id=
ANYWHERE = "anywhere"  # not within an enterprise

View = Callable[..., Any]


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
    paged: bool = False
    once: bool = False  # the body carries the client's id; a repeat gets the first answer
    upload: bool = False  # the body is a photo's bytes
    media_type: str | tuple[str, ...] = "application/json"  # of the answer; several where the query chooses
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
        answer.headers.set("Content-Disposition", kind, filename=self.name or None)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


@dataclass(frozen=True)
class Door:
    """What `create_app` hands to this module, so that it knows no room: who acts, and where they may."""

    authenticate: Callable[[bool], Actor]  # from the pages' cookie (true) or the Authorization header
    recheck: Callable[[Actor], Actor]
    place: Callable[[Actor, UUID | None], Actor]


class Routes(Blueprint):
    """A room's routes. Each is declared with its permission and gets `actor` and what else it asks for by name."""

    def __init__(self, name: str, *, cookie: bool = False) -> None:
        super().__init__(name, __name__)
        self.cookie = cookie

    def declare(self, method: str, rule: str, permission: str, **declared: Any) -> Callable[[View], View]:
        def register(view: View) -> View:
            declaration = Declared(view, method, rule, permission, cookie=self.cookie, **declared)

            def endpoint(**path: Any) -> Response:
                return _answer(declaration, path)

            endpoint.declared = declaration  # type: ignore[attr-defined]
            endpoint.__doc__ = view.__doc__
            self.add_url_rule(rule, view.__name__, endpoint, methods=[method], provide_automatic_options=False)
            return view

        return register

    def read(self, rule: str, permission: str, **declared: Any) -> Callable[[View], View]:
        return self.declare("GET", rule, permission, **declared)

    def create(self, rule: str, permission: str, **declared: Any) -> Callable[[View], View]:
        return self.declare("POST", rule, permission, **{"status": 201, **declared})

    def act(self, rule: str, permission: str, **declared: Any) -> Callable[[View], View]:
        return self.declare("POST", rule, permission, **declared)

    def change(self, rule: str, permission: str, **declared: Any) -> Callable[[View], View]:
        return self.declare("PATCH", rule, permission, **declared)

    def place(self, rule: str, permission: str, **declared: Any) -> Callable[[View], View]:
        return self.declare("PUT", rule, permission, **declared)


def _answer(declared: Declared, path: dict[str, Any]) -> Response:
    try:
        return _changed(declared, path) if declared.changes else _read(declared, path)
    finally:
        afterwards.settle()


def _read(declared: Declared, path: dict[str, Any]) -> Response:
    with reading():
        actor = _enter(declared)
        arguments = _arguments(declared, actor, path)
        if declared.body_schema:
            arguments["body"] = _body(declared.body_schema)
        return _respond(declared, _dump(declared, _call(declared, arguments)))


def _changed(declared: Declared, path: dict[str, Any]) -> Response:
    with asking():
        actor = _enter(declared)
    arguments = _arguments(declared, actor, path)
    if declared.body_schema:
        arguments["body"] = _body(declared.body_schema)
    if declared.prepare:
        arguments.update(declared.prepare(**arguments))
    if declared.once:
        arguments["body_hash"] = digest({"path": {name: str(path[name]) for name in path}, "body": arguments["body"]})
    with writing():
        if actor:
            arguments["actor"] = actor = _recheck(declared, actor)
            if declared.within == ENTERPRISE:
                lock_ledger(actor.enterprise)
        if declared.once and actor:
            payload = _once(declared, actor, arguments)
        else:
            payload = _dump(declared, _call(declared, arguments))
    return _respond(declared, payload)


def _once(declared: Declared, actor: Actor, arguments: dict[str, Any]) -> Any:
    kind = f"{declared.method} {declared.rule}"
    action_id: UUID = arguments["body"]["id"]
    body_hash: str = arguments["body_hash"]
    answered = once.answered(actor, action_id, kind=kind, body_hash=body_hash)
    if answered is not None:
        return answered
    payload = json.loads(_json(_dump(declared, _call(declared, arguments))))
    once.keep(actor, action_id, kind=kind, body_hash=body_hash, answer=payload)
    return payload


def _enter(declared: Declared) -> Actor | None:
    """Who acts, in which enterprise, if they may; the body has not been read."""
    if declared.permission == PUBLIC:
        return None
    door: Door = current_app.extensions["door"]
    actor = door.authenticate(declared.cookie)
    _permit(declared, actor)
    if declared.within == ENTERPRISE:
        actor = door.place(actor, _named_enterprise())
    return actor


def _named_enterprise() -> UUID | None:
    text = request.args.get("enterprise_id")
    try:
        return Id().deserialize(text) if text else None
    except ValidationError:
        raise invalid_field("/enterprise_id", "应为企业的编号（UUID）。") from None


def _recheck(declared: Declared, actor: Actor) -> Actor:
    """The same actor as it is now: an account disabled while its photo was uploading changes nothing."""
    door: Door = current_app.extensions["door"]
    fresh = door.recheck(actor)
    _permit(declared, fresh)
    return replace(fresh, enterprise_id=actor.enterprise_id)


def _permit(declared: Declared, actor: Actor) -> None:
    if declared.permission != SIGNED_IN and not actor.may(declared.permission):
        afterwards.note("denied", actor_id=actor.id, permission=declared.permission, rule=declared.rule)
        raise Forbidden("您的角色没有这项权限，请联系本单位安全管理员。")


def _arguments(declared: Declared, actor: Actor | None, path: dict[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(path)
    if any(isinstance(value, str) and not value.isprintable() for value in path.values()):
        raise NotFound
    if actor:
        arguments["actor"] = actor
    if declared.query_schema:
        query = load(declared.query_schema, _single(request.args.to_dict(flat=False)))
        query.pop("enterprise_id", None)
        if declared.paged:
            arguments["paging"] = {"page": query.pop("page"), "page_size": query.pop("page_size")}
        arguments["query"] = query
    elif request.args:
        raise Invalid("这个地址没有查询参数。", errors=[FieldError(name, "没有这个参数。") for name in request.args])
    return arguments


def _single(values: dict[str, list[str]]) -> dict[str, str]:
    repeated = [FieldError(name, "只能给出一次。") for name, given in values.items() if len(given) > 1]
    if repeated:
        raise Invalid("查询参数重复。", errors=repeated)
    return {name: given[0] for name, given in values.items()}


def _body(schema: Schema) -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise WrongType("请求内容应为 JSON，请设置 Content-Type: application/json。")
    most: int = current_app.config["SETTINGS"].json_bytes
    if (request.content_length or 0) > most:
        raise TooLarge(f"请求内容超过 {most // 1000} KB，请分开提交。")
    content = request.stream.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"请求内容超过 {most // 1000} KB，请分开提交。")
    return load(schema, parse_json(content))


def parse_json(content: bytes) -> Any:
    """JSON as it was meant: numbers exact, no repeated names, no NaN. Raises Malformed."""

    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("repeated name")
        return found

    def no_constant(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(
            content.decode("utf-8"), parse_float=Decimal, parse_constant=no_constant, object_pairs_hook=no_repeats
        )
    except (ValueError, RecursionError, ArithmeticError):
        raise Malformed("请求内容不是有效的 JSON（UTF-8，键不重复），请检查后重试。") from None


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """What the schema reads. Raises Invalid naming each field that breaks a rule."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise Invalid("有字段不符合要求，请按 errors 逐项改正。", errors=list(_pointers(error.messages))) from None
    return loaded


def _pointers(messages: Any, at: str = "") -> Any:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + str(name).encode("utf-8", "replace").decode()[:100]
            yield from _pointers(inner, at + step)
    else:
        for message in messages:
            yield FieldError(at or "/", str(message))


def _call(declared: Declared, arguments: dict[str, Any]) -> Any:
    return declared.view(**{name: value for name, value in arguments.items() if name in declared.wants})


def _dump(declared: Declared, result: Any) -> Any:
    if declared.changes:
        session().flush()
    if isinstance(result, File | Response) or declared.answer_schema is None:
        return result
    return declared.answer_schema.dump(result)


def _respond(declared: Declared, payload: Any) -> Response:
    if isinstance(payload, Response):
        return payload
    if isinstance(payload, File):
        return payload.response()
    if declared.render:
        return declared.render(payload)
    if payload is None:
        return Response(status=204)
    return Response(_json(payload), status=declared.status, mimetype="application/json")


def _json(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=plain)


def _schema(base: type[Schema], name: str, parts: dict[str, Any]) -> Schema:
    kind: Any = type(base)
    made: Schema = kind(name, (base,), parts)()
    return made


def _instance() -> str:
    """The path as asked; a code's token is masked, for problems are logged and passed on."""
    rule = request.url_rule.rule if request.url_rule else ""
    if "<token>" in rule:
        return rule
    return "/".join("<token>" if is_token(step) else step for step in request.path.split("/"))


def problem(refusal: Refusal) -> Response:
    """The refusal as problem+json."""
    body = {
        "type": f"/api/docs/errors#{refusal.code or refusal.default_code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": _instance(),
        "code": refusal.code or refusal.default_code,
        **refusal.facts,
    }
    if refusal.errors:
        body["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in refusal.errors]
    return Response(_json(body), status=refusal.status, mimetype="application/problem+json")
