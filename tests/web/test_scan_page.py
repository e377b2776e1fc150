"""What any phone sees on scanning."""

import re

import pytest

from app.core.clock import now, stopped_at
from app.core.db import writing
from app.risks.levels import raise_level
from app.risks.models import RaiseKind
from app.risks.points import change_point
from app.risks.sources import add_measure, add_source
from app.tags import service as tags
from app.web.pages import asset
from qr import new_token
from tests.web.phone import Phone, tag_of
from tests.world import World


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(world.app)


def test_a_scan_shows_the_card_to_anyone(world: World, phone: Phone) -> None:
    plant, token = world.plant, tag_of(world.plant).token
    answer = phone.open(f"/q/{token}")
    assert answer.status_code == 200
    for text in (plant.enterprise.name, plant.point.code, plant.point.name, "较大风险", "橙色", "氨泄漏", "中毒",
                 "压力表读数措施", "0427-119", "登录并检查"):  # fmt: skip
        assert text in answer.text
    assert 'href="tel:0427119"' in answer.text
    assert f'href="/check/{plant.point.id}?scan=' in answer.text


def test_the_upper_case_address_of_the_printed_code_is_the_same_page(world: World, phone: Phone) -> None:
    token = tag_of(world.plant).token
    with stopped_at(now()):  # the page carries when it was scanned
        assert phone.open(f"/Q/{token}").data == phone.open(f"/q/{token}").data


def test_a_scan_carries_strict_headers_no_cookie_and_no_token(world: World, phone: Phone) -> None:
    token = tag_of(world.plant).token
    answer = phone.open(f"/Q/{token}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert token not in answer.text
    assert not re.search(r"\sstyle=|<style|<script", answer.text)


def test_head_answers_like_get_without_a_body(world: World, phone: Phone) -> None:
    answer = phone.client.head(f"/Q/{tag_of(world.plant).token}")
    assert answer.status_code == 200
    assert answer.data == b""


def test_messengers_may_add_their_own_parameters(world: World, phone: Phone) -> None:
    assert phone.open(f"/q/{tag_of(world.plant).token}?from=singlemessage&isappinstalled=0").status_code == 200


def test_the_page_with_its_style_stays_under_50_kb_however_long_the_card(world: World, phone: Phone) -> None:
    plant, actor = world.plant, world.plant.manager.actor
    token = tag_of(plant).token
    assert len(phone.open(f"/q/{token}").data) + len(asset("pages.css").content) < 15_000
    with writing():
        change_point(actor, plant.point.id, emergency_steps=["&" * 200] * 12)
        for _ in range(30):
            add_source(
                actor, point_id=plant.point.id, name="氨" * 200, factor_class="things", accident_types=["中毒"],
                consequences="", affected="",
            )  # fmt: skip
            add_measure(actor, source_id=plant.source.id, category="engineering", text="措" * 1000)
    answer = phone.open(f"/q/{token}")
    assert len(answer.data) + len(asset("pages.css").content) < 50_000
    assert "未在此列出" in answer.text


def test_text_is_shown_as_typed_and_never_run(world: World, phone: Phone) -> None:
    plant, name = world.plant, "<script>alert(1)</script>&\"'"
    with writing():
        change_point(plant.manager.actor, plant.point.id, name=name)
    answer = phone.open(f"/q/{tag_of(plant).token}")
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in answer.text


def test_a_level_that_is_raised_now_says_so_and_why(world: World, phone: Phone) -> None:
    plant = world.plant
    with writing():
        raise_level(
            plant.manager.actor, plant.point.id, because="hidden_hazard:1", kind=RaiseKind.MAJOR, reason="重大隐患"
        )
    answer = phone.open(f"/q/{tag_of(plant).token}")
    assert "重大风险" in answer.text
    assert "较大风险" in answer.text
    assert "等级暂时提高" in answer.text


def test_a_point_not_yet_assessed_has_no_colour(world: World, phone: Phone) -> None:
    plant = world.plant
    with writing():
        point = plant.add_point(plant.manager.actor)
    with writing():
        token = tags.issue(plant.manager.actor, point_id=point.id).token
    answer = phone.open(f"/q/{token}")
    assert "未评估" in answer.text
    assert not re.search(r'class="level (red|orange|yellow|blue)', answer.text)


def test_revoked_unknown_and_malformed_codes_are_one_plain_page(world: World, phone: Phone) -> None:
    tag = tag_of(world.plant)
    with writing():
        tags.revoke(world.plant.manager.actor, tag.id, reason="换新牌")
    bad = [tag.token, new_token(), "A" * 26, "x", tag.token.lower(), "%FF%FE", "A" * 5000, "<script>", "é"]
    pages = [phone.open(f"/q/{token}") for token in bad]
    assert {answer.status_code for answer in pages} == {404}
    assert [answer.text for answer in pages] == [pages[0].text] * len(pages)
    assert "已作废或不存在" in pages[0].text
    assert "联系安全管理员" in pages[0].text
    assert pages[0].headers["Referrer-Policy"] == "no-referrer"
    assert pages[0].mimetype == "text/html"


def test_an_address_that_is_none_is_a_chinese_page(phone: Phone) -> None:
    for path in ("/q/", "/q/a/b", "/q/%00", "/nothing", "/check/1"):
        answer = phone.open(path)
        assert answer.status_code == 404
        assert "返回首页" in answer.text


def test_the_style_is_kept_for_a_year_under_an_address_that_names_its_content(world: World, phone: Phone) -> None:
    home = phone.open("/")
    address = re.search(r'href="(/pages\.css\?v=[0-9a-f]{12})"', home.text)
    assert address
    answer = phone.open(address[1])
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert phone.open("/pages.js").mimetype == "text/javascript"


def test_nothing_of_a_scan_is_stored_but_its_time(world: World, phone: Phone) -> None:
    tag = tag_of(world.plant)
    phone.open(f"/Q/{tag.token}")
    seen = world.plant.manager.get("/tags").json["items"][0]
    assert seen["last_scanned_at"]
