"""The ledger of rewards: who proposes, who decides, who is paid, and that the first report alone is rewarded."""

from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.core.db import reading, session
from app.core.events import broken_at, timeline
from app.messages.models import Message
from tests.surface import problem_of
from tests.visitor import Visitor
from tests.world import SHOWN, Person, Plant, World, announced


def propose(person: Person, hazard_id: str, **given: Any) -> TestResponse:
    body = {"hazard_id": hazard_id, "kind": "internal", "amount": "200", "reason": "及时发现", **given}
    return person.post("/rewards", body)


def proposed(plant: Plant, **given: Any) -> dict[str, Any]:
    """An internal reward proposed by the safety manager for what the worker found."""
    answer = propose(plant.manager, plant.report()["id"], **given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def code_of(answer: TestResponse) -> tuple[int, str]:
    problem = problem_of(answer)
    return problem["status"], problem["code"]


def test_the_finder_is_rewarded_by_default_and_told(world: World) -> None:
    plant = world.plant
    reward = proposed(plant)
    assert (reward["person_id"], reward["amount"], reward["state_label"]) == (str(plant.worker.id), "200", "待批准")
    path = f"/rewards/{reward['id']}"
    assert plant.principal.post(f"{path}/approval", {}).json["state"] == "approved"
    paid = plant.manager.post(f"{path}/payment", {"voucher": "记-0312"}).json
    assert (paid["state"], paid["voucher"]) == ("paid", "记-0312")
    with reading():
        told = session().query(Message).filter_by(recipient_id=plant.worker.id)
        assert {message.kind for message in told} >= {"reward.approved", "reward.paid"}
        kinds = [event.kind for event in timeline(plant.enterprise.id, UUID(reward["id"]))]
        assert kinds == ["reward.proposed", "reward.approved", "reward.paid"]
        assert broken_at(plant.enterprise.id) is None


def test_nobody_approves_what_they_proposed_or_get(world: World) -> None:
    plant = world.plant
    mine = proposed(plant)
    assert code_of(plant.manager.post(f"/rewards/{mine['id']}/approval", {})) == (403, "second_person")
    hazard = plant.report(plant.principal)
    to_the_principal = propose(plant.manager, hazard["id"]).json
    for step, body in (("approval", {}), ("payment", {"voucher": "1"})):
        answer = plant.principal.post(f"/rewards/{to_the_principal['id']}/{step}", body)
        assert answer.status_code in (403, 409), step
    assert code_of(plant.principal.post(f"/rewards/{to_the_principal['id']}/approval", {})) == (403, "second_person")


def test_a_proposal_is_refused_or_withdrawn_with_a_reason_and_may_be_made_again(world: World) -> None:
    plant = world.plant
    reward = proposed(plant)
    path = f"/rewards/{reward['id']}/refusal"
    assert code_of(plant.principal.post(path, {}))[0] == 422
    assert plant.manager.post(path, {"opinion": "金额写错"}).json["state"] == "refused"
    assert propose(plant.manager, reward["hazard_id"], amount="300").status_code == 201
    for step, body in (("approval", {}), ("payment", {"voucher": "1"}), ("refusal", {"opinion": "再"})):
        assert code_of(plant.principal.post(f"/rewards/{reward['id']}/{step}", body)) == (409, "reward_decided")


def test_what_is_not_approved_is_not_paid(world: World) -> None:
    reward = proposed(world.plant)
    answer = world.plant.manager.post(f"/rewards/{reward['id']}/payment", {"voucher": "1"})
    assert code_of(answer) == (409, "reward_decided")


def test_a_hidden_hazard_earns_each_kind_once_and_the_refusal_names_the_first(world: World) -> None:
    plant = world.plant
    reward = proposed(plant)
    answer = propose(plant.principal, reward["hazard_id"])
    assert code_of(answer) == (409, "reward_duplicate")
    assert answer.json["original"]["reward_id"] == reward["id"]


def test_a_duplicate_is_refused_naming_the_original_and_its_reward(world: World) -> None:
    plant = world.plant
    first = proposed(plant)
    second = plant.report(plant.colleague)
    waiting = propose(plant.manager, second["id"]).json
    facts = {"reason": "同一处", "original_id": first["hazard_id"], "photos": [announced(SHOWN)]}
    moved = plant.move(plant.principal, plant.show(second), "mark_duplicate", **facts)
    assert moved.status_code == 201, moved.text
    original = {"hazard_id": first["hazard_id"], "hazard_code": first["hazard_code"], "reward_id": first["id"]}
    answer = plant.principal.post(f"/rewards/{waiting['id']}/approval", {})
    assert code_of(answer) == (409, "reward_duplicate")
    assert answer.json["original"] == original
    plant.manager.post(f"/rewards/{waiting['id']}/refusal", {"opinion": "重复"})
    assert propose(plant.manager, second["id"]).json["original"] == original


def test_whoever_found_it_again_is_not_rewarded(world: World) -> None:
    plant = world.plant
    plant.worker.post("/inspections", plant.inspection(failed=1))
    hazard = plant.manager.get("/hidden-hazards").json["items"][0]
    plant.colleague.post("/inspections", plant.inspection(failed=1))
    assert plant.manager.get(f"/hidden-hazards/{hazard['id']}").json["occurrences"] == 2
    answer = propose(plant.manager, hazard["id"], person_id=str(plant.colleague.id))
    assert code_of(answer) == (409, "reward_duplicate")
    assert propose(plant.manager, hazard["id"]).json["person_id"] == str(plant.worker.id)


def test_what_is_no_hidden_hazard_earns_nothing(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    photos = [announced(SHOWN)]
    moved = plant.move(plant.manager, plant.show(hazard), "dismiss", reason="现场复核不构成", photos=photos)
    assert moved.status_code == 201, moved.text
    assert code_of(propose(plant.manager, hazard["id"])) == (409, "not_rewardable")


def test_a_public_reward_is_paid_to_whoever_shows_the_receipt(world: World) -> None:
    plant, visitor = world.plant, Visitor(world)
    receipt, report = visitor.admitted()
    given = {"kind": "public", "report_id": report["id"]}
    reward = propose(plant.manager, report["hazard_id"], **given).json
    assert (reward["person_id"], reward["kind_label"]) == (None, "举报奖励")
    path = f"/rewards/{reward['id']}"
    plant.principal.post(f"{path}/approval", {})
    assert visitor.status(receipt, "/reports/rewards").json["items"][0]["state_label"] == "已批准"
    other = Visitor(world, world.other).report()
    for wrong in ({}, {"receipt": "A" * 20}, {"receipt": other}, {"receipt": report["id"]}):
        answer = plant.manager.post(f"{path}/payment", {"voucher": "1", **wrong})
        assert code_of(answer)[0] == 422
        assert answer.json["errors"][0]["pointer"] == "/receipt"
    assert plant.manager.post(f"{path}/payment", {"voucher": "1", "receipt": receipt.lower()}).json["state"] == "paid"
    assert visitor.status(receipt, "/reports/rewards").json["items"][0]["state"] == "paid"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"amount": "0"}, "/amount"),
        ({"amount": "-1"}, "/amount"),
        ({"amount": "0.001"}, "/amount"),
        ({"amount": "1000001"}, "/amount"),
        ({"amount": "NaN"}, "/amount"),
        ({"kind": "public"}, "/report_id"),
    ],
)
def test_a_wrong_proposal_is_refused_at_its_field(world: World, given: dict[str, Any], pointer: str) -> None:
    answer = propose(world.plant.manager, world.plant.report()["id"], **given)
    assert pointer in {error["pointer"] for error in problem_of(answer)["errors"]}


def test_receivers_of_one_kind_are_not_those_of_the_other(world: World) -> None:
    plant = world.plant
    _, report = Visitor(world).admitted()
    own, mine = plant.report()["id"], str(plant.worker.id)
    for answer, pointer in (
        (propose(plant.manager, report["hazard_id"]), "/person_id"),  # nobody of the enterprise found it
        (propose(plant.manager, own, kind="public", report_id=report["id"]), "/report_id"),  # not its report
        (propose(plant.manager, own, report_id=report["id"]), "/report_id"),
        (propose(plant.manager, own, person_id=str(world.other.worker.id)), "/person_id"),
        (
            propose(plant.manager, report["hazard_id"], kind="public", report_id=report["id"], person_id=mine),
            "/person_id",
        ),
    ):
        assert pointer in {error["pointer"] for error in problem_of(answer)["errors"]}


def test_the_ledger_is_filtered_and_summed_each_kind_apart(world: World) -> None:
    plant = world.plant
    internal = proposed(plant, amount="0.10")
    proposed(plant, amount="0.20")
    _, report = Visitor(world).admitted()
    given = {"kind": "public", "report_id": report["id"], "amount": "500"}
    public = propose(plant.manager, report["hazard_id"], **given).json
    plant.principal.post(f"/rewards/{internal['id']}/approval", {})
    assert [one["id"] for one in plant.manager.get("/rewards", kind="public").json["items"]] == [public["id"]]
    assert plant.manager.get("/rewards", state="proposed").json["total"] == 2
    assert plant.manager.get("/rewards", person_id=str(plant.worker.id)).json["total"] == 2
    assert plant.manager.get("/rewards", proposed_to="2026-01-01").json["total"] == 0
    kinds = plant.manager.get("/rewards/sums").json["kinds"]
    sums = {
        (kind["kind"], state["state"]): (state["count"], state["amount"])
        for kind in kinds
        for state in kind["states"]
        if state["count"]
    }
    assert sums == {
        ("internal", "approved"): (1, "0.10"),
        ("internal", "proposed"): (1, "0.20"),
        ("public", "proposed"): (1, "500"),
    }
    assert world.other.manager.get("/rewards").json["total"] == 0
    assert plant.leader.get("/rewards").status_code == 403
