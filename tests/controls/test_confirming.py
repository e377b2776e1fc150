"""Identified by the team, reviewed by the safety manager, confirmed by whoever may: every step, role and status."""

from typing import Any

import pytest

from app.controls.steps import Step, refusal
from app.core.db import db, reading, writing
from app.core.events import broken_at, timeline
from app.core.ids import new_id
from app.risks.models import Status
from app.risks.rollup import recounted, stored_counts
from tests.controls.steps import assess, confirm, kinds, levels, regrade, signed, take
from tests.core.test_query_counts import counted
from tests.world import Person, Plant, World

DRAFT, IN_REVIEW, CONFIRMED = Status

# Step, where the point stands, and whether it is red: the way it goes, or "-" where it may not.
TABLE = """
            draft  waiting  reviewed  confirmed
submit      yes    -        -         -
review      -      yes      -         -
confirm     -      not_red  yes       -
return      -      yes      yes       -
"""
STANDINGS = {
    "draft": (DRAFT, False), "waiting": (IN_REVIEW, False), "reviewed": (IN_REVIEW, True),
    "confirmed": (CONFIRMED, True),
}  # fmt: skip
CASES = [
    (Step(step), standing, may)
    for step, *row in (line.split() for line in TABLE.strip().splitlines()[1:])
    for standing, may in zip(STANDINGS, row, strict=True)
]
# What each role may do at all: submit, review and return, confirm, confirm red.
MAY = {
    "worker": set(), "leader": {"submit"}, "safety_manager": {"submit", "review", "return", "confirm"},
    "principal": {"submit", "review", "return", "confirm", "confirm red"}, "regulator": set(),
}  # fmt: skip
LEADS_TO = {"submit": "in_review", "review": "in_review", "confirm": "confirmed", "return": "draft"}


@pytest.mark.parametrize("red", [False, True])
@pytest.mark.parametrize(("step", "standing", "may"), CASES)
def test_a_step_is_taken_from_its_states_alone(step: Step, standing: str, may: str, red: bool) -> None:
    status, reviewed = STANDINGS[standing]
    why = refusal(step, status, reviewed=reviewed, red=red)
    assert (why is None) is (may == "yes" or (may == "not_red" and not red)), why


@pytest.mark.parametrize("level", ["red", "orange"])
@pytest.mark.parametrize("role", MAY)
def test_every_step_by_every_role_in_every_status(world: World, role: str, level: str) -> None:
    plant, person = world.plant, world.everyone()[role]
    regrade(plant, level)
    for standing in STANDINGS:
        for step, standing_of_row, may in CASES:
            if standing_of_row != standing:
                continue
            _bring_to(plant, standing)
            answer = take(person, step, plant.point.id, note="请补充")
            allowed = step in MAY[role] and (step != "confirm" or level != "red" or "confirm red" in MAY[role])
            goes = may == "yes" or (may == "not_red" and level != "red")
            expected = 403 if not allowed else 200 if goes else 409
            assert answer.status_code == expected, (standing, step, answer.text)
            if expected == 200:
                assert answer.json["points"][0]["status"] == LEADS_TO[step]
            if expected == 409:
                assert (answer.json["code"], answer.json["state"]) == ("wrong_status", STANDINGS[standing][0])
                assert plant.point.code in answer.json["detail"]


def _bring_to(plant: Plant, standing: str) -> None:
    """The point as it stands so, whatever it was before."""
    touched = plant.manager.patch(f"/hazard-sources/{plant.source.id}", {"affected": f"巡检人员{new_id()}"})
    assert touched.status_code == 200, touched.text
    assert levels(plant)[2] == "draft"
    for person, step in ((plant.manager, "submit"), (plant.manager, "review"), (plant.principal, "confirm")):
        if standing == {"submit": "draft", "review": "waiting", "confirm": "reviewed"}[step]:
            return
        assert take(person, step, plant.point.id).status_code == 200


def test_whoever_may_confirm_does_so_at_once_and_the_review_is_on_record_too(world: World) -> None:
    plant = world.plant
    take(plant.leader, "submit", plant.point.id, note="班组辨识完成")
    answer = take(plant.manager, "confirm", plant.point.id)
    assert answer.status_code == 200, answer.text
    (one,) = _rounds(plant)
    assert one["submitted_by"] == str(plant.leader.id)
    assert one["reviewed_by"] == one["confirmed_by"] == str(plant.manager.id)
    assert (one["state"], one["shown_level"]["code"], one["note"]) == ("confirmed", "orange", "班组辨识完成")
    assert kinds(plant)[-3:] == ["point.submitted", "point.reviewed", "point.confirmed"]


def test_a_return_needs_a_note_and_is_kept(world: World) -> None:
    plant = world.plant
    take(plant.leader, "submit", plant.point.id)
    bare = take(plant.manager, "return", plant.point.id)
    assert (bare.status_code, bare.json["errors"][0]["pointer"]) == (422, "/note")
    assert take(plant.manager, "return", plant.point.id, note="漏了卸车环节").status_code == 200
    (one,) = _rounds(plant)
    assert (one["state"], one["note"], one["returned_by"]) == ("returned", "漏了卸车环节", str(plant.manager.id))
    assert levels(plant)[2] == "draft"
    assert kinds(plant)[-1] == "point.returned"


@pytest.mark.parametrize("missing", ["no source", "no assessment"])
def test_what_is_not_identified_and_assessed_in_full_is_not_submitted(world: World, missing: str) -> None:
    plant = world.plant
    with writing():
        point = plant.add_point(plant.manager.actor)
    named = "尚未辨识危险源"
    if missing == "no assessment":
        body = {
            "risk_point_id": str(point.id),
            "name": "飞屑",
            "factor_class": "things",
            "accident_types": ["机械致害"],
        }
        named = plant.manager.post("/hazard-sources", body).json["code"]
    answer = take(plant.manager, "submit", plant.point.id, point.id)
    assert (answer.status_code, answer.json["code"]) == (409, "not_assessed")
    assert point.code in answer.json["detail"]
    assert named in answer.json["detail"]
    assert levels(plant)[2] == "draft"


def test_a_leader_submits_his_own_units_points_alone(world: World) -> None:
    plant = world.plant
    plant.manager.patch(f"/risk-points/{plant.point.id}", {"unit_id": str(plant.other_unit.id)})
    answer = take(plant.leader, "submit", plant.point.id)
    assert (answer.status_code, answer.json["code"]) == (403, "not_own_unit")


def test_a_foreign_point_is_refused_like_an_absent_one(world: World) -> None:
    answers = [take(world.plant.manager, "submit", point) for point in (world.other.point.id, new_id())]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json["errors"] == answers[1].json["errors"]
    assert answers[0].json["errors"][0]["pointer"] == "/risk_point_ids/0"


def test_of_many_points_all_go_or_none(world: World) -> None:
    plant = world.plant
    second = _another(plant, "yellow")
    assert take(plant.manager, "submit", plant.point.id).status_code == 200
    refused = take(plant.manager, "confirm", plant.point.id, second)
    assert refused.json["code"] == "wrong_status"
    assert levels(plant)[2] == "in_review"
    take(plant.manager, "submit", second)
    both = take(plant.manager, "confirm", plant.point.id, second, second).json["points"]
    assert [(point["risk_point_id"], point["status"]) for point in both] == [
        (str(plant.point.id), "confirmed"), (second, "confirmed"),
    ]  # fmt: skip


def test_a_step_happens_once(world: World) -> None:
    plant = world.plant
    body = {"id": str(new_id()), "step": "submit", "risk_point_ids": [str(plant.point.id)]}
    first, again = (plant.manager.post("/confirmations", body) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert kinds(plant).count("point.submitted") == 1
    assert len(_rounds(plant)) == 1
    other = plant.manager.post("/confirmations", {**body, "step": "confirm"})
    assert (other.status_code, other.json["code"]) == (409, "id_reused")


def test_a_change_while_in_review_takes_the_point_back_and_overtakes_the_round(world: World) -> None:
    plant = world.plant
    take(plant.manager, "submit", plant.point.id)
    take(plant.manager, "review", plant.point.id)
    plant.manager.patch(f"/hazard-sources/{plant.source.id}", {"consequences": "多人中毒"})
    assert levels(plant)[2] == "draft"
    assert [one["state"] for one in _rounds(plant)] == ["overtaken"]
    assert take(plant.principal, "confirm", plant.point.id).json["code"] == "wrong_status"
    take(plant.manager, "submit", plant.point.id)
    assert [one["state"] for one in _rounds(plant)] == ["open", "overtaken"]
    assert [one["id"] for one in _due(plant.manager, "review")] == [_rounds(plant)[0]["id"]]
    assert take(plant.manager, "review", plant.point.id).status_code == 200
    assert take(plant.principal, "confirm", plant.point.id).status_code == 200
    assert [one["state"] for one in _rounds(plant)] == ["confirmed", "overtaken"]


def test_a_lower_level_waits_for_its_confirmation_and_then_takes_effect_with_its_reason(world: World) -> None:
    plant = world.plant
    regrade(plant, "red")
    confirm(plant)
    assert levels(plant) == ("red", "red", "confirmed")
    regrade(plant, "yellow")
    assert levels(plant) == ("red", "red", "draft")
    take(plant.leader, "submit", plant.point.id)
    assert _rounds(plant)[0]["shown_level"]["code"] == "yellow"
    take(plant.manager, "review", plant.point.id)
    assert levels(plant) == ("red", "red", "in_review")
    fall = take(plant.manager, "confirm", plant.point.id)
    assert (fall.status_code, fall.json["code"]) == (403, "red_is_the_principals")
    assert take(plant.principal, "confirm", plant.point.id).json["points"][0]["shown_level"]["code"] == "yellow"
    assert levels(plant) == ("yellow", "yellow", "confirmed")
    with reading():
        changed, confirmed = timeline(plant.enterprise.id, plant.point.id)[-2:]
        assert (changed.kind, changed.data["was_shown"], changed.data["shown"]) == (
            "point.level_changed", "red", "yellow",
        )  # fmt: skip
        assert "确认" in changed.data["because"]
        assert (confirmed.kind, confirmed.data["was_shown"], confirmed.data["shown"]) == (
            "point.confirmed", "red", "yellow",
        )  # fmt: skip
        assert stored_counts(plant.enterprise.id) == recounted(plant.enterprise.id)
        assert broken_at(plant.enterprise.id) is None


def test_an_inherent_level_falls_by_confirmation_even_where_what_is_shown_stays(world: World) -> None:
    plant = world.plant
    assess(plant, "red")
    assess(plant, "blue", basis="residual")
    confirm(plant)
    assess(plant, "yellow")
    assert levels(plant) == ("red", "blue", "draft")
    confirm(plant)
    assert levels(plant) == ("yellow", "blue", "confirmed")
    with reading():
        told = timeline(plant.enterprise.id, plant.point.id)[-1]
        assert (told.data["was_inherent"], told.data["inherent"]) == ("red", "yellow")


def test_a_higher_level_counts_before_it_is_confirmed(world: World) -> None:
    plant = world.plant
    regrade(plant, "yellow")
    confirm(plant)
    regrade(plant, "red")
    assert levels(plant) == ("red", "red", "draft")


def test_a_returned_fall_leaves_what_was_confirmed(world: World) -> None:
    plant = world.plant
    confirm(plant)
    regrade(plant, "blue")
    take(plant.manager, "submit", plant.point.id)
    take(plant.manager, "return", plant.point.id, note="依据不足")
    assert levels(plant)[1:] == ("orange", "draft")
    regrade(plant, "blue")
    assert levels(plant)[1:] == ("orange", "draft")


def test_the_tiers_and_the_plan_of_a_fall_hold_until_it_is_confirmed(world: World) -> None:
    plant = world.plant
    regrade(plant, "red")
    confirm(plant)
    regrade(plant, "blue")
    found = plant.worker.get(f"/risk-points/{plant.point.id}/control").json
    assert (found["level"]["code"], found["needs_plan"], found["tiers"][0]["tier"]) == ("red", True, "company")
    confirm(plant)
    found = plant.worker.get(f"/risk-points/{plant.point.id}/control").json
    assert (found["level"]["code"], found["needs_plan"], found["tiers"][0]["tier"]) == ("blue", False, "team")


def test_a_level_raised_by_a_hidden_hazard_stays_raised_after_the_confirmation(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    plant.move(plant.manager, hazard, "grade", gravity="major", criteria="判定标准第三条")
    take(plant.manager, "submit", plant.point.id)
    answer = take(plant.manager, "confirm", plant.point.id)  # raised to red now, but orange by assessment
    assert answer.status_code == 200, answer.text
    assert answer.json["points"][0]["current_level"]["code"] == "red"
    assert levels(plant)[1] == "orange"


def test_signing_a_plan_or_naming_a_duty_leaves_the_confirmation(world: World) -> None:
    plant = world.plant
    confirm(plant)
    signed(plant)
    duty = {"tier": "team", "unit_id": str(plant.unit.id), "person_id": str(plant.worker.id)}
    plant.manager.patch(f"/risk-points/{plant.point.id}/duties", {"duties": [duty]})
    assert levels(plant)[2] == "confirmed"


def test_what_waits_for_me_is_what_i_could_do_now(world: World) -> None:
    plant = world.plant
    red, waiting, reviewed = _another(plant, "red"), _another(plant, "yellow"), _another(plant, "blue")
    reviewed_red = _another(plant, "red")
    take(plant.leader, "submit", red, waiting, reviewed, reviewed_red)
    take(plant.manager, "review", reviewed, reviewed_red)
    expected = {
        (plant.manager, "review"): {red, waiting},
        (plant.principal, "review"): {red, waiting},
        (plant.manager, "confirm"): {waiting, reviewed},
        (plant.principal, "confirm"): {waiting, reviewed, reviewed_red},
    }
    for (person, step), points in expected.items():
        assert {one["risk_point_id"] for one in _due(person, step)} == points
    assert plant.leader.get("/confirmations/due").status_code == 403
    assert take(plant.principal, "confirm", *expected[plant.principal, "confirm"]).status_code == 200
    assert _due(plant.principal, "confirm") == []
    (left,) = _due(plant.manager, "review")
    assert (left["risk_point_id"], left["code"][:2], left["submitted_by"]) == (red, "FX", str(plant.leader.id))


def test_a_retired_point_waits_for_nobody_and_takes_no_step(world: World) -> None:
    plant = world.plant
    take(plant.manager, "submit", plant.point.id)
    with writing() as session:
        session.execute(db.text("UPDATE risk_points SET retired_at = created_at WHERE code = 'FX-0001'"))
    assert _due(plant.manager, "review") == []
    answer = take(plant.manager, "review", plant.point.id)
    assert (answer.status_code, answer.json["code"]) == (409, "retired")
    found = plant.worker.get(f"/risk-points/{plant.point.id}/control").json
    assert (found["controlled"], [gap["lack"] for gap in found["gaps"]]) == (False, ["retired"])


@pytest.mark.parametrize("step", ["submit", "confirm"])
def test_many_points_are_taken_in_few_statements(world: World, step: str) -> None:
    plant = world.plant
    few = [_another(plant, "yellow")]
    many = [_another(plant, "yellow") for _ in range(12)]
    costs = []
    for points in (few, many):
        if step != "submit":
            take(plant.manager, "submit", *points)
        with counted(db.engine) as sent:
            assert take(plant.manager, step, *points).status_code == 200
        costs.append(len(sent))
    assert costs[1] <= costs[0] + 2, costs


def test_more_than_five_hundred_points_are_too_many(world: World) -> None:
    points = [new_id() for _ in range(501)]
    answer = take(world.plant.manager, "submit", *points)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/risk_point_ids")


def _another(plant: Plant, level: str) -> str:
    """One more point with one source of a level."""
    with writing():
        point = plant.add_point(plant.manager.actor)
    body = {"risk_point_id": str(point.id), "name": "飞屑", "factor_class": "things", "accident_types": ["机械致害"]}
    assess(plant, level, source=plant.manager.post("/hazard-sources", body).json["id"])
    return str(point.id)


def _rounds(plant: Plant) -> list[dict[str, Any]]:
    return list(plant.worker.get(f"/risk-points/{plant.point.id}/confirmations").json["items"])


def _due(person: Person, step: str) -> list[dict[str, Any]]:
    return list(person.get("/confirmations/due", step=step).json["items"])
