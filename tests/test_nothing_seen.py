"""Nothing is seen by those it is not for: every route, every place an id can stand, own, foreign and absent."""

import io
import os
import zipfile
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from werkzeug.test import TestResponse

from app.accounts.tokens import COOKIE, page_token
from app.core.db import db
from app.core.endpoint import PUBLIC
from app.core.fields import Id
from tests.exchange.ledgers import XLSX
from tests.surface import (
    CANARY,
    Furnished,
    Route,
    api_routes,
    custom_profile,
    every_route,
    in_enterprise,
    problem_of,
    row_counts,
    send,
    walk,
    with_value,
)
from tests.world import Person, World, announced, jpeg

ABSENT = "019a3c5e-7c1e-7000-8000-00000000dead"
NO_SUCH_HASH = "0" * 64
MOVING = {  # moves that name another thing, by the field that names it; what else they take, at a graded hidden hazard
    ("rectifier_id",): {
        "action": "assign", "version": 2, "gravity": None, "deadline_at": "2027-01-01T00:00:00Z",
    },
    ("original_id",): {
        "action": "mark_duplicate", "version": 2, "gravity": None, "reason": "同一处",
        "photos": [{"sha256": "c" * 64, "size": 7}],
    },
}  # fmt: skip
SHARE = 1 if "FUZZ_EXAMPLES" in os.environ else 3  # one in so many foreign ids is tried in each place
Slot = tuple[str, tuple[Any, ...]]  # path, query or body, and the way there


class Two:
    """Two plants with one of everything each; every text of the other one carries the canary."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.own = Furnished(world, world.plant)
        self.other = Furnished(world, world.other, canary=CANARY)


@pytest.fixture
def two(world: World) -> Two:
    return Two(world)


def test_the_other_plants_own_people_do_see_the_canary(two: Two) -> None:
    """Without this the silence of the other tests would prove nothing."""
    seen = 0
    for route in api_routes(two.world.app):
        if route.method == "GET" and two.world.other.manager.actor.may(route.declared.permission):
            answer = send(two.world.anyone, route, two.other.in_path(route), person=two.world.other.manager)
            seen += CANARY in _words(answer)
    assert seen > 15


def test_nobody_else_ever_reads_the_canary(two: Two) -> None:
    for route in api_routes(two.world.app):
        if route.declared.permission == PUBLIC or route.method != "GET":
            continue
        for person in two.world.everyone().values():
            if person is two.world.admin:
                continue  # the platform keeps the list of enterprises, and nothing within them
            for furnished in (two.own, two.other):
                query = in_enterprise(route, person, furnished.plant)
                answer = send(two.world.anyone, route, furnished.in_path(route), person=person, query=query)
                assert CANARY not in _words(answer), (route.named, person.actor.role, answer.text)


def test_a_foreign_id_answers_exactly_like_an_absent_one(two: Two) -> None:
    compared = 0
    for route in api_routes(two.world.app):
        for person in _people(two, route):
            for slot, body, path in _slots(two, route, person):
                wanted = _outcome(two, route, person, slot, ABSENT, body, path)
                for kind, foreign in _foreign(two, route, person, slot):
                    got = _outcome(two, route, person, slot, foreign, body, path)
                    assert got == wanted, (route.named, person.actor.role, slot, kind, got, wanted)
                    compared += 1
    assert compared > 400


def test_a_foreign_photo_or_profile_answers_exactly_like_an_absent_one(two: Two) -> None:
    others = {"sha256": two.other.sha256, "name": two.other.profile}
    absent = {"sha256": NO_SUCH_HASH, "name": "no-such-profile"}
    compared = 0
    for route in api_routes(two.world.app):
        for person in _people(two, route):
            for name in set(route.path) & set(others):
                sent = {} if route.method == "GET" else {"data": two.other.photo, "content_type": "image/jpeg"}
                query = in_enterprise(route, person, two.own.plant)
                answers = []
                for value in (others[name], absent[name]):
                    given = {**two.own.in_path(route), name: value}
                    answer = send(two.world.anyone, route, given, person=person, query=query, **sent)
                    answers.append((answer.status_code, _words(answer).replace(value, "…")))
                assert answers[0] == answers[1], (route.named, answers)
                assert answers[0][0] == 404
                compared += 1
    assert compared >= 10


def test_a_photo_of_another_plant_is_taken_in_as_if_it_were_new(two: Two) -> None:
    """What is stored once per enterprise must not tell one that another has it."""
    fresh, answers = jpeg(seed=201), []
    for photo in (two.other.photo, fresh):
        hazard = two.own.plant.report(photos=[announced(photo)])
        assert not hazard["complete"]
        sent = two.own.plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
        answers.append((sent.status_code, sent.json["complete"], [row["arrived"] for row in sent.json["photos"]]))
    assert answers[0] == answers[1] == (200, True, [True])


def test_what_is_unique_is_unique_within_an_enterprise_only(two: Two) -> None:
    """A taken name would betray the other's; so each of these is as free as any."""
    manager, ids = two.own.plant.manager, two.own.ids()
    two.world.other.manager.post("/org-units", {"name": "甲班", "kind": "team"})
    point = two.other.body_of(_route(two, "POST /api/v1/risk-points"))
    assert two.world.other.manager.post("/risk-points", {**point, "code": "A-1"}).status_code == 201
    own_point = two.own.body_of(_route(two, "POST /api/v1/risk-points"))
    person = {**two.own.body_of(_route(two, "POST /api/v1/users")), "login": "same.name"}
    for plant in (two.world.other, two.world.plant):
        unit = str(plant.unit.id)
        assert plant.manager.post("/users", {**person, "unit_id": unit}).status_code == 201
    assert manager.post("/org-units", {"name": "甲班", "kind": "team"}).status_code == 201
    assert manager.post("/risk-points", {**own_point, "code": "A-1"}).status_code == 201
    assert manager.post("/profiles", {"document": custom_profile(two.other.profile)}).status_code == 201
    inspection = {**two.own.plant.inspection(), "id": two.other.inspection["id"]}
    assert two.own.plant.worker.post("/inspections", inspection).status_code == 201
    hazard = two.own.plant.report(id=two.other.hazard["id"])
    assert hazard["risk_point_id"] == ids["point"]
    assert two.world.other.worker.get(f"/hidden-hazards/{hazard['id']}").json["description"].startswith(CANARY)


def test_a_write_takes_only_the_fields_its_schema_names(two: Two) -> None:
    columns = {column.name for table in db.metadata.sorted_tables for column in table.columns}
    before = row_counts()
    for route in api_routes(two.world.app):
        if route.declared.body_schema is None:
            continue
        known = {field.data_key or name for name, field in route.declared.body_schema.fields.items()}
        person = next((one for one in _people(two, route)), None)
        body = {**two.own.body_of(route), **dict.fromkeys(columns - known, ABSENT)}
        query = in_enterprise(route, person, two.own.plant) if person else {}
        answer = send(two.world.anyone, route, two.own.in_path(route), person=person, query=query, json=body)
        assert answer.status_code == 422, (route.named, answer.text)
        refused = {error["pointer"] for error in problem_of(answer)["errors"]}
        assert refused >= {f"/{name}" for name in columns - known}, route.named
    assert row_counts() == before


def test_a_query_takes_only_the_parameters_its_schema_names(two: Two) -> None:
    columns = {column.name for table in db.metadata.sorted_tables for column in table.columns}
    for route in api_routes(two.world.app):
        if route.method != "GET" or route.declared.permission == PUBLIC:
            continue
        known = {field.data_key or name for name, field in route.declared.query_schema.fields.items()} if (
            route.declared.query_schema
        ) else set()  # fmt: skip
        person = next(iter(_people(two, route)))
        query = {**in_enterprise(route, person, two.own.plant), **dict.fromkeys(columns - known, "x")}
        answer = send(two.world.anyone, route, two.own.in_path(route), person=person, query=query)
        assert answer.status_code == 422, (route.named, answer.text)


def test_the_pages_of_another_plant_answer_like_pages_of_nothing(two: Two) -> None:
    worker = two.world.plant.worker
    client = two.world.app.test_client()
    lives = two.world.app.config["JWT_ACCESS_TOKEN_EXPIRES"]
    client.set_cookie(COOKIE, page_token(worker.id, worker.sign_in_id, lives=lives))
    pages = [route for route in every_route(two.world.app) if route.declared.cookie and "uuid" in route.path.values()]
    for route in pages:
        answers = []
        for value in (two.other.ids()["point"], ABSENT):
            given = dict.fromkeys(route.path, value)
            answer = client.open(route.address(given), method=route.method)
            answers.append((answer.status_code, answer.get_data(as_text=True).replace(value, "…")))
        assert answers[0] == answers[1], route.named
        assert answers[0][0] in (400, 403, 404, 415, 422)
        assert CANARY not in answers[0][1]


def test_a_region_outside_the_offices_own_answers_like_one_without_enterprises(two: Two) -> None:
    for route in api_routes(two.world.app):
        schema = route.declared.query_schema
        if schema and "region_code" in schema.fields and two.world.regulator.actor.may(route.declared.permission):
            query = in_enterprise(route, two.world.regulator, two.own.plant)
            given = {"as_of": "2026-01-01T00:00:00Z"} if "as_of" in schema.fields else {}
            answers = [
                _words(two.world.regulator.get(route.rule.removeprefix("/api/v1"), **query, **given, region_code=code))
                for code in ("219902", "219977")
            ]
            assert answers[0] == answers[1], route.named


def _foreign(two: Two, route: Route, person: Person, slot: Slot) -> Iterator[tuple[str, str]]:
    """The other plant's ids to try in a slot: those of its own kind, and a share of all others that moves on."""
    way = "/".join(str(step) for step in slot[1])
    turn = sum(f"{route.named} {person.actor.role} {way}".encode())
    for place, (kind, foreign) in enumerate(two.other.ids().items()):
        if kind in way or (place + turn) % SHARE == 0:
            yield kind, foreign


def _people(two: Two, route: Route) -> list[Person]:
    """Those of plant 1 and its regulator who hold the route's permission."""
    if route.declared.permission == PUBLIC:
        return []
    everyone = [person for person in two.world.everyone().values() if person is not two.world.admin]
    holders = [person for person in everyone if person.actor.may(route.declared.permission)]
    return holders or ([two.world.admin] if two.world.admin.actor.may(route.declared.permission) else everyone[-2:-1])


def _slots(two: Two, route: Route, person: Person) -> Iterator[tuple[Slot, Any, dict[str, str]]]:
    """Every place of a request where an id can stand, with a body and a path to set it in."""
    if person is two.world.admin:
        return
    path, body = two.own.in_path(route), two.own.body_of(route)
    for name, kind in route.path.items():
        if kind == "uuid":
            yield ("path", (name,)), body, path
    schema = route.declared.query_schema
    for name, field in schema.fields.items() if schema else ():
        if isinstance(field, Id):
            yield ("query", (field.data_key or name,)), body, path
    for way, field in walk(route.declared.body_schema) if route.declared.body_schema else ():
        # The ids a client makes name nothing yet, and an inspection is kept whatever task it names.
        if isinstance(field, Id) and way[-1] not in ("id", "task_id"):
            if way in MOVING:
                yield ("body", way), {**body, **MOVING[way]}, {**path, "hazard_id": two.own.ids()["graded"]}
            else:
                yield ("body", way), body, path


def _outcome(
    two: Two, route: Route, person: Person, slot: Slot, value: str, body: Any, path: dict[str, str]
) -> tuple[int, str]:
    """Status and body of a request with this value in the slot, the value itself blanked out."""
    where, way = slot
    query = in_enterprise(route, person, two.own.plant)
    if where == "path":
        path = {**path, way[0]: value}
    elif where == "query":
        query = {**query, way[0]: value}
    else:
        body = with_value(body, way, value)
    sent: dict[str, Any] = {"json": body} if body is not None else {}
    if route.declared.upload:
        sent = two.other.file_of(route)
    answer = send(two.world.anyone, route, path, person=person, query=query, **sent)
    words = _words(answer)
    assert CANARY not in words, (route.named, person.actor.role, slot, words)
    assigns = ("leader", "safety_manager", "principal")
    lacks_the_right = way in MOVING and person.actor.role not in assigns
    assert answer.status_code in (404, 422) or (where == "query" and answer.status_code == 200) or lacks_the_right, (
        route.named, person.actor.role, slot, answer.status, words,
    )  # fmt: skip
    return answer.status_code, words.replace(value, "…")


def _words(answer: TestResponse) -> str:
    """All an answer says: its text, or the text of its pages."""
    if answer.mimetype == "application/pdf":
        document = pypdfium2.PdfDocument(answer.data)
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    if answer.mimetype == XLSX:
        parts = zipfile.ZipFile(io.BytesIO(answer.data))
        # Beside what is shown stands when the workbook was made.
        shown = [name for name in sorted(parts.namelist()) if name.startswith("xl/")]
        return "\n".join(parts.read(name).decode() for name in shown)
    if answer.mimetype == "application/zip":
        parts = zipfile.ZipFile(io.BytesIO(answer.data))
        return "\n".join(parts.read(name).decode() for name in sorted(parts.namelist()))
    if answer.mimetype.startswith("image/") or answer.mimetype == "application/octet-stream":
        return answer.data.hex()
    return answer.get_data(as_text=True)


def _route(two: Two, named: str) -> Route:
    return next(route for route in api_routes(two.world.app) if route.named == named)
