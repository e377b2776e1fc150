"""Assessing over HTTP: dimensions, default profiles, occasions, and a history that is never rewritten."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.core.db import writing
from app.risks.sources import add_source
from tests.world import World


def assess(world: World, *, basis: str = "inherent", **given: Any) -> TestResponse:
    body = {"hazard_source_id": str(world.plant.source.id), "basis": basis, "method": "LS", **given}
    return world.plant.manager.post("/assessments", body)


def test_a_factor_is_the_worst_of_its_dimensions_which_are_kept(world: World) -> None:
    answer = assess(world, factors={"L": "4"}, dimensions={"S": {"人员": 5, "声誉": "2"}})
    assert answer.status_code == 201, answer.text
    assert answer.json["factors"] == {"L": "4", "S": "5"}
    assert answer.json["dimensions"] == {"S": {"人员": "5", "声誉": "2"}}
    assert answer.json["level"]["code"] == "red"
    kept = world.plant.manager.get("/assessments", hazard_source_id=str(world.plant.source.id)).json["items"]
    assert {"S": {"人员": "5", "声誉": "2"}} in [one["dimensions"] for one in kept]


def test_a_factor_may_be_given_beside_its_dimensions_if_it_agrees(world: World) -> None:
    dimensions = {"S": {"人员": "5", "声誉": "2"}}
    assert assess(world, factors={"L": "4", "S": "5.0"}, dimensions=dimensions).status_code == 201
    refused = assess(world, factors={"L": "4", "S": "4"}, dimensions=dimensions)
    assert (refused.status_code, refused.json["code"]) == (422, "not_the_worst")
    assert refused.json["errors"][0]["pointer"] == "/factors/S"


@pytest.mark.parametrize(
    ("dimensions", "code", "pointer"),
    [
        ({"S": {"天气": "5"}}, "unknown_dimension", "/dimensions/S"),
        ({"S": {"人员": "6"}}, "off_scale", "/dimensions/S"),
        ({"S": {}}, "unknown_dimension", "/dimensions/S"),
        ({"C": {"人员": "5"}}, "surplus_factor", "/dimensions/C"),
        ({"S": {"人员": True}}, "invalid", "/dimensions"),
        ({"S": "5"}, "invalid", "/dimensions"),
        ([], "invalid", "/dimensions"),
    ],
)
def test_dimensions_the_profile_does_not_know_are_refused(
    world: World, dimensions: Any, code: str, pointer: str
) -> None:
    refused = assess(world, factors={"L": "4"}, dimensions=dimensions)
    assert (refused.status_code, refused.json["code"]) == (422, code), refused.text
    assert refused.json["errors"][0]["pointer"].startswith(pointer)


def test_grading_uses_the_enterprise_s_own_default_profile_where_none_is_named(world: World) -> None:
    manager = world.plant.manager
    assert assess(world, factors={"L": "3", "S": "5"}).json["profile"] == "ls-shandong"
    answer = manager.patch("/risk-rules", {"profiles": {"LS": "ls-d"}})
    assert answer.status_code == 200, answer.text
    graded = assess(world, factors={"L": "3", "S": "5"}).json
    assert (graded["profile"], graded["level"]["code"]) == ("ls-d", "red")
    assert assess(world, factors={"L": "3", "S": "5"}, profile="ls-b").json["profile"] == "ls-b"
    assert world.other.manager.post(
        "/assessments",
        {
            "hazard_source_id": str(world.other.source.id), "basis": "inherent", "method": "LS",
            "factors": {"L": "3", "S": "5"},
        },
    ).json["profile"] == "ls-shandong"  # fmt: skip


def test_a_source_is_as_old_as_the_older_of_its_two_assessments(world: World) -> None:
    with writing():
        actor = world.plant.manager.actor
        point = world.plant.add_point(actor)
        source = add_source(
            actor, point_id=point.id, name="砂轮碎裂", factor_class="things", accident_types=["物体打击"]
        )
    fresh = str(source.id)

    def assessed_on() -> Any:
        return world.plant.manager.get(f"/risk-points/{point.id}").json["assessed_on"]

    def judge(basis: str, likelihood: str, day: str) -> None:
        factors = {"L": likelihood, "S": "5"}
        assess(world, hazard_source_id=fresh, basis=basis, factors=factors, assessed_on=day, occasion="periodic")

    judge("residual", "1", "2025-03-01")
    assert assessed_on() == "2025-03-01"
    judge("inherent", "4", "2025-02-01")
    assert assessed_on() == "2025-02-01"
    judge("residual", "1", "2026-02-01")
    assert assessed_on() == "2025-02-01"
    judge("inherent", "4", "2026-02-02")
    assert assessed_on() == "2026-02-01"


def test_history_is_never_rewritten(world: World) -> None:
    manager, source = world.plant.manager, str(world.plant.source.id)

    def history() -> dict[str, dict[str, Any]]:
        items = manager.get("/assessments", hazard_source_id=source, history="true", page_size=100).json["items"]
        return {item["id"]: item for item in items}

    occasions = ("first", "periodic", "accident", "change", "standard")
    for place, occasion in enumerate(occasions):
        before = history()
        answer = assess(
            world, factors={"L": str(4 + place % 2), "S": "4"}, occasion=occasion, assessed_on=f"2026-0{place + 1}-15",
            note=f"第 {place} 次",
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        after = history()
        assert set(after) - set(before) == {answer.json["id"]}
        for one, was in before.items():
            assert {**after[one], "superseded_at": None} == {**was, "superseded_at": None}
            assert was["superseded_at"] in (None, after[one]["superseded_at"])
    in_force = [one for one in history().values() if one["superseded_at"] is None]
    assert sorted(one["basis"] for one in in_force) == ["inherent", "residual"]
    mine = [one for one in history().values() if one["basis"] == "inherent"]
    assert [one["occasion"] for one in sorted(mine, key=lambda one: one["assessed_on"])] == list(occasions)


def test_an_assessment_of_a_day_to_come_is_refused(world: World) -> None:
    refused = assess(world, factors={"L": "1", "S": "5"}, assessed_on="2199-01-01")
    assert refused.json["errors"][0]["pointer"] == "/assessed_on"


def test_a_residual_score_above_the_inherent_one_is_refused_though_the_colours_are_equal(world: World) -> None:
    assert assess(world, basis="inherent", factors={"L": "3", "S": "5"}).status_code == 201
    refused = assess(world, basis="residual", factors={"L": "4", "S": "4"})  # 16 above 15, both orange
    assert (refused.status_code, refused.json["code"]) == (422, "residual_above_inherent")
    assert "16 分" in refused.json["detail"]
    assert "15 分" in refused.json["detail"]
    assert assess(world, basis="residual", factors={"L": "3", "S": "5"}).status_code == 201


def test_the_day_of_a_judgement_is_never_before_that_of_the_one_in_force(world: World) -> None:
    refused = assess(world, basis="residual", factors={"L": "3", "S": "5"}, assessed_on="2025-01-01")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/assessed_on"
