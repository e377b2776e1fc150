"""On site with a phone: a blank code is bound to a point, a worn one is reported; without script."""

import re
from typing import Any

from app.core.db import writing
from app.core.ids import new_id
from tests.web.phone import Phone, hidden, tag_of
from tests.world import World


def onward_of(page: Any, path: str) -> str:
    """The link of a page that leads to a path, with the signed word of the scan."""
    found = re.search(rf'href="({path}\?scan=[\w.-]+)"', page.text)
    assert found, page.text
    return found[1]


def blank_token(world: World) -> str:
    manager = world.plant.manager
    manager.post("/tag-rolls", {"id": str(new_id()), "count": 1})
    return str(manager.get("/tags", state="blank").json["items"][0]["token"])


def test_a_blank_code_is_bound_from_its_own_page_without_its_token_in_any_address(world: World) -> None:
    plant, token = world.plant, blank_token(world)
    with writing():
        plant.add_point(plant.manager.actor, name="<b>泵</b>", unit=plant.other_unit)
        mine = plant.add_point(plant.manager.actor, name="砂轮机")
    stranger = Phone(world.app).open(f"/q/{token}")
    assert stranger.status_code == 409
    assert "Set-Cookie" not in stranger.headers
    address = onward_of(stranger, "/bind")
    asked = Phone(world.app).open(address)
    assert (asked.status_code, asked.headers["Location"]) == (
        303,
        f"/sign-in?next={address.replace('=', '%3D').replace('?', '%3F')}",
    )
    leader, manager = Phone(world.app, plant.leader), Phone(world.app, plant.manager)
    listed = leader.open(address)
    assert listed.status_code == 200
    assert "&lt;b&gt;泵" not in listed.text
    open_to_all = manager.open(address)
    assert "&lt;b&gt;泵" in open_to_all.text
    other = hidden(open_to_all)
    found = leader.open(f"{address}&text=砂轮")
    assert plant.point.name not in found.text
    assert "没有找到" in leader.open(f"{address}&text=%00不存在").text
    form = hidden(found)
    missed = leader.send("/bind", form)
    assert (missed.status_code, "请先选择一个风险点" in missed.text) == (422, True)
    form |= {"risk_point_id": str(mine.id)}
    done = leader.send("/bind", form)
    assert done.status_code == 200
    assert "已绑定" in done.text
    assert leader.send("/bind", form).text == done.text
    late = manager.send("/bind", {**other, "risk_point_id": str(plant.point.id)})
    for refused in (late, manager.open(address)):
        assert (refused.status_code, f"已绑定到 {mine.code}" in refused.text) == (409, True)
    assert Phone(world.app).open(f"/q/{token}").status_code == 200
    assert not [page for page in (stranger, listed, found, missed, done, late) if token in page.text]


def test_a_binding_needs_a_scan_of_ones_own_enterprise_and_our_page(world: World) -> None:
    address = onward_of(Phone(world.app).open(f"/q/{blank_token(world)}"), "/bind")
    foreign = Phone(world.app, world.other.manager).open(address)
    absent = Phone(world.app, world.plant.manager).open("/bind?scan=x")
    assert (foreign.status_code, foreign.data) == (absent.status_code, absent.data) == (404, absent.data)
    assert Phone(world.app, world.plant.worker).open(address).status_code == 403
    manager = Phone(world.app, world.plant.manager)
    form = {**hidden(manager.open(address)), "risk_point_id": str(world.plant.point.id)}
    forged = manager.send("/bind", {**form, "csrf": "x"})
    assert (forged.status_code, "重新打开绑定页" in forged.text) == (403, True)
    assert world.plant.manager.get("/tags", state="blank").json["total"] == 1


def test_a_worn_code_is_reported_from_its_page(world: World) -> None:
    token = tag_of(world.plant).token
    scanned = Phone(world.app).open(f"/q/{token}")
    address = onward_of(scanned, "/worn")
    worker = Phone(world.app, world.plant.worker)
    asked = worker.open(address)
    assert world.plant.point.code in asked.text
    form = {**hidden(asked), "note": "缺角 <b>"}
    done = worker.send("/worn", form)
    assert (done.status_code, "缺角 &lt;b&gt;" in done.text) == (200, True)
    assert worker.send("/worn", form).text == done.text
    assert world.plant.manager.get("/tags", worn="true").json["total"] == 1
    assert Phone(world.app, world.other.worker).open(address).status_code == 404
    assert token not in asked.text + done.text
