"""A report without an account as a form: no name, no cookie, no script, one receipt however often it is sent."""

import re
from typing import Any

import pytest

from app.core.db import reading, session
from app.public_reports.models import PublicReport
from tests.visitor import DESCRIPTION, Visitor
from tests.web.phone import Phone, hidden, photo
from tests.world import World, jpeg

RECEIPT = re.compile(r"<span>([A-Z2-7]{5})</span>")
HOSTILE = "=1+1\"'&lt;<script>alert(1)</script></textarea><img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture
def visitor(world: World) -> Visitor:
    return Visitor(world)


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(world.app)


@pytest.fixture
def path(visitor: Visitor) -> str:
    return f"/q/{visitor.token}/report"


def form(phone: Phone, path: str, *contents: bytes, **typed: str) -> dict[str, Any]:
    photos = {f"photo-{place}": photo(content) for place, content in enumerate(contents)}
    return {**hidden(phone.open(path)), "description": DESCRIPTION, **photos, **typed}


def receipt_on(text: str) -> str:
    return "".join(RECEIPT.findall(text))


def count() -> int:
    with reading():
        return session().query(PublicReport).count()


def test_the_scan_leads_to_a_form_that_asks_for_no_name(visitor: Visitor, phone: Phone, path: str) -> None:
    assert "不用登录" in phone.open(f"/Q/{visitor.token}").text
    onward = phone.open(f"/Q/{visitor.token}?report=1")
    assert (onward.status_code, onward.headers["Location"]) == (303, path)
    page = phone.open(path)
    for words in ("会保存：", "不保存：", "网络地址", "手机型号", "回执码", "立即撤离", "0427-119"):
        assert words in page.text
    assert not re.search(r"<script|姓名<|name=\"(name|phone|csrf)\"", page.text)
    assert visitor.token not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_report_with_photos_gives_a_receipt_that_follows_it(world: World, phone: Phone, path: str) -> None:
    answer = phone.send(path, form(phone, path, jpeg(seed=1), jpeg(seed=2)))
    assert answer.status_code == 200
    for words in ("已收到", "请现在截图，或抄在纸上", "2 张", world.plant.point.code):
        assert words in answer.text
    assert "Set-Cookie" not in answer.headers
    receipt = receipt_on(answer.text)
    assert len(receipt) == 20
    followed = phone.client.post("/report-status", data={"receipt": f" {receipt.lower()} "})
    assert followed.status_code == 200
    for words in ("待核实", "收到 2 张，共 2 张"):
        assert words in followed.text
    assert receipt not in followed.request.full_path


def test_a_double_tap_is_one_report_with_one_receipt(phone: Phone, path: str) -> None:
    filled = form(phone, path)
    pages = [phone.send(path, {**filled, "photo-0": photo(jpeg(seed=3))}) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].data == pages[1].data
    assert count() == 1


def test_the_same_form_with_other_words_is_told_it_was_sent(phone: Phone, path: str) -> None:
    filled = form(phone, path)
    phone.send(path, filled)
    answer = phone.send(path, {**filled, "description": "另一处"})
    assert answer.status_code == 409
    for words in ("已经提交过", "重新打开上报页"):
        assert words in answer.text
    assert count() == 1


def test_what_is_missing_or_wrong_is_told_and_what_was_typed_stays(phone: Phone, path: str) -> None:
    many = {f"photo-{place}": photo(jpeg(seed=place)) for place in range(3)}
    spam = {**form(phone, path), **many, "photo-2": [photo(jpeg(seed=20 + place)) for place in range(7)]}
    for filled, words in (
        (form(phone, path, description="  "), "请写清楚哪里"),
        (form(phone, path, jpeg(seed=1)[:-300]), "不完整或已损坏"),
        (form(phone, path, b"GIF89a"), "只接受 JPEG"),
        (form(phone, path, jpeg(seed=1), jpeg(seed=1)), "同一张照片只能列一次"),
        (spam, "一次最多 3 张照片，现有 9 张"),
        (form(phone, path, description="甲\x07乙"), "控制字符"),
        (form(phone, path, id="x"), "页面内容不完整"),
    ):
        answer = phone.send(path, filled)
        assert answer.status_code == 422, (words, answer.text)
        assert words in answer.text
        assert "还没有提交" in answer.text
        if filled["description"] == DESCRIPTION:
            assert DESCRIPTION in answer.text
    assert count() == 0


def test_a_form_that_weighs_too_much_is_refused_before_it_is_read(world: World, phone: Phone, path: str) -> None:
    object.__setattr__(world.app.config["SETTINGS"], "photo_bytes", 50_000)
    big = jpeg(seed=1, width=2000, height=2000, quality=100)
    assert len(big) > 50_000
    assert "照片超过" in phone.send(path, form(phone, path, big)).text
    heavy = phone.send(path, form(phone, path, b"x" * 1_300_000))
    assert heavy.status_code == 413
    assert "照片合计不能超过" in heavy.text
    assert count() == 0


def test_text_is_shown_as_typed_and_never_run(visitor: Visitor, phone: Phone, path: str) -> None:
    refused = phone.send(path, form(phone, path, b"GIF89a", description=HOSTILE))
    assert "<script" not in refused.text
    assert "onerror=alert(1)&gt;" in refused.text
    receipt = receipt_on(phone.send(path, form(phone, path, description=HOSTILE)).text)
    manager = visitor.plant.manager
    assert visitor.waiting()["description"] == HOSTILE
    manager.post(f"/public-reports/{visitor.waiting()['id']}/discard", {"reason": HOSTILE})
    followed = phone.client.post("/report-status", data={"receipt": receipt})
    assert "不予受理" in followed.text
    assert "&lt;script&gt;alert(1)" in followed.text
    assert "<script" not in followed.text


def test_whoever_comes_too_often_keeps_what_was_typed_and_is_told_whom_to_call(
    world: World, phone: Phone, path: str
) -> None:
    object.__setattr__(world.app.config["SETTINGS"], "public_reports", 1)
    phone.send(path, form(phone, path))
    answer = phone.send(path, form(phone, path, description="第二处堵住"))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 500
    for words in ("第二处堵住", "拨打应急电话 0427-119", "立即撤离"):
        assert words in answer.text
    assert count() == 1


def test_a_wrong_code_stays_to_be_corrected_and_is_slowed(world: World, phone: Phone) -> None:
    assert "<form" in phone.open("/report-status").text
    most = world.app.config["SETTINGS"].wrong_receipts
    answers = [phone.client.post("/report-status", data={"receipt": "ABCDE-<b>"}) for _ in range(most + 1)]
    assert [answer.status_code for answer in answers] == [404] * most + [429]
    assert "ABCDE-&lt;b&gt;" in answers[0].text
    assert "没有这个回执码" in answers[0].text
    assert int(answers[-1].headers["Retry-After"]) > 500
    assert "Set-Cookie" not in answers[0].headers


def test_an_approved_reward_is_shown_to_whoever_holds_the_receipt(world: World, visitor: Visitor, phone: Phone) -> None:
    receipt, report = visitor.admitted()
    body = {"hazard_id": report["hazard_id"], "kind": "public", "report_id": report["id"], "amount": "300"}
    reward = world.plant.manager.post("/rewards", {**body, "reason": "属实"}).json
    world.plant.principal.post(f"/rewards/{reward['id']}/approval", {})
    page = phone.client.post("/report-status", data={"receipt": receipt}).text
    for words in ("已受理", "已上报", "300 元", "已批准", "出示回执码领取"):
        assert words in page


def test_a_code_that_is_good_no_longer_shows_no_form(phone: Phone) -> None:
    answer = phone.open("/q/AAAAAAAAAAAAAAAAAAAAAAAAAA/report")
    assert answer.status_code == 404
    assert "已作废或不存在" in answer.text
