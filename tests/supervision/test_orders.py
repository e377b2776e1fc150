"""责令限期整改指令书 from its issue to the recheck that closes its items, and what is refused on the way."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from app.core.clock import now, stopped_at, today
from app.core.db import writing
from app.core.ids import new_id
from app.hidden_hazards.models import HiddenHazard
from tests.surface import problem_of, row_counts
from tests.world import Person, World, announced, in_days, jpeg

OFFICERS = [{"name": "张监管", "certificate": "2199-001"}, {"name": "李监管", "certificate": "2199-002"}]


def item(world: World, **given: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "risk_point_id": str(world.plant.point.id),
        "description": "GDS-07 可燃气体探测器故障",
        "clause": "《安全生产法》第三十六条",
        "deadline_at": in_days(10),
        **given,
    }


def order_of(world: World, *items: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "number": "（东）应急责改〔2026〕12号",
        "place": "2#罐区",
        "inspected_on": today().isoformat(),
        "officers": OFFICERS,
        "signed_by": "王总",
        "served_on": today().isoformat(),
        "appeal": "六十日内可申请行政复议，六个月内可提起行政诉讼。",
        "items": list(items) or [item(world), item(world, description="护栏缺失")],
        **given,
    }


def issue(world: World, body: dict[str, Any]) -> TestResponse:
    return world.regulator.post("/supervision/orders", body, enterprise_id=str(world.plant.enterprise.id))


def recheck_of(*results: tuple[dict[str, Any], bool], **given: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "number": "（东）应急复查〔2026〕12号",
        "rechecked_on": today().isoformat(),
        "officers": OFFICERS,
        "signed_by": "王总",
        "items": [
            {"hazard_id": hazard["id"], "version": hazard["version"], "passed": passed, "opinion": "现场复查"}
            for hazard, passed in results
        ],
        **given,
    }


def recheck(world: World, order: dict[str, Any], body: dict[str, Any]) -> TestResponse:
    within = str(world.plant.enterprise.id)
    return world.regulator.post(f"/supervision/orders/{order['id']}/rechecks", body, enterprise_id=within)


def rectified(world: World, hazard_id: str, seed: int) -> dict[str, Any]:
    """An item brought to 待复查 by the enterprise."""
    plant, after = world.plant, jpeg(seed=seed)
    hazard = seen(plant.manager, hazard_id)
    steps: list[tuple[Person, str, dict[str, Any]]] = [
        (plant.manager, "grade", {"gravity": "general"}),
        (plant.manager, "assign", {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(7)}),
        (plant.worker, "submit", {"measures": "已更换", "photos": [announced(after)]}),
    ]
    for person, action, facts in steps:
        answer = plant.move(person, hazard, action, **facts)
        assert answer.status_code == 201, answer.text
        hazard = dict(answer.json)
    plant.worker.put(f"/hidden-hazards/{hazard_id}/photos/{announced(after)['sha256']}", after)
    return hazard


def seen(person: Person, hazard_id: str) -> dict[str, Any]:
    return dict(person.get(f"/hidden-hazards/{hazard_id}").json)


def test_an_order_is_issued_rectified_and_rechecked_item_by_item(world: World) -> None:
    plant = world.plant
    body = order_of(world)
    issued = issue(world, body)
    assert issued.status_code == 201, issued.text
    order = issued.json
    assert issue(world, body).json == order  # a repeat is given the first answer
    assert (order["item_count"], order["waiting_count"], order["closed_count"]) == (2, 0, 0)
    assert order["receipt"]["sequence"]
    first, second = (one["hazard_id"] for one in order["items"])
    found = seen(plant.worker, first)
    assert (found["source"], found["channel"], found["state"]) == ("government", "enforcement", "reported")
    assert found["deadline_at"] == found["original_deadline_at"] == order["items"][0]["deadline_at"]
    told = plant.manager.get("/messages").json["items"]
    assert any(order["number"] in message["title"] for message in told)

    waits, other = rectified(world, first, 1), rectified(world, second, 2)
    shown = plant.manager.get(f"/orders/{order['id']}").json
    assert [(one["state_label"], one["recheck_late"]) for one in shown["items"]] == [("待复查", False)] * 2
    due = world.regulator.get("/supervision/rechecks-due").json
    assert [(one["order_number"], one["hazard_id"]) for one in due["items"]] == [
        (order["number"], first), (order["number"], second),
    ]  # fmt: skip
    done = recheck(world, order, recheck_of((waits, True), (other, False)))
    assert done.status_code == 201, done.text
    assert {one["hazard_id"]: one["passed"] for one in done.json["items"]} == {first: True, second: False}
    closed, back = seen(plant.manager, first), seen(plant.manager, second)
    assert (closed["state"], closed["accepted_at"], back["state"]) == ("closed", None, "rectifying")
    assert closed["rechecked_at"]
    shown = plant.manager.get(f"/orders/{order['id']}").json
    assert (shown["closed_count"], [one["number"] for one in shown["rechecks"]]) == (1, [done.json["number"]])
    happened = plant.manager.get(f"/hidden-hazards/{first}/timeline").json["items"]
    assert happened[-1]["data"]["recheck_id"] == done.json["id"]
    assert plant.worker.get("/orders").json["total"] == 1
    assert world.regulator.get("/supervision/orders", open="true").json["items"][0]["number"] == order["number"]
    assert world.regulator.get("/supervision/hidden-hazards", ordered="true", channel="enforcement").json["total"] == 2


def test_a_recheck_is_made_whole_or_not_at_all(world: World) -> None:
    order = issue(world, order_of(world)).json
    first, second = (one["hazard_id"] for one in order["items"])
    waits = rectified(world, first, 1)
    untouched = seen(world.plant.manager, second)
    answer = recheck(world, order, recheck_of((waits, True), (untouched, True)))
    assert answer.status_code == 409
    assert seen(world.plant.manager, first)["state"] == "pending_acceptance"
    foreign = world.plant.report()
    answer = recheck(world, order, recheck_of((waits, True), (foreign, True)))
    assert problem_of(answer)["errors"][0]["pointer"] == "/items/1/hazard_id"
    absent = {"id": str(new_id()), "version": 1}
    again = recheck(world, order, recheck_of((waits, True), (absent, True)))
    assert problem_of(again)["errors"] == problem_of(answer)["errors"]


def test_an_ordered_item_is_rechecked_by_its_paper_only(world: World) -> None:
    order = issue(world, order_of(world, item(world))).json
    waits = rectified(world, order["items"][0]["hazard_id"], 1)
    within = str(world.plant.enterprise.id)
    for action, said in (("pass_recheck", {"opinion": "合格"}), ("fail_recheck", {"reason": "不合格"})):
        move = {"id": str(new_id()), "action": action, "version": waits["version"], **said}
        answer = world.regulator.post(f"/hidden-hazards/{waits['id']}/transitions", move, enterprise_id=within)
        assert answer.status_code == 409
        assert problem_of(answer)["code"] == "order_recheck_needed"
    assert world.plant.move(world.plant.manager, waits, "accept", opinion="合格").status_code == 409


def test_the_deadline_of_an_order_is_the_latest_and_only_the_office_extends_it(world: World) -> None:
    plant = world.plant
    order = issue(world, order_of(world, item(world))).json
    hazard = seen(plant.manager, order["items"][0]["hazard_id"])
    hazard = plant.move(plant.manager, hazard, "grade", gravity="general").json
    rectifier = {"rectifier_id": str(plant.worker.id)}
    late = plant.move(plant.manager, hazard, "assign", **rectifier, deadline_at=in_days(11))
    assert (late.status_code, problem_of(late)["code"]) == (422, "later_than_ordered")
    hazard = plant.move(plant.manager, hazard, "assign", **rectifier, deadline_at=in_days(5)).json
    assert hazard["original_deadline_at"] == order["items"][0]["deadline_at"]
    proof = [announced(jpeg(seed=4))]
    asked = {"reason": "备件未到", "photos": proof, "deadline_at": in_days(20)}
    hazard = plant.move(plant.worker, hazard, "ask_extension", **asked).json
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{proof[0]['sha256']}", jpeg(seed=4))
    assert plant.move(plant.principal, hazard, "grant_extension", opinion="同意").status_code == 403
    move = {"id": str(new_id()), "action": "grant_extension", "version": hazard["version"], "opinion": "同意"}
    within = str(plant.enterprise.id)
    granted = world.regulator.post(f"/hidden-hazards/{hazard['id']}/transitions", move, enterprise_id=within)
    assert granted.status_code == 201, granted.text
    assert granted.json["deadline_at"] == asked["deadline_at"].replace("+00:00", "Z")


def test_a_bad_order_leaves_nothing(world: World) -> None:
    before = row_counts()
    tomorrow = (today() + timedelta(days=1)).isoformat()
    one, used = item(world), str(new_id())
    wrong = [
        ({"officers": OFFICERS[:1]}, "/officers"),
        ({"officers": [OFFICERS[0]] * 2}, "/officers"),
        ({"inspected_on": tomorrow}, "/inspected_on"),
        ({"served_on": tomorrow}, "/served_on"),
        ({"items": []}, "/items"),
        ({"items": [one, one]}, "/items"),
        ({"items": [item(world, deadline_at=in_days(-1))]}, "/items/0/deadline_at"),
        ({"items": [item(world, risk_point_id=str(world.other.point.id))]}, "/items/0/risk_point_id"),
    ]
    for given, pointer in wrong:
        answer = issue(world, order_of(world, **given))
        assert answer.status_code == 422, (pointer, answer.text)
        assert problem_of(answer)["errors"][0]["pointer"] == pointer
    assert row_counts() == before
    world.plant.report(id=used)
    assert problem_of(issue(world, order_of(world, item(world, id=used))))["code"] == "id_reused"
    assert issue(world, order_of(world)).status_code == 201
    assert problem_of(issue(world, order_of(world)))["code"] == "number_taken"
    assert world.regulator.post("/supervision/orders", order_of(world)).status_code == 422


def test_orders_stay_within_the_region_and_the_enterprise(world: World) -> None:
    order = issue(world, order_of(world)).json
    other = str(world.other.enterprise.id)
    answer = world.regulator.post("/supervision/orders", order_of(world), enterprise_id=other)
    assert answer.status_code == 404
    for person in (world.other.manager, world.other.worker):
        assert person.get(f"/orders/{order['id']}").status_code == 404
        assert person.get("/orders").json["total"] == 0
    assert world.regulator.get("/supervision/orders", enterprise_id=other).json["total"] == 0
    assert world.plant.manager.post("/supervision/orders", order_of(world)).status_code == 403
    absent = {**order, "id": str(new_id())}
    assert recheck(world, absent, recheck_of((order["items"][0] | {"id": str(new_id())}, True))).status_code == 404


def test_a_recheck_is_late_after_ten_days(world: World) -> None:
    order = issue(world, order_of(world, item(world))).json
    hazard = rectified(world, order["items"][0]["hazard_id"], 1)
    with writing() as session:
        row = session.get_one(HiddenHazard, (world.plant.enterprise.id, UUID(hazard["id"])))
        row.submitted_at = now() - timedelta(days=11)
    due = world.regulator.get("/supervision/rechecks-due").json["items"][0]
    assert due["recheck_late"]
    with stopped_at(now() - timedelta(days=2)):
        assert not world.regulator.get("/supervision/rechecks-due").json["items"][0]["recheck_late"]


def test_patrols_and_expert_services_find_and_are_counted_apart(world: World) -> None:
    within = str(world.plant.enterprise.id)
    for channel in ("patrol", "patrol", "expert_service", None):
        body = {"id": str(new_id()), "source": "government", "channel": channel, "place": "东门",
                "description": "照明损坏", "client_at": "2026-11-21T08:30:00+08:00"}  # fmt: skip
        answer = world.regulator.post("/supervision/findings", body, enterprise_id=within)
        assert answer.status_code == 201, answer.text
    body = {**body, "id": str(new_id()), "channel": "daily"}
    assert world.regulator.post("/supervision/findings", body, enterprise_id=within).status_code == 422
    total = world.regulator.get("/supervision/rates").json["total"]["government"]
    assert total["channels"] == {"enforcement": 1, "patrol": 2, "expert_service": 1}


def test_an_order_is_served_within_thirty_days_of_its_inspection(world: World) -> None:
    for days, status in ((31, 422), (30, 201)):
        answer = issue(world, order_of(world, inspected_on=(today() - timedelta(days=days)).isoformat()))
        assert answer.status_code == status, answer.text
