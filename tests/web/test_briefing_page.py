"""Signing that one was told, on a phone: what it shows, one button, and on to the next."""

from app.briefings.content import told_of
from app.core.db import reading
from tests.briefings.asked import asked_for
from tests.web.phone import Phone, hidden
from tests.world import World

STRANGE = "<b>不动火</b> & 😀"


def test_what_is_told_is_read_signed_once_and_leads_to_the_next(world: World) -> None:
    plant = world.plant
    with reading():
        told = told_of(plant.manager.actor, [plant.point])[plant.point.id]
    first = asked_for(plant, told={**told, "news": [STRANGE]})
    second = asked_for(plant, "notice_board:1", title="风险公告栏")
    phone = Phone(world.app, plant.worker)
    mine = phone.open("/my").text
    assert "等我签收（2）" in mine
    assert mine.count(f"<strong>{plant.point.code}</strong>") == 1
    shown = phone.open(first)
    for words in ("液氨储罐", "较大风险", "橙色", "氨泄漏", "中毒", "压力表读数措施",
                  "&lt;b&gt;不动火&lt;/b&gt; &amp; 😀", "拨打应急电话 0427-119", "我已知晓", "第 1 版"):  # fmt: skip
        assert words in shown.text
    form = hidden(shown)
    assert phone.client.post(first, data={**form, "csrf": "x"}).status_code == 403
    assert phone.client.post(first, data={**form, "id": "gestern"}).status_code == 400
    answers = [phone.client.post(first, data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].data == answers[1].data
    assert "已签收" in answers[0].text
    assert f'href="{second}"' in answers[0].text
    assert "您已于" in phone.open(first).text
    assert "等我签收（1）" in phone.open("/my").text


def test_one_that_was_ended_leads_to_the_newer_and_others_see_none(world: World) -> None:
    plant = world.plant
    first, newer = asked_for(plant), asked_for(plant, "card:2")
    phone = Phone(world.app, plant.worker)
    shown = phone.open(first).text
    assert "已被新的取代" in shown
    assert f'href="{newer}"' in shown
    assert "我已知晓" not in shown
    form = hidden(phone.open(newer))
    assert phone.client.post(first, data=form).status_code == 409
    assert "可以关闭页面" in phone.client.post(newer, data=form).text
    assert Phone(world.app, world.other.worker).open(newer).status_code == 404
    assert Phone(world.app, plant.manager).open(newer).status_code == 403
    answer = Phone(world.app).open(newer)
    assert (answer.status_code, f"next={newer}" in answer.headers["Location"]) == (303, True)
