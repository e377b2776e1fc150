"""The closed loop over HTTP: who may make which move, and what a refused move says and leaves behind."""

from typing import Any

from werkzeug.test import TestResponse

from app.accounts.policy import Role
from app.core.afterwards import SecurityFact
from app.core.db import reading
from app.core.ids import new_id
from tests.surface import problem_of, row_counts
from tests.world import SHOWN, Plant, World, announced, in_days, jpeg

PLAN = {
    "goal": "消除泄漏", "measures": "更换法兰", "funds": "两万元", "people": "设备科", "time_limit": "十天",
    "safety_and_emergency": "停用并隔离",
}  # fmt: skip
DUAL = {"to_regulator_at": "2026-11-21T09:00:00+08:00", "to_workers_congress_at": "2026-11-21T10:00:00+08:00"}
GUARANTEES = {
    "responsibility": "设备科长", "measures": "更换法兰", "funds": "两万元", "time_limit": "十天",
    "plan": "泄漏处置方案",
}  # fmt: skip
MAJOR_PLAN = {
    "treatment_plan": PLAN, "dual_report": DUAL, "guarantees": GUARANTEES, "interim_measures": "停用，每小时巡查",
}  # fmt: skip
FACTS: dict[str, dict[str, Any]] = {
    "stop_work": {"reason": "罐顶泄漏", "stop_kinds": ["work", "people"]},
    "add_evidence": {"photos": [{"sha256": "b" * 64, "size": 9}]},
    "grade": {"gravity": "general"},
    "regrade": {
        "gravity": "major", "criteria": "判定标准第三条", "reason": "泄漏扩大",
        "photos": [{"sha256": "a" * 64, "size": 9}],
    },
    "ask_extension": {
        "deadline_at": in_days(30), "reason": "备件未到", "photos": [{"sha256": "c" * 64, "size": 9}],
    },
    "grant_extension": {"opinion": "同意"},
    "refuse_extension": {"opinion": "不同意"},
    "reopen": {"reason": "同一处又漏", "photos": [{"sha256": "9" * 64, "size": 9}]},
    "resume_work": {"opinion": "已复核，可以恢复"},
    "dismiss": {"reason": "现场核实不构成隐患", "photos": [announced(SHOWN)]},
    "fix_on_the_spot": {"measures": "已紧固", "photos": [{"sha256": "e" * 64, "size": 9}]},
    "submit": {"measures": "已更换", "photos": [{"sha256": "f" * 64, "size": 9}]},
    "accept": {"opinion": "符合要求"},
    "reject": {"reason": "仍有渗漏"},
    "pass_recheck": {"opinion": "符合要求"},
    "fail_recheck": {"reason": "仍有渗漏"},
}  # fmt: skip
STATES = ("reported", "graded", "rectifying", "pending_acceptance", "closed", "dismissed", "duplicate")
ALLOWED = {
    "reported": {"stop_work", "add_evidence", "grade", "dismiss", "mark_duplicate", "fix_on_the_spot"},
    "graded": {"stop_work", "add_evidence", "regrade", "assign", "dismiss", "mark_duplicate", "fix_on_the_spot"},
    "rectifying": {
        "stop_work",
        "add_evidence",
        "regrade",
        "hand_over",
        "ask_extension",
    },  # the manager is not the rectifier
    "pending_acceptance": {"stop_work", "add_evidence", "accept", "reject"},
    "closed": {"reopen"},
    "dismissed": set(),
    "duplicate": set(),
}


def facts_of(plant: Plant, action: str) -> dict[str, Any]:
    if action == "assign":
        return {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(5)}
    if action == "hand_over":
        return {"rectifier_id": str(plant.colleague.id), "reason": "原整改人休假"}
    if action == "mark_duplicate":
        return {**FACTS["dismiss"], "original_id": plant.report()["id"]}
    return FACTS[action]


def brought_to(plant: Plant, state: str) -> dict[str, Any]:
    """A fresh hidden hazard in the state."""
    hazard = plant.report()
    if state in ("dismissed", "duplicate"):
        action = {"dismissed": "dismiss", "duplicate": "mark_duplicate"}[state]
        return dict(plant.move(plant.manager, plant.show(hazard), action, **facts_of(plant, action)).json)
    if state in ("pending_acceptance", "closed"):
        hazard = plant.rectified(hazard)
    if state in ("graded", "rectifying"):
        hazard = dict(plant.move(plant.manager, hazard, "grade", gravity="general").json)
    if state == "rectifying":
        hazard = dict(plant.move(plant.manager, hazard, "assign", **facts_of(plant, "assign")).json)
    if state == "closed":
        hazard = dict(plant.move(plant.manager, hazard, "accept", opinion="符合要求").json)
    assert hazard["state"] == state
    return hazard


def major(plant: Plant) -> dict[str, Any]:
    answer = plant.move(plant.manager, plant.report(), "grade", gravity="major", criteria="判定标准第三条")
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    problem = problem_of(answer)
    assert problem["code"] == code, problem
    return problem


def test_every_action_from_every_wrong_state_is_refused_with_what_is_allowed(world: World) -> None:
    plant = world.plant
    facts = {action: facts_of(plant, action) for action in (*FACTS, "assign", "hand_over", "mark_duplicate")}
    for state in STATES:
        hazard = brought_to(plant, state)
        before = row_counts()
        for action in facts:
            mine = action not in ("pass_recheck", "fail_recheck")
            if action in ALLOWED[state] or (state, action) == ("rectifying", "submit") or not mine:
                continue
            answer = plant.move(plant.manager, hazard, action, **facts[action])
            problem = refused(answer, 409, "wrong_state")
            assert set(problem["allowed_actions"]) == ALLOWED[state]
            assert (problem["state"], problem["version"]) == (state, hazard["version"])
        assert row_counts() == before, state


def test_what_a_hazard_says_is_allowed_is_what_may_be_done(world: World) -> None:
    plant = world.plant
    for state in STATES:
        hazard = brought_to(plant, state)
        assert set(plant.manager.get(f"/hidden-hazards/{hazard['id']}").json["allowed_actions"]) == ALLOWED[state]
        for action in ALLOWED[state]:
            fresh = brought_to(plant, state)
            if action in ("dismiss", "mark_duplicate"):
                fresh = plant.show(fresh)
            answer = plant.move(plant.manager, fresh, action, **facts_of(plant, action))
            assert answer.status_code == 201, (state, action, answer.text)


def test_a_stale_version_is_refused_with_the_current_one(world: World) -> None:
    plant = world.plant
    hazard = brought_to(plant, "graded")
    stale = {**hazard, "version": hazard["version"] - 1}
    problem = refused(plant.move(plant.manager, stale, "assign", **facts_of(plant, "assign")), 409, "stale_version")
    assert problem["version"] == hazard["version"]
    assert "assign" in problem["allowed_actions"]
    future = {**hazard, "version": 2**31 - 1}
    refused(plant.move(plant.manager, future, "assign", **facts_of(plant, "assign")), 409, "stale_version")


def test_the_acceptor_is_not_the_rectifier_whoever_he_is(world: World) -> None:
    plant = world.plant
    for rectifier in (plant.leader, plant.manager, plant.principal):
        hazard = plant.rectified(plant.report(), rectifier=rectifier)
        for action in ("accept", "reject"):
            problem = refused(plant.move(rectifier, hazard, action, **FACTS[action]), 409, "wrong_state")
            assert "整改人" in problem["detail"]
            assert problem["allowed_actions"] == ["stop_work", "add_evidence"]


def test_whoever_fixed_it_on_the_spot_does_not_accept_it(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=5)
    fixed = plant.move(
        plant.manager, plant.report(), "fix_on_the_spot", measures="已紧固", photos=[announced(photo)]
    ).json  # fmt: skip
    plant.manager.put(f"/hidden-hazards/{fixed['id']}/photos/{announced(photo)['sha256']}", photo)
    refused(plant.move(plant.manager, fixed, "accept", opinion="好"), 409, "wrong_state")
    assert plant.move(plant.principal, fixed, "accept", opinion="好").json["state"] == "closed"


def test_the_dismisser_is_not_the_finder(world: World) -> None:
    plant = world.plant
    hazard = plant.report(plant.manager)
    problem = refused(plant.move(plant.manager, hazard, "dismiss", **FACTS["dismiss"]), 409, "wrong_state")
    assert "发现人" in problem["detail"]
    assert plant.move(plant.principal, plant.show(hazard), "dismiss", **FACTS["dismiss"]).status_code == 201


def test_a_leader_does_not_handle_what_belongs_to_another_unit(world: World) -> None:
    plant = world.plant
    foreign = plant.hire("other.leader", Role.LEADER, plant.other_unit)
    for state, action in (("reported", "grade"), ("graded", "assign"), ("pending_acceptance", "accept")):
        hazard = brought_to(plant, state)
        refused(plant.move(foreign, hazard, action, **facts_of(plant, action)), 403, "forbidden")
        assert action not in foreign.get(f"/hidden-hazards/{hazard['id']}").json["allowed_actions"]
        assert plant.move(plant.leader, hazard, action, **facts_of(plant, action)).status_code == 201


def test_a_worker_handles_nothing(world: World) -> None:
    plant = world.plant
    for state, action in (("reported", "grade"), ("graded", "assign"), ("pending_acceptance", "accept")):
        hazard = brought_to(plant, state)
        refused(plant.move(plant.colleague, hazard, action, **facts_of(plant, action)), 403, "forbidden")


def test_only_the_assigned_person_submits(world: World) -> None:
    plant = world.plant
    hazard = brought_to(plant, "rectifying")
    for person in (plant.colleague, plant.leader, plant.manager):
        refused(plant.move(person, hazard, "submit", **FACTS["submit"]), 409, "wrong_state")
    assert plant.move(plant.worker, hazard, "submit", **FACTS["submit"]).status_code == 201


def test_major_is_handled_by_the_manager_and_the_principal_only(world: World) -> None:
    plant = world.plant
    whole = {**facts_of(plant, "assign"), **MAJOR_PLAN}
    refused(plant.move(plant.leader, plant.report(), "grade", gravity="major", criteria="第三条"), 403, "forbidden")
    hazard = major(plant)
    for gravity in ({}, {"gravity": None}, {"gravity": "general"}):
        refused(plant.move(plant.leader, hazard, "assign", **whole, **gravity), 403, "forbidden")
        refused(plant.move(plant.leader, hazard, "dismiss", **FACTS["dismiss"], **gravity), 403, "forbidden")
    assigned = plant.move(plant.manager, hazard, "assign", **whole)
    assert assigned.status_code == 201, assigned.text
    photo = jpeg(seed=8)
    submitted = plant.move(plant.worker, assigned.json, "submit", measures="已更换", photos=[announced(photo)]).json
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
    for action in ("accept", "reject"):
        refused(plant.move(plant.leader, submitted, action, **FACTS[action]), 403, "forbidden")
    assert plant.move(plant.principal, submitted, "accept", opinion="符合").json["state"] == "closed"


def test_major_needs_its_plan_and_both_reports(world: World) -> None:
    plant = world.plant
    hazard = major(plant)
    problem = refused(plant.move(plant.manager, hazard, "assign", **facts_of(plant, "assign")), 422, "invalid")
    assert {error["pointer"] for error in problem["errors"]} == {f"/{name}" for name in MAJOR_PLAN}
    early = {**MAJOR_PLAN, "dual_report": {**DUAL, "to_regulator_at": in_days(1)}}
    answer = plant.move(plant.manager, hazard, "assign", **facts_of(plant, "assign"), **early)
    refused(answer, 422, "invalid")


def test_a_major_one_is_not_fixed_on_the_spot(world: World) -> None:
    plant = world.plant
    hazard = major(plant)
    for person in (plant.worker, plant.manager, plant.principal):
        problem = refused(plant.move(person, hazard, "fix_on_the_spot", **FACTS["fix_on_the_spot"]), 409, "wrong_state")
        assert "fix_on_the_spot" not in problem["allowed_actions"]


def test_acceptance_waits_for_every_photo(world: World) -> None:
    plant, first, second = world.plant, jpeg(seed=11), jpeg(seed=12)
    hazard = brought_to(plant, "rectifying")
    photos = [announced(first), announced(second)]
    waiting = plant.move(plant.worker, hazard, "submit", measures="已更换", photos=photos).json
    for photo in (first, second):
        assert not plant.manager.get(f"/hidden-hazards/{hazard['id']}").json["complete"]
        problem = refused(plant.move(plant.manager, waiting, "accept", opinion="好"), 409, "wrong_state")
        assert "照片" in problem["detail"]
        assert problem["allowed_actions"] == ["stop_work", "add_evidence", "reject"]
        sent = plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
        assert sent.status_code == 200
    assert plant.move(plant.manager, waiting, "accept", opinion="好").status_code == 201


def test_a_rejected_one_goes_back_and_keeps_its_first_deadline(world: World) -> None:
    plant = world.plant
    hazard = plant.rectified(plant.report())
    back = plant.move(plant.manager, hazard, "reject", reason="仍有渗漏").json
    assert (back["state"], back["rejections"], back["submitted_at"]) == ("rectifying", 1, None)
    assert back["original_deadline_at"] == hazard["original_deadline_at"]


def test_what_the_government_found_is_closed_by_the_government(world: World) -> None:
    plant, here = world.plant, {"enterprise_id": str(world.plant.enterprise.id)}
    body = {
        "id": str(new_id()), "risk_point_id": str(plant.point.id), "description": "安全出口堵塞",
        "client_at": "2026-11-21T08:30:00+08:00", "source": "government",
    }  # fmt: skip
    found = world.regulator.post("/supervision/findings", body, **here)
    assert found.status_code == 201, found.text
    refused(plant.move(plant.manager, found.json, "dismiss", **FACTS["dismiss"]), 409, "wrong_state")
    hazard = plant.rectified(found.json)
    for action in ("accept", "reject"):
        refused(plant.move(plant.principal, hazard, action, **FACTS[action]), 409, "wrong_state")
    for person in (plant.manager, plant.principal):
        refused(plant.move(person, hazard, "pass_recheck", opinion="好"), 403, "forbidden")
    passed = {"id": str(new_id()), "action": "pass_recheck", "version": hazard["version"], "opinion": "符合"}
    answer = world.regulator.post(f"/hidden-hazards/{hazard['id']}/transitions", passed, **here)
    assert answer.json["state"] == "closed", answer.text


def test_the_regulator_does_not_close_what_the_enterprise_found(world: World) -> None:
    plant, here = world.plant, {"enterprise_id": str(world.plant.enterprise.id)}
    hazard = plant.rectified(plant.report())
    for action in FACTS:
        body = {"id": str(new_id()), "action": action, "version": hazard["version"], **FACTS[action]}
        answer = world.regulator.post(f"/hidden-hazards/{hazard['id']}/transitions", body, **here)
        assert answer.status_code in (403, 409), (action, answer.text)


def test_an_open_major_one_shows_its_point_red_until_it_is_closed(world: World) -> None:
    plant = world.plant

    def current() -> str:
        return str(plant.worker.get(f"/risk-points/{plant.point.id}").json["current_level"]["code"])

    assert current() == "orange"
    hazard = major(plant)
    assert current() == "red"
    assert plant.move(plant.manager, plant.show(hazard), "dismiss", **FACTS["dismiss"]).status_code == 201
    assert current() == "orange"


def test_a_refused_move_changes_nothing_and_is_kept_as_its_own_record(world: World) -> None:
    """What a phone did offline and can no longer apply is not dropped: who, what and when can be looked up."""
    plant = world.plant
    hazard = brought_to(plant, "closed")
    before = row_counts()
    refused(plant.move(plant.manager, hazard, "submit", **FACTS["submit"]), 409, "wrong_state")
    assert row_counts() == before
    with reading() as session:
        fact = session.query(SecurityFact).filter_by(kind="move.refused").one()
    assert fact.actor_id == plant.manager.id
    assert fact.data["hazard_id"] == hazard["id"]
    assert fact.data["action"] == "submit"
    assert "facts" not in fact.data, "they are the enterprise's, kept with its refused move"


def test_a_disabled_or_foreign_person_is_given_no_work(world: World) -> None:
    plant = world.plant
    hazard = brought_to(plant, "graded")
    gone = plant.hire("gone", Role.WORKER)
    plant.manager.patch(f"/users/{gone.id}", {"disabled": True})
    for person in (gone, world.other.worker, world.regulator):
        answer = plant.move(plant.manager, hazard, "assign", rectifier_id=str(person.id), deadline_at=in_days(1))
        assert refused(answer, 422, "invalid")["errors"][0]["pointer"] == "/rectifier_id"


def test_a_deadline_lies_ahead(world: World) -> None:
    plant = world.plant
    hazard = brought_to(plant, "graded")
    answer = plant.move(plant.manager, hazard, "assign", rectifier_id=str(plant.worker.id), deadline_at=in_days(-1))
    assert refused(answer, 422, "invalid")["errors"][0]["pointer"] == "/deadline_at"


def test_a_photo_only_the_rejecter_named_is_still_waited_for(world: World) -> None:
    plant, grounds = world.plant, jpeg(seed=31)
    hazard = plant.rectified(plant.report())
    back = plant.move(plant.manager, hazard, "reject", reason="仍有渗漏", photos=[announced(grounds)]).json
    assert not back["complete"]
    kept = plant.manager.put(f"/hidden-hazards/{back['id']}/photos/{announced(grounds)['sha256']}", grounds)
    assert kept.json["complete"]
