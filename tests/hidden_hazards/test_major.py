"""A major hidden hazard from its grading by clause to its delisting, and what binds its deadlines."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.core.clock import LOCAL, months_after, today
from app.core.ids import new_id
from app.hidden_hazards import major
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity
from tests.surface import problem_of
from tests.world import World, announced, in_days, jpeg

CLAUSE = "hazardous-chemicals-121/第十二条"
PLAN = dict.fromkeys(("goal", "measures", "funds", "people", "time_limit", "safety_and_emergency"), "按方案")
DUAL = {"to_regulator_at": "2026-11-21T09:00:00+08:00", "to_workers_congress_at": "2026-11-21T10:00:00+08:00"}
FIVE = dict.fromkeys(("responsibility", "measures", "funds", "time_limit", "plan"), "已落实")
MAJOR_PLAN = {"treatment_plan": PLAN, "dual_report": DUAL, "guarantees": FIVE, "interim_measures": "停用，每小时巡查"}
LISTING = {
    "level": "county", "number": "东应急挂〔2026〕3号", "regulator_owner": "张监管", "enterprise_owner": "王总",
}  # fmt: skip


def by_office(world: World, hazard: dict[str, Any], action: str, **facts: Any) -> TestResponse:
    body = {"id": str(new_id()), "action": action, "version": hazard["version"], **facts}
    within = str(world.plant.enterprise.id)
    return world.regulator.post(f"/hidden-hazards/{hazard['id']}/transitions", body, enterprise_id=within)


def made(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def refused(answer: TestResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return problem_of(answer)


def graded(world: World) -> dict[str, Any]:
    plant = world.plant
    return made(plant.move(plant.manager, plant.report(), "grade", gravity="major", clauses=[CLAUSE]))


def submitted(world: World, hazard: dict[str, Any], seed: int) -> dict[str, Any]:
    plant, after = world.plant, jpeg(seed=seed)
    hazard = made(plant.move(plant.worker, hazard, "submit", measures="更换探测器", photos=[announced(after)]))
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(after)['sha256']}", after)
    return hazard


def test_the_matching_clauses_are_offered_and_recorded_with_file_and_edition(world: World) -> None:
    plant = world.plant
    hazard = plant.report(description="2#罐区可燃气体探测器故障")
    offered = plant.manager.get(f"/hidden-hazards/{hazard['id']}/criteria").json["items"]
    assert offered[0]["key"] == CLAUSE
    assert offered[0]["reasons"] == ["可燃气体探测器", "探测器"]
    hazard = made(plant.move(plant.manager, hazard, "grade", gravity="major", clauses=[CLAUSE]))
    recorded = hazard["clauses"][0]
    assert (recorded["file"], recorded["edition"], recorded["clause"]) == (
        "hazardous-chemicals-121",
        "2017",
        "第十二条",
    )
    assert recorded["text"] == offered[0]["text"]
    assert "安监总管三〔2017〕121号" in hazard["criteria"]
    listed = world.regulator.get("/major-criteria", trade="machinery", text="喷漆室没有通风")
    assert listed.json["items"][0]["key"] == "gongmao-10/第七条第（七）项"
    everything = plant.worker.get("/major-criteria", page_size=100).json
    assert everything["total"] == 42  # of the enterprise's own trade, and what holds for all


def test_a_major_grading_says_why_by_a_clause_in_force_or_in_words(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    refused(plant.move(plant.manager, hazard, "grade", gravity="major"), 422)
    for wrong in ("gongmao-10/第七条第（七）项", "nothing/第一条"):
        problem = refused(plant.move(plant.manager, hazard, "grade", gravity="major", clauses=[CLAUSE, wrong]), 422)
        assert problem["errors"][0]["pointer"] == "/clauses/1"
    refused(plant.move(plant.manager, hazard, "grade", gravity="general", clauses=[CLAUSE]), 422)
    hazard = made(plant.move(plant.manager, hazard, "grade", gravity="major", criteria="无对应条款，经专家论证"))
    assert (hazard["criteria"], hazard["clauses"]) == ("无对应条款，经专家论证", [])


def test_a_listed_one_is_closed_only_by_its_delisting_and_keeps_five_dates_apart(world: World) -> None:
    plant = world.plant
    hazard = graded(world)
    refused(plant.move(plant.principal, hazard, "list", listing=LISTING), 403)
    refused(by_office(world, hazard, "list", listing={**LISTING, "due_at": in_days(400)}), 422)
    hazard = made(by_office(world, hazard, "list", listing={**LISTING, "due_at": in_days(90)}))
    assert (hazard["state"], hazard["listing"]["enterprise_owner"]) == ("graded", "王总")

    assigned = {"rectifier_id": str(plant.worker.id), **MAJOR_PLAN}
    for lacking in MAJOR_PLAN:
        facts = {**assigned, "deadline_at": in_days(60), lacking: None}
        problem = refused(plant.move(plant.manager, hazard, "assign", **facts), 422)
        assert problem["errors"][0]["pointer"] == f"/{lacking}"
    late = refused(plant.move(plant.manager, hazard, "assign", **assigned, deadline_at=in_days(91)), 422)
    assert late["code"] == "later_than_ordered"
    hazard = made(plant.move(plant.manager, hazard, "assign", **assigned, deadline_at=in_days(60)))
    assert hazard["guarantees"] == FIVE

    asked = {"reason": "备件未到", "photos": [announced(jpeg(seed=3))], "deadline_at": in_days(120)}
    hazard = made(plant.move(plant.worker, hazard, "ask_extension", **asked))
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{asked['photos'][0]['sha256']}", jpeg(seed=3))
    board = world.regulator.get("/supervision/listings").json["items"]
    assert board[0]["extension"]["reason"] == "备件未到"
    refused(plant.move(plant.principal, hazard, "grant_extension", opinion="同意"), 403)
    hazard = made(by_office(world, hazard, "grant_extension", opinion="同意"))
    assert hazard["listing"]["due_at"] == hazard["deadline_at"].replace("Z", "+00:00")  # it was moved along

    hazard = submitted(world, hazard, 11)
    hazard = made(plant.move(plant.manager, hazard, "accept", opinion="符合"))
    assert (hazard["state"], hazard["closed_at"]) == ("pending_review", None)
    hazard = made(by_office(world, hazard, "fail_review", reason="未标定"))
    assert (hazard["state"], hazard["submitted_at"], hazard["accepted_at"]) == ("rectifying", None, None)
    hazard = submitted(world, hazard, 12)
    hazard = made(plant.move(plant.manager, hazard, "accept", opinion="符合"))
    hazard = made(by_office(world, hazard, "delist", opinion="核查合格"))
    assert (hazard["state"], hazard["rejections"]) == ("closed", 1)
    dates = [hazard[name] for name in ("submitted_at", "accepted_at", "delisted_at", "closed_at")]
    assert None not in dates
    assert dates == sorted(dates)
    assert hazard["rechecked_at"] is None

    shown = world.regulator.get("/supervision/rates").json["total"]["self_check"]
    assert (shown["extensions"], shown["rejections"], shown["major"]["closed"]) == (1, 1, 1)


def test_the_listing_board_shows_owners_days_left_and_the_late_steps(world: World) -> None:
    plant = world.plant
    hazard = graded(world)
    due_on = (today() + timedelta(days=40)).isoformat()
    made(by_office(world, hazard, "list", listing={**LISTING, "due_on": due_on, "filed_on": today().isoformat()}))
    row = world.regulator.get("/supervision/listings", state="graded", trade="chemical").json["items"][0]
    assert (row["level_label"], row["regulator_owner"], row["days_left"]) == ("县级", "张监管", 40)
    assert row["late_steps"] == []
    assert [step["name"] for step in row["steps"]] == ["file", "publish", "delist"]
    assert world.regulator.get("/supervision/listings", overdue="true").json["total"] == 0
    assert world.regulator.get("/supervision/hidden-hazards", listed="true").json["total"] == 1

    within = f"?enterprise_id={plant.enterprise.id}"
    noted = world.regulator.patch(
        f"/supervision/listings/{hazard['id']}{within}", {"published_on": today().isoformat()}
    )
    assert noted.json["steps"][1]["done_on"] == today().isoformat(), noted.text
    for body in ({}, {"published_on": (today() + timedelta(days=1)).isoformat()}):
        assert world.regulator.patch(f"/supervision/listings/{hazard['id']}{within}", body).status_code == 422
    unlisted = plant.report()
    answer = world.regulator.patch(f"/supervision/listings/{unlisted['id']}{within}", {"filed_on": "2026-01-01"})
    assert answer.status_code == 404


def test_a_listing_is_due_within_a_year_and_its_extension_asked_early() -> None:
    hazard = HiddenHazard(ordered=False)
    changes = major.listed(None, hazard, {"listing": LISTING})  # type: ignore[arg-type]
    due_at = datetime.fromisoformat(changes["listing"]["due_at"]).astimezone(LOCAL)
    assert due_at.date() == months_after(today(), 12) + timedelta(days=1)
    hazard.listed_at, hazard.listing = changes["listed_at"], changes["listing"]
    hazard.deadline_at = datetime.fromisoformat(in_days(60))
    assert major.extension_may_be_asked(hazard) == ""
    hazard.deadline_at = datetime.fromisoformat(in_days(20))
    assert "20 个工作日前" in major.extension_may_be_asked(hazard)
    hazard.listed_at = None
    assert major.extension_may_be_asked(hazard) == ""


@pytest.mark.parametrize(
    ("facts", "enough"),
    [({"clauses": [CLAUSE]}, True), ({"criteria": "论证"}, True), ({"gravity": Gravity.MAJOR, "clauses": []}, False)],
)
def test_grounds_are_a_clause_or_words(facts: dict[str, Any], enough: bool) -> None:
    assert major.has_grounds(facts) is enough
