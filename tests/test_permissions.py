"""Who may do what: the table of rights written out again, held against every route and every role."""

import re

import pytest
from flask import Flask
from marshmallow import fields

from app import UndeclaredRoute, check_declared
from app.accounts.policy import PERMISSIONS, RIGHTS, Role
from app.core.endpoint import ANYWHERE, PUBLIC, SIGNED_IN, Routes
from app.core.fields import Schema
from tests.surface import Route, api_routes, every_route, in_enterprise, problem_of, row_counts, send
from tests.world import Person, World

# DOMAIN 11, one line a permission: worker, leader, safety manager, principal, regulator, platform admin.
TABLE = """
point:see                   w l s p r -
inspection:record           w l s p - -
hidden-hazard:report        w l s p - -
hidden-hazard:rectify       w l s p - -
hidden-hazard:move          w l s p r -
risk:identify               - l s p - -
hidden-hazard:handle        - l s p - -
inspection:plan             - l s p - -
tag:keep                    - l s p - -
print:make                  - l s p r -
exchange:import             - l s p - -
exchange:export             - l s p r -
risk:review                 - - s p - -
hidden-hazard:handle-major  - - s p - -
people:see                  - l s p - -
channel:keep                - - s p - -
public-report:handle        - - s p - -
reward:keep                 - - s p - -
people:keep                 - - s p - -
profile:keep                - - s p - -
extension:grant             - - s p - -
extension:grant-major       - - - p - -
risk:confirm-red            - - - p - -
signal:see                  - l s p r -
briefing:see                - l s p r -
briefing:keep               - l s p - -
chain:export                - - s p r -
supervision:see             - - - - r -
finding:record              - - - - r -
finding:recheck             - - - - r -
order:issue                 - - - - r -
listing:keep                - - - - r -
platform:run                - - - - - a
"""
ROLES = (Role.WORKER, Role.LEADER, Role.SAFETY_MANAGER, Role.PRINCIPAL, Role.REGULATOR, Role.PLATFORM_ADMIN)
ALLOWED = {
    line.split()[0]: {role for role, mark in zip(ROLES, line.split()[1:], strict=True) if mark != "-"}
    for line in TABLE.strip().splitlines()
}
ABSENT = "019a3c5e-7c1e-7000-8000-00000000dead"
BROKEN = {"data": b'{"never', "content_type": "application/json"}


def test_the_rights_of_each_role_are_those_of_the_table() -> None:
    assert set(ALLOWED) == PERMISSIONS
    for role in Role:
        assert RIGHTS[role] == {permission for permission, roles in ALLOWED.items() if role in roles}


def test_every_route_declares_a_permission_of_the_table(app: Flask) -> None:
    for route in every_route(app):
        assert route.declared.permission in {*ALLOWED, PUBLIC, SIGNED_IN}, route.named


def test_few_routes_are_public_and_each_is_known_here(app: Flask) -> None:
    public = {route.named for route in api_routes(app) if route.declared.permission == PUBLIC}
    known = {"POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "GET /api/v1/scan/<token>"}
    known |= {"POST /api/v1/scan", "POST /api/v1/scan/<token>/reports", "PUT /api/v1/reports/photos/<sha256>"}
    known |= {"GET /api/v1/print-check/<token>", "GET /api/v1/reports/status", "GET /api/v1/reports/rewards"}
    reference = {name for name in public if re.match(r"GET /api/(docs|health|ready|live|v1/openapi|openapi)", name)}
    assert public - reference == known


def test_whoever_lacks_the_permission_is_refused_before_the_body_is_read(world: World) -> None:
    before = row_counts()
    for route in every_route(world.app):
        for role, person in world.everyone().items():
            if route.declared.cookie or Role(role) in _holders(route):
                continue
            answer = _ask(world, route, person)
            assert answer.status_code == 403, (route.named, role, answer.status, answer.text)
            assert problem_of(answer)["code"] == "forbidden"
    assert row_counts() == before


def test_whoever_holds_the_permission_gets_past_it(world: World) -> None:
    for route in api_routes(world.app):
        for role, person in world.everyone().items():
            if Role(role) in _holders(route) and route.named != "POST /api/v1/auth/logout":
                answer = _ask(world, route, person)
                assert answer.status_code not in (401, 403), (route.named, role, answer.text)
                assert answer.status_code < 500, (route.named, role, answer.text)


def test_nobody_is_asked_to_sign_in_on_every_route_that_is_not_public(world: World) -> None:
    before = row_counts()
    for route in every_route(world.app):
        if route.declared.permission == PUBLIC:
            continue
        answer = _ask(world, route, None)
        if route.declared.cookie:
            assert answer.status_code in (302, 303, 401), (route.named, answer.status)
        else:
            assert answer.status_code == 401, (route.named, answer.status, answer.text)
            assert problem_of(answer)["code"] == "token_missing"
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert row_counts() == before


def test_a_denied_access_is_noted_without_address_or_path(world: World) -> None:
    world.plant.worker.get("/offices")
    from app.core.afterwards import SecurityFact  # noqa: PLC0415 - beside its one use
    from app.core.db import reading  # noqa: PLC0415

    with reading() as session:
        fact = session.query(SecurityFact).filter_by(kind="denied").one()
    assert fact.actor_id == world.plant.worker.id
    assert set(fact.data) == {"permission", "rule"}


def test_a_bare_route_stops_the_start(app: Flask) -> None:
    app.add_url_rule("/api/v1/bare", "bare", lambda: "open to all")
    with pytest.raises(UndeclaredRoute, match="/api/v1/bare"):
        check_declared(app)


def test_a_route_with_a_permission_nobody_could_hold_stops_the_start(app: Flask) -> None:
    routes = Routes("mistyped")

    @routes.read("/mistyped", "point:sea", within=ANYWHERE)
    def view() -> None: ...

    app._got_first_request = False
    app.register_blueprint(routes, url_prefix="/api/v1")
    with pytest.raises(UndeclaredRoute, match="mistyped"):
        check_declared(app)


def test_no_schema_of_an_answer_names_a_password_or_a_hash_of_one(app: Flask) -> None:
    for route in every_route(app):
        if route.declared.answer:
            names = _names(route.declared.answer())
            assert not {name for name in names if "password" in name}, route.named


def _names(schema: Schema) -> set[str]:
    found = set(schema.fields)
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            found |= _names(inner.schema)
    return found


def _holders(route: Route) -> set[Role]:
    permission = route.declared.permission
    return set(Role) if permission in (PUBLIC, SIGNED_IN) else ALLOWED[permission]


def _ask(world: World, route: Route, person: Person | None):
    given = {name: ABSENT if kind == "uuid" else "nothing" for name, kind in route.path.items()}
    query = in_enterprise(route, person, world.plant) if person else {}
    return send(world.anyone, route, given, person=person, query=query, **({} if route.method == "GET" else BROKEN))
