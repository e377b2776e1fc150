"""How many statements a request costs: the same for one row as for many."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from app.core.db import db, writing
from app.core.endpoint import SIGNED_IN
from app.inspections import checklists
from app.risks.points import add_point
from app.risks.sources import add_measure, add_source
from app.risks.zones import add_floor_plan, add_zone
from tests.surface import Furnished, Route, api_routes, in_enterprise, send
from tests.world import Plant, World, announced, jpeg

OF_TEN_ITEMS = 11  # statements of a POST of an inspection with ten normal items, BEGIN and COMMIT not counted


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent to the database within the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def afresh(ask: Callable[[], TestResponse]) -> TestResponse:
    """The answer to a request made as the server makes it: in a context of its own, with nothing remembered."""
    answers: list[TestResponse] = []
    thread = threading.Thread(target=lambda: answers.append(ask()))
    thread.start()
    thread.join()
    return answers[0]


def statements(ask: Callable[[], TestResponse]) -> tuple[list[str], TestResponse]:
    with counted(db.engine) as sent:
        answer = afresh(ask)
    return [statement for statement in sent if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK"))], answer


def crowded(plant: Plant) -> None:
    """Eight more of everything that is listed."""
    for n in range(8):
        photo = jpeg(seed=100 + n)
        hazard = plant.report(photos=[announced(photo)])
        plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
        plant.worker.post("/inspections", plant.inspection(failed=n % 2))
        with writing():
            actor = plant.manager.actor
            point = plant.add_point(actor, name=f"泵{n}")
            add_zone(actor, name=f"区{n}", kind="area", parent_id=plant.zone.id)
            add_floor_plan(actor, name=f"图{n}", width=100, height=100)
            source = add_source(
                actor, point_id=point.id, name=f"源{n}", factor_class="things", accident_types=["中毒"],
            )  # fmt: skip
            add_measure(actor, source_id=source.id, category="engineering", text=f"措施{n}", check="看")
            checklists.publish_checklist(actor, point.id)
        plant.manager.post("/tags", {"risk_point_id": str(point.id)})
        assert assess(plant, source.id, likelihood=1, severity=1).status_code == 201


def assess(plant: Plant, source_id: UUID, *, likelihood: int, severity: int) -> TestResponse:
    body = {
        "hazard_source_id": str(source_id), "basis": "residual", "method": "LS",
        "factors": {"L": likelihood, "S": severity},
    }  # fmt: skip
    return plant.worker.app.test_client().post("/api/v1/assessments", json=body, headers=plant.manager.headers)


def test_a_list_costs_as_many_statements_for_many_rows_as_for_one(world: World) -> None:
    own = Furnished(world, world.plant)
    crowded(world.plant)
    measured = 0
    for route in api_routes(world.app):
        if not route.declared.paged:
            continue
        few, _ = statements(partial(page, world, own, route, size=1))
        many, answer = statements(partial(page, world, own, route, size=100))
        assert answer.status_code == 200, (route.named, answer.text)
        assert len(many) <= len(few) <= 8, (route.named, len(few), len(many), many)
        measured += len(answer.json["items"]) > 1
    assert measured >= 10


def page(world: World, own: Furnished, route: Route, *, size: int) -> TestResponse:
    """One page of a list, as someone who may see it."""
    permission = route.declared.permission
    people = (world.plant.leader, world.plant.manager, world.regulator, world.admin)
    person = next(one for one in people if permission == SIGNED_IN or one.actor.may(permission))
    query = {**in_enterprise(route, person, world.plant), "page_size": size}
    return send(world.app.test_client(), route, own.in_path(route), person=person, query=query)


def test_what_is_shown_of_a_point_costs_the_same_however_much_hangs_on_it(world: World) -> None:
    plant = world.plant
    paths = [
        f"/risk-points/{plant.point.id}", f"/risk-points/{plant.point.id}/levels",
        f"/risk-points/{plant.point.id}/checklist", "/risk-levels", "/profiles",
    ]  # fmt: skip
    before = {path: len(statements(lambda path=path: _get(plant, path))[0]) for path in paths}
    crowded(plant)
    for path in paths:
        assert len(statements(lambda path=path: _get(plant, path))[0]) == before[path] <= 6, path


def test_a_scan_costs_the_same_however_much_is_on_the_card(world: World) -> None:
    plant = world.plant
    token = plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json["token"]

    def scan() -> TestResponse:
        return world.app.test_client().get(f"/api/v1/scan/{token}")

    few, _ = statements(scan)
    with writing():
        for n in range(10):
            source = add_source(
                plant.manager.actor, point_id=plant.point.id, name=f"源{n}", factor_class="things",
                accident_types=["中毒"],
            )  # fmt: skip
            add_measure(plant.manager.actor, source_id=source.id, category="ppe", text=f"措施{n}")
    many, answer = statements(scan)
    assert len(answer.json["main_risks"]) == 11
    assert len(many) == len(few) <= 6, many


@pytest.mark.parametrize("items", [10, 40])
def test_an_inspection_costs_a_fixed_number_of_statements(world: World, items: int) -> None:
    plant = world.plant
    with writing():
        for n in range(items - 2):
            add_measure(
                plant.manager.actor, source_id=plant.source.id, category="engineering", text=f"措施{n}", check=f"看{n}"
            )
        plant.checklist = checklists.publish_checklist(plant.manager.actor, plant.point.id)
    first = plant.inspection()
    assert len(first["items"]) == items
    sent, answer = statements(
        lambda: world.app.test_client().post("/api/v1/inspections", json=first, headers=plant.worker.headers)
    )
    assert answer.status_code == 201, answer.text
    assert len(sent) <= OF_TEN_ITEMS, "\n".join(sent)
    again, repeated = statements(
        lambda: world.app.test_client().post("/api/v1/inspections", json=first, headers=plant.worker.headers)
    )
    assert repeated.json == answer.json
    assert len(again) < len(sent)


def test_raising_a_level_deep_in_the_tree_costs_the_same_as_at_its_root(world: World) -> None:
    plant, costs = world.plant, []
    zone = plant.zone
    for depth in range(1, 12):
        with writing():
            zone = add_zone(plant.manager.actor, name=f"层{depth}", kind="unit", parent_id=zone.id)
            point = add_point(
                plant.manager.actor, zone_id=zone.id, unit_id=plant.unit.id, responsible_id=plant.worker.id,
                name="泵", category="equipment",
            )  # fmt: skip
            source = add_source(
                plant.manager.actor, point_id=point.id, name="泄漏", factor_class="things", accident_types=["中毒"]
            )
        sent, answer = statements(partial(assess, plant, source.id, likelihood=5, severity=5))
        assert answer.status_code == 201, answer.text
        costs.append(len(sent))
    assert len(set(costs)) == 1, costs
    assert plant.manager.get(f"/risk-zones/{plant.zone.id}").json["shown_counts"]["red"] == 11


def _get(plant: Plant, path: str) -> TestResponse:
    return plant.worker.app.test_client().get(f"/api/v1{path}", headers=plant.worker.headers)
