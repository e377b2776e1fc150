"""The library over HTTP: found, suggested, adopted in one call, and then a point's own."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.core import events
from app.core.db import reading, writing
from app.core.ids import new_id
from app.library.entries import entries
from tests.core.test_query_counts import statements
from tests.surface import problem_of, row_counts
from tests.world import Person, World

PRESS = "machining.press-hand-caught"
MOST = 30  # statements of an adoption, however many entries; BEGIN and COMMIT not counted


@pytest.fixture
def press(world: World) -> str:
    """A risk point just registered: 3#冲压机."""
    with writing():
        return str(world.plant.add_point(world.plant.manager.actor, name="3#冲压机").id)


def adopt(person: Person, point_id: str, *entry_ids: str, **given: Any) -> TestResponse:
    body = {"id": str(new_id()), "entry_ids": list(entry_ids), **given}
    return person.post(f"/risk-points/{point_id}/adoptions", body)


def with_readings() -> list[str]:
    return [entry.id for entry in entries().values() if any(measure.reading for measure in entry.measures)]


def test_the_trades_are_listed_with_their_counts(world: World) -> None:
    for person in (world.plant.worker, world.regulator):
        items = person.get("/library/trades").json["items"]
        assert len(items) == 14
        assert sum(item["count"] for item in items) == len(entries())


def test_entries_are_found_page_by_page_and_each_once(world: World) -> None:
    seen: list[str] = []
    for page in (1, 2, 3, 4, 5):
        answer = world.plant.worker.get("/library/entries", page=page, page_size=100).json
        assert answer["total"] == len(entries())
        seen += [item["entry"]["id"] for item in answer["items"]]
    assert seen == list(entries())
    assert world.plant.worker.get("/library/entries", page=6, page_size=100).json["items"] == []


def test_a_search_says_why_and_an_entry_is_shown_in_full(world: World) -> None:
    found = world.plant.worker.get("/library/entries", text="冲压", category="equipment").json["items"]
    assert found[0]["entry"]["id"] == PRESS
    assert found[0]["why"] == ["设备“冲压机”有“冲压”"]
    shown = world.plant.worker.get(f"/library/entries/{PRESS}").json
    assert shown == found[0]["entry"]
    assert all(measure["basis"] for measure in shown["measures"])


@pytest.mark.parametrize(
    "query",
    [{"trade": ""}, {"accident_type": "天灾"}, {"category": "machine"}, {"text": "  "}, {"text": "长" * 61},
     {"place": "\x00"}, {"page": "0"}, {"zone_id": "x"}],
)  # fmt: skip
def test_a_search_of_nonsense_is_refused(world: World, query: dict[str, str]) -> None:
    answer = world.plant.worker.get("/library/entries", **query)
    assert answer.status_code == 422
    problem_of(answer)


@pytest.mark.parametrize(
    "entry_id", ["nothing", "machining.", "machining/press", "MACHINING.PRESS-HAND-CAUGHT", "..", "%00"]
)
def test_an_entry_of_nothing_is_not_found(world: World, entry_id: str) -> None:
    assert world.plant.worker.get(f"/library/entries/{entry_id}").status_code == 404


def test_a_press_is_suggested_the_press_first_with_the_reason(world: World, press: str) -> None:
    items = world.plant.leader.get(f"/risk-points/{press}/suggestions", limit=3).json["items"]
    assert 1 <= len(items) <= 3
    assert items[0]["entry"]["id"] == PRESS
    assert items[0]["why"] == ["含设备“冲压机”", "类别为设备"]


def test_a_point_is_suggested_first_what_is_of_its_enterprises_trade(world: World) -> None:
    with writing():
        point = world.plant.add_point(world.plant.manager.actor, name="动火作业")
    first = world.plant.manager.get(f"/risk-points/{point.id}/suggestions").json["items"][0]
    assert first["entry"]["trade"] == "chemicals"
    assert "本行业" in first["why"]


def test_what_a_point_already_has_is_suggested_no_more(world: World, press: str) -> None:
    assert adopt(world.plant.manager, press, PRESS).status_code == 201
    items = world.plant.manager.get(f"/risk-points/{press}/suggestions").json["items"]
    assert PRESS not in [item["entry"]["id"] for item in items]


def test_suggestions_of_foreign_and_absent_points_are_refused_alike(world: World) -> None:
    answers = [
        world.plant.manager.get(f"/risk-points/{point_id}/suggestions") for point_id in (world.other.point.id, new_id())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json["detail"] == answers[1].json["detail"]
    for limit in ("0", "51", "x"):
        refused = world.plant.manager.get(f"/risk-points/{world.plant.point.id}/suggestions", limit=limit)
        assert refused.status_code == 422


def test_what_is_adopted_is_edited_assessed_and_published_as_a_checklist(world: World, press: str) -> None:
    manager, entry_ids = world.plant.manager, [PRESS, *with_readings()[:2]]
    made = adopt(manager, press, *entry_ids)
    assert made.status_code == 201, made.text
    items = made.json["items"]
    assert [item["entry_id"] for item in items] == entry_ids
    for item in items:
        entry = entries()[item["entry_id"]]
        assert item["source"]["name"] == entry.hazard_source
        assert item["source"]["accident_types"] == list(entry.accident_types)
        assert item["source"]["residual_level"] is None
        assert [measure["text"] for measure in item["measures"]] == [measure.text for measure in entry.measures]

    source, measure = items[0]["source"], items[0]["measures"][0]
    renamed = manager.patch(f"/hazard-sources/{source['id']}", {"name": "3#冲压机上下料压手"})
    assert renamed.json["name"] == "3#冲压机上下料压手"
    edited = manager.patch(f"/control-measures/{measure['id']}", {"check": "光幕试验合格", "how": "每班试验"})
    assert edited.status_code == 200, edited.text
    for item in items:
        for basis, likelihood in (("inherent", "4"), ("residual", "3")):
            body = {
                "hazard_source_id": item["source"]["id"], "basis": basis, "method": "LS",
                "factors": {"L": likelihood, "S": "4"},
            }  # fmt: skip
            assert manager.post("/assessments", body).status_code == 201
    assert manager.get(f"/risk-points/{press}").json["shown_level"]["code"] == "yellow"

    published = manager.post(f"/risk-points/{press}/checklist")
    assert published.status_code in (200, 201), published.text
    checked = [measure for item in items for measure in item["measures"] if measure["check"]]
    by_key = {item["key"]: item for item in published.json["items"]}
    assert set(by_key) == {measure["id"].replace("-", "") for measure in checked}
    assert by_key[measure["id"].replace("-", "")]["check"] == "光幕试验合格"
    assert sum(item["reading"] is not None for item in by_key.values()) >= 2
    for each in checked:
        assert by_key[each["id"].replace("-", "")]["reading"] == each["reading"]


def test_a_point_that_adopts_is_a_draft_again_and_its_history_names_the_entry(world: World, press: str) -> None:
    made = adopt(world.plant.manager, press, PRESS).json["items"][0]
    assert world.plant.manager.get(f"/risk-points/{press}").json["status"] == "draft"
    with reading():
        added = events.timeline(world.plant.enterprise.id, UUID(made["source"]["id"]))
        assert events.broken_at(world.plant.enterprise.id) is None
    assert [event.kind for event in added] == ["source.added"]
    assert added[0].data["origin"] == f"library:{PRESS}"


def test_the_same_adoption_sent_again_is_answered_again_and_makes_nothing(world: World, press: str) -> None:
    same = str(new_id())
    first = adopt(world.plant.manager, press, PRESS, id=same)
    before = row_counts()
    assert adopt(world.plant.manager, press, PRESS, id=same).json == first.json
    assert row_counts() == before
    other = adopt(world.plant.manager, press, with_readings()[0], id=same)
    assert (other.status_code, other.json["code"]) == (409, "id_reused")


def test_an_entry_the_point_already_has_is_refused_by_name_and_nothing_is_made(world: World, press: str) -> None:
    made = adopt(world.plant.manager, press, PRESS).json["items"][0]
    before = row_counts()
    again = adopt(world.plant.manager, press, with_readings()[0], PRESS)
    assert (again.status_code, again.json["code"]) == (409, "already_adopted")
    assert entries()[PRESS].hazard_source in again.json["detail"]
    assert row_counts() == before
    world.plant.manager.patch(f"/hazard-sources/{made['source']['id']}", {"name": "自己的说法"})
    assert adopt(world.plant.manager, press, PRESS).status_code == 201
    assert adopt(world.plant.manager, str(world.plant.point.id), PRESS).status_code == 201


@pytest.mark.parametrize(
    ("entry_ids", "pointer"),
    [([], "/entry_ids"), ([PRESS, "no.such"], "/entry_ids/1"), ([PRESS, PRESS], "/entry_ids/1"), ([""], "/entry_ids/0"),
     ([7], "/entry_ids/0"), (["x" * 101], "/entry_ids/0"), (PRESS, "/entry_ids"), (None, "/entry_ids"),
     ([PRESS] * 21, "/entry_ids")],
)  # fmt: skip
def test_entries_of_nothing_are_refused_and_named(world: World, press: str, entry_ids: Any, pointer: str) -> None:
    before = row_counts()
    answer = adopt(world.plant.manager, press, entry_ids=entry_ids)
    assert answer.status_code == 422
    assert [error["pointer"] for error in problem_of(answer)["errors"]] == [pointer]
    assert row_counts() == before


def test_a_point_that_is_foreign_absent_or_of_another_unit_adopts_nothing(world: World) -> None:
    plant = world.plant
    with writing():
        elsewhere = plant.add_point(plant.manager.actor, name="冲压机", unit=plant.other_unit)
    before = row_counts()
    foreign, absent = adopt(plant.manager, str(world.other.point.id), PRESS), adopt(plant.manager, str(new_id()), PRESS)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.json["detail"] == absent.json["detail"]
    refused = adopt(plant.leader, str(elsewhere.id), PRESS)
    assert (refused.status_code, refused.json["code"]) == (403, "not_own_unit")
    for person in (plant.worker, world.regulator, world.admin):
        assert adopt(person, str(plant.point.id), PRESS).status_code == 403
    assert row_counts() == before
    assert adopt(plant.leader, str(plant.point.id), PRESS).status_code == 201


def test_an_adoption_costs_the_same_for_one_entry_as_for_twenty(world: World, press: str) -> None:
    one, twenty = [PRESS], with_readings()[:20]
    costs = []
    for chosen in (one, twenty):
        sent, answer = statements(partial(adopt, world.plant.manager, press, *chosen))
        assert answer.status_code == 201, answer.text
        costs.append(len(sent))
    assert costs[0] <= MOST
    assert costs[1] <= costs[0] + 2, costs
    few, _ = statements(partial(world.plant.manager.get, f"/risk-points/{press}/suggestions"))
    assert len(few) <= 6
