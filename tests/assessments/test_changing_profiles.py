"""Changing a profile over HTTP: foreseen without a trace, applied with its reason, refused with the list."""

from typing import Any
from uuid import UUID

import pytest

from app.core.db import reading, session, writing
from app.core.events import broken_at, timeline
from app.risks import rollup
from app.risks.models import RiskPoint, Status
from risk_models import describe
from tests.assessments.changing import assess, change, ls, point_with, source_of
from tests.core.test_query_counts import statements
from tests.surface import row_counts
from tests.world import Plant, World


def shown(plant: Plant, point_id: UUID) -> str:
    return str(plant.manager.get(f"/risk-points/{point_id}").json["shown_level"]["code"])


def in_force(plant: Plant, source_id: UUID) -> list[dict[str, Any]]:
    return list(plant.manager.get("/assessments", hazard_source_id=str(source_id)).json["items"])


def test_a_preview_shows_which_points_change_colour_and_writes_nothing(world: World) -> None:
    plant = world.plant  # its one point is LS 3 × 5: orange by ls-shandong, red by ls-d
    low, _ = point_with(plant, ls(1, 1))
    before = row_counts()
    answer = plant.manager.post("/profile-changes/preview", {"method": "LS", "to": "ls-d"})
    assert answer.status_code == 200, answer.text
    seen = answer.json
    assert seen["regraded"] == 2
    assert seen["sources"]["before"] | {"orange": 1, "blue": 1} == seen["sources"]["before"]
    assert seen["sources"]["after"] | {"red": 1, "blue": 1} == seen["sources"]["after"]
    assert seen["points"]["before"]["orange"] == seen["points"]["after"]["red"] == 1
    assert seen["changed"]["total"] == 1
    one = seen["changed"]["items"][0]
    assert (one["id"], one["from_level"]["code"], one["to_level"]["code"]) == (str(plant.point.id), "orange", "red")
    assert seen["unfit"] == seen["conflicts"] == {"total": 0, "items": []}
    assert row_counts() == before
    assert shown(plant, low) == "blue"


def test_a_change_writes_new_assessments_with_the_reason_and_keeps_the_old_ones(world: World) -> None:
    plant, manager = world.plant, world.plant.manager
    given = ls(3, 5, assessed_on=None, dimensions={"S": {"人员": "5", "声誉": "1"}}, factors={"L": "3"})
    point_id, source_id = point_with(plant, given)
    old = in_force(plant, source_id)[0]
    answer = manager.post("/profile-changes", change("ls-d", reason="省里换了表"))
    assert answer.status_code == 201, answer.text
    (new,) = in_force(plant, source_id)
    assert new["id"] != old["id"]
    assert (new["profile"], new["level"]["code"], new["occasion"], new["note"]) == (
        "ls-d", "red", "profile", "省里换了表"
    )  # fmt: skip
    for name in ("factors", "dimensions", "basis", "assessed_on", "score", "method"):
        assert new[name] == old[name]
    history = manager.get("/assessments", hazard_source_id=str(source_id), history="true").json["items"]
    assert {**history[0], "superseded_at": None} == old
    assert shown(plant, point_id) == "red"
    with reading():
        assert rollup.stored_counts(plant.enterprise.id) == rollup.recounted(plant.enterprise.id)
        assert broken_at(plant.enterprise.id) is None


def test_the_new_profile_becomes_the_method_s_default(world: World) -> None:
    manager = world.plant.manager
    assert manager.post("/profile-changes", change("ls-d")).status_code == 201
    body = {"hazard_source_id": str(world.plant.source.id), "basis": "residual", "method": "LS"}
    graded = manager.post("/assessments", {**body, "factors": {"L": "1", "S": "1"}}).json
    assert graded["profile"] == "ls-d"


def test_one_event_tells_the_change_with_its_figures_and_all_that_is_needed_to_rebuild(world: World) -> None:
    old = in_force(world.plant, world.plant.source.id)[0]
    body = change("ls-d")
    told = world.plant.manager.post("/profile-changes", body).json
    new = in_force(world.plant, world.plant.source.id)[0]
    with reading():
        (event,) = timeline(world.plant.enterprise.id, UUID(body["id"]))
    assert event.kind == "profile.changed"
    assert event.data["assessments"] == [[new["id"], old["id"], "red"]]
    assert event.data["points"] == told["points"]
    assert (event.data["reason"], event.data["to"]) == (body["reason"], "ls-d")


def test_a_change_asked_for_twice_happens_once(world: World) -> None:
    body = change("ls-d")
    first = world.plant.manager.post("/profile-changes", body)
    again = world.plant.manager.post("/profile-changes", body)
    assert first.json == again.json
    other = world.plant.manager.post("/profile-changes", {**body, "to": "ls-b"})
    assert (other.status_code, other.json["code"]) == (409, "id_reused")


def test_a_change_to_what_is_in_force_already_writes_no_assessment(world: World) -> None:
    before = row_counts()["assessments"]
    assert world.plant.manager.post("/profile-changes", change("ls-shandong")).json["regraded"] == 0
    assert row_counts()["assessments"] == before


def test_a_direct_judgement_stays_red_and_its_score_is_graded_anew(world: World) -> None:
    judged = ls(1, 1, direct_reason="违反强制性条款")
    point_id, source_id = point_with(world.plant, judged)
    assert world.plant.manager.post("/profile-changes", change("ls-b")).status_code == 201
    (new,) = in_force(world.plant, source_id)
    assert (new["profile"], new["computed_level"]["code"], new["level"]["code"]) == ("ls-b", "blue", "red")
    assert new["direct_reason"] == "违反强制性条款"
    assert shown(world.plant, point_id) == "red"


def test_what_is_off_the_new_scale_stays_under_its_old_profile_and_is_named(world: World) -> None:
    plant, manager = world.plant, world.plant.manager
    assert manager.post("/profile-changes", change("ls-coal-6x6")).status_code == 201
    _, source_id = point_with(plant, ls(6, 6))
    seen = manager.post("/profile-changes", change("ls-d")).json
    assert seen["unfit"]["total"] == 1
    unfit = seen["unfit"]["items"][0]
    assert (unfit["hazard_source_id"], unfit["factors"], unfit["profile"]) == (
        str(source_id), {"L": "6", "S": "6"}, "ls-coal-6x6"
    )  # fmt: skip
    assert in_force(plant, source_id)[0]["profile"] == "ls-coal-6x6"
    assert in_force(plant, plant.source.id)[0]["profile"] == "ls-d"


def test_a_residual_level_that_would_stand_above_the_inherent_one_blocks_the_change(world: World) -> None:
    plant = world.plant
    # By ls-shandong 9 and 12 are both yellow; by ls-f 12 is orange and 8 yellow.
    _, source_id = point_with(plant, ls(2, 4, "inherent", profile="ls-f"), ls(3, 4, profile="ls-shandong"))
    before = row_counts()
    seen = plant.manager.post("/profile-changes/preview", {"method": "LS", "to": "ls-f"}).json
    assert seen["conflicts"]["total"] == 1
    refused = plant.manager.post("/profile-changes", change("ls-f"))
    assert (refused.status_code, refused.json["code"]) == (409, "profile_conflicts"), refused.text
    named = refused.json["conflicts"]["items"][0]
    assert named["hazard_source_id"] == str(source_id)
    assert (named["inherent_level"], named["residual_level"]) == ("yellow", "orange")
    assert row_counts() == before


def test_a_level_that_falls_counts_once_it_is_confirmed_again(world: World) -> None:
    plant = world.plant
    confirmed(plant, plant.point.id, "orange")
    before = plant.manager.post("/profile-changes/preview", {"method": "LS", "to": "low"})
    assert before.status_code == 422
    assert before.json["code"] == "unknown_profile"
    assert plant.manager.post("/profiles", {"document": lenient()}).status_code == 201
    seen = plant.manager.post("/profile-changes", change("low")).json
    one = seen["changed"]["items"][0]
    assert [one[name]["code"] for name in ("from_level", "to_level", "confirmed_level")] == ["orange", "orange", "blue"]
    assert seen["points"]["after"]["orange"] == seen["points"]["once_confirmed"]["blue"] == 1
    point = plant.manager.get(f"/risk-points/{plant.point.id}").json
    assert (point["status"], point["shown_level"]["code"]) == ("draft", "orange")


def test_a_zone_may_be_foreseen_alone(world: World) -> None:
    plant = world.plant
    zone = plant.manager.post("/risk-zones", {"name": "空区", "kind": "area"}).json["id"]
    asked = {"method": "LS", "to": "ls-d"}
    assert plant.manager.post("/profile-changes/preview", {**asked, "zone_id": zone}).json["regraded"] == 0
    here = plant.manager.post("/profile-changes/preview", {**asked, "zone_id": str(plant.zone.id)}).json
    assert here["regraded"] == 1
    foreign = plant.manager.post("/profile-changes/preview", {**asked, "zone_id": str(world.other.zone.id)})
    assert foreign.json["errors"][0]["pointer"] == "/zone_id"


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({"to": "none"}, "unknown_profile", "/to"),
        ({"to": "lec-four"}, "method_mismatch", "/to"),
        ({"method": "MES"}, "unknown_method", "/method"),
        ({"reason": " "}, "invalid", "/reason"),
    ],
)
def test_what_cannot_be_changed_to_is_refused(world: World, given: dict[str, str], code: str, pointer: str) -> None:
    refused = world.plant.manager.post("/profile-changes", {**change("ls-d"), **given})
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert refused.json["errors"][0]["pointer"] == pointer


def test_a_leader_may_not_change_a_profile(world: World) -> None:
    assert world.plant.leader.post("/profile-changes", change("ls-d")).status_code == 403
    assert world.plant.leader.post("/profile-changes/preview", {"method": "LS", "to": "ls-d"}).status_code == 403


def test_another_enterprise_is_left_alone(world: World) -> None:
    theirs = in_force(world.other, world.other.source.id)
    assert world.plant.manager.post("/profile-changes", change("ls-d")).status_code == 201
    assert in_force(world.other, world.other.source.id) == theirs


def test_a_retired_source_keeps_its_old_profile(world: World) -> None:
    _, source_id = point_with(world.plant, ls(3, 5))
    answer = world.plant.manager.post(f"/hazard-sources/{source_id}/retirement", {"reason": "设备已拆除"})
    assert answer.status_code == 200, answer.text
    assert world.plant.manager.post("/profile-changes", change("ls-d")).json["regraded"] == 1
    assert in_force(world.plant, source_id)[0]["profile"] == "ls-shandong"


def test_a_change_costs_as_many_statements_for_many_sources_as_for_few(world: World) -> None:
    plant = world.plant

    def cost(path: str, body: dict[str, Any]) -> int:
        sent, answer = statements(lambda: plant.manager.post(path, body))
        assert answer.status_code in (200, 201), answer.text
        return len(sent)

    def crowd(count: int) -> None:
        for place in range(count):
            point_id, _ = point_with(plant, ls(3, 5))
            assess(plant, source_of(plant, point_id), [ls(3, 5, "inherent"), ls(3, 3)])
            if place % 2:
                confirmed(plant, point_id, "orange")
            point_with(plant, ls(5, 5, "inherent"), ls(3, 2 + place % 2))

    ask = {"method": "LS", "to": "ls-d"}
    crowd(2)
    few = cost("/profile-changes/preview", ask), cost("/profile-changes", change("ls-d"))
    assert plant.manager.post("/profile-changes", change("ls-shandong")).status_code == 201
    crowd(12)
    many = cost("/profile-changes/preview", ask), cost("/profile-changes", change("ls-d"))
    assert many == few


def confirmed(plant: Plant, point_id: UUID, level: str) -> None:
    """The point as the principal's confirmation leaves it."""
    with writing():
        point = session().get_one(RiskPoint, (plant.enterprise.id, point_id))
        point.status, point.held_level = Status.CONFIRMED, point.shown_level
        assert point.held_level == level


def lenient() -> dict[str, Any]:
    """A table of LS that finds nothing above blue."""
    bands = [{"level": "blue", "level_name": "低风险", "at_least": "1"}]
    return {**describe("ls-b"), "name": "low", "bands": bands}
