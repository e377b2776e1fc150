"""Signing that one was told: once, for oneself alone; who sees what, and what is kept."""

from datetime import timedelta

from app.accounts.policy import Role
from app.briefings.models import Signature
from app.core.clock import now, stopped_at, today
from app.core.db import reading, session, writing
from app.core.events import PersonalValue, timeline
from app.core.ids import new_id
from app.enterprises import service as enterprises
from tests.briefings.asked import asked_for, id_in
from tests.racing import at_once, post
from tests.world import Person, World

STRANGE = "<b>储罐</b> & 😀𠮷 {{ 7*7 }}"


def signed(person: Person, path: str, **given: str):
    return person.post(f"{path}/signature", {"id": str(new_id()), **given})


def paper(person: Person, path: str, **given: str):
    body = {"id": str(new_id()), "name": "赵六", "organisation": "宏达安装公司", "signed_on": today().isoformat()}
    return person.post(f"{path}/paper-signatures", {**body, **given})


def test_each_signs_for_himself_once_however_often_it_is_sent(world: World) -> None:
    plant = world.plant
    path = asked_for(plant)
    assert plant.worker.get("/my-briefings", waiting="true").json["total"] == 1
    bodies = [{"id": str(new_id())} for _ in range(4)]
    answers = at_once([post(plant.worker, f"{path}/signature", body) for body in bodies])
    assert [answer.status_code for answer in answers] == [200] * 4, answers[0].text
    assert len({answer.json["signed_at"] for answer in answers}) == 1
    with reading():
        kinds = [event.kind for event in timeline(plant.enterprise.id, id_in(path))]
        assert kinds == ["briefing.asked", "briefing.signed"]
        assert session().query(Signature).filter(Signature.signed_at.is_not(None)).one().person_id == plant.worker.id
    assert plant.worker.get("/my-briefings", waiting="true").json["total"] == 0
    mine = plant.worker.get("/my-briefings").json["items"]
    assert [(one["name"], one["signed_at"] is None) for one in mine] == [("液氨储罐", False)]


def test_nobody_signs_who_was_not_asked_and_nobody_for_another(world: World) -> None:
    plant, path = world.plant, asked_for(world.plant)
    elsewhere = plant.hire("elsewhere", Role.WORKER, plant.other_unit)
    answer = signed(elsewhere, path)
    assert (answer.status_code, answer.json["code"]) == (403, "not_asked")
    assert signed(plant.worker, path, person_id=str(plant.colleague.id)).status_code == 422
    foreign, absent = (signed(world.other.worker, one) for one in (path, f"/briefings/{new_id()}"))
    assert (foreign.status_code, foreign.json["code"], foreign.json["detail"]) == (
        absent.status_code, absent.json["code"], absent.json["detail"],
    )  # fmt: skip
    assert foreign.status_code == 404


def test_one_that_was_ended_is_signed_no_more_and_names_the_newer(world: World) -> None:
    plant, first = world.plant, asked_for(world.plant)
    assert signed(plant.colleague, first).status_code == 200
    second = asked_for(plant, "card:2", title="岗位安全风险告知卡，措施有变")
    asked_for(plant, "board:1")
    answer = signed(plant.worker, first)
    assert (answer.status_code, answer.json["code"]) == (409, "briefing_ended")
    assert answer.json["newer_id"] == str(id_in(second))
    assert "措施有变（第 2 版）" in answer.json["detail"]
    assert signed(plant.colleague, first).status_code == 200, "what was signed stays signed"
    assert paper(plant.manager, first).status_code == 201, "the paper was signed before the newer came"


def test_people_without_an_account_sign_on_paper_and_another_records_it(world: World) -> None:
    plant, path = world.plant, asked_for(world.plant, title=STRANGE)
    answer = paper(plant.manager, path, name=STRANGE)
    assert (answer.status_code, answer.json["name"]) == (201, STRANGE)
    assert paper(plant.worker, path).json["code"] == "forbidden"
    assert paper(plant.manager, path, name=f" {plant.manager.user.name}").json["code"] == "second_person"
    for days in (-1, 1):
        wrong = paper(plant.manager, path, signed_on=(today() + timedelta(days=days)).isoformat())
        assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/signed_on")
    shown = plant.manager.get(path).json
    assert shown["title"] == STRANGE
    assert shown["told"]["news"] == ["新的告知卡已张贴。"]
    assert (shown["on_paper"], shown["signed"], shown["asked"]) == (1, 0, len(shown["people"]) - 1)
    assert shown["people"][-1]["organisation"] == "宏达安装公司"
    assert shown["people"][-1]["recorded_by"] == str(plant.manager.id)
    with reading():
        event = timeline(plant.enterprise.id, id_in(path))[-1]
        assert event.kind == "briefing.signed_on_paper"
        assert set(event.commitments) == {"name", "organisation"}
        assert STRANGE not in str(event.data)
        values = session().query(PersonalValue).filter_by(seq=event.seq, enterprise_id=plant.enterprise.id)
        assert values.filter_by(name="name").one().value == STRANGE


def test_the_list_says_who_has_not_signed_and_a_leader_sees_his_own_units(world: World) -> None:
    plant, path = world.plant, asked_for(world.plant)
    with writing():
        enterprises.add_unit(plant.principal.actor, name="三班", kind="team", parent_id=plant.other_unit.id)
    outsider = plant.hire("outsider", Role.LEADER, plant.other_unit)
    signed(plant.worker, path)
    here = {"enterprise_id": str(plant.enterprise.id)}
    for person, query in ((plant.leader, {}), (plant.principal, {}), (world.regulator, here)):
        row = person.get("/briefings", unsigned="true", cause="new_card", risk_point_id=plant.point.id, **query).json
        assert [one["signed"] for one in row["items"]] == [1], row
        people = person.get(path, **query).json["people"]
        assert [one["name"] for one in people if one["signed_at"]] == [plant.worker.user.name]
        assert people[0]["signed_at"] is None
    assert outsider.get("/briefings").json["total"] == 0
    assert (outsider.get(path).json["code"], paper(outsider, path).json["code"]) == ("not_own_unit", "not_own_unit")
    assert plant.worker.get("/briefings").status_code == 403
    assert world.other.manager.get(path).status_code == 404
    assert world.other.manager.get("/briefings").json["total"] == 0


def test_nobody_is_waited_for_whose_account_is_disabled_and_an_erased_name_is_gone(world: World) -> None:
    plant = world.plant
    path = asked_for(plant)
    left = [plant.worker, plant.colleague, plant.leader]
    rest = [one["person_id"] for one in plant.manager.get(path).json["people"]]
    assert {str(person.id) for person in left} <= set(rest)
    signed(plant.worker, path)
    plant.principal.patch(f"/users/{plant.worker.id}", {"disabled": True})
    assert plant.principal.post(f"/users/{plant.worker.id}/erasure").status_code == 200
    names = [one["name"] for one in plant.manager.get(path).json["people"]]
    assert plant.worker.user.name not in names
    assert any(name.startswith("已注销人员") for name in names)
    for person in left[1:]:
        plant.principal.patch(f"/users/{person.id}", {"disabled": True})
    if set(rest) - {str(person.id) for person in left} == {str(plant.principal.id)}:
        signed(plant.principal, path)
    assert plant.manager.get("/briefings", unsigned="true").json["total"] == 0
    assert plant.manager.get("/briefings").json["total"] == 1


def test_the_time_of_a_signature_is_the_servers(world: World) -> None:
    plant, path = world.plant, asked_for(world.plant)
    later = now() + timedelta(hours=3)
    with stopped_at(later):
        assert signed(plant.worker, path).json["signed_at"] == later.isoformat().replace("+00:00", "Z")
    assert signed(plant.worker, path, client_at=now().isoformat()).status_code == 422
