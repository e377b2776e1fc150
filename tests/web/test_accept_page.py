"""The acceptance as a form: what it shows, what its decision comes to, and who may not decide."""

import re

from app.core.ids import new_id
from app.signals.settling import settle_signals
from tests.web.phone import Phone, hidden
from tests.world import World, announced, jpeg

PICTURE = re.compile(r'src="(/accept/[^"]+)"')


def test_it_shows_before_and_after_and_accepts_once(world: World) -> None:
    plant, before = world.plant, jpeg(seed=5)
    first = plant.report(photos=[announced(before)])
    plant.worker.put(f"/hidden-hazards/{first['id']}/photos/{announced(before)['sha256']}", before)
    hazard = plant.rectified(plant.report(photos=[announced(before)]))
    settle_signals()
    phone, path = Phone(world.app, plant.manager), f"/accept/{hazard['id']}"
    assert f'href="{path}"' in phone.open("/my").text
    shown = phone.open(path)
    for words in (hazard["code"], hazard["description"], hazard["place"], "一般隐患", "期限", "更换探测器并标定",
                  "整改前（1 张）", "整改后（1 张）", "这条隐患的照片，在别的记录里用过。"):  # fmt: skip
        assert words in shown.text
    pictures = PICTURE.findall(shown.text)
    assert [phone.open(one).mimetype for one in pictures] == ["image/jpeg"] * 2
    assert phone.open(f"{path}/photos/{'b' * 64}").status_code == 404
    form = {**hidden(shown), "action": "accept", "opinion": ""}
    refused = phone.client.post(path, data=form)
    assert (refused.status_code, "请写明验收意见。" in refused.text) == (422, True)
    assert phone.client.post(path, data={**form, "csrf": "x"}).status_code == 403
    answers = [phone.client.post(path, data={**form, "opinion": "现场看过，合格"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].data == answers[1].data
    for words in ("验收通过", hazard["code"], "现场看过，合格", "已销号", "回执号"):
        assert words in answers[0].text
    assert "当前状态为“已销号”" in phone.open(path).text


def test_it_sends_back_with_the_reason_and_refuses_readably(world: World) -> None:
    plant = world.plant
    hazard = plant.rectified(plant.report())
    phone, path = Phone(world.app, plant.manager), f"/accept/{hazard['id']}"
    form = {**hidden(phone.open(path)), "action": "reject", "reason": "探头没有固定"}
    assert phone.client.post(path, data=form).status_code == 200
    assert plant.worker.get(f"/hidden-hazards/{hazard['id']}").json["state"] == "rectifying"
    again = phone.client.post(path, data={**form, **hidden(phone.open("/my")), "id": str(new_id())})
    assert (again.status_code, "重新打开验收页" in again.text) == (409, True)
    assert Phone(world.app, plant.worker).open(path).status_code == 403
    assert Phone(world.app, world.other.manager).open(path).status_code == 404
    mine = Phone(world.app, plant.worker).open("/my").text
    assert re.search("我上报的，近 30 天（1）.*" + hazard["code"] + "</strong> 整改中", mine, re.DOTALL)
