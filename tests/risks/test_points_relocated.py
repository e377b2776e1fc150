"""Points copied, merged, retired and restored: what goes along, what stays, what is refused."""

from typing import Any
from uuid import UUID

from app.core import events
from app.core.db import reading, writing
from app.risks.levels import raise_level
from app.risks.models import RaiseKind
from tests.surface import problem_of, row_counts
from tests.web.phone import Phone
from tests.world import Person, Plant, World


def added(plant: Plant, name: str = "砂轮机", *, unit: Any = None) -> str:
    with writing():
        return str(plant.add_point(plant.manager.actor, name=name, unit=unit).id)


def assess(plant: Plant, source_id: Any, severity: int, *, basis: str = "residual") -> None:
    body = {"hazard_source_id": str(source_id), "basis": basis, "method": "LS", "factors": {"L": 5, "S": severity}}
    answer = plant.manager.post("/assessments", body)
    assert answer.status_code == 201, answer.text


def see(plant: Plant, point_id: Any) -> dict[str, Any]:
    return dict(plant.manager.get(f"/risk-points/{point_id}").json)


def merge(plant: Plant, point_id: Any, into_id: Any, by: Person | None = None) -> Any:
    return (by or plant.manager).post(f"/risk-points/{point_id}/merger", {"into_id": str(into_id)})


def retire(plant: Plant, point_id: Any, by: Person | None = None) -> Any:
    return (by or plant.manager).post(f"/risk-points/{point_id}/retirement", {"reason": "设备已拆除"})


def history(plant: Plant, subject_id: Any) -> list[events.Event]:
    with reading():
        return events.timeline(plant.enterprise.id, UUID(str(subject_id)))


def test_a_copy_has_everything_but_tags_hidden_hazards_and_history(world: World) -> None:
    plant = world.plant
    plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)})
    plant.report()
    body = {"names": ["2#储罐", "3#储罐"]}
    answer = plant.manager.post(f"/risk-points/{plant.point.id}/copies", body)
    assert answer.status_code == 201, answer.text
    copies = answer.json["items"]
    assert [(copy["code"], copy["name"]) for copy in copies] == [("FX-0002", "2#储罐"), ("FX-0003", "3#储罐")]
    for copy in copies:
        assert (copy["status"], copy["copied_from_id"]) == ("draft", str(plant.point.id))
        assert copy["shown_level"]["code"] == "orange"
        (source,) = plant.manager.get("/hazard-sources", risk_point_id=copy["id"]).json["items"]
        assert source["name"] == plant.source.name
        assert source["code"] != plant.source.code
        (assessment,) = plant.manager.get("/assessments", hazard_source_id=source["id"]).json["items"]
        (original,) = plant.manager.get("/assessments", hazard_source_id=str(plant.source.id)).json["items"]
        assert (assessment["occasion"], assessment["note"]) == ("copy", f"复制自 {plant.point.code}")
        for name in ("factors", "score", "level", "profile", "assessed_on", "basis"):
            assert assessment[name] == original[name]
        measures = plant.manager.get("/control-measures", risk_point_id=copy["id"]).json["items"]
        assert [one["check"] for one in measures] == ["压力表读数", "切断阀开关"]
        assert plant.manager.get("/tags", risk_point_id=copy["id"]).json["total"] == 0
        assert plant.manager.get("/hidden-hazards", risk_point_id=copy["id"]).json["total"] == 0
        assert [event.kind for event in history(plant, copy["id"])] == ["point.copied", "point.level_changed"]
        assert history(plant, copy["id"])[0].data["sources"] == {source["id"]: str(plant.source.id)}
    assert plant.manager.get("/risk-levels").json["shown_counts"]["orange"] == 3


def test_a_copy_without_assessments_is_unassessed(world: World) -> None:
    plant = world.plant
    body = {"count": 3, "with_assessments": False}
    copies = plant.manager.post(f"/risk-points/{plant.point.id}/copies", body).json["items"]
    assert [(copy["shown_level"], copy["assessed_on"]) for copy in copies] == [(None, None)] * 3
    assert plant.manager.get("/risk-levels").json["shown_counts"]["unassessed"] == 3
    wrong = plant.manager.post(f"/risk-points/{plant.point.id}/copies", {"count": 3, "names": ["一", "二"]})
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/names")


def test_a_merged_point_hands_over_its_sources_and_raises_and_is_retired(world: World) -> None:
    plant, into = world.plant, added(world.plant, "2#储罐")
    hazard = plant.report()
    plant.move(plant.manager, hazard, "grade", gravity="major", criteria="判定标准第三条")
    answer = merge(plant, plant.point.id, into)
    assert answer.status_code == 200, answer.text
    assert answer.json["id"] == into
    assert answer.json["shown_level"]["code"] == "orange"
    assert answer.json["current_level"]["code"] == "red"
    gone = see(plant, plant.point.id)
    assert gone["merged_into_id"] == into
    assert gone["retired_at"]
    (source,) = plant.manager.get("/hazard-sources", risk_point_id=into).json["items"]
    assert source["id"] == str(plant.source.id)
    assert plant.manager.get("/assessments", hazard_source_id=source["id"]).json["total"] == 1
    assert plant.manager.get("/control-measures", risk_point_id=into).json["total"] == 2
    assert plant.manager.get("/hidden-hazards", risk_point_id=str(plant.point.id)).json["total"] == 1
    (review,) = plant.manager.get("/reviews", state="open").json["items"]
    assert review["risk_point_id"] == into
    kinds = [event.kind for event in history(plant, into)]
    assert kinds[-2:] == ["point.took_over", "point.level_changed"]
    assert history(plant, plant.point.id)[-1].data["sources"] == [str(plant.source.id)]
    assert plant.manager.get("/risk-levels").json["shown_counts"]["orange"] == 1


def test_what_was_confirmed_of_a_merged_point_goes_on_counting(world: World) -> None:
    plant, into = world.plant, added(world.plant)
    with writing() as session:
        point = session.merge(plant.point)
        point.held_inherent_level = point.held_level = "red"
    merge(plant, plant.point.id, into)
    assert see(plant, into)["shown_level"]["code"] == "red"


def test_an_item_failing_at_the_surviving_point_joins_the_open_hidden_hazard(world: World) -> None:
    plant = world.plant
    first = plant.worker.post("/inspections", plant.inspection(failed=1)).json
    middle, last = added(plant, "中间"), added(plant, "最后")
    for point_id, into in ((plant.point.id, middle), (middle, last)):
        assert merge(plant, point_id, into).status_code == 200
    published = plant.manager.post(f"/risk-points/{last}/checklist").json
    items = [{"key": item["key"], "result": "abnormal", "note": "仍不符合"} for item in published["items"]]
    body = {**first_body(plant, last, published), "items": items}
    answer = plant.worker.post("/inspections", body)
    assert answer.status_code == 201, answer.text
    hazards = plant.manager.get("/hidden-hazards").json["items"]
    joined = next(one for one in hazards if one["risk_point_id"] == str(plant.point.id))
    assert joined["occurrences"] == 2
    assert len(hazards) == 2
    assert first["failed"] == 1


def first_body(plant: Plant, point_id: str, checklist: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "019a3c5e-7c1e-7000-8000-0000000000f1", "risk_point_id": point_id, "photos": [],
        "checklist_version": checklist["version"], "client_at": "2026-11-21T08:30:00+08:00",
    }  # fmt: skip


def test_a_hidden_hazard_of_a_merged_point_raises_the_survivor_later_too(world: World) -> None:
    plant, into = world.plant, added(world.plant)
    hazard = plant.report()
    merge(plant, plant.point.id, into)
    plant.move(plant.manager, hazard, "grade", gravity="major", criteria="判定标准第三条")
    assert see(plant, into)["current_level"]["code"] == "red"
    assert plant.manager.get("/reviews", state="open").json["items"][0]["risk_point_id"] == into


def test_mergers_that_make_no_sense_are_refused(world: World) -> None:
    plant, retired, foreign = world.plant, added(world.plant), added(world.plant, unit=world.plant.other_unit)
    assert retire(plant, retired).status_code == 200
    before = row_counts()
    for answer, status, code in (
        (merge(plant, plant.point.id, plant.point.id), 422, "cycle"),
        (merge(plant, plant.point.id, retired), 409, "retired"),
        (merge(plant, retired, plant.point.id), 409, "retired"),
        (merge(plant, plant.point.id, foreign, plant.leader), 403, "not_own_unit"),
        (merge(plant, foreign, plant.point.id, plant.leader), 403, "not_own_unit"),
        (plant.manager.post(f"/risk-points/{retired}/copies", {}), 409, "retired"),
        (plant.leader.post(f"/risk-points/{foreign}/copies", {}), 403, "not_own_unit"),
        (plant.manager.patch(f"/risk-points/{retired}", {"name": "改名"}), 409, "retired"),
        (plant.manager.post("/tags", {"risk_point_id": retired}), 409, "retired"),
        (plant.manager.get(f"/risk-points/{retired}/qr"), 409, "retired"),
        (plant.manager.post(f"/risk-points/{plant.point.id}/restoration"), 409, "not_retired"),
    ):
        assert (answer.status_code, problem_of(answer)["code"]) == (status, code), answer.text
    assert row_counts() == before


def test_a_retired_point_is_in_no_list_count_or_print_and_comes_back_as_a_draft(world: World) -> None:
    plant = world.plant
    assert retire(plant, plant.point.id).json["retired_at"]
    for path in ("/risk-points", "/hazard-sources", "/control-measures", "/assessments", "/checklists"):
        assert plant.manager.get(path).json["total"] == 0, path
    assert plant.manager.get("/risk-points", retired="true").json["total"] == 1
    assert plant.manager.get("/hazard-sources", risk_point_id=str(plant.point.id)).json["total"] == 1
    assert sum(plant.manager.get("/risk-points/counts").json["shown"].values()) == 0
    assert sum(plant.manager.get("/risk-levels").json["shown_counts"].values()) == 0
    assert plant.manager.post("/qr-labels", {}).json["code"] == "nothing_selected"
    assert plant.worker.post("/inspections", plant.inspection()).json["code"] == "retired"
    back = plant.manager.post(f"/risk-points/{plant.point.id}/restoration")
    assert back.status_code == 200, back.text
    assert (back.json["status"], back.json["shown_level"]["code"]) == ("draft", "orange")
    assert plant.manager.get("/risk-levels").json["shown_counts"]["orange"] == 1
    assert [event.kind for event in history(plant, plant.point.id)][-2:] == ["point.retired", "point.restored"]


def test_a_merged_point_is_not_restored(world: World) -> None:
    plant, into = world.plant, added(world.plant)
    merge(plant, plant.point.id, into)
    refused = plant.manager.post(f"/risk-points/{plant.point.id}/restoration")
    assert (refused.status_code, refused.json["code"]) == (409, "merged")
    assert see(plant, into)["code"] in refused.json["detail"]


def test_only_the_principal_retires_a_red_point(world: World) -> None:
    plant = world.plant
    assess(plant, plant.source.id, 5)
    assert see(plant, plant.point.id)["shown_level"]["code"] == "red"
    assert retire(plant, plant.point.id, plant.leader).status_code == 403
    refused = retire(plant, plant.point.id)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert "主要负责人" in refused.json["detail"]
    assert retire(plant, plant.point.id, plant.principal).status_code == 200


def test_a_point_with_an_open_major_hidden_hazard_is_not_retired(world: World) -> None:
    plant = world.plant
    with writing():
        raise_level(plant.manager.actor, plant.point.id, because="x", kind=RaiseKind.MAJOR, reason="重大隐患 YH-1")
    refused = retire(plant, plant.point.id)
    assert (refused.status_code, refused.json["code"]) == (409, "open_raises")
    assert "重大隐患 YH-1" in refused.json["detail"]


def test_a_retired_source_counts_nowhere_and_its_measures_are_in_no_checklist(world: World) -> None:
    plant, path = world.plant, f"/hazard-sources/{world.plant.source.id}"
    with writing():
        foreign = plant.add_point(plant.manager.actor, unit=plant.other_unit)
    assert plant.leader.post(f"{path}/retirement", {"reason": "已消除"}).json["retired_at"]
    assert see(plant, plant.point.id)["shown_level"] is None
    assert plant.manager.post(f"/risk-points/{plant.point.id}/checklist").json["code"] == "nothing_to_check"
    assert plant.manager.get("/hazard-sources", retired="true").json["total"] == 1
    assert plant.manager.get("/hazard-sources", retired="false").json["total"] == 0
    body = {"hazard_source_id": str(plant.source.id), "basis": "residual", "direct_reason": "违法"}
    assert plant.manager.post("/assessments", body).json["code"] == "retired"
    assert plant.leader.post(f"{path}/restoration").json["retired_at"] is None
    assert see(plant, plant.point.id)["shown_level"]["code"] == "orange"
    assert plant.leader.post(f"{path}/restoration").json["code"] == "not_retired"
    of_others = plant.manager.post(
        "/hazard-sources",
        {"risk_point_id": str(foreign.id), "name": "静电", "factor_class": "things", "accident_types": ["火灾"]},
    ).json["id"]
    refused = plant.leader.post(f"/hazard-sources/{of_others}/retirement", {"reason": "已消除"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_own_unit")


def test_the_code_of_a_retired_point_says_so_and_nothing_else(world: World) -> None:
    plant = world.plant
    token = plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json["token"]
    retire(plant, plant.point.id)
    page, answer = Phone(world.app).open(f"/q/{token}"), world.anyone.get(f"/api/v1/scan/{token}")
    assert page.status_code == answer.status_code == 409
    assert problem_of(answer)["code"] == "retired"
    for text in (page.text, answer.json["detail"]):
        assert f"{plant.point.code} 已停用" in text
        for secret in (plant.point.name, plant.enterprise.name, plant.source.name, "登录并检查"):
            assert secret not in text


def test_the_code_of_a_merged_point_leads_to_the_card_of_the_one_that_took_over(world: World) -> None:
    plant, middle, last = world.plant, added(world.plant), added(world.plant, "新储罐")
    phone = Phone(world.app)
    token = plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json["token"]
    merge(plant, plant.point.id, middle)
    merge(plant, middle, last)
    code = see(plant, last)["code"]
    bare = phone.open(f"/q/{token}")
    assert f"已并入 {code}" in bare.text
    assert "/q/" not in bare.text
    onward = plant.manager.post("/tags", {"risk_point_id": last}).json["token"]
    assert f'href="/q/{onward}"' in phone.open(f"/q/{token}").text
    assert world.anyone.get(f"/api/v1/scan/{token}").json["merged_into"] == {"code": code, "token": onward}
    assert "新储罐" in phone.open(f"/q/{onward}").text
    retire(plant, last, plant.principal)
    assert "已停用" in phone.open(f"/q/{token}").text
