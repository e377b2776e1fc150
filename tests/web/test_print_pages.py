"""The print shop as a page, and what scanning a check code shows."""

import re

from app.core.db import reading, session
from app.core.jobs import run_one
from app.printing.models import Print
from tests.printing.ordering import made
from tests.web.phone import Phone, hidden
from tests.world import World


def test_a_manager_orders_waits_and_opens_the_file_without_a_script(world: World) -> None:
    phone = Phone(world.app, world.plant.manager)
    shop = phone.open("/print-shop")
    assert shop.status_code == 200
    form = {**hidden(shop), "kind": "warning_card", "zone_id": "", "level": "orange", "paper": "a3", "stock": "a4-24",
            "start": "1", "copies": "1"}  # fmt: skip
    answer = phone.client.post("/print-shop", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/print-shop")
    assert phone.client.post("/print-shop", data=form).status_code == 303  # sent twice, ordered once
    waiting = phone.open("/print-shop").text
    assert waiting.count("<progress") == 1
    assert 'http-equiv="refresh"' in waiting
    with world.app.app_context():
        assert run_one(world.app)
        assert not run_one(world.app)
    ready = phone.open("/print-shop").text
    assert "refresh" not in ready
    (file,) = re.findall(r'href="(/print-shop/[^"]+/file)"', ready)
    assert phone.open(file).data.startswith(b"%PDF")


def test_a_worker_has_no_print_shop_and_a_form_from_elsewhere_orders_nothing(world: World) -> None:
    assert Phone(world.app, world.plant.worker).open("/print-shop").status_code == 403
    phone = Phone(world.app, world.plant.manager)
    form = {**hidden(phone.open("/print-shop")), "kind": "warning_card"}
    for wrong in ({"csrf": "x"}, {"kind": "x"}, {"level": "x"}, {"copies": "x", "kind": "labels"}):
        assert phone.client.post("/print-shop", data={**form, **wrong}).status_code in (403, 422), wrong
    assert "还没有打印过" in phone.open("/print-shop").text


def test_the_page_of_a_check_code_says_whether_the_paper_holds(world: World) -> None:
    manager, point = world.plant.manager, world.plant.point
    made(world.app, manager, "warning_card")
    with reading():
        token = session().query(Print.token).scalar()
    phone = Phone(world.app)
    page = phone.open(f"/P/{token}")
    assert page.status_code == 200
    assert "现行有效" in page.text
    assert f"{token[:4]}-{token[4:8]}" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert token not in page.text
    manager.patch(f"/risk-points/{point.id}", {"name": "液氨储罐<b>二</b>"})
    old = phone.open(f"/p/{token}").text
    assert "已过期" in old
    assert "起不再相符" in old
    shop = Phone(world.app, manager).open("/print-shop").text
    assert "墙上有过期的" in shop
    assert "重印这 1 份" in shop
    assert phone.open(f"/p/{'A' * 26}").status_code == 404
