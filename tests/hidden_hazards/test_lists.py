"""The list of hidden hazards: mine, by place, by day, by words, and each filter alone."""

from typing import Any

from app.accounts.policy import Role
from app.core.clock import today
from app.core.db import writing
from app.risks.zones import add_zone
from tests.hidden_hazards.steps import GROUNDS, LISTING, graded, moved, rectifying, submitted
from tests.world import Person, World, in_days


def found(person: Person, **query: Any) -> set[str]:
    answer = person.get("/hidden-hazards", **query)
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json["items"]}


def test_mine_is_what_i_am_to_rectify_what_i_found_and_what_i_am_to_accept(world: World) -> None:
    plant = world.plant
    mine = rectifying(plant)
    waiting = submitted(plant, rectifying(plant))
    major = submitted(plant, rectifying(plant, "major"))
    elsewhere = submitted(plant, rectifying(plant))
    assert found(plant.worker, mine="rectifier") == {mine["id"]}
    assert found(plant.worker, mine="finder") == {one["id"] for one in (mine, waiting, major, elsewhere)}
    assert found(plant.worker, mine="acceptor") == set()
    own = moved(plant, plant.manager, graded(plant), "fix_on_the_spot", measures="已紧固", photos=GROUNDS)
    everyone = [plant.leader, plant.manager, plant.principal, plant.hire("far", Role.LEADER, plant.other_unit)]
    for person in everyone:
        shown = person.get("/hidden-hazards", mine="acceptor").json["items"]
        assert all(own["id"] != item["id"] or person is not plant.manager for item in shown)
        may = {
            item["id"]
            for item in person.get("/hidden-hazards", state="pending_acceptance").json["items"]
            if {"accept", "reject"} & set(item["allowed_actions"])
        }
        assert {item["id"] for item in shown} == may, person.actor.role
    assert found(everyone[-1], mine="acceptor") == set()


def test_the_office_has_what_it_is_to_recheck_and_to_review(world: World) -> None:
    plant, office = world.plant, world.regulator
    listed = moved(plant, office, rectifying(plant, "major"), "list", listing=LISTING)
    reviewed = moved(plant, plant.principal, submitted(plant, listed), "accept", opinion="合格")
    submitted(plant, rectifying(plant))
    here = str(plant.enterprise.id)
    assert found(office, mine="acceptor", enterprise_id=here) == {reviewed["id"]}
    assert found(plant.manager, listed="true") == {reviewed["id"]}


def test_every_word_is_looked_for_anywhere_in_any_order(world: World) -> None:
    plant = world.plant
    one = plant.report(description="2#罐区东侧 GDS-07 可燃气体探测器故障", place="罐区北门")
    plant.report(description="护栏缺失 100%", place="平台")
    for words in ("探测器 罐区", "故障　北门", f"{one['code']} 探测器", "GDS-07"):
        assert found(plant.manager, text=words) == {one["id"]}, words
    assert found(plant.manager, text="探测器 平台") == set()
    assert len(found(plant.manager, text="100%")) == 1
    assert found(plant.manager, text="_") == set()
    done = submitted(plant, rectifying(plant))
    assert found(plant.manager, text="已更换") == {done["id"]}


def test_filters_narrow_by_place_day_and_kind(world: World) -> None:
    plant = world.plant
    with writing():
        sub = add_zone(plant.manager.actor, name="泵房", kind="building", parent_id=plant.zone.id)
        point = plant.add_point(plant.manager.actor, name="泵", unit=plant.other_unit)
        point.zone_id = sub.id
    here, there = plant.report(channel="seasonal"), plant.report(risk_point_id=str(point.id))
    due = rectifying(plant, days=3)
    asked = moved(
        plant, plant.worker, rectifying(plant, days=9), "ask_extension",
        deadline_at=in_days(20), reason="备件", photos=GROUNDS,
    )  # fmt: skip
    everything = {one["id"] for one in (here, there, due, asked)}
    assert found(plant.manager, channel="seasonal") == {here["id"]}
    assert found(plant.manager, zone_id=str(sub.id)) == {there["id"]}
    assert found(plant.manager, zone_id=str(plant.zone.id)) == everything
    assert found(plant.manager, unit_id=str(plant.other_unit.id)) == {there["id"]}
    assert found(plant.manager, due_before=in_days(4)) == {due["id"]}
    assert found(plant.manager, extension_asked="true") == {asked["id"]}
    assert found(plant.manager, ordered="true") == set()
    day = today().isoformat()
    assert found(plant.manager, found_from=day, found_to=day) == everything
    assert found(plant.manager, found_to="2026-01-01") == set()


def test_a_channel_is_of_those_by_which_the_finder_finds(world: World) -> None:
    plant = world.plant
    body = {"description": "护栏缺失", "place": "平台", "client_at": "2026-11-21T08:30:00+08:00", "channel": "patrol"}
    answer = plant.worker.post("/hidden-hazards", {"id": "019a3c5e-7c1e-7000-8000-0000000000a1", **body})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/channel"]
    assert plant.report(channel="internal_report")["channel"] == "internal_report"
    assert plant.report()["channel"] == "daily"
