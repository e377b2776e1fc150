"""Signing in and out on pages."""

from datetime import timedelta

import pytest

from app.accounts import service as accounts
from app.accounts.policy import OF_ENTERPRISES, RIGHTS
from app.accounts.tokens import COOKIE
from app.core.clock import LOCAL, now
from app.core.db import writing
from app.web.entrance import FORM_COOKIE
from app.web.forms import local_path
from tests.web.phone import Phone, hidden, with_password
from tests.world import PASSWORD, World


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(world.app)


def sign_in(phone: Phone, *, next_page: str = "/", **typed: str) -> object:
    fields = hidden(phone.open("/sign-in", query_string={"next": next_page}))
    return phone.send("/sign-in", {**fields, "code": "HG01", "name": "wangqiang", "password": PASSWORD, **typed})


def test_a_right_password_leads_to_the_wanted_page_with_a_cookie_of_one_shift(world: World, phone: Phone) -> None:
    with_password(world.plant)
    answer = sign_in(phone, next_page=f"/check/{world.plant.point.id}", code=" hg01 ", name="wangqiang ")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/check/{world.plant.point.id}"
    cookie = next(text for text in answer.headers.getlist("Set-Cookie") if text.startswith(f"{COOKIE}="))
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Secure" not in cookie
    assert "王强" in phone.open("/").text
    assert phone.open(answer.headers["Location"]).status_code == 200


def test_a_wrong_password_keeps_what_was_typed_but_the_password(world: World, phone: Phone) -> None:
    with_password(world.plant)
    answer = sign_in(phone, next_page="/check/x", password="wrong-password-9")
    assert answer.status_code == 401
    assert "企业代码、登录名或密码不对" in answer.text
    assert 'value="wangqiang"' in answer.text
    assert "wrong-password-9" not in answer.text
    assert hidden(answer)["next"] == "/check/x"
    assert phone.cookie(COOKIE) is None


def test_wrong_passwords_in_a_row_have_to_wait(world: World, phone: Phone) -> None:
    for _ in range(5):
        assert sign_in(phone, password="wrong").status_code == 401
    answer = sign_in(phone, password="wrong")
    assert answer.status_code == 429
    assert "秒后再试" in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def test_what_cannot_be_a_name_is_said_on_the_form(phone: Phone) -> None:
    answer = sign_in(phone, code="", name="a\x00b<script>")
    assert answer.status_code == 422
    assert "企业代码：" in answer.text
    assert "登录名：" in answer.text
    assert "<script>a" not in answer.text
    assert "b<script>" not in answer.text


def test_a_form_that_is_not_from_our_page_is_refused(world: World, phone: Phone) -> None:
    with_password(world.plant)
    right = {"code": "HG01", "name": "wangqiang", "password": PASSWORD}
    assert phone.send("/sign-in", right).status_code == 403
    fields = hidden(phone.open("/sign-in"))
    answer = phone.send("/sign-in", {**right, **fields, "secret": "x" * 32})
    assert answer.status_code == 403
    assert "重新输入密码" in answer.text
    assert phone.cookie(COOKIE) is None
    assert phone.send("/sign-in", {**right, **hidden(answer)}).status_code == 303
    assert phone.cookie(FORM_COOKIE, "/sign-in") is None


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/\t/evil",
             "/a\r\nSet-Cookie: x=1", "/%0a\n", "", "/" + "a" * 300, "/@evil:80"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(world: World, phone: Phone, path: str) -> None:
    with_password(world.plant)
    assert local_path(path) == "/"
    assert sign_in(phone, next_page=path).headers["Location"] == "/"
    fields = {**hidden(phone.open("/sign-in")), "next": path}
    answer = phone.send("/sign-in", {**fields, "code": "HG01", "name": "wangqiang", "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(world: World, phone: Phone) -> None:
    path = f"/check/{world.plant.point.id}"
    answer = phone.open(path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={path}"
    answer = phone.send(path, {"csrf": "x"})
    assert answer.headers["Location"] == f"/sign-in?next={path}&unsaved=1"
    assert "没有提交" in phone.open(answer.headers["Location"]).text


def test_a_disabled_person_is_out_at_the_next_request(world: World) -> None:
    plant = world.plant
    phone = Phone(world.app, plant.worker)
    assert phone.open(f"/check/{plant.point.id}").status_code == 200
    with writing():
        accounts.change_person(plant.manager.actor, plant.worker.id, disabled=True)
    assert phone.open(f"/check/{plant.point.id}").status_code == 303
    assert plant.worker.actor.name not in phone.open("/").text


def test_signing_out_ends_the_sign_in_itself(world: World) -> None:
    phone, copy = Phone(world.app, world.plant.worker), Phone(world.app, world.plant.worker)
    assert phone.send("/sign-out", {"csrf": "forged"}).status_code == 403
    answer = phone.send("/sign-out", hidden(phone.open("/")))
    assert answer.status_code == 303
    assert phone.cookie(COOKIE) is None
    assert copy.open(f"/check/{world.plant.point.id}").status_code == 303


def test_a_token_of_the_api_is_no_sign_in_of_a_page(world: World, phone: Phone) -> None:
    headers = world.plant.worker.headers
    assert phone.open(f"/check/{world.plant.point.id}", headers=headers).status_code == 303
    phone.client.set_cookie(COOKIE, headers["Authorization"].removeprefix("Bearer "))
    assert phone.open(f"/check/{world.plant.point.id}").status_code == 303


def test_the_home_page_lists_what_is_mine_to_rectify(world: World) -> None:
    plant = world.plant
    hazard = plant.report(description="<b>护栏</b>松动")
    hazard = plant.move(plant.manager, hazard, "grade", gravity="general").json
    deadline = (now() + timedelta(days=5)).astimezone(LOCAL).replace(hour=8, minute=30, second=0, microsecond=0)
    plant.move(plant.manager, hazard, "assign", rectifier_id=str(plant.worker.id), deadline_at=deadline.isoformat())
    mine = Phone(world.app, plant.worker).open("/").text
    assert hazard["code"] in mine
    assert "&lt;b&gt;护栏" in mine
    assert f"期限 {deadline:%Y-%m-%d} 08:30" in mine
    assert "员工" in mine
    assert hazard["code"] not in Phone(world.app, plant.colleague).open("/").text


def test_every_role_has_a_home_page(world: World) -> None:
    for person in world.everyone().values():
        answer = Phone(world.app, person).open("/")
        assert answer.status_code == 200
        assert person.actor.name in answer.text
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("who", ["admin", "regulator"])
def test_whoever_is_of_no_enterprise_is_told_that_checking_is_for_its_people(world: World, who: str) -> None:
    answer = Phone(world.app, getattr(world, who)).open(f"/check/{world.plant.point.id}")
    assert answer.status_code == 403
    assert "由企业人员进行" in answer.text
    assert "没有提交" not in answer.text
    assert "重新打开" not in answer.text
    for role in OF_ENTERPRISES:
        assert {"inspection:record", "hidden-hazard:rectify"} <= RIGHTS[role]
    assert answer.mimetype == "text/html"
