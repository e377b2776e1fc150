"""The tree of zones: moved, merged, copied, retired and restored, and what each refuses."""

from typing import Any
from uuid import UUID

import pytest

from app.core import events
from app.core.db import reading, writing
from app.risks.models import RiskPoint
from tests.surface import problem_of, row_counts
from tests.world import Plant, World

ABSENT = "019a3c5e-7c1e-7000-8000-00000000dead"
DEPTH = 40


def zone(plant: Plant, name: str, parent: str | None = None) -> str:
    answer = plant.manager.post("/risk-zones", {"name": name, "kind": "area", "parent_id": parent})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def shown(plant: Plant, zone_id: Any, level: str = "orange") -> int:
    return int(plant.manager.get(f"/risk-zones/{zone_id}").json["shown_counts"][level])


def listed(plant: Plant, **query: Any) -> list[str]:
    return [one["name"] for one in plant.manager.get("/risk-zones", page_size=100, **query).json["items"]]


def test_a_tree_goes_to_any_depth_and_is_moved_as_a_whole(world: World) -> None:
    plant, parent = world.plant, str(world.plant.zone.id)
    for depth in range(DEPTH):
        parent = zone(plant, f"层{depth}", parent)
    assert plant.manager.patch(f"/risk-points/{plant.point.id}", {"zone_id": parent}).status_code == 200
    other = zone(plant, "厂区")
    answer = plant.manager.patch(f"/risk-zones/{plant.zone.id}", {"parent_id": other, "name": "罐区一"})
    assert answer.status_code == 200, answer.text
    assert (answer.json["parent_id"], answer.json["name"]) == (other, "罐区一")
    assert listed(plant)[:3] == ["厂区", "罐区一", "层0"]
    assert shown(plant, other) == shown(plant, parent) == 1
    assert plant.manager.patch(f"/risk-zones/{plant.zone.id}", {"parent_id": None}).json["parent_id"] is None
    assert shown(plant, other) == 0
    assert [event.data["to"] for event in history(plant, plant.zone.id) if event.kind == "zone.moved"] == [other, None]


def test_a_zone_is_not_moved_or_merged_into_itself_or_below_itself(world: World) -> None:
    plant = world.plant
    below = zone(plant, "泵房", str(plant.zone.id))
    before = row_counts()
    for into in (below, str(plant.zone.id)):
        for answer, pointer in (
            (plant.manager.patch(f"/risk-zones/{plant.zone.id}", {"parent_id": into}), "/parent_id"),
            (plant.manager.post(f"/risk-zones/{plant.zone.id}/merger", {"into_id": into}), "/into_id"),
        ):
            assert answer.status_code == 422, answer.text
            problem = problem_of(answer)
            assert problem["code"] == "cycle"
            assert problem["errors"][0]["pointer"] == pointer
            assert plant.zone.name in problem["detail"]
            assert ("泵房" in problem["detail"]) == (into == below)
    assert row_counts() == before


def test_another_enterprises_zone_is_absent_wherever_it_is_named(world: World) -> None:
    plant, foreign = world.plant, str(world.other.zone.id)
    own, before = f"/risk-zones/{plant.zone.id}", row_counts()

    def refusals(other: str) -> list[tuple[int, str]]:
        answers = [
            plant.manager.patch(own, {"parent_id": other}),
            plant.manager.post(f"{own}/merger", {"into_id": other}),
            plant.manager.post(f"{own}/copies", {"parent_id": other}),
            plant.manager.patch(f"/risk-points/{plant.point.id}", {"zone_id": other}),
            plant.manager.post(f"/risk-points/{plant.point.id}/copies", {"zone_id": other}),
            plant.manager.post(f"/risk-points/{plant.point.id}/merger", {"into_id": other}),
            plant.manager.post(f"/risk-zones/{other}/retirement", {"reason": "拆除"}),
            plant.manager.post(f"/risk-zones/{other}/restoration"),
            plant.manager.get("/risk-points", zone_id=other),
        ]
        return [(answer.status_code, answer.text.replace(other, "…")) for answer in answers]

    assert refusals(foreign) == refusals(ABSENT)
    assert {status for status, _ in refusals(foreign)} == {404, 422}
    assert row_counts() == before


def test_merging_a_zone_hands_over_its_zones_and_points_and_retires_it(world: World) -> None:
    plant, emptied = world.plant, str(world.plant.zone.id)
    into = zone(plant, "厂区")
    below = zone(plant, "泵房", emptied)
    answer = plant.manager.post(f"/risk-zones/{emptied}/merger", {"into_id": into})
    assert answer.status_code == 200, answer.text
    assert answer.json["id"] == into
    assert plant.manager.get(f"/risk-points/{plant.point.id}").json["zone_id"] == into
    assert plant.manager.get(f"/risk-zones/{below}").json["parent_id"] == into
    assert (shown(plant, into), shown(plant, emptied)) == (1, 0)
    assert listed(plant) == ["厂区", "泵房"]
    assert listed(plant, retired="true") == [plant.zone.name]
    gone = plant.manager.get(f"/risk-zones/{emptied}").json
    assert gone["merged_into_id"] == into
    assert gone["retired_at"]
    refused = plant.manager.post(f"/risk-zones/{emptied}/restoration")
    assert (refused.status_code, refused.json["code"]) == (409, "merged")
    merged = history(plant, emptied)[-1]
    assert merged.data["points"] == [str(plant.point.id)]
    assert merged.data["zones"] == [below]


def test_a_copied_zone_has_all_that_is_in_use_and_nothing_that_was_retired(world: World) -> None:
    plant = world.plant
    below = zone(plant, "泵房", str(plant.zone.id))
    retired = zone(plant, "旧库", str(plant.zone.id))
    plant.manager.post(f"/risk-zones/{retired}/retirement", {"reason": "拆除"})
    plant.manager.patch(f"/risk-points/{plant.point.id}", {"zone_id": below})
    answer = plant.manager.post(f"/risk-zones/{plant.zone.id}/copies", {"parent_id": None, "name": "二期罐区"})
    assert answer.status_code == 201, answer.text
    assert answer.json["copied_from_id"] == str(plant.zone.id)
    assert answer.json["shown_counts"]["orange"] == 1
    points = plant.manager.get("/risk-points", zone_id=answer.json["id"]).json["items"]
    assert [(point["name"], point["code"]) for point in points] == [(plant.point.name, "FX-0002")]
    assert listed(plant)[-2:] == ["二期罐区", "泵房"]
    assert plant.manager.get("/risk-levels").json["shown_counts"]["orange"] == 2


def test_a_zone_in_use_is_not_retired_and_an_empty_one_comes_back(world: World) -> None:
    plant = world.plant
    below = zone(plant, "泵房", str(plant.zone.id))
    refused = plant.manager.post(f"/risk-zones/{plant.zone.id}/retirement", {"reason": "拆除"})
    assert (refused.status_code, refused.json["code"]) == (409, "in_use")
    assert "1 个在用的风险点和 1 个在用的下级分区" in refused.json["detail"]
    assert plant.manager.post(f"/risk-zones/{below}/retirement", {"reason": "拆除"}).status_code == 200
    for answer in (
        plant.manager.post("/risk-zones", {"name": "新", "kind": "area", "parent_id": below}),
        plant.manager.patch(f"/risk-points/{plant.point.id}", {"zone_id": below}),
        plant.manager.post(f"/risk-zones/{plant.zone.id}/copies", {"parent_id": below}),
        plant.manager.post(f"/risk-zones/{below}/retirement", {"reason": "再次"}),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "retired"), answer.text
    assert plant.manager.post(f"/risk-zones/{below}/restoration").json["retired_at"] is None
    again = plant.manager.post(f"/risk-zones/{below}/restoration")
    assert (again.status_code, again.json["code"]) == (409, "not_retired")


@pytest.mark.parametrize("deed", ["move", "merge", "copy"])
def test_a_leader_leaves_zones_alone_that_hold_points_of_other_units(world: World, deed: str) -> None:
    plant = world.plant
    other = zone(plant, "厂区")
    path, body = {
        "move": (f"/risk-zones/{plant.zone.id}", {"parent_id": other}),
        "merge": (f"/risk-zones/{plant.zone.id}/merger", {"into_id": other}),
        "copy": (f"/risk-zones/{plant.zone.id}/copies", {"parent_id": other}),
    }[deed]
    act = plant.leader.patch if deed == "move" else plant.leader.post
    with writing():
        foreign = plant.add_point(plant.manager.actor, unit=plant.other_unit)
    before = row_counts()
    refused = act(path, body)
    assert (refused.status_code, refused.json["code"]) == (403, "not_own_unit"), refused.text
    assert foreign.code in refused.json["detail"]
    assert row_counts() == before
    with writing() as session:
        session.get_one(RiskPoint, (plant.enterprise.id, foreign.id)).unit_id = plant.unit.id
    assert act(path, body).status_code in (200, 201)


def history(plant: Plant, subject_id: Any) -> list[events.Event]:
    with reading():
        return events.timeline(plant.enterprise.id, UUID(str(subject_id)))
