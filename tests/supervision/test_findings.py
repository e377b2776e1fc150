from app.core.ids import new_id
from tests.world import SHOWN, announced, in_days, jpeg


def _finding(world, **given):
    return {
        "id": str(new_id()),
        "source": "government",
        "risk_point_id": str(world.plant.point.id),
        "place": "2#罐区东侧",
        "description": "GDS-07 可燃气体探测器故障",
        "client_at": "2026-11-21T08:30:00+08:00",
        "photos": [],
        **given,
    }


def _record(world, body):
    return world.regulator.post("/supervision/findings", body, enterprise_id=str(world.plant.enterprise.id))


def _recheck(world, hazard, action, **facts):
    body = {"id": str(new_id()), "action": action, "version": hazard["version"], **facts}
    within = str(world.plant.enterprise.id)
    return world.regulator.post(f"/hidden-hazards/{hazard['id']}/transitions", body, enterprise_id=within)


def _rate(world, source="government"):
    total = world.regulator.get("/supervision/rates").json["total"]
    return total[source]["rates"]["rectification"]["rate"]


def test_a_finding_lives_from_the_office_through_the_enterprise_back_to_the_office(world):
    plant, photo, after = world.plant, jpeg(seed=5), jpeg(seed=6)
    within = str(plant.enterprise.id)
    found = _record(world, _finding(world, photos=[announced(photo)]))
    assert found.status_code == 201, found.text
    hazard = found.json
    assert (hazard["source"], hazard["state"], hazard["complete"]) == ("government", "reported", False)
    assert hazard["receipt"]["photos"] == [announced(photo)["sha256"]]
    sent = world.regulator.put(
        f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo, enterprise_id=within
    )
    assert sent.json["complete"], sent.text
    assert _rate(world) == "0.0%"

    hazard = plant.rectified(hazard)
    failed = _recheck(world, hazard, "fail_recheck", reason="探测器未标定")
    assert (failed.status_code, failed.json["state"]) == (201, "rectifying"), failed.text
    again = plant.move(plant.worker, failed.json, "submit", measures="已标定", photos=[announced(after)])
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(after)['sha256']}", after)
    assert _recheck(world, failed.json, "pass_recheck", opinion="合格").status_code == 409
    passed = _recheck(world, again.json, "pass_recheck", opinion="合格")
    assert (passed.status_code, passed.json["state"]) == (201, "closed"), passed.text

    total = world.regulator.get("/supervision/rates").json["total"]
    assert total["government"]["rates"]["rectification"]["rate"] == "100.0%"
    assert total["government"]["rejections"] == 1
    assert total["government"]["unreported"]["rate"] == "100.0%"
    assert total["self_check"]["found"] == 0


def test_the_enterprise_closes_and_dismisses_no_finding(world):
    plant = world.plant
    hazard = _record(world, _finding(world)).json
    proof = announced(jpeg(seed=9))
    dismissed = plant.move(plant.manager, hazard, "dismiss", reason="不属实", photos=[proof])
    assert dismissed.status_code == 409
    hazard = plant.rectified(hazard)
    accepted = plant.move(plant.manager, hazard, "accept", opinion="合格")
    assert accepted.status_code == 409
    assert "复查" in accepted.json["detail"]
    assert accepted.json["allowed_actions"] == ["stop_work", "add_evidence"]


def test_what_the_public_reported_is_closed_by_the_enterprise(world):
    plant = world.plant
    hazard = plant.rectified(_record(world, _finding(world, source="public")).json)
    assert _recheck(world, hazard, "pass_recheck", opinion="合格").status_code == 409
    assert plant.move(plant.leader, hazard, "accept", opinion="合格").json["state"] == "closed"
    assert _rate(world, "public") == "100.0%"


def test_a_finding_sent_twice_is_one_and_another_under_its_id_is_refused(world):
    body = _finding(world)
    first, second = _record(world, body), _record(world, body)
    assert first.json == second.json
    assert _record(world, {**body, "description": "另一项"}).status_code == 409
    assert world.regulator.get("/supervision/hidden-hazards").json["total"] == 1


def test_an_office_enters_no_self_check_and_nothing_outside_its_scope(world):
    refused = _record(world, _finding(world, source="self_check"))
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/source")
    assert _record(world, _finding(world, risk_point_id=str(world.other.point.id))).status_code == 422
    foreign = world.regulator.post(
        "/supervision/findings", _finding(world, risk_point_id=None), enterprise_id=str(world.other.enterprise.id)
    )
    assert foreign.status_code == 404
    unnamed = world.regulator.post("/supervision/findings", _finding(world))
    assert unnamed.status_code == 422
    for person in (world.plant.manager, world.plant.worker, world.admin):
        assert person.post("/supervision/findings", _finding(world)).status_code == 403


def test_a_finding_waits_for_its_deadline_like_any_other(world):
    plant = world.plant
    hazard = _record(world, _finding(world)).json
    graded = plant.move(plant.manager, hazard, "grade", gravity="general").json
    assigned = plant.move(plant.manager, graded, "assign", rectifier_id=str(plant.worker.id), deadline_at=in_days(3))
    assert assigned.status_code == 201, assigned.text
    government = world.regulator.get("/supervision/rates").json["total"]["government"]
    assert (government["cohort"], government["due"], government["overdue"]) == (1, 0, 0)


def test_a_finding_without_an_order_is_due_in_thirty_days_and_its_recheck_is_announced(world):
    plant = world.plant
    hazard = plant.move(plant.manager, _record(world, _finding(world)).json, "grade", gravity="general").json
    far = plant.move(plant.manager, hazard, "assign", rectifier_id=str(plant.worker.id), deadline_at=in_days(32))
    assert (far.status_code, far.json["code"]) == (422, "deadline_too_far")
    other = plant.rectified(_record(world, _finding(world)).json)
    titles = [message["title"] for message in world.regulator.get("/messages").json["items"]]
    assert titles == [f"政府检查发现的隐患已提交整改，请复查：{other['code']}"]


def test_what_was_major_keeps_its_counts_under_major_once_it_is_lowered(world):
    plant = world.plant
    hazard = plant.move(plant.manager, plant.report(), "grade", gravity="major", criteria="第三条").json
    facts = {"gravity": "general", "reason": "复核", "photos": [announced(SHOWN)]}
    assert plant.move(plant.principal, plant.show(hazard), "regrade", **facts).status_code == 201
    major = world.regulator.get("/supervision/rates").json["total"]["self_check"]["major"]
    assert (major["cohort"], major["regradings_down"]) == (0, 1)
