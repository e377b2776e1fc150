"""What waits for whoever is signed in, on one page of a phone."""

import re

from app.core.clock import stopped_at
from app.core.db import reading, session, writing
from app.messages.models import Message
from app.messages.service import tell
from tests.plans.planned import local, planned
from tests.web.phone import Phone, hidden
from tests.world import World, in_days

EMPTY = "没有。"


def opened(phone: Phone, when: str | None = None) -> str:
    if when is None:
        return phone.open("/my").text
    with stopped_at(local(when)):
        return phone.open("/my").text


def test_the_home_page_leads_to_it_and_nobody_else_sees_it(world: World) -> None:
    assert 'href="/my"' in Phone(world.app, world.plant.worker).open("/").text
    answer = Phone(world.app).open("/my")
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_with_nothing_to_do_it_says_so(world: World) -> None:
    page = opened(Phone(world.app, world.plant.worker))
    for words in ("要检查的（0）", "要我整改的（0）", "未读消息（0）", EMPTY):
        assert words in page
    assert "等我验收的" not in page


def test_tasks_that_are_late_stand_before_those_that_are_due(world: World) -> None:
    plant = world.plant
    planned(plant, "11-16 08:00", name="罐区日检", grace_hours=48)
    page = opened(Phone(world.app, plant.worker), "11-17 09:00")
    assert "要检查的（2）" in page
    assert page.index("已超期，") < page.index("应在 2026-11-18 00:00 前完成")
    assert page.count(f'href="/check/{plant.point.id}"') == 2
    assert plant.point.code in page
    assert "要检查的（0）" in opened(Phone(world.app, plant.colleague), "11-17 09:00")


def test_a_hidden_hazard_waits_for_its_rectifier_and_then_for_an_acceptor(world: World) -> None:
    plant = world.plant
    worker, manager = Phone(world.app, plant.worker), Phone(world.app, plant.manager)
    hazard = plant.move(plant.manager, plant.report(), "grade", gravity="general").json
    facts = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(1)}
    hazard = plant.move(plant.manager, hazard, "assign", **facts).json
    assert f'href="/rectify/{hazard["id"]}"' in opened(worker)
    assert hazard["code"] not in opened(manager).split("未读消息")[0]
    other = plant.rectified(plant.report(description="照明损坏"))
    page = opened(manager).split("未读消息")[0]
    assert "等我验收的（1）" in page
    assert other["code"] in page
    assert other["code"] not in opened(worker).split("我上报的")[0]


def test_messages_are_shown_and_taken_for_read(world: World) -> None:
    plant = world.plant
    with writing():
        tell(plant.manager.actor, [plant.worker.id], kind="test", key="1", title="<b>明天停产检修</b>", text="八点集合")
    phone = Phone(world.app, plant.worker)
    page = phone.open("/my")
    assert "未读消息（1）" in page.text
    assert "&lt;b&gt;明天停产检修&lt;/b&gt;" in page.text
    fields = hidden(page)
    with writing():
        tell(plant.manager.actor, [plant.worker.id], kind="test", key="2", title="刚刚到的")
    answer = phone.client.post("/my/read", data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my")
    with reading():
        unread = session().query(Message).filter_by(recipient_id=plant.worker.id, read_at=None)
        assert [message.title for message in unread] == ["刚刚到的"]
    assert phone.client.post("/my/read", data={**fields, "csrf": "x"}).status_code == 403
    assert phone.client.post("/my/read", data={**fields, "seen_at": "gestern"}).status_code == 400


def test_an_office_has_messages_and_no_work_on_the_spot(world: World) -> None:
    page = opened(Phone(world.app, world.regulator))
    assert "监管人员和平台管理员没有现场任务" in page
    assert not re.search("要检查的|要我整改的", page)
