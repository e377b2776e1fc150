"""How a request becomes a service call: every route is declared here, and every declaration names its permission.

The order is fixed: authenticate and check the permission in a short read; read and parse the body; slow pure work;
only then begin the write, check the actor afresh, call, flush, dump, commit. No lock is held while a phone uploads.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request
from marshmallow import ValidationError

from app.core import afterwards, once
from app.core.actor import Actor
from app.core.canonical import as_json, digest
from app.core.db import asking, reading, reading_one_moment, session, writing
from app.core.declared import ANYWHERE, ENTERPRISE, PUBLIC, SIGNED_IN, Declared, File, Upload, View
from app.core.errors import FieldError, Forbidden, Invalid, NotFound, invalid_field
from app.core.events import lock_ledger
from app.core.fields import Id
from app.core.incoming import receipt
from app.core.parsing import json_body, load, single

# What a room declares its routes with.
__all__ = ["ANYWHERE", "ENTERPRISE", "PUBLIC", "SIGNED_IN", "Declared", "Door", "File", "Routes", "Upload", "load"]


@dataclass(frozen=True)
class Door:
    """What `create_app` hands to this module, so that it knows no room: who acts, and where they may."""

    authenticate: Callable[[bool], Actor]  # from the pages' cookie (true) or the Authorization header
    recheck: Callable[[Actor], Actor]
    place: Callable[[Actor, UUID | None], Actor]
    act_for: Callable[[UUID], Actor]  # the account a job is done for


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
    with reading_one_moment() if declared.one_moment else reading():
        actor = _enter(declared)
        arguments = _arguments(declared, actor, path)
        if declared.body_schema:
            arguments["body"] = json_body(declared.body_schema)
        return _respond(declared, _dump(declared, _call(declared, arguments)))


def _changed(declared: Declared, path: dict[str, Any]) -> Response:
    with asking():
        actor = _enter(declared)
    arguments = _arguments(declared, actor, path)
    if declared.body_schema:
        arguments["body"] = json_body(declared.body_schema)
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
    payload = json.loads(as_json(_dump(declared, _call(declared, arguments))))
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
    if declared.receipt:
        arguments["receipt"] = receipt()
    if declared.query_schema:
        query = load(declared.query_schema, single(request.args.to_dict(flat=False)))
        query.pop("enterprise_id", None)
        if declared.paged:
            arguments["paging"] = {"page": query.pop("page"), "page_size": query.pop("page_size")}
        arguments["query"] = query
    elif request.args:
        raise Invalid("这个地址没有查询参数。", errors=[FieldError(name, "没有这个参数。") for name in request.args])
    return arguments


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
    # An answer that is kept comes back byte for byte: a database that keeps JSON does not keep the order of its names.
    return Response(as_json(payload, sort_keys=declared.once), status=declared.status, mimetype="application/json")
