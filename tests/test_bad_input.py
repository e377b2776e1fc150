"""Bad input, made from what each route declares: always 4xx problem+json in Chinese, never a 5xx, nothing written."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields
from werkzeug.test import TestResponse

from app.core.endpoint import PUBLIC, SIGNED_IN
from app.core.fields import Choice, Day, Factors, Flag, Id, Instant, ListOf, Number, Text, Whole
from tests.surface import Furnished, Route, api_routes, in_enterprise, problem_of, row_counts, send, walk, with_value
from tests.world import Person, World, jpeg

EACH = int(os.environ.get("FUZZ_EXAMPLES", "4"))  # wrong values sent to each field
LONG = "长" * 10_001
WRONG: dict[type, list[Any]] = {
    Text: [7, 1.5, True, [], {}, LONG, "\x00", "甲\x07乙", "\ud800", "\x7f"],
    Id: [7, True, [], {}, "", "x" * 36, "019a3c5e", "019a3c5e7c1e700080000000000000a1", LONG, "\ud800" * 36],
    Whole: ["1", 1.5, True, [], {}, -1, 2**31, 10**400, "NaN", 1e300],
    Number: ["x", "", True, [], {}, "NaN", "Infinity", "-Infinity", "sNaN", "1e400", 10**400, LONG, "\x00"],
    Instant: ["2026-11-21T08:30:00", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "x",
              1763700000, True, [], {}, "", LONG, "２０２６-11-21T08:30:00Z", "2026-11-21T08:30:00+99:99"],
    Day: ["2026-02-30", "21.11.2026", 20261121, True, [], {}, "", "0001-01-01", LONG],
    Choice: ["nope", "", 7, True, [], {}, LONG, "\x00"],
    Flag: ["true", "", 1, 0, [], {}],
    ListOf: [{}, "x", 7, True, [None], [[[]]], [{}] * 3000],
    fields.Nested: [[], "x", 7, True, {"no such field": 1}],
    Factors: [[], "x", 7, True, {"L": True}, {"L": [1]}, {"L": {}}, {"\x00": 1}, {"\ud800": 1}, {"L": LONG},
              {"L": 10**400}, {"L": "NaN"}, {"L": 1.5, "S": "1e999999999"}, {str(n): 1 for n in range(13)}],
    fields.Dict: [[], "x", 7, True, {}, {"name": "x"}, {"\ud800": 1}, {"name": "\x00"}, {"factors": [[[[]]]]}],
}  # fmt: skip
MALFORMED = [
    (b"", "application/json", 400),
    (b"{", "application/json", 400),
    (b"\xff\xfe{}", "application/json", 400),
    (b'{"a": NaN}', "application/json", 400),
    (b'{"a": Infinity}', "application/json", 400),
    (b'{"a": 1, "a": 2}', "application/json", 400),
    (b'{"a": ' + b"9" * 5000 + b"}", "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json", 400),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b'"x"', "application/json", 422),
    (b"{}", "text/plain", 415),
    (b"{}", "", 415),
    (b"a=1", "application/x-www-form-urlencoded", 415),
    (b" " * 1_000_001 + b"{}", "application/json", 413),
]


@pytest.fixture
def own(world: World) -> Furnished:
    return Furnished(world, world.plant)


def test_every_field_of_every_body_refuses_what_it_cannot_take(world: World, own: Furnished) -> None:
    sent = 0
    for route in _with_bodies(world):
        body, before = own.body_of(route), row_counts()
        for way, field in walk(route.declared.body_schema):
            for value in _wrong_for(f"{route.named}{way}", field):
                answer = _post(world, own, route, _text(with_value(body, way, value)))
                where = (route.named, way, str(value)[:60], answer.status, answer.text[:300])
                assert 400 <= answer.status_code < 500, where
                problem = problem_of(answer)
                if answer.status_code == 422:
                    assert _named(problem, way), (*where, problem)
                sent += 1
        assert row_counts() == before, route.named
    assert sent > 400


def test_a_required_field_left_out_is_named(world: World, own: Furnished) -> None:
    for route in _with_bodies(world):
        body, before = own.body_of(route), row_counts()
        for name, field in route.declared.body_schema.fields.items():
            if field.required:
                given = {key: value for key, value in body.items() if key != (field.data_key or name)}
                answer = _post(world, own, route, _text(given))
                assert answer.status_code == 422, (route.named, name)
                assert f"/{field.data_key or name}" in {error["pointer"] for error in answer.json["errors"]}
        assert row_counts() == before, route.named


def test_an_unknown_field_is_refused_at_every_depth(world: World, own: Furnished) -> None:
    for route in _with_bodies(world):
        for name in ("no_such_field", "", "名称", "\ud800", "\x00", "__class__", "x" * 5000):
            answer = _post(world, own, route, _text({**own.body_of(route), name: 1}))
            assert answer.status_code == 422, (route.named, name, answer.text)
            assert problem_of(answer)["errors"]


def test_what_is_no_json_of_the_right_kind_is_refused(world: World, own: Furnished) -> None:
    before = row_counts()
    for route in _with_bodies(world):
        for content, media_type, status in MALFORMED:
            answer = _post(world, own, route, content, media_type)
            assert answer.status_code == status, (route.named, content[:20], media_type, answer.status, answer.text)
            problem_of(answer)
    assert row_counts() == before


@pytest.mark.parametrize("depth", [50, 200, 400, 600, 800, 850, 900, 930, 950, 970, 990])
def test_json_nested_too_deeply_is_refused_wherever_it_is_noticed(world: World, depth: int) -> None:
    deep = b"[" * depth + b"]" * depth
    for body in (b'{"document":{"a":' + deep + b"}}", b'{"document":{"factors":' + deep + b"}}"):
        answer = world.plant.manager.client.post(
            "/api/v1/profiles", data=body, headers=world.plant.manager.headers, content_type="application/json"
        )
        assert answer.status_code in (400, 422), (depth, answer.text)
        problem_of(answer)


def test_every_query_refuses_what_it_cannot_take(world: World, own: Furnished) -> None:
    before = row_counts()
    for route in api_routes(world.app):
        for text in _wrong_queries(route):
            answer = _get(world, own, route, text)
            assert 400 <= answer.status_code < 500, (route.named, text[:60], answer.status, answer.text[:300])
            problem_of(answer)
    assert row_counts() == before


def test_every_path_refuses_what_names_nothing(world: World, own: Furnished) -> None:
    before = row_counts()
    for route in api_routes(world.app):
        for name, kind in route.path.items():
            for value in (
                "%00",
                "..%2f..%2fetc",
                "%ff%fe",
                "%ed%a0%80",
                "%F0%9F%92%A9",
                "a" * 3000,
                "'%20OR%201=1",
                "-",
            ):
                given = {**own.in_path(route), name: value}
                sent = {"json": own.body_of(route)} if route.declared.body else {}
                answer = _open(world, own, route, given, **sent)
                assert answer.status_code in (404, 422), (
                    route.named,
                    kind,
                    value[:40],
                    answer.status,
                    answer.text[:300],
                )
                problem_of(answer)
    assert row_counts() == before


def test_a_photo_that_is_none_is_refused_on_every_upload(world: World, own: Furnished) -> None:
    before = row_counts()
    for route in api_routes(world.app):
        if not route.declared.upload:
            continue
        for content, media_type in ((b"", "image/jpeg"), (b"GIF89a", "image/gif"), (b"x" * 99, "image/png"),
                                    (b"{}", "application/json"), (jpeg(seed=9)[:-400], "image/jpeg")):  # fmt: skip
            answer = _open(world, own, route, own.in_path(route), data=content, content_type=media_type)
            assert 400 <= answer.status_code < 500, (route.named, content[:9], answer.text)
            problem_of(answer)
    assert row_counts() == before


def test_every_pointer_of_a_refusal_by_a_rule_names_a_field_of_the_body(world: World, own: Furnished) -> None:
    """A refusal the schema cannot foresee, such as an id of nothing, names the field as it was sent."""
    absent = "019a3c5e-7c1e-7000-8000-00000000dead"
    for route in _with_bodies(world):
        for way, field in walk(route.declared.body_schema):
            if isinstance(field, Id) and way != ("id",):
                answer = _post(world, own, route, _text(with_value(own.body_of(route), way, absent)))
                if answer.status_code == 422:
                    assert _named(problem_of(answer), way), (route.named, way, answer.text)


def test_a_method_the_address_does_not_know_is_refused(world: World) -> None:
    for route in api_routes(world.app):
        given = dict.fromkeys(route.path, "019a3c5e-7c1e-7000-8000-00000000dead")
        for method in ("DELETE", "OPTIONS", "TRACE"):
            answer = world.anyone.open(route.address(given), method=method)
            assert answer.status_code == 405, route.named
            assert route.method in answer.headers["Allow"]
            problem_of(answer)


def test_an_address_that_is_none_is_answered_in_chinese(world: World) -> None:
    for path in ("/api/v1/nothing", "/api/v1/risk-points/7", "/api/", "/api/v1/%00", "/api/v1//risk-points"):
        answer = world.plant.worker.client.get(path)
        assert answer.status_code in (404, 308), path


def _with_bodies(world: World) -> list[Route]:
    return [route for route in api_routes(world.app) if route.declared.body]


def _wrong_for(name: str, field: fields.Field[Any]) -> Iterator[Any]:
    kinds = [kind for kind in type(field).__mro__ if kind in WRONG]
    values = WRONG[kinds[0]] if kinds else []
    start = sum(name.encode()) % max(1, len(values))  # each field begins elsewhere, so that few cover all
    yield from (values[start:] + values[:start])[:EACH]
    if not field.allow_none:
        yield None


def _wrong_queries(route: Route) -> Iterator[str]:
    schema = route.declared.query_schema
    yield "no_such_parameter=1"
    yield "%00=%00"
    for name, field in schema.fields.items() if schema else ():
        key = field.data_key or name
        yield f"{key}=1&{key}=2"
        if isinstance(field, Id | Choice | Whole | Instant | Day):
            yield from (f"{key}={text}" for text in ("x", "%00", "%ff", "-1", "9" * 30, "1e9", "%EF%BC%91", "a" * 5000))
        elif isinstance(field, Text):
            yield from (f"{key}={text}" for text in ("%00", "%07", "a" * 5000, "%20%20"))
    if schema and "page" in schema.fields:
        yield from ("page=0", "page=100001", "page_size=0", "page_size=101", "page=1.0")


def _named(problem: dict[str, Any], way: tuple[Any, ...]) -> bool:
    """Whether an error points at the field, at what holds it, or into it."""
    wanted = "/" + "/".join(str(step) for step in way)
    pointers = [error["pointer"] for error in problem.get("errors", [])]
    return any(wanted.startswith(pointer) or pointer.startswith(wanted) for pointer in pointers)


def _text(body: Any) -> bytes:
    return json.dumps(body).encode("ascii")


def _person(world: World, route: Route) -> Person | None:
    permission = route.declared.permission
    if permission == PUBLIC:
        return None
    if permission == SIGNED_IN:
        return world.plant.colleague
    return next(
        person for person in (world.plant.principal, world.regulator, world.admin) if person.actor.may(permission)
    )


def _open(world: World, own: Furnished, route: Route, given: dict[str, Any], **sent: Any) -> TestResponse:
    person = _person(world, route)
    query = in_enterprise(route, person, own.plant) if person else {}
    return send(world.anyone, route, given, person=person, query=query, **sent)


def _post(
    world: World, own: Furnished, route: Route, content: bytes, media_type: str = "application/json"
) -> TestResponse:
    given = own.in_path(route)
    if "office_id" in given:
        given["office_id"] = str(world.office.id)
    return _open(world, own, route, given, data=content, content_type=media_type)


def _get(world: World, own: Furnished, route: Route, query: str) -> TestResponse:
    person = _person(world, route)
    named = "&".join(
        f"{name}={value}" for name, value in (in_enterprise(route, person, own.plant) if person else {}).items()
    )
    headers = person.headers if person else {}
    address = f"{route.address(own.in_path(route))}?{query}" + (f"&{named}" if named else "")
    body = own.body_of(route)
    return world.anyone.open(address, method=route.method, headers=headers, **({"json": body} if body else {}))
