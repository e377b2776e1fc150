"""The management half: from a template to a list, an inspection and its hidden hazards; and one list of everything."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.db import reading
from app.core.ids import new_id
from app.hidden_hazards.models import HiddenHazard
from app.inspections.models import Chapter
from app.inspections.templates import NAMES, TemplateFault, read_template, templates
from tests.surface import problem_of
from tests.world import Plant, World


def managed(plant: Plant, *checks: str, **said: Any) -> dict[str, Any]:
    """The checklist of a management half of these items."""
    for check in checks:
        body = {"chapter": "licences", "check": check, **said}
        assert plant.manager.post("/management-items", body).status_code == 201
    answer = plant.manager.post("/management-checklist")
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def inspection(checklist: dict[str, Any], *results: str, **given: Any) -> dict[str, Any]:
    """The body of an inspection of the management half."""
    items = [
        {"key": item["key"], "result": result, "note": "已过期" if result == "abnormal" else ""}
        for item, result in zip(checklist["items"], results, strict=True)
    ]
    return {
        "id": str(new_id()), "half": "management", "checklist_version": checklist["version"],
        "client_at": "2026-11-21T08:30:00+08:00", "items": items, **given,
    }  # fmt: skip


def test_from_template_to_hidden_hazard_and_recurrence(world: World) -> None:
    plant = world.plant
    checklist = managed(plant, "营业执照", "许可证")
    assert (checklist["half"], checklist["risk_point_id"], checklist["version"]) == ("management", None, 1)
    first = plant.worker.post("/inspections", inspection(checklist, "abnormal", "normal"))
    assert first.status_code == 201, first.text
    assert (first.json["half"], first.json["risk_point_id"], first.json["failed"]) == ("management", None, 1)
    raised = first.json["hidden_hazards"][0]
    shown = plant.manager.get(f"/hidden-hazards/{raised['id']}").json
    assert (shown["place"], shown["risk_point_id"], shown["description"]) == ("基础管理", None, "已过期")

    again = plant.colleague.post("/inspections", inspection(checklist, "abnormal", "abnormal")).json
    assert sorted(one["occurrences"] for one in again["hidden_hazards"]) == [1, 2]
    assert {one["code"]: one["occurrences"] for one in again["hidden_hazards"]}[raised["code"]] == 2

    waiting = plant.rectified(plant.manager.get(f"/hidden-hazards/{raised['id']}").json)
    closed = plant.move(plant.manager, waiting, "accept", opinion="已换证")
    assert closed.json["state"] == "closed", closed.text
    anew = plant.worker.post("/inspections", inspection(checklist, "abnormal", "normal")).json["hidden_hazards"][0]
    assert (anew["id"] != raised["id"], anew["occurrences"]) == (True, 1)
    with reading() as session:
        linked = session.scalar(select(HiddenHazard.previous_id).where(HiddenHazard.code == anew["code"]))
    assert str(linked) == raised["id"]


def test_a_half_says_what_it_is_of(world: World) -> None:
    plant = world.plant
    checklist = managed(plant, "营业执照")
    other_version = inspection({**checklist, "version": 9}, "normal")
    for body, pointer in (
        (inspection(checklist, "normal", risk_point_id=str(plant.point.id)), "/risk_point_id"),
        (other_version, "/checklist_version"),
        ({**plant.inspection(), "risk_point_id": None}, "/risk_point_id"),
        ({**plant.inspection(), "half": "management"}, "/risk_point_id"),
    ):
        answer = plant.worker.post("/inspections", body)
        assert answer.status_code == 422, answer.text
        assert [error["pointer"] for error in problem_of(answer)["errors"]] == [pointer]


def test_a_template_is_adopted_once_and_what_was_retired_stays_retired(world: World) -> None:
    plant, size = world.plant, len(templates()["chemicals"].items)
    assert plant.manager.post("/management-templates/chemicals/adoption").json == {"adopted": size, "already": 0}
    item = plant.manager.get("/management-items", page_size=1).json["items"][0]
    changed = plant.manager.patch(f"/management-items/{item['id']}", {"retired": True})
    assert changed.json["retired_at"]
    assert plant.manager.post("/management-templates/chemicals/adoption").json == {"adopted": 0, "already": size}
    assert plant.manager.get("/management-items").json["total"] == size - 1
    assert plant.manager.get("/management-items", retired="true").json["total"] == 1
    told = {one["name"]: one["adopted"] for one in plant.manager.get("/management-templates").json["items"]}
    assert told == {**dict.fromkeys(NAMES, 0), "chemicals": size}
    chapters = [one["chapter"] for one in plant.manager.post("/management-checklist").json["items"]]
    assert chapters == sorted(chapters, key=list(Chapter).index)
    assert plant.manager.post("/management-templates/nothing/adoption").status_code == 404


def test_an_item_changes_and_the_next_version_has_it(world: World) -> None:
    plant = world.plant
    checklist = managed(plant, "营业执照")
    assert plant.manager.post("/management-checklist").json["version"] == 1
    key = checklist["items"][0]["key"]
    item = plant.manager.get("/management-items").json["items"][0]
    plant.manager.patch(f"/management-items/{item['id']}", {"check": "营业执照年报", "photo_required": True})
    second = plant.manager.post("/management-checklist").json
    assert (second["version"], second["items"][0]["key"]) == (2, key)
    assert plant.worker.get("/management-checklist").json == second
    assert plant.worker.post("/inspections", inspection(second, "normal")).status_code == 422
    assert plant.worker.post("/inspections", inspection(checklist, "normal")).status_code == 201  # as it was asked
    assert plant.manager.patch(f"/management-items/{item['id']}", {}).status_code == 422


def test_a_leader_keeps_no_management_items(world: World) -> None:
    leader = world.plant.leader
    assert leader.post("/management-items", {"chapter": "rules", "check": "制度"}).status_code == 403
    assert leader.post("/management-checklist").status_code == 403
    assert leader.get("/management-items").status_code == 200


def test_nothing_to_check_publishes_nothing(world: World) -> None:
    answer = world.plant.manager.post("/management-checklist")
    assert (answer.status_code, problem_of(answer)["code"]) == (422, "nothing_to_check")
    assert world.plant.worker.get("/management-checklist").status_code == 404


def test_one_enterprise_has_one_list_of_both_halves(world: World) -> None:
    plant = world.plant
    managed(plant, "营业执照", "许可证")
    managed(plant, "培训档案", photo_required=True)
    managed(world.other, "别家的")
    listed = plant.worker.get("/enterprise-checklist").json
    assert [one["item"]["check"] for one in listed["items"]] == [
        "压力表读数",
        "切断阀开关",
        "营业执照",
        "许可证",
        "培训档案",
    ]
    assert (listed["total"], listed["items"][2]["checklist_version"]) == (5, 2)
    first, last = listed["items"][0], listed["items"][-1]
    assert (first["point_code"], first["unit_name"], first["responsible_name"]) == (
        plant.point.code, plant.unit.name, plant.leader.user.name,
    )  # fmt: skip
    assert (last["half"], last["risk_point_id"], last["unit_name"]) == ("management", None, None)
    assert (first["item"]["photo_required"], last["item"]["photo_required"]) == (False, True)
    paged = [plant.worker.get("/enterprise-checklist", page=page, page_size=2).json["items"] for page in (1, 2, 3)]
    assert [one for page in paged for one in page] == listed["items"]
    for query, total in (({"half": "field"}, 2), ({"unit_id": plant.other_unit.id}, 0), ({"half": "management"}, 3),
                         ({"responsible_id": plant.leader.id}, 2), ({"risk_point_id": plant.point.id}, 2)):  # fmt: skip
        assert plant.worker.get("/enterprise-checklist", **query).json["total"] == total, query
    assert plant.worker.get("/checklists").json["total"] == 3
    assert plant.worker.get("/checklists", half="management").json["total"] == 2


def test_every_template_has_its_form_and_touches_every_chapter_but_the_last() -> None:
    for template in templates().values():
        assert 12 <= len(template.items) <= 26, template.name
        assert {item.chapter for item in template.items} == set(Chapter) - {Chapter.OTHER}, template.name


@pytest.mark.parametrize(
    "wrong", ['key = "A"', 'chapter = "none"', 'check = ""', "extra = 1", f'how = "{"长" * 61}"', "standard = 7"]
)
def test_a_template_that_breaks_the_form_says_where(wrong: str) -> None:
    said = {"key": '"a"', "chapter": '"rules"', "check": '"查"', "how": '"看"', "standard": '"有"', "basis": '"法"'}
    name, _, value = wrong.partition(" = ")
    lines = "\n".join(f"{part} = {text}" for part, text in {**said, name: value}.items())
    with pytest.raises(TemplateFault, match="mine"):
        read_template("mine", f'title = "t"\nnote = "n"\n[[items]]\n{lines}\n')
